"""Place the shapes of a line: size, spacing, slant, drift, and how the pen goes on from one digit to the next. Draws nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scripts.training.lines.hands import Glyph, Hand
from scripts.training.lines.texts import SPACE, Text

Points = NDArray[np.float32]
"""(K, 2) px."""
JOINING = 0.25  # share of the hands that write on without lifting the pen
POINTS = ".,:'"
STEPS = np.linspace(0, 1, 8, dtype=np.float32)[:, None]


@dataclass(frozen=True, slots=True)
class Style:
    """How a line stands on the paper; lengths in heights of a digit."""

    tall: float
    """Height of a digit, px."""
    gap: float
    gap_spread: float
    aspect: float
    slant: float
    slope: float
    wander: float
    uneven: float
    """Standard deviation of the digits' size, as a logarithm."""
    small_zeros: float
    joins: float
    """Share of neighbours that are joined."""
    zero_joins: float
    """Share of zeros in a row that are joined."""
    raised: float
    """Where smaller digits stand: 0 on the line, 1 at the top."""
    thick: float
    """Of the pen."""


def draw_style(rng: np.random.Generator) -> Style:
    """Any way to write."""
    tight = rng.random()
    return Style(
        tall=rng.uniform(30, 48),
        gap=rng.uniform(-0.06, 0.06) if tight < 0.2 else rng.uniform(0.04, 0.3) if tight < 0.85 else rng.uniform(0.3, 1.0),
        gap_spread=rng.uniform(0.01, 0.1), aspect=float(np.exp(rng.normal(0, 0.2))),
        slant=rng.normal(0.1, 0.2) if rng.random() < 0.75 else rng.uniform(0.2, 0.75),
        slope=rng.normal(0, 0.04), wander=rng.uniform(0, 0.05), uneven=rng.uniform(0.02, 0.14),
        small_zeros=rng.uniform(0.4, 0.85) if rng.random() < 0.25 else 1.0,
        joins=rng.uniform(0.3, 1.0) if rng.random() < JOINING else 0.0,
        zero_joins=rng.uniform(0.5, 1.0) if rng.random() < 0.3 else 0.0, raised=rng.choice([0.0, 0.0, 0.4, 0.7]),
        thick=float(np.clip(np.exp(rng.normal(-2.62, 0.42)), 0.022, 0.17)),
    )  # fmt: skip


class Placed(NamedTuple):
    """A shape on the line. matrix: (2, 3) from heights of a digit to px."""

    glyph: Glyph
    matrix: NDArray[np.float32]

    def points(self) -> list[Points]:
        """Its strokes, px."""
        return [stroke @ self.matrix[:, :2].T + self.matrix[:, 2] for stroke in self.glyph.strokes]

    def corners(self) -> Points:
        """(4, 2) of the room it takes."""
        wide, top, bottom = self.glyph.width, self.glyph.top, self.glyph.top + self.glyph.tall
        box = np.array([[0, top], [wide, top], [wide, bottom], [0, bottom]], np.float32)
        return np.asarray(box @ self.matrix[:, :2].T + self.matrix[:, 2], np.float32)


@dataclass(slots=True)
class Layout:
    """A line before it is drawn, px from anywhere."""

    placed: list[Placed] = field(default_factory=list)
    joins: list[Points] = field(default_factory=list)

    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of all shapes."""
        points = [p for shape in self.placed for p in (shape.points() or [shape.corners()])]
        every = np.concatenate(points)
        (left, top), (right, bottom) = every.min(axis=0).tolist(), every.max(axis=0).tolist()
        return left, top, right, bottom


def lay_out(text: Text, hand: Hand, style: Style, rng: np.random.Generator) -> Layout:
    """The shapes of a text side by side."""
    line = Layout()
    x, drift = 0.0, 0.0
    before: tuple[Placed, str] | None = None
    shapes = [shape for shape, _ in text]
    for shape, following in zip(shapes, [*shapes[1:], SPACE], strict=False):
        if shape == SPACE:
            x += style.tall * rng.uniform(0.45, 1.3)
            before = None
            continue
        glyph = hand.glyph(shape)
        size = style.tall * float(np.exp(rng.normal(0, style.uneven)))
        if shape == "0":
            size *= style.small_zeros
            if before and before[1] == "0":  # a row of zeros often comes down in size
                size *= style.small_zeros**0.15
        drift += rng.normal(0, style.wander) * style.tall
        drift *= 0.7
        base = style.slope * x + drift + min(size - style.tall, 0) * style.raised
        placed = Placed(glyph, placing(style, size, x, base))
        line.placed.append(placed)
        joins = max(style.joins, style.zero_joins) if before and before[1] == shape == "0" else style.joins
        if before and rng.random() < joins and shape.isdigit() and before[1].isdigit():
            line.joins += joined(before[0], placed, rng)
        gap = style.gap + rng.normal(0, style.gap_spread)
        # a point stands near its digit, and its own gaps don't grow with those of the digits
        gap = min(gap, 0.25) * 0.7 if shape in POINTS else max(gap, 0.06) if not shape.isdigit() else gap
        if shape in POINTS or following in POINTS:  # and isn't covered by its neighbours
            gap = max(gap, 0.04 + style.thick)
        x += glyph.width * size * style.aspect + max(gap, -0.3 * glyph.width) * style.tall
        before = placed, shape
    return line


def placing(style: Style, size: float, x: float, base: float) -> NDArray[np.float32]:
    """(2, 3) from heights of a digit to px, for a shape of this size whose line is at `base`."""
    # a slanted digit stands over its own place: half of the slant goes to the left
    return np.array(
        [[size * style.aspect, -style.slant * size, x + style.slant * size / 2], [0, size, base - size]], np.float32
    )


def joined(first: Placed, second: Placed, rng: np.random.Generator) -> list[Points]:
    """The way of the pen from one shape's end to the next one's start; none where that would be far."""
    before, after = first.points(), second.points()
    if not before or not after:
        return []
    start, end = before[-1][-1], after[0][0]
    size = float(second.matrix[1, 1])
    if np.hypot(*(end - start)) > 1.3 * size:
        return []
    sag = np.array((0, rng.normal(0.1, 0.15) * size), np.float32)
    middle = (start + end) / 2 + sag
    curve = (1 - STEPS) ** 2 * start + 2 * STEPS * (1 - STEPS) * middle + STEPS**2 * end
    return [np.asarray(curve, np.float32)]
