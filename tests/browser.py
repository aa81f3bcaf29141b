"""The web server and Chromium as children of a test, with a camera that plays the built-in clip. Knows no test."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import av
import cv2
import pytest

from tests.program import ROOT, numcam

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CLIP = ROOT / "live" / "demo.mp4"
CLIP_FRAMES = 150
"""Of the clip are played again and again: five seconds."""


@dataclass(frozen=True)
class Served:
    """A server that runs."""

    process: subprocess.Popen[str]
    address: str
    """As printed, without the token."""
    token: str
    lines: list[str]
    """What it has printed on stdout and stderr, as it comes."""

    @property
    def place(self) -> tuple[str, int]:
        """Host and port."""
        host, _, port = self.address.removeprefix("https://").removeprefix("http://").rstrip("/").rpartition(":")
        return host, int(port)


@contextmanager
def served(folder: Path, *options: str) -> Iterator[Served]:
    """`python -m live serve` on a free port; ended whatever happens."""
    if find_spec("fastapi") is None:
        pytest.skip("FastAPI is not installed: the extra `web` has it")
    with numcam(folder, "serve", "--port", "0", *options) as process:
        lines: list[str] = []
        threads = [
            threading.Thread(target=_collect, args=(pipe, lines), daemon=True)
            for pipe in (process.stdout, process.stderr)
        ]
        for thread in threads:
            thread.start()
        waiting = threading.Event()
        for _ in range(600):
            found = next((line for line in lines if line.startswith("Numcam's page: ")), None)
            if found is not None or process.poll() is not None:
                break
            waiting.wait(0.1)
        assert found is not None, lines
        address, _, token = found.removeprefix("Numcam's page: ").strip().partition("#token=")
        yield Served(process, address, token, lines)


def _collect(pipe: Iterable[str], lines: list[str]) -> None:
    """Keep what a child prints."""
    lines.extend(line.rstrip("\n") for line in pipe)


def chromium_path() -> str:
    """Debian's Chromium; skips the test where it isn't installed."""
    if find_spec("playwright") is None:
        pytest.skip("Playwright is not installed: the extra `test` has it")
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("Chromium is not here: .ci/run installs it")
    return found


@contextmanager
def chromium(*options: str, clip: Path | None = None) -> Iterator[Browser]:
    """A headless Chromium. clip: what its camera plays; None: it has no camera, and asks nobody."""
    path = chromium_path()
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--disable-gpu", *options]
    if clip is not None:
        arguments += ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={clip}"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


def write_clip(path: Path, frames: int = CLIP_FRAMES) -> Path:
    """The built-in clip as a file of JPEGs, which Chromium's fake camera plays."""
    with av.open(str(CLIP)) as container, path.open("wb") as file:
        for index, frame in enumerate(container.decode(video=0)):
            if index >= frames:
                break
            _, encoded = cv2.imencode(".jpg", frame.to_ndarray(format="bgr24"), [cv2.IMWRITE_JPEG_QUALITY, 88])
            file.write(encoded.tobytes())
    return path
