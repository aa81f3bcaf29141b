"""Frozen records that the stages exchange; each checks its values when it is made. Knows no stage, file or device."""

from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from live.core.values import value_of

DIGIT_CLASSES = 10
DOUBT_MARK = "?"
"""The character shown in place of a doubtful digit or sign."""
SIGN_SYMBOLS = ".,-/:+%"
"""The signs that belong to numbers, one character each."""


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
    def area(self) -> int:
        """Area, px²."""
        return self.width * self.height

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
    settled: int | None = None
    """The digit that an expected format makes it, 0 to 9; None: the likeliest."""

    def __post_init__(self) -> None:
        if self.probabilities.ndim != 1 or self.probabilities.shape[0] < DIGIT_CLASSES:
            raise ValueError(f"probabilities must be (C,) with C >= 10, got {self.probabilities.shape}")

    @cached_property
    def label(self) -> int:
        """The likeliest digit, 0 to 9, or the one that an expected format makes it."""
        return int(self.probabilities[:DIGIT_CLASSES].argmax()) if self.settled is None else self.settled

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


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign that belongs to a number: a point, a comma, a dash."""

    symbol: str
    """One of `. , - / : + %`."""
    before: int
    """Index of the digit that it stands before, from 0; the count of the digits for a sign behind the last one."""
    confidence: float
    """Probability that this sign stands here, 0 to 1."""
    box: Box

    def __post_init__(self) -> None:
        if len(self.symbol) != 1 or self.symbol not in SIGN_SYMBOLS:
            raise ValueError(f"symbol must be one of {SIGN_SYMBOLS}, got {self.symbol!r}")
        if self.before < 0:
            raise ValueError(f"before must be the index of a digit, got {self.before}")
        if not 0 <= self.confidence <= 1:
            raise ValueError(f"confidence must be 0 to 1, got {self.confidence}")


@dataclass(frozen=True, eq=False)
class Number:
    """A group of digits on one line, left to right, with the signs that belong to them."""

    digits: tuple[Digit, ...]
    quad: NDArray[np.float32]
    """(4, 2) float32 corners in px of the frame, clockwise from the top left of the number's own line."""
    doubtful: tuple[int, ...] = ()
    """Indices in `digits`, from 0 and rising, of doubtful digits: about as likely wrong as right."""
    signs: tuple[Sign, ...] = ()
    """The signs before, between and behind the digits, left to right."""
    doubtful_signs: tuple[int, ...] = ()
    """Indices in `signs`, from 0 and rising, of doubtful signs."""
    decimal_mark: str = ""
    """`.` or `,`, where a setting or the page's other numbers tell it; it decides what `3.000` is worth."""
    fits: bool | None = None
    """Whether it fits what was expected; None where nothing was."""
    format: str = ""
    """The expected format that it fits, as it was written."""
    posterior: float | None = None
    """Probability of its text given the expected formats, 0 to 1; None where its digits and signs tell it."""

    def __post_init__(self) -> None:
        if not self.digits:
            raise ValueError("a number has at least one digit")
        if any(not 0 <= place < len(self.digits) for place in self.doubtful):
            raise ValueError(f"doubtful must be places of {len(self.digits)} digits, got {self.doubtful}")
        places = [sign.before for sign in self.signs]
        if places != sorted(places) or max(places, default=0) > len(self.digits):
            raise ValueError(
                f"signs must rise from 0 to {len(self.digits)} in the digit they stand before, got {places}"
            )
        if any(not 0 <= place < len(self.signs) for place in self.doubtful_signs):
            raise ValueError(f"doubtful_signs must be places of {len(self.signs)} signs, got {self.doubtful_signs}")
        if self.quad.shape != (4, 2):
            raise ValueError(f"quad must be (4, 2), got {self.quad.shape}")

    @cached_property
    def digit_text(self) -> str:
        """The likeliest digits alone, without signs; leading zeros stay: `3000` of `3.000`."""
        return "".join(str(digit.label) for digit in self.digits)

    @cached_property
    def text(self) -> str:
        """The likeliest digits with their signs, `3.000`; leading zeros stay."""
        return self._spelled((), ())

    @cached_property
    def shown(self) -> str:
        """The text to show: `text` with a question mark for each doubtful digit or sign, `12?4`."""
        return self._spelled(self.doubtful, self.doubtful_signs)

    @cached_property
    def value(self) -> Decimal | None:
        """What the number is worth; None where that is not plain: `3,50` is 3.5, `50%` is 0.5, `24/12` and `12?4` are None."""
        return value_of(self.shown, self.decimal_mark)

    @property
    def doubts(self) -> int:
        """The count of question marks in `shown`."""
        return len(self.doubtful) + len(self.doubtful_signs)

    @cached_property
    def confidence(self) -> float:
        """Probability that every digit and sign is right, 0 to 1: the product of their confidences, or `posterior`."""
        if self.posterior is not None:
            return self.posterior
        certain = [digit.confidence for digit in self.digits] + [sign.confidence for sign in self.signs]
        return math.prod(certain)

    def _spelled(self, doubtful: Container[int], doubtful_signs: Container[int]) -> str:
        """The digits with the signs in their places, and a question mark for each doubtful one."""
        before = [""] * (len(self.digits) + 1)
        for k, sign in enumerate(self.signs):
            before[sign.before] += DOUBT_MARK if k in doubtful_signs else sign.symbol
        digits = [DOUBT_MARK if k in doubtful else digit for k, digit in enumerate(self.digit_text)]
        return "".join(map("".join, zip(before, [*digits, ""], strict=True)))


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
    """The count of digit-sized pieces of ink skipped, not fully read or not reported, to limit the time for one picture."""
