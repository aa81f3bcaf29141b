"""Frozen records that the stages exchange; each checks its values when it is made. Knows no stage, file or device."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

DIGIT_CLASSES = 10
DOUBT_MARK = "?"
"""The character shown in place of a doubtful digit."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle, in whole px of the full frame: `x` to the right, `y` down."""

    x: int
    y: int
    width: int
    height: int

    def __post_init__(self) -> None:
        if self.width <= 0:
            raise ValueError(f"width must be positive, got {self.width}")
        if self.height <= 0:
            raise ValueError(f"height must be positive, got {self.height}")

    @property
    def right(self) -> int:
        """First column to the right of the box, px."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row below the box, px."""
        return self.y + self.height

    @property
    def center(self) -> tuple[float, float]:
        """Middle of the box as (x, y), px."""
        return self.x + self.width / 2, self.y + self.height / 2


@dataclass(frozen=True, eq=False)
class Frame:
    """One picture from a source."""

    image: NDArray[np.uint8]
    """(H, W, 3) uint8 BGR."""
    index: int
    """The frame's index in its source, from 0; skipped frames are counted."""
    captured_at: float
    """Seconds on a monotonic clock. For files, the frame's timestamp in the file."""
    source: str
    """The source's name for display: `camera 0`, a file name, an address without its password."""

    def __post_init__(self) -> None:
        if self.image.ndim != 3 or self.image.shape[2] != 3 or self.image.dtype != np.uint8:
            raise ValueError(f"image must be (H, W, 3) uint8, got {self.image.shape} {self.image.dtype}")
        if self.image.shape[0] == 0 or self.image.shape[1] == 0:
            raise ValueError("image must have at least one pixel")

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""
        return self.image.shape[1], self.image.shape[0]


@dataclass(frozen=True, eq=False)
class Region:
    """A piece of ink that may be a digit."""

    box: Box
    ink: NDArray[np.uint8]
    """(h, w) uint8 grey ink, rotated upright: 0 is paper or outside the region, 255 the darkness of the stroke."""
    angle: float = 0.0
    """Slope of the text line, radians, positive if the line descends to the right."""


@dataclass(frozen=True, eq=False)
class Digit:
    """A region with the classifier's probabilities."""

    box: Box
    probabilities: NDArray[np.float32]
    """(C,) float32, sums to 1; the first ten are the digits 0 to 9, the rest mean "not a digit"."""

    def __post_init__(self) -> None:
        if self.probabilities.ndim != 1 or self.probabilities.shape[0] < DIGIT_CLASSES:
            raise ValueError(f"probabilities must be (C,) with C >= 10, got {self.probabilities.shape}")

    @cached_property
    def label(self) -> int:
        """The likeliest digit, 0 to 9."""
        return int(self.probabilities[:DIGIT_CLASSES].argmax())

    @cached_property
    def confidence(self) -> float:
        """Probability of `label`, 0 to 1."""
        return float(self.probabilities[self.label])

    @property
    def digit_probability(self) -> float:
        """Probability that this is any digit, 0 to 1."""
        return float(self.probabilities[:DIGIT_CLASSES].sum())

    @property
    def certainty(self) -> float:
        """Probability of `label` given that this is a digit, 0 to 1."""
        return self.confidence / max(self.digit_probability, 1e-9)


@dataclass(frozen=True, eq=False)
class Number:
    """A group of digits on one line, left to right."""

    digits: tuple[Digit, ...]
    quad: NDArray[np.float32]
    """(4, 2) float32 corners in px of the frame, clockwise from the top left of the number's own line."""
    doubtful: tuple[int, ...] = ()
    """Indices in `digits`, from 0 and rising, of doubtful digits: about as likely wrong as right."""

    def __post_init__(self) -> None:
        if not self.digits:
            raise ValueError("a number has at least one digit")
        if any(not 0 <= place < len(self.digits) for place in self.doubtful):
            raise ValueError(f"doubtful must be places of {len(self.digits)} digits, got {self.doubtful}")
        if self.quad.shape != (4, 2):
            raise ValueError(f"quad must be (4, 2), got {self.quad.shape}")

    @cached_property
    def text(self) -> str:
        """The likeliest digits; leading zeros stay."""
        return "".join(str(digit.label) for digit in self.digits)

    @cached_property
    def shown(self) -> str:
        """The text to show: `text` with a question mark for each doubtful digit, `12?4`."""
        return "".join(DOUBT_MARK if k in self.doubtful else digit for k, digit in enumerate(self.text))

    @cached_property
    def confidence(self) -> float:
        """Probability that every digit is right, 0 to 1: the product of the digits' confidences."""
        return math.prod(digit.confidence for digit in self.digits)


@dataclass(frozen=True, eq=False)
class Reading:
    """What the reader found in one picture, and intermediate results for the debugging view."""

    numbers: tuple[Number, ...]
    """In reading order: lines from top to bottom, left to right on a line."""
    ink: NDArray[np.uint8]
    """(H, W) uint8, 255 is ink."""
    inputs: NDArray[np.float32]
    """(N, 28, 28, 1) float32 in [0, 1], the classifier's inputs, one row per region."""
    left_out: int = 0
    """The count of digit-sized pieces of ink that were skipped, or not fully read, to limit the time for one picture."""


@dataclass(frozen=True, eq=False)
class TrackedNumber:
    """A number that is followed from frame to frame."""

    track_id: int
    """Unique in one run, and constant while the number stays in view."""
    number: Number
    """The number to show now, smoothed over time."""
    hits: int
    """The count of its readings."""
    first_seen: float
    """Seconds, on the clock of `Frame.captured_at`."""
    last_seen: float
    """Seconds, the time of the frame in which it was last read."""
    confirmed: bool
    """Whether its readings are sufficient to show it."""

    @property
    def text(self) -> str:
        """The likeliest digits; leading zeros stay."""
        return self.number.text

    @property
    def shown(self) -> str:
        """The text to show: `text` with a question mark for each doubtful digit, `12?4`."""
        return self.number.shown

    @property
    def confidence(self) -> float:
        """Probability that every digit is right, 0 to 1."""
        return self.number.confidence

    @property
    def quad(self) -> NDArray[np.float32]:
        """(4, 2) float32 corners in px of the frame, clockwise from the top left of the number's own line."""
        return self.number.quad

    @property
    def digits(self) -> tuple[Digit, ...]:
        """Its digits, left to right."""
        return self.number.digits


@dataclass(frozen=True, eq=False)
class FrameResult:
    """One frame with all that is known about it: the input of overlay, recorder and logs."""

    frame: Frame
    numbers: tuple[TrackedNumber, ...]
    reading: Reading
    timings: Mapping[str, float] = field(default_factory=dict)
    """The duration of each stage, in milliseconds."""

    @property
    def shown(self) -> tuple[TrackedNumber, ...]:
        """The confirmed numbers: those that are shown."""
        return tuple(tracked for tracked in self.numbers if tracked.confirmed)
