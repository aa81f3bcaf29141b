"""Measure the age of frames when they are displayed, with the whole program on a simulated camera. Judges nothing.

    python -m scripts.live_age --seconds 20

Needs a display (`xvfb-run` provides one). The simulated camera is a process of its own: it sends a page of 20 digits, 1280x720,
as MJPEG over HTTP at 30 frames a second. The page moves, so that every frame is read. Window and recording are on.
"""

from __future__ import annotations

import multiprocessing
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.settings import Settings
from live.core.terminal import tell
from live.run.loop import run
from scripts.benchmark import page_of
from scripts.command_line import run_script, script_parser
from scripts.measure.mjpeg_camera import MjpegCamera

SIZE = (1280, 720)
FPS = 30.0
REACH_PX = 14.0
"""The page moves by up to this many px to either side, once a second."""


def serve(pipe: Connection) -> None:
    """Serve as a camera until the pipe is closed. The first message is the camera's address."""
    page = page_of(*SIZE, 20, seed=1)
    shifts = [REACH_PX * np.sin(2 * np.pi * frame / FPS) for frame in range(int(FPS))]
    moved = [cv2.warpAffine(page, np.array([[1, 0, x], [0, 1, 0]]), SIZE, borderMode=1) for x in shifts]

    def paint(number: int, _size: tuple[int, int]) -> NDArray[np.uint8]:
        return np.asarray(moved[number % len(moved)], np.uint8)

    with MjpegCamera(fps=FPS, size=SIZE) as camera:
        camera.paint = paint
        pipe.send(camera.address)
        pipe.poll(None)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print the run's own summary; returns the exit code."""
    parser = script_parser("scripts.live_age", __doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="duration of the measurement (%(default)s)")
    seconds = parser.parse_args(arguments).seconds
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    camera = context.Process(target=serve, args=(there,))
    camera.start()
    try:
        address = here.recv()
        with tempfile.TemporaryDirectory() as folder:
            record = str(Path(folder) / "recorded.mp4")
            summary = run(Settings(source=address, record=record, max_seconds=seconds), say=print, tell=print)
    finally:
        here.send("enough")
        camera.join()
    if summary.ages is not None and summary.frames:
        reading_ms = summary.reading_s * 1000 / max(summary.read_anew, 1)
        over_ms = summary.ages.quantile_ms(0.5) - reading_ms
        tell(
            f"reading took {reading_ms:.0f} ms; the age beyond that is {over_ms * FPS / 1000:.2f} frames in the median."
        )
    return 0


if __name__ == "__main__":
    run_script(main)
