"""Letters, round corners and panels in OpenCV's own typeface. Knows sizes and colours, never what a text means."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.plain_text import printable

Colour = tuple[int, int, int]
"""Blue, green, red, 0 to 255."""
Place = tuple[int, int]
"""(x, y), or (width, height), px."""


class Letters(NamedTuple):
    """How a text looks."""

    size: int
    """px"""
    colour: Colour
    bold: bool = False


SHIFT = 4  # OpenCV draws at 1/16 px
CORNER_STEPS = np.linspace(0, 1, 6)


@lru_cache(maxsize=1)
def _face() -> cv2.FontFace:
    """The typeface: OpenCV's face for all of Unicode.

    Its other one, "sans", has weights, but strikes its 0 through: at 12 px that is an 8, of all things in a reader of digits.
    """
    return cv2.FontFace("uni")


@lru_cache(maxsize=1024)
def width_of(text: str, size: int, *, bold: bool = False) -> int:
    """Width of `text`, px, at a size of `size` px."""
    _, _, width, _ = cv2.getTextSize((1, 1), printable(text), (0, 0), _face(), size)
    return int(width) + (_strikes(size) - 1 if bold else 0)


@lru_cache(maxsize=1024)
def advance(text: str, size: int) -> int:
    """How far right of the first letter's place the letter after `text` stands, px: its ink may end before or beyond."""
    return width_of(text + "0", size) - width_of("0", size)


def write(picture: NDArray[np.uint8], text: str, place: Place, letters: Letters) -> None:
    """Write `text` onto `picture` (drawn on in place), its first letter's foot at `place`. What leaves the picture is cut."""
    x, y = place
    text = printable(text)  # names of files and cameras are written too
    for strike in range(_strikes(letters.size) if letters.bold else 1):
        cv2.putText(picture, text, (x + strike, y), letters.colour, _face(), letters.size)


def _strikes(size: int) -> int:
    """How often bold text is struck, a px apart: the face has one weight only."""
    return 2 + size // 32


def rounded_corners(quads: NDArray[np.float32], radii: NDArray[np.float32]) -> NDArray[np.float32]:
    """Outlines of quads with round corners. quads: (N, 4, 2), radii: (N,) px. Returns (N, P, 2) px."""
    quads = quads.astype(np.float32)

    def towards(other: NDArray[np.float32]) -> NDArray[np.float32]:
        side = other - quads
        length = np.maximum(np.linalg.norm(side, axis=2, keepdims=True), 1e-6)
        return quads + side * np.minimum(radii[:, None, None] / length, 0.5)

    start, end = towards(np.roll(quads, 1, axis=1)), towards(np.roll(quads, -1, axis=1))
    t = CORNER_STEPS[None, None, :, None]
    curves = (1 - t) ** 2 * start[:, :, None] + 2 * t * (1 - t) * quads[:, :, None] + t**2 * end[:, :, None]
    return curves.reshape(len(quads), 4 * CORNER_STEPS.size, 2).astype(np.float32)


def at_shift(points: NDArray[np.float32]) -> NDArray[np.int32]:
    """Points in px as OpenCV takes them with `shift=SHIFT`."""
    return np.rint(points * (1 << SHIFT)).astype(np.int32)


@lru_cache(maxsize=256)
def _round_rect(size: Place) -> NDArray[np.int32]:
    """Outline of a rectangle with round corners, its corner at (0, 0), for `shift=SHIFT`."""
    width, height = size
    right, bottom = max(width - 1, 1), max(height - 1, 1)
    quad = np.array([[[0, 0], [right, 0], [right, bottom], [0, bottom]]], np.float32)
    return at_shift(rounded_corners(quad, np.array([0.36 * min(width, height, 60)], np.float32)))[0]


def rounded(picture: NDArray[np.uint8], corner: Place, size: Place, colour: Colour) -> None:
    """Fill a rectangle with round corners, drawn on in place. corner: its top left."""
    offset = np.array(corner, np.int32) << SHIFT
    cv2.fillConvexPoly(picture, _round_rect(size) + offset, colour, cv2.LINE_AA, SHIFT)


def panel(picture: NDArray[np.uint8], corner: Place, size: Place, opacity: float = 0.62) -> None:
    """Darken a rectangle with round corners, in place, so that white text reads on anything."""
    left, top = max(corner[0], 0), max(corner[1], 0)
    part = picture[top : corner[1] + size[1], left : corner[0] + size[0]]
    if part.size == 0:
        return
    dark = part.copy()
    rounded(dark, (corner[0] - left, corner[1] - top), size, (22, 20, 18))
    cv2.addWeighted(dark, opacity, part, 1 - opacity, 0, dst=part)
