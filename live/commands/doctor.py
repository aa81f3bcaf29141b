"""`doctor`: print the machine's facts for bug reports; a failed check is a line too. Knows no frame and no number."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from live import __version__
from live.api.networks import open_classifier, weakness_of
from live.capture.sources import DEMO_CLIP, list_cameras
from live.core.masking import masked
from live.core.plain_text import printable
from live.core.settings import Settings
from live.core.settings_files import user_file
from live.core.settings_names import listing
from live.core.terminal import tell
from live.window.display_check import why_no_display
from models.card import load_card
from models.classifier import find_model
from models.errors import ModelError
from models.line_classifier import LINE_WEIGHTS, LineClassifier

PACKAGES = ("opencv-python", "numpy", "onnxruntime", "av", "msgspec", "imutils", "rich", "cv2-enumerate-cameras")
LIBRARIES = {"onnx": "ONNX Runtime", "tflite": "LiteRT", "keras": "Keras"}
"""The display names of the runtimes."""


def show_machine(settings: Settings) -> int:
    """Print one or more lines per topic. Always returns 0."""
    topics: tuple[tuple[str, Callable[[], list[str]]], ...] = (
        ("Numcam", lambda: [__version__]),
        ("Python", lambda: [f"{platform.python_version()} ({sys.executable})"]),
        ("System", lambda: [f"{platform.platform()}, {os.cpu_count()} processors"]),
        ("Settings", settings_files),
        ("Packages", packages),
        ("Windows", windows),
        ("Display", lambda: [why_no_display() or "a window can be opened"]),
        ("Cameras", lambda: [f"{c.index}  {c.name} ({c.backend})" for c in list_cameras()] or ["none found"]),
        ("Recording", codecs),
        ("Clip", lambda: [f"{DEMO_CLIP.name}, {DEMO_CLIP.stat().st_size / 1e6:.1f} MB"]),
        ("Model", lambda: model_lines(settings)),
    )
    for name, find in topics:
        try:
            lines = find()
        except Exception as error:  # noqa: BLE001 - one failing check must not hide the others
            lines = [f"not to be found out: {' '.join(str(error).split()) or type(error).__name__}"]
        for index, line in enumerate(lines):
            tell(masked(f"{name if index == 0 else '':<10} {line}"))
    return 0


def settings_files() -> list[str]:
    """The paths of the user's settings file and of the file that lists every setting."""
    own = user_file()
    return [
        f"{printable(own)}{'' if own.is_file() else ' (not there; it goes over the config.yaml of a folder)'}",
        f"{printable(listing())} lists them all",
    ]


def packages() -> list[str]:
    """The versions of the required packages."""
    return [f"{name} {_version(name)}" for name in PACKAGES]


def _version(name: str) -> str:
    """The version of an installed package, or `missing`."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def windows() -> list[str]:
    """OpenCV's window backend."""
    import cv2

    return [f"OpenCV's {cv2.currentUIFramework() or 'none: this is a build without windows (opencv-python-headless)'}"]


def codecs() -> list[str]:
    """The H.264 encoders that recordings can use."""
    from av.codec import codecs_available

    found = [name for name in ("libx264", "libopenh264", "h264_videotoolbox", "h264_mf") if name in codecs_available]
    return [f"H.264 by {', '.join(found)}" if found else "no H.264 encoder: recordings can't be made"]


def model_lines(settings: Settings) -> list[str]:
    """The model's card and whether the model runs; a model without a card may run too."""
    model = settings.model
    path, runtime = find_model(Path(model.path) if model.path is not None else None, model.runtime)
    classifier = open_classifier(settings)
    try:
        lines = load_card(path).as_lines()
    except ModelError as error:
        lines = [str(error)]
    lines.append(f"runs: {path.name} by {LIBRARIES[runtime]}, {megabytes(path)}, {classifier.classes} classes")
    weakness = weakness_of(classifier, model)
    if weakness is not None:
        lines.append(weakness)
    if model.lines:
        LineClassifier(threads=model.threads)
        lines += load_card(LINE_WEIGHTS).as_lines()
        lines.append(f"runs: {LINE_WEIGHTS.name} by {LIBRARIES['onnx']}, {megabytes(LINE_WEIGHTS)}")
    return lines


def megabytes(path: Path) -> str:
    """The size of a file, in MB."""
    return f"{path.stat().st_size / 1e6:.2f} MB"
