"""Plan handwritten numbers: choose pictures of one writer's digits, and place them on a line. Knows no sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scripts.pages.page_style import PageStyle
from scripts.pages.pen import DIGIT_CELLS, LEAST_HALF_WIDTH_PX, StrokeFields, ink_points, stroke_fields

LENGTH_SHARES = (0.12, 0.17, 0.19, 0.18, 0.12, 0.09, 0.06, 0.04, 0.03)
"""Shares of numbers with 1, 2, ... digits."""


@dataclass(frozen=True, slots=True, eq=False)
class DigitShapes:
    """Handwritten digits to draw with."""

    images: NDArray[np.uint8]
    """(N, 28, 28) uint8 as in MNIST: ink 255 on 0."""
    labels: NDArray[np.int64]
    """(N,) 0 to 9."""
    writers: NDArray[np.int64] | None = None
    """(N,) the writer of each, where known: a page is then by one writer."""

    def __post_init__(self) -> None:
        if self.images.ndim != 3 or self.images.shape[1:] != (28, 28) or self.images.dtype != np.uint8:
            raise ValueError(f"images must be (N, 28, 28) uint8, got {self.images.shape} {self.images.dtype}")
        if len(self.images) == 0 or self.labels.shape != (len(self.images),):
            raise ValueError(f"one label an image, and at least one: got {self.labels.shape} for {len(self.images)}")
        if self.writers is not None and self.writers.shape != self.labels.shape:
            raise ValueError(f"writers must be {self.labels.shape}, got {self.writers.shape}")

    def of_one_writer(self, rng: np.random.Generator) -> dict[int, NDArray[np.int64]]:
        """Indices by digit, of one writer where writers are known. Digits that the writer lacks come from others."""
        everyone = {label: np.flatnonzero(self.labels == label) for label in range(10)}
        if self.writers is not None:
            writer = self.writers[rng.integers(len(self.writers))]
            his = {label: indices[self.writers[indices] == writer] for label, indices in everyone.items()}
            everyone = {label: his[label] if len(his[label]) else indices for label, indices in everyone.items()}
        return {label: indices for label, indices in everyone.items() if len(indices)}


@dataclass(frozen=True, slots=True, eq=False)
class PlannedDigit:
    """A digit with its place on the line: `linear` (2, 2) maps px of its field to px, `at` is the field's origin."""

    strokes: NDArray[np.float32]
    linear: NDArray[np.float64]
    at: NDArray[np.float64]
    box: tuple[float, float, float, float]
    """Left, top, right, bottom of its ink."""


@dataclass(frozen=True, slots=True, eq=False)
class PlannedNumber:
    """A number that starts at x = 0 of its line."""

    text: str
    digits: tuple[PlannedDigit, ...]

    @property
    def width(self) -> float:
        return self.digits[-1].box[2]


class Writer:
    """One writer with one pen on one sheet. All digits are chosen first, so that their fields are made in one batch."""

    def __init__(self, digits: DigitShapes, rng: np.random.Generator, style: PageStyle, scale: float) -> None:
        self.rng = rng
        self.style = style
        self.digit_px = style.digit_height_px * scale
        self.cell_px = self.digit_px / DIGIT_CELLS
        self.pitch = self.digit_px * rng.uniform(1.45, 2.1)
        self.thickness = style.thickness
        self.digits = digits
        self.hand = digits.of_one_writer(rng)

    def random_texts(self, area: float, longest: int) -> list[str]:
        """Random numbers of 1 to 9 digits, at most `longest`, as many as fit into `area` px."""
        advance = 0.6 + 0.6 * self.style.digit_gap + 0.38 * self.style.number_gap
        left = min(self.style.max_digits, max(1, int(area / (self.pitch * self.digit_px * advance))))
        labels = sorted(self.hand)
        texts = []
        while left > 0:
            length = min(left, longest, 1 + int(self.rng.choice(len(LENGTH_SHARES), p=LENGTH_SHARES)))
            texts.append("".join(str(label) for label in self.rng.choice(labels, length)))
            left -= length
        return texts

    def plan(self, texts: Sequence[str]) -> list[PlannedNumber]:
        """The digits of each text, placed on a line from x = 0."""
        chosen = [int(self.rng.choice(self.hand[int(letter)])) for text in texts for letter in text]
        fields = stroke_fields(self.digits.images[chosen], self.cell_px)
        shapes = iter(range(len(chosen)))
        return [PlannedNumber(text, self._plan_digits([next(shapes) for _ in text], fields)) for text in texts]

    def _plan_digits(self, shapes: Sequence[int], fields: StrokeFields) -> tuple[PlannedDigit, ...]:
        rng, gap = self.rng, self.style.digit_gap
        gap = gap * rng.uniform(0.8, 1.2) if gap > 0 else gap
        planned, x = [], 0.0
        for shape in shapes:
            strokes = fields.strokes(shape, self.thickness, LEAST_HALF_WIDTH_PX / self.cell_px)
            linear = self._shape() / fields.scale
            points = ink_points(strokes) @ linear.T
            low, high = (points.min(axis=0), points.max(axis=0)) if len(points) else (np.zeros(2), np.ones(2))
            at = np.array([x - low[0], rng.normal(0, 0.03) * self.digit_px - high[1]])
            planned.append(PlannedDigit(strokes, linear, at, (*(low + at - 0.5), *(high + at + 0.5))))
            x += high[0] - low[0] + (gap + rng.normal(0, 0.04)) * 0.6 * self.digit_px
        return tuple(planned)

    def _shape(self) -> NDArray[np.float64]:
        """(2, 2) from MNIST px to px of the line: size and slant, with small random changes for each digit."""
        size = self.cell_px * self.rng.uniform(0.94, 1.06)
        turn = self.rng.normal(0, 0.03)
        slant = np.array([[1.0, -self.style.slant - self.rng.normal(0, 0.03)], [0.0, 1.0]])
        return np.asarray(size * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ slant)
