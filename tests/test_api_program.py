"""The Python API in a program of somebody else's: nothing printed, nothing of the program's own changed, a quick import."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from PIL import Image

import numcam
from tests.program import ROOT

GOOD = ROOT / "docs" / "images" / "tips" / "good.jpg"

STATE = """
import logging, signal, sys, threading, warnings
def state():
    import cv2, os
    from PIL import Image, ImageFile
    return {
        "signals": [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)],
        "hooks": (sys.excepthook, sys.displayhook, threading.excepthook),
        "streams": (sys.stdout, sys.stderr, sys.stdin, os.fstat(1).st_ino, os.fstat(2).st_ino),
        "warnings": list(warnings.filters), "logging": (logging.root.level, list(logging.root.handlers)),
        "PIL's log": (logging.getLogger("PIL").propagate, list(logging.getLogger("PIL").handlers)),
        "OpenCV": (cv2.getNumThreads(), cv2.utils.logging.getLogLevel(), cv2.useOptimized(), cv2.ocl.useOpenCL()),
        "PIL": (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES),
        "environment": dict(os.environ), "recursion": sys.getrecursionlimit(), "threads": threading.active_count(),
    }
"""
USE = """
before = state()
import numcam
reader = numcam.Reader()
for path in sys.argv[1:]:
    for page in reader.read_all(path, on_remark=lambda remark: None):
        page.annotate(), page.explain(), page.table(), page._repr_html_()
after = state()
assert before == after, {name: (before[name], after[name]) for name in before if before[name] != after[name]}
"""


def python(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """This Python in a folder, with Numcam to be imported."""
    return subprocess.run(
        [sys.executable, *words], cwd=folder, env={"PYTHONPATH": str(ROOT), "PATH": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_nothing_of_the_program_is_changed_and_nothing_is_printed(tmp_path: Path) -> None:
    Image.open(GOOD).save(tmp_path / "scan.tif")
    (tmp_path / "cut.jpg").write_bytes(GOOD.read_bytes()[:-9000])
    done = python("-c", STATE + USE, str(GOOD), "scan.tif", "cut.jpg", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


STREAM = """
def own():
    return {name: value for name, value in state().items() if name not in ("OpenCV", "environment")}
before = own()
import numcam
for frame in numcam.stream("pages"):
    frame.annotate(), frame.to_dict()
assert frame.index == 1 and frame.numbers
assert own() == before
"""
"""OpenCV's own log is turned off, as docs/api.md says."""


def test_a_stream_changes_no_signal_and_prints_nothing(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    for name in ("1.jpg", "2.jpg"):
        (tmp_path / "pages" / name).write_bytes(GOOD.read_bytes())
    done = python("-c", STATE + STREAM, folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_importing_loads_nothing_that_is_heavy(tmp_path: Path) -> None:
    heavy = {"numpy", "cv2", "onnxruntime", "msgspec", "yaml", "rich", "PIL"}
    script = f"import numcam, sys; print(*sorted({heavy} & set(sys.modules)))"
    done = python("-c", script + "; assert {'Reader', 'Page'} <= set(dir(numcam)); numcam.no_name", folder=tmp_path)
    assert done.stdout == "\n"
    assert done.stderr.splitlines()[-1] == "AttributeError: module 'numcam' has no attribute 'no_name'"


def test_a_program_run_as_a_module_keeps_its_signals_and_hooks(tmp_path: Path) -> None:
    """`python -m program`, whose package imports Numcam at once: it isn't Numcam that is run."""
    package = tmp_path / "program"
    package.mkdir()
    (package / "__init__.py").write_text(
        "import signal, sys\nbefore = sys.excepthook, signal.getsignal(signal.SIGINT)\nimport numcam\nnumcam.Reader\n"
        "assert before == (sys.excepthook, signal.getsignal(signal.SIGINT))\n"
    )
    (package / "__main__.py").write_text("print('run')\n")
    for words in (("-m", "program"), ("-mprogram", "-m", "live")):
        done = python(*words, folder=tmp_path)
        assert (done.stdout, done.stderr) == ("run\n", "")


def test_every_public_name_is_there() -> None:
    assert all(getattr(numcam, name) is not None for name in numcam.__all__)
    assert set(numcam.__all__) <= set(dir(numcam))
