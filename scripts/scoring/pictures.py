"""The pictures of the bench with their truth, and how they are turned. Knows no reader and no score."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.evaluation.page_scores import Numbers, read_lines
from scripts.training.datasets import DataError

CELL_DIGITS = frozenset("123456789")
EVERY_TURNED = 6
"""One page in this many is turned: 20 of 120, which take a minute in all turns."""
SIGNED = {
    "punct": "12.5 3,50 -42 1.234,56 24/12 17:45 +31 50% 9876543210123456",
    "slash20": "24/12 3/4 7/10 1/2 31/12/26 15-20 -7 -1",
}
"""The numbers on two pictures of `cases`, by the bench's README."""
FREE_DEG = (-40.0, -25.0, -10.0, 10.0, 25.0, 40.0)
"""Turns that are no quarter turns, one after the other over the pages; most people lay a page within these."""
DESK_GREY = 96
"""Of what lies beside a turned page."""


class AbsentError(Exception):
    """A set can't be judged here; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and what is written on it: numbers with their corners, or lines of text."""

    path: Path
    kind: str
    """Part of its set: a level, a label."""
    numbers: tuple[dict[str, Any], ...] = ()
    """Each with `text`, `quad` (px) and, where it leaves the picture, `cut`."""
    lines: tuple[str, ...] = ()
    """Numbers parted by spaces, where their places are not known."""
    degrees: float = 0.0
    """It is turned by so much to the left before it is read."""

    @property
    def key(self) -> tuple[Path, float]:
        """The same for pictures that need only one reading."""
        return self.path, self.degrees


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are."""

    bench: Path
    data: Path
    """Holds `mnist.npz` and `pendigits`."""
    drawn: Path
    """An empty folder for pictures that are drawn."""
    kept_back: bool = False
    """Whether parts that are looked at only before something is shipped are judged too."""
    spread: Callable[[Callable[[Any], Any], Sequence[Any]], Iterable[Any]] = map
    """Does the same work on each item, perhaps in several processes."""


def truth_of(folder: Path) -> list[dict[str, Any]]:
    """The lines of `truth.jsonl`. Raises AbsentError where there is none, DataError where it is damaged."""
    path = folder / "truth.jsonl"
    try:
        return read_lines(path)
    except OSError:
        raise AbsentError(f"there is no {path}") from None
    except ValueError as error:
        raise DataError(f"{path} should hold JSON lines: {error}.") from error


def labels_of(folder: Path) -> dict[str, str]:
    """The text of each file, by `labels.csv`. Raises AbsentError where there is none."""
    path = folder / "labels.csv"
    try:
        with path.open(newline="", encoding="utf-8") as file:
            return {row["file"]: row["text"] for row in csv.DictReader(file)}
    except OSError:
        raise AbsentError(f"there is no {path}") from None


def pages(folder: Path) -> list[Picture]:
    """Pages whose truth has corners, by level. Raises AbsentError."""
    return [
        Picture(folder / line["file"], line.get("level", ""), tuple(line["numbers"]))
        for line in truth_of(folder)
        if "numbers" in line
    ]


def turned_pages(folder: Path) -> list[Picture]:
    """A sample of pages in all turns. Raises AbsentError."""
    sizes = {folder / line["file"]: (line["width"], line["height"]) for line in truth_of(folder) if "width" in line}
    sample = [page for page in pages(folder) if page.path in sizes][::EVERY_TURNED]
    return [
        replace(page, kind=name, numbers=turned_truth(page.numbers, sizes[page.path], degrees), degrees=degrees)
        for quarter in (0.0, 90.0, 180.0, 270.0, None)
        for k, page in enumerate(sample)
        for degrees, name in [_turn(quarter, k)]
    ]


def _turn(quarter: float | None, index: int) -> tuple[float, str]:
    """Degrees and their name; for None a free turn."""
    if quarter is not None:
        return quarter, f"by {quarter:.0f}°"
    return FREE_DEG[index % len(FREE_DEG)], f"by {min(map(abs, FREE_DEG)):.0f}° to {max(FREE_DEG):.0f}°"


def line_pictures(folder: Path) -> list[Picture]:
    """Pictures whose truth is lines of text, by the set that the truth names. Raises AbsentError."""
    return [
        Picture(folder / line["file"], line.get("set", ""), lines=tuple(line["lines"])) for line in truth_of(folder)
    ]


def signed_pictures(folder: Path) -> list[Picture]:
    """Pictures of numbers with signs. Raises AbsentError."""
    found = [(folder / f"{name}.png", name, text) for name, text in SIGNED.items()]
    if not all(path.is_file() for path, _, _ in found):
        raise AbsentError(f"there is no {' and no '.join(path.name for path, _, _ in found)} in {folder}")
    return [Picture(path, name, lines=(text,)) for path, name, text in found]


def webcam_pictures(folder: Path) -> list[Picture]:
    """Webcam frames, each with one line. Raises AbsentError."""
    return [Picture(folder / file, "", lines=(text,)) for file, text in labels_of(folder).items()]


def cell_pictures(folder: Path) -> list[Picture]:
    """Cells of sudokus: digits, `blank` and `candidates`. Raises AbsentError."""
    return [
        Picture(folder / file, "digits" if text in CELL_DIGITS else text, lines=(text,) if text in CELL_DIGITS else ())
        for file, text in labels_of(folder).items()
    ]


def sudoku_pictures(folder: Path) -> list[Picture]:
    """Photographed sudokus whose rows are known: the rows without an empty cell. Raises AbsentError."""
    known = {
        file: tuple(row.replace(" ", "") for row in text.splitlines() if "0" not in row)
        for file, text in labels_of(folder).items()
    }
    return [Picture(folder / file, "", lines=rows) for file, rows in known.items() if rows]


def turned_picture(image: NDArray[np.uint8], degrees: float) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 turned to the left; larger where the turn is no quarter turn, with grey in the corners."""
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(image, round(degrees / 90) % 4))
    height, width = image.shape[:2]
    matrix, size = turn_matrix((width, height), degrees)
    grey = (DESK_GREY,) * 3
    turned = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderValue=grey)
    return np.asarray(turned, np.uint8)


def turn_matrix(size: tuple[int, int], degrees: float) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """(2, 3) from px of a picture to px of the turned one, and the size of that. size: width, height."""
    angle = math.radians(degrees)
    linear = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]]).round(12)
    width, height = np.ceil(np.abs(linear) @ size - 1e-6).astype(int).tolist()
    middle, new_middle = (np.array(size) - 1) / 2, (np.array((width, height)) - 1) / 2
    return np.column_stack([linear, new_middle - linear @ middle]), (width, height)


def turned_truth(
    numbers: Sequence[dict[str, Any]], size: tuple[int, int], degrees: float
) -> tuple[dict[str, Any], ...]:
    """The numbers in px of the turned picture."""
    matrix, _ = turn_matrix(size, degrees)
    return tuple(
        {**number, "quad": (np.array(number["quad"]) @ matrix[:, :2].T + matrix[:, 2]).tolist()} for number in numbers
    )


def as_numbers(picture: Picture) -> Numbers:
    """The truth as `page_scores` takes it."""
    return list(picture.numbers)
