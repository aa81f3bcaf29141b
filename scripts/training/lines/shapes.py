"""Digits, signs and letters as strokes that nobody wrote: the shapes that the collected digits have too few of. Knows no picture.

Each variant is a row of strokes; a stroke is a row of knots `xy`, x from 0 to 9, y from 0 to 9 with 1 the top of a digit and 8
its line. A knot twice is a corner; between others a stroke is smooth. A hand takes one variant of each digit and keeps to it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from scripts.pages.pen import LETTERS
from scripts.training.pendigits import Stroke
from scripts.training.strokes import SHAPES

Knots = NDArray[np.float32]
TOP, TALL = 1.0, 7.0  # of a digit, in the knots' grid
STEPS = np.linspace(0, 1, 7, dtype=np.float32)[:, None]

DIGIT_SHAPES: dict[str, tuple[str, ...]] = {
    "0": (
        "41 22 14 16 28 48 56 64 62 41", "41 21 14 17 38 57 64 62 41 21", "51 31 14 17 38 57 64 62",
        "41 22 14 16 28 48 56 64 62 41|70 09", "31 14 17 38 57 64 52 32 41 61 70",
        "52 31 13 16 38 57 54 51 31 22 33 53 71",
        "42 23 14 16 37 67 85 83 62 42", "52 22 03 06 37 67 85 83 62", "61 41 12 07 38 68 75 62 41 33",
        "41 12 17 48 67 62 41|52 37",
    ),
    "1": (
        "41 48", "51 38", "23 41 41 48", "07 41 41 48", "05 41 41 48", "06 51 51 48", "08 51 51 58", "08 50 50 49",
        "23 41 41 48|28 68", "41 48|18 78", "15 41 41 48|18 78", "14 41 41 48 59", "32 41 41 38", "06 31 31 37 58",
        "51 28", "61 28", "21 31 31 38|18 58", "07 24 51 51 47 58", "33 41 39",
    ),
    "2": (
        "13 21 41 53 45 18 18 68", "13 21 41 54 27 18 07 16 37 58 67", "11 61 61 18 18 68", "12 31 52 45 18 28 57 68",
        "23 33 32 12 21 51 54 27 08 07 27 48 67", "13 21 51 53 36 18 16 37 68", "02 31 52 36 08 26 48 88",
        "12 41 53 35 18 78",
        "12 21 41 43 18 18 58", "14 12 31 51 63 45 18 07 16 48 77",
        "33 23 12 21 41 52 44 26 18 28 68", "44 34 32 41 62 64 46 28 08 17 37 68", "13 22 41 52 53 36 07 16 28 47 55",
        "43 23 11 31 52 44 16 08 27 48 88",
    ),
    "3": (
        "12 31 52 43 34 34 54 56 47 28 07", "11 61 61 34 34 54 66 48 18 07", "02 31 52 34 55 57 38 07",
        "12 31 52 44 24 34 55 57 38 17", "12 41 52 44 34 45 56 38 09 08", "01 51 51 33 33 55 57 28 07",
        "12 31 42 34 45 47 19",
    ),
    "4": (
        "21 15 15 65|51 58", "31 15 15 65|43 49", "58 51 51 05 05 75", "11 14 25 45 62|62 58", "11 15 65|53 48",
        "11 14 14 54|51 58", "41 15 26 56 75|51 49", "21 13 25 45 61 61 48", "21 06 06 76|54 39",
        "31 24 24 64 71|61 48",
        "48 41 05 25 75", "11 12 15 35 52|52 58", "31 05 15 75|52 38", "40 06 06 56|43 48", "01 14 34 61|61 39",
        "41 05 05 65|61 38", "12 14 35 54 61 58 39",
    ),
    "5": (
        "21 14 14 33 54 56 48 18 07|21 61", "61 21 21 14 14 33 54 56 38 07", "61 31 23 34 55 57 38 08",
        "51 31 24 24 54 57 38 17",
        "25 38 38 51 71", "31 24 34 45 38 27|31 61", "61 31 24 24 54 28", "61 41 33 35 46 38 18", "24 37 48 41 71",
        "31 24 44 56 38 08|32 72", "41 34 45 47 28|41 80", "16 28 37 41 41 61", "25 38 47 41 41 71",
        "32 24 44 46 28|31 71", "41 33 44 46 27 17|42 82", "71 41 33 54 47 09",
    ),
    "6": (
        "51 32 15 17 38 57 55 35 16", "31 14 17 38 57 55 26", "20 26 28 48 66 45 25", "61 32 15 17 38 56 45 27",
        "70 42 15 17 38 57 55 35 17", "41 14 17 28 47 46 35 27", "10 16 28 48 56 45 16", "61 34 17 38 67 65 36 28",
    ),
    "7": (
        "11 61 61 38", "11 61 61 38|25 65", "12 11 61 61 38", "13 11 61 61 38|24 64", "12 31 61 45 38",
        "13 11 61 61 48",
        "22 51 51 38", "13 21 61 61 38|34 64", "03 11 31 71 71 39", "12 21 51 51 49|24 74", "11 61 45 48|35 75",
        "22 41 61 29",
        "02 01 51 51 28|05 64", "03 12 32 61 44 38|15 75", "12 21 41 61 38 28|04 84", "22 61 61 34 38|14 65",
        "13 22 61 49|25 74",
    ),
    "8": (
        "52 31 12 24 45 57 38 17 25 44 52 41", "41 22 33 44 53 51 41|44 26 28 48 56 44",
        "61 31 13 34 56 38 17 35 53 61",
        "11 18|11 41 53 14 14 44 56 48 18", "62 41 22 24 46 57 38 17 35 53 71", "31 12 24 45 57 28 17 35 52 31",
        "11 15 18 48 56 44 14 43 52 31 11", "51 21 23 56 58 18 16 52 61", "41 12 34 66 48 07 25 52 31",
    ),
    "9": (
        "52 31 13 25 45 52 52 57 48", "52 31 13 25 45 52 52 58", "21 28|21 51 63 45 25", "31 28|31 51 63 45 25",
        "52 31 13 25 45 52 52 58 39 18", "51 31 13 35 53 51 47 28", "61 31 13 25 45 62 62 39", "53 41 12 34 54 51 46 09",
        "41 22 34 53 41 51 38", "22 19|22 41 62 54 24", "52 22 13 35 54 51 57 28 17", "61 41 23 34 53 61 58",
        "32 13 24 43 51 31 52 56 38", "28 21 51 63 45 24", "39 22 31 52 54 35 24", "18 31 51 62 44 24",
        "38 31 11 03 15 35 32",
        "31 39|31 61 63 35",
    ),
}  # fmt: skip
SIGN_SHAPES: dict[str, tuple[str, ...]] = {
    ",": ("18 09", "18 28 19", "17 09", "17 27 19"),
    "-": ("05 45", "04 35", "05 14 35 54", "05 84"),
    "/": ("50 09", "60 09", "40 09", "70 09"),
    "+": ("05 45|23 27", "04 64|31 37", "06 46|24 28"),
    "%": ("21 02 13 32 21|70 09|65 46 58 77 65", "11 02 13 22 11|60 18|65 56 58 67 65"),
    "=": ("04 54|06 56", "04 44|05 45", "03 63 05 65", "05 74|07 76"),
    "x": ("13 68|63 18", "15 58|54 18"),
    "*": ("23 26|14 35|34 15",),
    "(": ("40 12 17 49",),
    ")": ("00 32 37 09",),
    "?": ("12 31 52 35 37|39 39",),
    "!": ("11 16|18 18",),
    "'": ("10 02", "00 02"),
    "$": ("62 31 13 55 57 38 06|40 39", "62 31 13 55 57 38 06|30 39|50 49"),
    "€": ("62 41 24 25 48 67|04 54|06 46",),
    "£": ("62 41 23 27 08 68|05 55",),
    "°": ("11 02 13 22 11",),
}  # fmt: skip
MORE_LETTERS: dict[str, tuple[str, ...]] = {
    "f": ("61 41 32 38|14 54",),
    "g": ("53 33 15 37 53 58 39 19",),
    "p": ("13 19|14 43 55 37 17",),
    "q": ("53 33 15 37 54|53 59",),
    "F": ("68 11|11 61|14 44",),
    "K": ("11 18|61 14 58",),
    "U": ("11 16 38 56 51|58 51",),
    "S": ("62 31 13 55 57 38 07",),
    "D": ("11 18|11 41 64 57 18",),
    "E": ("61 11 18 68|14 54",),
    "R": ("18 11 51 53 14 68",),
    "N": ("18 11 68 61",),
    "M": ("08 11 45 71 78",),
    "A": ("08 41 78|25 65",),
}


@cache
def variants(shape: str) -> tuple[tuple[Knots, ...], ...]:
    """All ways to draw a shape, its knots in heights of a digit: x from 0, y from 0 (top) to 1. Empty for an unknown shape."""
    found = [_parsed(text) for text in (DIGIT_SHAPES | SIGN_SHAPES | MORE_LETTERS).get(shape, ())]
    if shape.isdigit():
        own = [strokes for digit, strokes in SHAPES if str(digit) == shape]
        found += [tuple(_of_field(points, is_round) for is_round, points in strokes) for strokes in own]
    elif shape.lower() in LETTERS and not found:
        scale, shift = np.array((0.85, 1), np.float32), np.array((0, 0.14), np.float32)
        found = [tuple(knots * scale + shift for knots in _parsed("|".join(LETTERS[shape.lower()])))]
    return tuple(found)


def _parsed(text: str) -> tuple[Knots, ...]:
    """Strokes from `xy xy|xy xy`."""
    strokes = []
    for stroke in text.split("|"):
        knots = np.array([[int(knot[0]), int(knot[1]) - TOP] for knot in stroke.split()], np.float32)
        strokes.append(knots / np.float32(TALL))
    return tuple(strokes)


def _of_field(points: tuple[tuple[float, float], ...], is_round: bool) -> Knots:
    """Knots of a stroke in a field 1 wide and 1 tall; every one of angular strokes is a corner."""
    knots = np.array(points, np.float32) * np.array((0.75, 1), np.float32)
    return knots if is_round else np.repeat(knots, 2, axis=0)


def smooth(knots: Knots) -> Stroke:
    """A Catmull-Rom curve through (K, 2) knots, K >= 1; a knot twice is a corner."""
    if len(knots) < 2:
        return knots
    padded = np.concatenate([knots[:1], knots, knots[-1:]])
    a, b, c, d = (padded[k : len(padded) - 3 + k, None] for k in range(4))
    curve = b + np.float32(0.5) * STEPS * (c - a + STEPS * (2 * a - 5 * b + 4 * c - d + STEPS * (3 * (b - c) + d - a)))
    return np.asarray(curve.reshape(-1, 2), np.float32)


def moved(strokes: tuple[Knots, ...], unsteady: float, rng: np.random.Generator) -> tuple[Stroke, ...]:
    """The smooth strokes with every knot moved a little; corners stay corners. unsteady: standard deviation, in heights."""
    drawn = []
    for knots in strokes:
        shift = rng.normal(0, unsteady, knots.shape).astype(np.float32)
        same = np.flatnonzero((knots[1:] == knots[:-1]).all(axis=1)) + 1
        shift[same] = shift[same - 1]
        drawn.append(smooth(knots + shift))
    return tuple(drawn)
