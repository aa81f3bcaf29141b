"""Lays out and draws one sheet of paper with handwritten numbers. Knows no desk, light or camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.pages.clutter import scatter
from scripts.pages.page_style import PageStyle
from scripts.pages.paper import blank_paper, lay_ink
from scripts.pages.pen import (
    DIGIT_CELLS,
    LEAST_HALF_WIDTH_PX,
    LOOKS,
    StrokeFields,
    grain_crop,
    ink_points,
    lay_digit,
    stroke_fields,
)

LENGTH_SHARES = (0.12, 0.17, 0.19, 0.18, 0.12, 0.09, 0.06, 0.04, 0.03)
"""How many numbers have 1, 2, ... digits."""


@dataclass(frozen=True, slots=True, eq=False)
class DigitShapes:
    """Handwritten digits to draw with."""

    images: NDArray[np.uint8]
    """(N, 28, 28) uint8 as in MNIST: ink 255 on 0."""
    labels: NDArray[np.int64]
    """(N,) 0 to 9."""
    writers: NDArray[np.int64] | None = None
    """(N,) who wrote it, where known: a page is then in one hand."""

    def __post_init__(self) -> None:
        if self.images.ndim != 3 or self.images.shape[1:] != (28, 28) or self.images.dtype != np.uint8:
            raise ValueError(f"images must be (N, 28, 28) uint8, got {self.images.shape} {self.images.dtype}")
        if len(self.images) == 0 or self.labels.shape != (len(self.images),):
            raise ValueError(f"one label an image, and at least one: got {self.labels.shape} for {len(self.images)}")
        if self.writers is not None and self.writers.shape != self.labels.shape:
            raise ValueError(f"writers must be {self.labels.shape}, got {self.writers.shape}")

    def one_hand(self, rng: np.random.Generator) -> dict[int, NDArray[np.int64]]:
        """Indices by digit, of one writer where writers are known; what he never wrote comes from the others."""
        everyone = {label: np.flatnonzero(self.labels == label) for label in range(10)}
        if self.writers is not None:
            writer = self.writers[rng.integers(len(self.writers))]
            his = {label: indices[self.writers[indices] == writer] for label, indices in everyone.items()}
            everyone = {label: his[label] if len(his[label]) else indices for label, indices in everyone.items()}
        return {label: indices for label, indices in everyone.items() if len(indices)}


@dataclass(frozen=True, slots=True, eq=False)
class SheetNumber:
    """A number and where its ink is, in px of the sheet."""

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
class _Planned:
    """A digit with its place on the line: `linear` (2, 2) turns px of its field into px, `at` is the field's origin."""

    strokes: NDArray[np.float32]
    linear: NDArray[np.float64]
    at: NDArray[np.float64]
    box: tuple[float, float, float, float]
    """Left, top, right, bottom of its ink."""


@dataclass(frozen=True, slots=True, eq=False)
class _PlannedNumber:
    """A number that begins at x = 0 of its line."""

    text: str
    digits: tuple[_Planned, ...]

    @property
    def width(self) -> float:
        return self.digits[-1].box[2]


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """A line's own axes: `origin` on its baseline, `turn` (2, 2) from the line's axes to the sheet's."""

    origin: NDArray[np.float64]
    turn: NDArray[np.float64]

    def on_sheet(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(points @ self.turn.T + self.origin)


class _Writer:
    """One hand with one pen on one sheet. All the digits are chosen first, so that their fields are made in one go."""

    def __init__(self, digits: DigitShapes, rng: np.random.Generator, style: PageStyle, scale: float) -> None:
        self.rng = rng
        self.style = style
        self.digit_px = style.digit_height_px * scale
        self.cell_px = self.digit_px / DIGIT_CELLS
        self.pitch = self.digit_px * rng.uniform(1.45, 2.1)
        self.thickness = style.thickness
        self.digits = digits
        self.hand = digits.one_hand(rng)

    def random_texts(self, area: float, longest: int) -> list[str]:
        """Numbers of 1 to 9 digits, as many as an area of so many px holds, none longer than `longest`."""
        advance = 0.6 + 0.6 * self.style.digit_gap + 0.38 * self.style.number_gap
        left = min(self.style.max_digits, max(1, int(area / (self.pitch * self.digit_px * advance))))
        labels = sorted(self.hand)
        texts = []
        while left > 0:
            length = min(left, longest, 1 + int(self.rng.choice(len(LENGTH_SHARES), p=LENGTH_SHARES)))
            texts.append("".join(str(label) for label in self.rng.choice(labels, length)))
            left -= length
        return texts

    def plan(self, texts: Sequence[str]) -> list[_PlannedNumber]:
        """The digits of each text on a line of their own, from x = 0 on."""
        chosen = [int(self.rng.choice(self.hand[int(letter)])) for text in texts for letter in text]
        fields = stroke_fields(self.digits.images[chosen], self.cell_px)
        shapes = iter(range(len(chosen)))
        return [_PlannedNumber(text, self._plan_digits([next(shapes) for _ in text], fields)) for text in texts]

    def _plan_digits(self, shapes: Sequence[int], fields: StrokeFields) -> tuple[_Planned, ...]:
        rng, gap = self.rng, self.style.digit_gap
        gap = gap * rng.uniform(0.8, 1.2) if gap > 0 else gap
        planned, x = [], 0.0
        for shape in shapes:
            strokes = fields.strokes(shape, self.thickness, LEAST_HALF_WIDTH_PX / self.cell_px)
            linear = self._shape() / fields.scale
            points = ink_points(strokes) @ linear.T
            low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), np.ones(2))
            at = np.array([x - low[0], rng.normal(0, 0.03) * self.digit_px - high[1]])
            planned.append(_Planned(strokes, linear, at, (*(low + at - 0.5), *(high + at + 0.5))))
            x += high[0] - low[0] + (gap + rng.normal(0, 0.04)) * 0.6 * self.digit_px
        return tuple(planned)

    def _shape(self) -> NDArray[np.float64]:
        """(2, 2) from MNIST px to px of the line: size, slant and a little of both for each digit."""
        size = self.cell_px * self.rng.uniform(0.94, 1.06)
        turn = self.rng.normal(0, 0.03)
        slant = np.array([[1.0, -self.style.slant - self.rng.normal(0, 0.03)], [0.0, 1.0]])
        return np.asarray(size * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ slant)


def draw_sheet(
    digits: DigitShapes,
    rng: np.random.Generator,
    style: PageStyle,
    texts: Sequence[str] = (),
    scale: float = 1.0,
) -> Sheet:
    """A sheet of the style's paper with `texts` on it, or with numbers drawn by `rng` until it is full.

    scale: px of the sheet for a px of the frame. Texts for which no place is left are not drawn.
    """
    width = round(style.width * style.page_share * scale)
    height = round(width * _shape_of_paper(style, rng))
    writer = _Writer(digits, rng, style, scale)
    margin = min(0.35 * writer.digit_px, 0.04 * width) + 0.03 * width
    room = width - 2 * margin
    advance = (0.62 + 0.6 * max(0.0, style.digit_gap)) * writer.digit_px
    longest = max(1, int(room / (1.35 * advance)))  # broad digits are wider than most
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
    """Height of the sheet for a width of 1."""
    frame = style.height / style.width
    return frame * rng.uniform(0.95, 1.15) if style.page_share > 0.95 else float(rng.choice([0.64, 0.71, 0.76]))


def _first_line(writer: _Writer, height: int, margin: float, lines: float) -> float:
    """y of the first baseline: near the top, lower where there is little to write."""
    highest = margin + writer.digit_px
    spare = height - margin - highest - 1.5 * lines * writer.pitch
    return float(highest + writer.rng.uniform(0.1, 0.8) * max(spare, 0.3 * writer.digit_px))


def _write_numbers(
    ink: NDArray[np.uint8], writer: _Writer, texts: Sequence[str], margin: float, first_line: float
) -> list[SheetNumber]:
    """Line after line until the texts or the sheet are at their end."""
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


def _new_line(writer: _Writer, left: float, bottom: float, width: int) -> _Line:
    slope = writer.rng.normal(0, min(0.012, 0.1 * writer.pitch / width))
    turn = np.array([[np.cos(slope), -np.sin(slope)], [np.sin(slope), np.cos(slope)]])
    return _Line(np.array([left, bottom]), turn)


def _write(ink: NDArray[np.uint8], writer: _Writer, line: _Line, planned: _PlannedNumber, x: float) -> SheetNumber:
    """Draw one number from `x` of the line on, and say where its ink is."""
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
