"""The digits that lines are written with: MNIST's as distances from ink and middle line, pendigits' as strokes. Knows writers.

MNIST's digits are kept as fields, so that a pen of any thickness can follow them. The fields of all digits are made once and kept
in a file that the drawing processes share.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live.core.atomic_files import replacing
from scripts.pages.pen import MARGIN, stroke_fields
from scripts.training.datasets import Digits, load_mnist, split_by_writer
from scripts.training.pendigits import PenDigit, load_pendigits
from scripts.training.runs import SPLIT_SEED

HELD_OUT = 0.08  # share of MNIST's digits, by writer
PEN_WRITERS_HELD_OUT = 3
SIDE = 56
"""Px of a field; two to one of MNIST."""
LEVELS_PER_PX = 20  # grey levels of a kept field for a MNIST px
OUTSIDE = 6.0  # MNIST px outside the ink that a field still tells apart
AT_ONCE = 2_000  # digits whose fields are made together


@dataclass(frozen=True, slots=True, eq=False)
class Fields:
    """MNIST's digits as two distances each, in grey levels.

    outline, spine: (N, 56, 56) uint8. half_width: (N,) of the ink, MNIST px. boxes: (N, 4) left, top, right, bottom of the middle
    line, px of the field.
    """

    outline: NDArray[np.uint8]
    spine: NDArray[np.uint8]
    half_width: NDArray[np.float32]
    boxes: NDArray[np.int64]

    def signed(self, row: int, half_width: float, middle: float) -> NDArray[np.float32]:
        """(56, 56) float32 MNIST px, positive where a pen of this half width is.

        middle: 0 follows the ink's outline, 1 the middle line alone, which evens out the writers' own pens.
        """
        outline = self.outline[row].astype(np.float32) * np.float32(1 / LEVELS_PER_PX) - np.float32(OUTSIDE)
        spine = self.spine[row].astype(np.float32) * np.float32(1 / LEVELS_PER_PX)
        own = outline + np.float32(half_width - self.half_width[row])
        mixed: NDArray[np.float32] = np.float32(1 - middle) * own + np.float32(middle) * (
            np.float32(half_width) - spine
        )
        return mixed


def fields_of(images: NDArray[np.uint8]) -> Fields:
    """The fields of (N, 28, 28) uint8 pictures, ink is 255."""
    levels = [np.zeros((len(images), SIDE, SIDE), np.uint8) for _ in range(2)]
    widths, boxes = np.zeros(len(images), np.float32), np.zeros((len(images), 4), np.int64)
    inner = slice(2 * MARGIN, 2 * MARGIN + SIDE)
    for first in range(0, len(images), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        drawn = stroke_fields(images[some], 1.0)
        outline, spine = drawn.outline[:, inner, inner], drawn.spine[:, inner, inner]
        levels[0][some] = np.clip((outline + OUTSIDE) * LEVELS_PER_PX, 0, 255)
        levels[1][some] = np.clip(spine * LEVELS_PER_PX, 0, 255)
        widths[some] = drawn.half_width
        boxes[some] = [_box(field) for field in spine]
    return Fields(levels[0], levels[1], widths, boxes)


def _box(spine: NDArray[np.float32]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a middle line."""
    rows, columns = (np.flatnonzero((spine < 1).any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return 20, 8, 36, 48
    return int(columns[0]), int(rows[0]), int(columns[-1]), int(rows[-1])


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The digits of one side: to learn from, or held out. rows: of each writer, of each digit."""

    fields: Fields
    rows: list[list[NDArray[np.int64]]]
    pens: list[list[list[PenDigit]]]
    """Of each pen's writer, of each digit."""


def by_writer(labels: NDArray[np.int64], writers: NDArray[np.int64] | None) -> list[list[NDArray[np.int64]]]:
    """Rows of each writer, of each digit; rows of one writer where none is known."""
    hands = np.zeros(len(labels), np.int64) if writers is None else np.unique(writers, return_inverse=True)[1]
    order = np.argsort(hands, kind="stable")
    each = np.split(order, np.flatnonzero(np.diff(hands[order])) + 1)
    return [[rows[labels[rows] == digit] for digit in range(10)] for rows in each]


def pens_by_writer(digits: list[PenDigit]) -> list[list[list[PenDigit]]]:
    """Pen digits of each writer, of each digit."""
    writers = sorted({digit.writer for digit in digits})
    return [
        [[d for d in digits if d.writer == writer and d.label == label] for label in range(10)] for writer in writers
    ]


def parts(mnist: Path | None, pendigits: Path | None, folder: Path) -> tuple[Part, Part]:
    """What is learned from and what is held out, no writer in both. Raises DataError and OSError.

    mnist: as `load_mnist` takes it. pendigits: the file of training trajectories, None: no pens. folder: keeps the fields.
    """
    digits, _ = load_mnist(mnist)
    both = split_by_writer(digits, HELD_OUT, np.random.default_rng(SPLIT_SEED))
    pens = load_pendigits(pendigits) if pendigits else []
    names = sorted({pen.writer for pen in pens})
    kept_back = set(names[:: max(1, len(names) // PEN_WRITERS_HELD_OUT)][:PEN_WRITERS_HELD_OUT])
    sides = [[pen for pen in pens if (pen.writer in kept_back) == held_out] for held_out in (False, True)]
    return tuple(  # type: ignore[return-value]
        Part(_kept(part, folder / name), by_writer(part.labels, part.writers), pens_by_writer(side))
        for part, side, name in zip(both, sides, ("learning", "held-out"), strict=True)
    )


def _kept(digits: Digits, start: Path) -> Fields:
    """The fields of digits, from files that begin with this name; they are made where these are not there."""
    names = ("outline", "spine", "half_width", "boxes")
    paths = [start.with_name(f"{start.name}.{name}.npy") for name in names]
    if not all(path.is_file() for path in paths):
        made = fields_of(digits.images)
        for path, name in zip(paths, names, strict=True):
            replacing(path, partial(_save, array=getattr(made, name)))
    return Fields(*(np.load(path, mmap_mode="r") for path in paths))


def _save(path: Path, array: NDArray[np.uint8]) -> None:
    """An array as a file of exactly this name."""
    with path.open("wb") as file:
        np.save(file, array)
