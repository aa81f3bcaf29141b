"""The person who writes a line: takes every digit from one source, and signs and letters as they come. Knows no line.

A hand is one MNIST writer, one pendigits writer, invented shapes, or a font. Many hands have one or two digits of their own from
the invented shapes, since the collected ones hold few long upstrokes, P-like 9s and 5s like a tick.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scripts.training.lines import fonts, shapes
from scripts.training.lines.sources import SIDE, Part
from scripts.training.pendigits import Stroke

SOURCES = ("mnist", "pen", "invented", "font")
SHARES = (0.46, 0.29, 0.21, 0.04)
OWN_DIGITS = 0.3  # share of hands with one or two digits of invented shape
OWN = list("147915020")  # those that are short in the sources come more often
SCRIPT_LETTERS = 0.6  # share of letters in a handwriting font


class Glyph(NamedTuple):
    """One shape as it will be drawn, in heights of a digit: x from its left edge, y from 0 (top) to 1 (line)."""

    width: float
    strokes: tuple[Stroke, ...] = ()
    row: int = -1
    """Of a MNIST digit's field, -1 for none."""
    picture: NDArray[np.uint8] | None = None
    """Ink, (H, W) uint8."""
    top: float = 0.0
    """Of the picture."""
    tall: float = 1.0
    """Of the picture."""
    bold: float = 1.0
    """Thickness of its strokes, by that of the line."""


@dataclass(frozen=True, slots=True)
class Materials:
    """What is written with."""

    part: Part
    fonts: fonts.Fonts


class Hand:
    """One person for one line."""

    def __init__(self, materials: Materials, rng: np.random.Generator) -> None:
        self._part, self._rng = materials.part, rng
        shares = np.array(SHARES) * [1, bool(materials.part.pens), 1, 1]
        self.source = SOURCES[int(np.searchsorted(np.cumsum(shares / shares.sum()), rng.random()))]
        self._font = materials.fonts.any(rng, SCRIPT_LETTERS)
        self._letters_by_font = rng.random() < 0.5
        self._unsteady = rng.uniform(0.008, 0.035)
        self._chosen: dict[str, int] = {}
        self._own = set(rng.choice(OWN, rng.integers(1, 3)).tolist()) if rng.random() < OWN_DIGITS else set()
        self._writer = int(rng.integers(len(self._part.rows)))
        if self.source == "pen":
            self._writer = int(rng.integers(len(self._part.pens)))

    def glyph(self, shape: str) -> Glyph:
        """A shape, anew each time."""
        if shape.isdigit():
            return self._digit(shape)
        if shape in ".:·":
            return self._dots(shape)
        letter_by_font = shape.isalpha() and self._letters_by_font
        if letter_by_font or self.source == "font" or not shapes.variants(shape):
            return self._printed(shape)
        return self._invented(shape)

    def _digit(self, digit: str) -> Glyph:
        if self.source == "font":
            return self._printed(digit)
        if self.source == "invented" or digit in self._own:
            return self._invented(digit)
        if self.source == "mnist":
            return self._collected(int(digit))
        own = self._part.pens[self._writer][int(digit)]
        if not own:
            return self._invented(digit)
        strokes = own[self._rng.integers(len(own))].strokes
        return Glyph(max(float(stroke[:, 0].max()) for stroke in strokes), strokes)

    def _collected(self, digit: int) -> Glyph:
        """A MNIST digit of the writer's, or of anyone's who wrote it."""
        rows = self._part.rows[self._writer][digit]
        while not len(rows):
            rows = self._part.rows[self._rng.integers(len(self._part.rows))][digit]
        row = int(rows[self._rng.integers(len(rows))])
        left, top, right, bottom = self._part.fields.boxes[row].tolist()
        return Glyph((right - left) / unit_of(left, top, right, bottom), row=row)

    def _invented(self, shape: str) -> Glyph:
        ways = shapes.variants(shape)
        chosen = self._chosen.setdefault(shape, int(self._rng.integers(len(ways))))
        strokes = shapes.moved(ways[chosen], self._unsteady, self._rng)
        left = min(float(stroke[:, 0].min()) for stroke in strokes)
        # a stroke between numbers is longer than a 1, or nobody could tell them apart
        longer = np.float32(self._rng.uniform(1.05, 1.4) if shape == "/" else 1)
        origin = np.array((left, 0.5), np.float32)
        strokes = tuple((stroke - origin) * longer + np.array((0, 0.5), np.float32) for stroke in strokes)
        return Glyph(max(float(stroke[:, 0].max()) for stroke in strokes), strokes)

    def _dots(self, shape: str) -> Glyph:
        """A point on the line, seldom half way up or a short dash; or two of them."""
        low = 0.5 if shape == "·" else self._rng.normal(0.97, 0.05)
        heights = (low,) if shape != ":" else (low - self._rng.uniform(0.35, 0.55), low)
        length = self._rng.choice([0.0, 0.02, 0.08])
        strokes = []
        for height in heights:
            end = (length * self._rng.uniform(0.3, 1), height + length * self._rng.uniform(-0.6, 1.2))
            strokes.append(np.array([(0, height), end], np.float32))
        return Glyph(0.06, tuple(strokes), bold=float(self._rng.uniform(1.0, 2.0)))

    def _printed(self, shape: str) -> Glyph:
        return printed(self._font, shape)


def printed(font: Path, text: str) -> Glyph:
    """A word of a font."""
    picture, top = fonts.written(font, text)
    unit = fonts.digit_px(font)
    return Glyph(picture.shape[1] / unit, picture=picture, top=top, tall=picture.shape[0] / unit)


def unit_of(left: int, top: int, right: int, bottom: int) -> float:
    """Height that a MNIST digit counts as, px of its field: a flat one isn't drawn up to full height."""
    return float(max(bottom - top, 0.6 * (right - left), 0.25 * SIDE))
