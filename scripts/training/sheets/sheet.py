"""A sheet of paper while it is written on: its ink, and what was written where. Knows no layout, no light and no camera.

A sheet is drawn at the scale of the picture, ink 255, and keeps the truth as quads, px of the sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import cv2
import numpy as np

from scripts.training.lines.ink import SUBPIXEL, Ink, polylines
from scripts.training.lines.layout import Points
from scripts.training.sheets.kinds import Kind

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, px."""


class Region(NamedTuple):
    """One number, word or printed word. quad: (4, 2), clockwise from the top left of its own line."""

    kind: Kind
    quad: Points
    tall: float
    """Height that its line is known by, px: a number's own, a digit's beside words."""


@dataclass(slots=True)
class Sheet:
    """Ink (H, W) uint8 and truth. patterned: its ground has a pattern."""

    ink: Ink
    regions: list[Region] = field(default_factory=list)
    patterned: bool = False

    @classmethod
    def blank(cls, wide: int, tall: int) -> Sheet:
        """An empty sheet."""
        return cls(np.zeros((tall, wide), np.uint8))

    @property
    def wide(self) -> int:
        """Px."""
        return self.ink.shape[1]

    @property
    def tall(self) -> int:
        """Px."""
        return self.ink.shape[0]

    def lay(self, picture: Ink, left: int, top: int, dark: float = 1.0) -> None:
        """Ink over ink, wherever it is on the sheet."""
        x, y = max(left, 0), max(top, 0)
        right, bottom = min(left + picture.shape[1], self.wide), min(top + picture.shape[0], self.tall)
        if right <= x or bottom <= y:
            return
        part = picture[y - top : bottom - top, x - left : right - left]
        if dark < 1:
            part = cv2.convertScaleAbs(part, alpha=dark)
        place = self.ink[y:bottom, x:right]
        np.maximum(place, part, out=place)

    def rule(self, points: Sequence[tuple[float, float]] | Points, thick: int, dark: float) -> None:
        """A line that is no writing."""
        line = np.asarray(points, np.float32)
        stroke(self.ink, line, thick, dark)

    def box(self, room: Box, thick: int, dark: float) -> None:
        """A rectangle of lines."""
        left, top, right, bottom = room
        self.rule([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], thick, dark)


def stroke(ink: Ink, line: Points, thick: int, dark: float) -> None:
    """A line into ink that is there; it never makes it paler."""
    low = np.maximum(np.floor(line.min(axis=0)) - thick - 1, 0).astype(int)
    high = np.minimum(np.ceil(line.max(axis=0)) + thick + 2, ink.shape[::-1]).astype(int)
    if (high <= low).any():
        return
    own = np.zeros(tuple(high - low)[::-1], np.uint8)
    scale = float(1 << SUBPIXEL)
    points = np.rint((line - low) * scale).astype(np.int32)
    cv2.polylines(own, [points], False, round(255 * dark), thick, cv2.LINE_AA, SUBPIXEL)
    place = ink[low[1] : high[1], low[0] : high[0]]
    np.maximum(place, own, out=place)


def quad_of(points: Points, turn: float, spread: float) -> Points:
    """(4, 2) around points, in the direction `turn`, radians, px wider on each side."""
    low, high = points.min(axis=0) - spread, points.max(axis=0) + spread
    if not turn:
        return np.array([low, (high[0], low[1]), high, (low[0], high[1])], np.float32)
    cos, sin = np.cos(turn), np.sin(turn)
    along = np.array([[cos, sin], [-sin, cos]], np.float32)
    seen = points @ along.T
    (left, top), (right, bottom) = seen.min(axis=0) - spread, seen.max(axis=0) + spread
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)
    return np.asarray(corners @ along, np.float32)


def dots(ink: Ink, start: tuple[float, float], end: tuple[float, float], step: float, size: int) -> None:
    """A dotted line."""
    count = max(2, int(np.hypot(end[0] - start[0], end[1] - start[1]) / step))
    spots = np.linspace(start, end, count).astype(np.float32)
    polylines(ink, [np.stack([spot, spot + np.float32(0.4)]) for spot in spots], size)
