"""Lay out and draw one sheet of paper with handwritten numbers. Knows no desk, light or camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.pages.clutter import scatter
from scripts.pages.handwriting import DigitShapes, PlannedNumber, Writer
from scripts.pages.page_style import PageStyle
from scripts.pages.paper import blank_paper, lay_ink
from scripts.pages.pen import LOOKS, grain_crop, lay_digit


@dataclass(frozen=True, slots=True, eq=False)
class SheetNumber:
    """A number with the place of its ink, px of the sheet."""

    text: str
    quad: NDArray[np.float64]
    """(4, 2) clockwise from the top left of its own line."""
    digit_quads: NDArray[np.float64]
    """(n, 4, 2), each digit's own, in the same order."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A drawn sheet, flat and evenly lit."""

    image: NDArray[np.uint8]
    """(H, W, 3) uint8 BGR."""
    numbers: tuple[SheetNumber, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """A line's axes: `origin` is on its baseline, `turn` (2, 2) maps the line's axes to the sheet's."""

    origin: NDArray[np.float64]
    turn: NDArray[np.float64]

    def on_sheet(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(points @ self.turn.T + self.origin)


def draw_sheet(
    digits: DigitShapes,
    rng: np.random.Generator,
    style: PageStyle,
    texts: Sequence[str] = (),
    scale: float = 1.0,
) -> Sheet:
    """A sheet of the style's paper, with `texts` on it, or filled with random numbers.

    scale: px of the sheet per px of the frame. Texts that don't fit are not drawn.
    """
    width = round(style.width * style.page_share * scale)
    height = round(width * _shape_of_paper(style, rng))
    writer = Writer(digits, rng, style, scale)
    margin = min(0.35 * writer.digit_px, 0.04 * width) + 0.03 * width
    room = width - 2 * margin
    advance = (0.62 + 0.6 * max(0.0, style.digit_gap)) * writer.digit_px
    longest = max(1, int(room / (1.35 * advance)))  # a margin for broad digits
    wanted = list(texts) or writer.random_texts(room * (height - 2 * margin), longest)
    ink = np.zeros((height, width), np.uint8)
    first_line = _first_line(writer, height, margin, sum(map(len, wanted)) * advance / room)
    numbers = _write_numbers(ink, writer, wanted, margin, first_line)
    printed = np.zeros_like(ink)
    scatter(ink, printed, [number.quad for number in numbers], style, rng)
    image = blank_paper(style, rng, (height, width), (writer.pitch, first_line + 0.05 * writer.digit_px))
    if style.show_through:
        behind = cv2.GaussianBlur(ink[:, ::-1], (0, 0), 1.5)
        lay_ink(image, np.asarray(behind, np.uint8), (120, 110, 170), style.show_through)
    lay_ink(image, printed, (60, 50, 46) if rng.random() < 0.7 else (110, 60, 40), 0.9)
    look = LOOKS[style.pen]
    grain = grain_crop(rng, height, width, max(1.0, writer.cell_px / 4))
    kept = np.clip(1.0 - look.grain * (0.25 + 0.75 * grain), 0, 1)
    lay_ink(image, np.asarray(cv2.multiply(ink, kept, dtype=cv2.CV_8U), np.uint8), style.ink_colour, look.opacity)
    return Sheet(image, tuple(numbers))


def _shape_of_paper(style: PageStyle, rng: np.random.Generator) -> float:
    """Ratio of the sheet's height to its width."""
    frame = style.height / style.width
    return frame * rng.uniform(0.95, 1.15) if style.page_share > 0.95 else float(rng.choice([0.64, 0.71, 0.76]))


def _first_line(writer: Writer, height: int, margin: float, lines: float) -> float:
    """y of the first baseline: near the top, lower for few lines."""
    highest = margin + writer.digit_px
    spare = height - margin - highest - 1.5 * lines * writer.pitch
    return float(highest + writer.rng.uniform(0.1, 0.8) * max(spare, 0.3 * writer.digit_px))


def _write_numbers(
    ink: NDArray[np.uint8], writer: Writer, texts: Sequence[str], margin: float, first_line: float
) -> list[SheetNumber]:
    """Write line after line, until all texts are written or the sheet is full."""
    rng, digit_px = writer.rng, writer.digit_px
    height, width = ink.shape
    room = width - 2 * margin
    bottom, x = first_line, -1.0
    line = _new_line(writer, margin, bottom, width)
    numbers: list[SheetNumber] = []
    for planned in writer.plan(texts):
        if x >= 0 and x + planned.width > room:
            bottom, x = bottom + writer.pitch, -1.0
            line = _new_line(writer, margin, bottom, width)
        if bottom > height - 0.5 * margin:
            break
        if x < 0:
            x = rng.uniform(0, max(0.0, min(2.5 * digit_px, room - planned.width)))
        if x + planned.width <= room + 0.5 * margin:
            numbers.append(_write(ink, writer, line, planned, x))
            x += planned.width + digit_px * writer.style.number_gap * rng.uniform(1.0, 1.9)
    return numbers


def _new_line(writer: Writer, left: float, bottom: float, width: int) -> _Line:
    slope = writer.rng.normal(0, min(0.012, 0.1 * writer.pitch / width))
    turn = np.array([[np.cos(slope), -np.sin(slope)], [np.sin(slope), np.cos(slope)]])
    return _Line(np.array([left, bottom]), turn)


def _write(ink: NDArray[np.uint8], writer: Writer, line: _Line, planned: PlannedNumber, x: float) -> SheetNumber:
    """Draw one number from `x` of the line on; returns it with the place of its ink."""
    shift = np.array([x, 0.0])
    for digit in planned.digits:
        placing = np.hstack([line.turn @ digit.linear, line.on_sheet((digit.at + shift)[None]).T])
        lay_digit(ink, digit.strokes, placing, LOOKS[writer.style.pen], writer.rng)
    boxes = np.array([digit.box for digit in planned.digits])
    whole = (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
    quads = np.stack([line.on_sheet(_corners(box) + shift) for box in boxes])
    return SheetNumber(planned.text, line.on_sheet(_corners(whole) + shift), quads)


def _corners(box: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    left, top, right, bottom = box
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
