"""Draw handwriting with a pen: digits from 28x28 pictures, letters from strokes. Knows no page and no camera."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.pages.page_style import Pen

FIELD = 28
MARGIN = 2
FINE_FROM_PX = 4.0
"""Digits drawn larger than this many px per MNIST px need finer fields, or steps in their middle line become visible."""
DIGIT_CELLS = 20.0
"""Height of an MNIST digit in its field."""
THIN_PEN = 0.5
"""Half width of the thinnest pen, in MNIST px."""
MNIST_PEN = 1.35
"""Half width of a usual stroke in MNIST, in its px."""
SPECK = 4.0
"""Smallest area of a stroke, MNIST px."""
LEAST_HALF_WIDTH_PX = 0.8
TEXTURE_SIDE = 512


@dataclass(frozen=True, slots=True)
class PenLook:
    """opacity: of a full stroke, 0 to 1; grain: how much of it the paper's grain removes, 0 to 1;
    roughness: of the edges, MNIST px; reach: px over which the edge fades."""

    opacity: float
    grain: float
    roughness: float
    reach: float


LOOKS: dict[Pen, PenLook] = {
    "ballpoint": PenLook(0.9, 0.22, 0.1, 1.2),
    "fineliner": PenLook(0.96, 0.06, 0.05, 1.1),
    "marker": PenLook(0.95, 0.1, 0.12, 1.3),
    "pencil": PenLook(0.82, 0.6, 0.25, 1.6),
    "crayon": PenLook(0.93, 0.55, 0.55, 2.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class StrokeFields:
    """Digits as distance fields, to be drawn with a pen of any thickness at any size; (N, side, side) float32.

    scale: px of a field for a MNIST px. outline: MNIST px to the edge of the ink, positive inside.
    spine: MNIST px to the middle line of the strokes. half_width: (N,) of the ink, MNIST px.
    """

    scale: int
    outline: NDArray[np.float32]
    spine: NDArray[np.float32]
    half_width: NDArray[np.float32]

    def strokes(self, index: int, thickness: float, least: float) -> NDArray[np.float32]:
        """(side, side) float32, positive where the pen's ink is.

        thickness: as in `PageStyle`. It replaces the thickness of MNIST's pens, since a page has one pen.
        least: smallest half width of a stroke, MNIST px.
        """
        outline, spine = self.outline[index], self.spine[index]
        even = outline + 0.85 * (MNIST_PEN - self.half_width[index])
        share = min(thickness, 1.0)
        followed = share * even + (1 - share) * (THIN_PEN - spine) + max(0.0, thickness - 1.0)
        return np.asarray(np.maximum(followed, least - spine), dtype=np.float32)


def stroke_fields(images: NDArray[np.uint8], px_per_cell: float) -> StrokeFields:
    """The fields of (N, 28, 28) uint8 pictures, ink 255 on 0, to be drawn at `px_per_cell` px a MNIST px."""
    scale = 3 if px_per_cell > FINE_FROM_PX else 2
    side = (FIELD + 2 * MARGIN) * scale
    shape = (len(images), side, side)
    if len(images) == 0:
        return StrokeFields(scale, np.zeros(shape, np.float32), np.zeros(shape, np.float32), np.zeros(0, np.float32))
    padded = np.pad(images, ((0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN)))
    column = padded.reshape(-1, FIELD + 2 * MARGIN)  # stacked vertically, for one call of OpenCV
    smooth = cv2.resize(column, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    ink = without_specks((cv2.GaussianBlur(smooth, (0, 0), 0.27 * scale) > 110).astype(np.uint8), SPECK * scale**2)
    middle = thin(ink)
    inside = cv2.distanceTransform(ink, cv2.DIST_L2, 5)
    outside = cv2.distanceTransform(1 - ink, cv2.DIST_L2, 5)
    spine = cv2.distanceTransform(1 - middle, cv2.DIST_L2, 5)
    on_spine = middle.reshape(len(images), -1)
    widths = (inside.reshape(len(images), -1) * on_spine).sum(axis=1) / np.maximum(on_spine.sum(axis=1), 1)
    return StrokeFields(
        scale,
        np.asarray(cv2.GaussianBlur(inside - outside, (0, 0), 0.37 * scale) / scale, np.float32).reshape(shape),
        np.asarray(cv2.GaussianBlur(spine, (0, 0), 0.37 * scale) / scale, np.float32).reshape(shape),
        np.asarray(widths / scale, np.float32),
    )


def without_specks(ink: NDArray[np.uint8], least_area: float) -> NDArray[np.uint8]:
    """(H, W) uint8 ink of 0 and 1 without pieces smaller than `least_area`, which are dirt of the scanner."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    kept = np.asarray(stats[:, cv2.CC_STAT_AREA] >= least_area, np.uint8)
    kept[0] = 0
    return np.asarray(kept[labels], np.uint8)


def thin(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The middle line, one px wide, of (H, W) uint8 ink of 0 and 1. Source: Zhang and Suen, 1984."""
    ring = np.array([[1, 2, 4], [128, 0, 8], [64, 32, 16]], np.float32)
    thinned = ink.copy()
    while True:
        before = cv2.countNonZero(thinned)
        for table in _thinning_tables():
            around = cv2.filter2D(thinned, cv2.CV_8U, ring, borderType=cv2.BORDER_CONSTANT)
            thinned &= np.asarray(cv2.LUT(around, table), np.uint8)
        if cv2.countNonZero(thinned) == before:
            return thinned


@cache
def _thinning_tables() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """For each pattern of eight neighbours: 0 where the px is removed, else 1; for the first and the second half step."""
    first, second = np.ones(256, np.uint8), np.ones(256, np.uint8)
    for pattern in range(256):
        nw, n, ne, e, se, s, sw, w = (pattern >> bit & 1 for bit in range(8))
        ring = (n, ne, e, se, s, sw, w, nw)
        rises = sum(not ring[i] and ring[(i + 1) % 8] for i in range(8))
        if rises == 1 and 2 <= sum(ring) <= 6:
            first[pattern] = (n and e and s) or (e and s and w)
            second[pattern] = (n and e and w) or (n and s and w)
    return first, second


@cache
def paper_grain() -> NDArray[np.float32]:
    """(1024, 1024) float32, mean 0, about -1 to 1: the paper's grain. It repeats after half its side, to be cropped."""
    rng = np.random.default_rng(20)
    fine = rng.standard_normal((TEXTURE_SIDE, TEXTURE_SIDE)).astype(np.float32)
    mixed = cv2.GaussianBlur(fine, (0, 0), 0.7, borderType=cv2.BORDER_REFLECT_101) * 1.5
    mixed += cv2.GaussianBlur(np.roll(fine, 99, 0), (0, 0), 2.5) * 3
    return np.tile(np.clip(mixed / (2.2 * mixed.std()), -1, 1), (2, 2)).astype(np.float32)


def grain_crop(rng: np.random.Generator, height: int, width: int, zoom: float = 1.0) -> NDArray[np.float32]:
    """A random (height, width) float32 crop of `paper_grain`, `zoom` times as coarse, repeated where needed."""
    if zoom > 1:
        small = grain_crop(rng, int(height / zoom) + 2, int(width / zoom) + 2)
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    grain = paper_grain()
    top, left = rng.integers(0, TEXTURE_SIDE, 2)
    if height > TEXTURE_SIDE or width > TEXTURE_SIDE:
        rows, columns = -(-height // TEXTURE_SIDE) + 1, -(-width // TEXTURE_SIDE) + 1
        grain = np.tile(grain[:TEXTURE_SIDE, :TEXTURE_SIDE], (rows, columns))
    return grain[top : top + height, left : left + width]


def lay_digit(
    sheet_ink: NDArray[np.uint8],
    strokes: NDArray[np.float32],
    placing: NDArray[np.float64],
    look: PenLook,
    rng: np.random.Generator,
) -> None:
    """Draw one digit into (H, W) uint8 ink by the maximum.

    strokes: of `StrokeFields.strokes`; placing: (2, 3), from px of that field to px of the sheet.
    """
    side = len(strokes)
    corners = np.array([[0, 0, 1], [side, 0, 1], [0, side, 1], [side, side, 1]], np.float64) @ placing.T
    left, top = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    right, bottom = np.minimum(np.ceil(corners.max(axis=0)), sheet_ink.shape[::-1]).astype(int)
    if right <= left or bottom <= top:
        return
    moved = placing - np.array([[0, 0, left], [0, 0, top]])
    size = (int(right - left), int(bottom - top))
    turned = cv2.warpAffine(strokes, moved, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    cell_px = float(np.sqrt(abs(np.linalg.det(placing[:, :2])))) * side / (FIELD + 2 * MARGIN)
    zoom = max(1.0, cell_px / 4)
    field = turned + look.roughness * grain_crop(rng, size[1], size[0], zoom)
    cover = np.clip(field * (cell_px / (look.reach * zoom)) + 0.5, 0, 1) * (255 * rng.uniform(0.9, 1.0))
    area = sheet_ink[top:bottom, left:right]
    np.maximum(area, cover.astype(np.uint8), out=area)


def ink_points(strokes: NDArray[np.float32]) -> NDArray[np.float64]:
    """(K, 2) x, y of the ink in px of the field; K is 0 where there is no ink."""
    rows, columns = np.nonzero(strokes > 0)
    return np.stack([columns, rows], axis=1).astype(np.float64)


# strokes of letters: pairs of x (0 to 6) and y (0 the top of an h, 4 of an x, 8 the line, 9 below it)
LETTERS: dict[str, tuple[str, ...]] = {
    "a": ("55 34 15 07 28 47 54 57 68",),
    "b": ("10 15 18 38 56 44 25 16",),
    "c": ("55 34 15 07 28 57",),
    "d": ("55 34 15 07 28 47 50", "50 56 68"),
    "e": ("16 46 54 34 15 07 28 57",),
    "h": ("10 14 18", "16 34 54 56 58"),
    "i": ("34 37 48", "32 32"),
    "k": ("10 14 18", "54 26 58"),
    "l": ("30 34 37 48",),
    "m": ("04 08", "05 24 25 28", "25 44 55 68"),
    "n": ("14 16 18", "16 34 54 56 68"),
    "o": ("34 15 07 28 47 56 45 34",),
    "r": ("14 16 18", "16 34 54"),
    "s": ("54 34 15 36 57 38 18",),
    "t": ("31 35 37 48", "13 53"),
    "u": ("14 16 28 47 54", "54 57 68"),
    "v": ("14 38 64",),
    "w": ("04 18 34 58 64",),
    "x": ("14 58", "54 18"),
    "y": ("14 36", "64 36 29 19"),
}
WRITTEN_WORDS = ("total", "carlos", "note", "kitchen", "lesson", "read", "mother", "until", "store", "check", "wood")


def letter_strokes(letter: str) -> list[NDArray[np.float64]]:
    """Smooth lines of one letter, each (K, 2) in heights of an h: x to the right, y down from its top."""
    strokes = []
    for points in LETTERS[letter]:
        knots = np.array([[int(pair[0]), int(pair[1])] for pair in points.split()], np.float64) / 8
        strokes.append(_through(knots))
    return strokes


def _through(knots: NDArray[np.float64]) -> NDArray[np.float64]:
    """A Catmull-Rom curve through (K, 2) points, with eight points per span."""
    padded = np.concatenate([knots[:1], knots, knots[-1:]])
    steps = np.linspace(0, 1, 8)[:, None]
    pieces = []
    for a, b, c, d in zip(padded[:-3], padded[1:-2], padded[2:-1], padded[3:], strict=True):
        pieces.append(b + 0.5 * steps * (c - a + steps * (2 * a - 5 * b + 4 * c - d + steps * (3 * (b - c) + d - a))))
    return np.concatenate(pieces)
