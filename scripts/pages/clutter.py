"""Draw clutter between the numbers of a sheet: words, ticks, arrows, underlines, blots. Knows no paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.pages.page_style import PageStyle
from scripts.pages.pen import WRITTEN_WORDS, letter_strokes

PRINTED_WORDS = (
    "Name", "Total", "Date", "Amount", "page", "Signed", "Class", "Meter reading", "Invoice", "Street",
    "Telephone", "Score", "Account", "kWh", "Room", "Approved by", "Please write clearly", "Lesson", "Betrag", "Summe",
)  # fmt: skip
FACES = ("sans", "italic", "uni")
SHIFT = 4
CELL = 8
"""Side of a cell in the map of free places, px of the sheet."""

Mask = NDArray[np.uint8]
Point = tuple[float, float]


def scatter(
    ink: Mask, printed: Mask, taken: Sequence[NDArray[np.float64]], style: PageStyle, rng: np.random.Generator
) -> None:
    """Draw the style's words and marks into (H, W) `ink` and `printed`, outside the `taken` quads.

    A word or mark without a free place after some tries is left out.
    """
    digit_px = float(np.median([np.linalg.norm(quad[3] - quad[0]) for quad in taken])) if len(taken) else 40.0
    free = _free_places(ink.shape, taken, 0.3 * digit_px)
    for _ in range(style.printed_words):
        _print_word(printed, free, digit_px, rng)
    for _ in range(style.written_words):
        _write_word(ink, free, digit_px, style, rng)
    for _ in range(style.marks):
        _mark(ink, free, digit_px, style, rng)


def _free_places(shape: tuple[int, ...], taken: Sequence[NDArray[np.float64]], around_px: float) -> Mask:
    """1 where a cell is free, 0 where a number is near."""
    free = np.ones((shape[0] // CELL, shape[1] // CELL), np.uint8)
    for quad in taken:
        low, high = (quad.min(axis=0) - around_px) / CELL, (quad.max(axis=0) + around_px) / CELL
        left, top = np.maximum(np.floor(low), 0).astype(int)
        right, bottom = np.maximum(np.ceil(high), 0).astype(int)
        free[top:bottom, left:right] = 0
    return free


def _find_place(free: Mask, width_px: float, height_px: float, rng: np.random.Generator) -> Point | None:
    """Find the top left corner of a free place and mark it as taken; None where none was found."""
    across, down = int(width_px / CELL) + 2, int(height_px / CELL) + 2
    rows, columns = free.shape[0] - down, free.shape[1] - across
    if rows <= 0 or columns <= 0:
        return None
    for _ in range(12):
        top, left = int(rng.integers(rows)), int(rng.integers(columns))
        place = free[top : top + down, left : left + across]
        if place.all():
            place[:] = 0
            return (left + 1) * CELL, (top + 1) * CELL
    return None


def _print_word(printed: Mask, free: Mask, digit_px: float, rng: np.random.Generator) -> None:
    text = PRINTED_WORDS[rng.integers(len(PRINTED_WORDS))]
    size = int(np.clip(digit_px * rng.uniform(0.3, 0.8), 9, 80))
    face = cv2.FontFace(FACES[rng.integers(len(FACES))])
    weight = int(rng.choice([300, 400, 600, 800]))
    width = 0.62 * size * len(text)
    place = _find_place(free, width, size * 1.3, rng)
    if place is not None:
        cv2.putText(printed, text, (int(place[0]), int(place[1]) + size), 255, face, size, weight)


def _write_word(ink: Mask, free: Mask, digit_px: float, style: PageStyle, rng: np.random.Generator) -> None:
    text = WRITTEN_WORDS[rng.integers(len(WRITTEN_WORDS))]
    height = digit_px * rng.uniform(0.9, 1.4)
    advance = height * rng.uniform(0.6, 0.75)
    place = _find_place(free, advance * len(text) + height * 0.2, height * 1.35, rng)
    if place is None:
        return
    origin = np.array(place)
    lean = np.array([[1.0, 0.0], [-style.slant, 1.0]])
    for position, letter in enumerate(text):
        at = origin + np.array([position * advance, rng.normal(0, 0.03) * height])
        for stroke in letter_strokes(letter):
            wavy = stroke @ lean * height * (1.0, rng.uniform(0.92, 1.05)) + at
            _stroke(ink, wavy + rng.normal(0, 0.006, wavy.shape) * height, _pen_px(style, digit_px))


def _mark(ink: Mask, free: Mask, digit_px: float, style: PageStyle, rng: np.random.Generator) -> None:
    kind = MARKS[rng.integers(len(MARKS))]
    shape = kind(rng)
    size = digit_px * rng.uniform(0.5, 1.4)
    extent = np.ptp(np.concatenate(shape), axis=0) * size
    place = _find_place(free, float(extent[0]), float(extent[1]), rng)
    if place is None:
        return
    for stroke in shape:
        points = stroke * size + place
        _stroke(ink, points + rng.normal(0, 0.01, points.shape) * size, _pen_px(style, digit_px))


def _stroke(ink: Mask, points: NDArray[np.float64], thick_px: float) -> None:
    fixed = np.round(points * (1 << SHIFT)).astype(np.int32)
    cv2.polylines(ink, [fixed], False, 235, max(1, round(thick_px)), cv2.LINE_AA, SHIFT)


def _pen_px(style: PageStyle, digit_px: float) -> float:
    return digit_px * (0.05 + 0.09 * min(style.thickness, 2.0))


def _tick(rng: np.random.Generator) -> list[NDArray[np.float64]]:
    return [np.array([[0, 0.6], [rng.uniform(0.2, 0.35), 1], [1, 0]])]


def _cross(rng: np.random.Generator) -> list[NDArray[np.float64]]:
    lean = rng.uniform(0, 0.2)
    return [np.array([[0, lean], [1, 1]]), np.array([[1 - lean, 0], [0, 1]])]


def _arrow(rng: np.random.Generator) -> list[NDArray[np.float64]]:
    length = rng.uniform(1.2, 2.5)
    return [np.array([[0, 0.3], [length, 0.3]]), np.array([[length - 0.3, 0], [length, 0.3], [length - 0.3, 0.6]])]


def _underline(rng: np.random.Generator) -> list[NDArray[np.float64]]:
    xs = np.linspace(0, rng.uniform(2, 5), 12)
    return [np.stack([xs, rng.uniform(0, 0.06) * np.sin(xs * rng.uniform(2, 6)) + 0.1], axis=1)]


def _frame(rng: np.random.Generator) -> list[NDArray[np.float64]]:
    width = rng.uniform(0.8, 2.5)
    return [np.array([[0, 0], [width, 0.03], [width - 0.02, 1], [0.03, 0.98], [0, 0.0]])]


def _blot(rng: np.random.Generator) -> list[NDArray[np.float64]]:
    turns = np.linspace(0, 2 * np.pi * rng.integers(2, 5), 40)
    reach = rng.uniform(0.05, 0.2) * (1 + 0.3 * np.sin(turns * 3))
    return [np.stack([reach * np.cos(turns) + 0.2, reach * np.sin(turns) + 0.2], axis=1)]


def _scrawl(rng: np.random.Generator) -> list[NDArray[np.float64]]:
    xs = np.linspace(0, rng.uniform(1.5, 4), 60)
    return [np.stack([xs + 0.2 * np.sin(xs * 13), 0.5 + rng.uniform(0.15, 0.4) * np.cos(xs * 11)], axis=1)]


MARKS: tuple[Callable[[np.random.Generator], list[NDArray[np.float64]]], ...] = (
    _tick, _cross, _arrow, _underline, _frame, _blot, _scrawl,
)  # fmt: skip
