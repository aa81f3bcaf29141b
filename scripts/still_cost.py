"""Measure the processor time per frame for a page that lies still and for one that moves. Judges nothing.

    python -m scripts.still_cost

Two clips of one drawn page, 1280x720 with 20 digits, each frame with its own noise: in one the page lies still, in the other it
moves by up to 3 px per frame. `live.run.loop.run` reads each without a window. The time to decode the file is measured in the
same run.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live.capture.sources import open_source
from live.core.settings import Settings
from live.core.terminal import TERMINAL, tell
from live.run.loop import run
from scripts.benchmark import page_of
from scripts.command_line import run_script, script_parser
from scripts.make_demo import Clip, write_video

NOISE = 2.0
"""Standard deviation of the noise in grey levels."""
FARTHEST_PX = 14.0
"""The moving page moves by up to this many px to either side, once a second."""


def frames_of(clip: Clip, page: NDArray[np.uint8], reach_px: float) -> Iterator[NDArray[np.uint8]]:
    """The page, frame by frame, moving by up to `reach_px` to either side."""
    rng = np.random.default_rng(clip.seed)
    for frame in range(clip.frames):
        matrix = np.array([[1, 0, reach_px * np.sin(2 * np.pi * frame / clip.fps)], [0, 1, 0]])
        moved = cv2.warpAffine(page, matrix, page.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
        yield np.clip(moved + rng.normal(0, NOISE, page.shape), 0, 255).astype(np.uint8)


def _discard(_: str) -> None:
    """Nobody listens."""


def cost_of_reading(clip: Path, frames: int) -> float:
    """Processor milliseconds per frame of the whole program."""
    start = time.process_time()
    run(Settings(source=str(clip), headless=True, realtime=False), say=_discard, tell=_discard)
    return 1000 * (time.process_time() - start) / frames


def cost_of_decoding(clip: Path, frames: int) -> float:
    """Processor milliseconds per frame to decode the file."""
    start = time.process_time()
    with open_source(str(clip), Settings().camera, realtime=False, headless=True) as source:
        for _ in source:
            pass
    return 1000 * (time.process_time() - start) / frames


def main(arguments: list[str] | None = None) -> int:
    """Measure, and print a table; returns the exit code."""
    parser = script_parser("scripts.still_cost", __doc__)
    parser.add_argument("--seconds", type=float, default=6.0, help="length of each clip (%(default)s)")
    clip = Clip(seconds=parser.parse_args(arguments).seconds)
    page = page_of(1280, 720, 20, seed=1)
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for name, reach_px in (("moves", FARTHEST_PX), ("lies still", 0.0)):
            path = Path(folder) / f"{name}.mp4"
            write_video(frames_of(clip, page, reach_px), path, clip)
            decoding = cost_of_decoding(path, clip.frames)
            lines.append((name, decoding, cost_of_reading(path, clip.frames) - decoding))
    TERMINAL.tell_lines(
        "page | decoding the file, ms | everything else, ms | of the moving page's\n--- | --: | --: | --:"
    )
    for name, decoding, rest in lines:
        tell(f"{name} | {decoding:.1f} | {rest:.1f} | {100 * rest / lines[0][2]:.0f} %")
    return 0


if __name__ == "__main__":
    run_script(main)
