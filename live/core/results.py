"""Frozen records of numbers that are followed over time, and of a frame with all that is known about it. Knows no stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from live.core.records import Digit, Frame, Number, Reading, Sign


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
        """The likeliest digits with their signs, `3.000`; leading zeros stay."""
        return self.number.text

    @property
    def digit_text(self) -> str:
        """The likeliest digits alone, without signs: `3000` of `3.000`."""
        return self.number.digit_text

    @property
    def shown(self) -> str:
        """The text to show: `text` with a question mark for each doubtful digit or sign, `12?4`."""
        return self.number.shown

    @property
    def value(self) -> Decimal | None:
        """What the number is worth; None where that is not plain."""
        return self.number.value

    @property
    def confidence(self) -> float:
        """Probability that every digit and sign is right, 0 to 1."""
        return self.number.confidence

    @property
    def quad(self) -> NDArray[np.float32]:
        """(4, 2) float32 corners in px of the frame, clockwise from the top left of the number's own line."""
        return self.number.quad

    @property
    def digits(self) -> tuple[Digit, ...]:
        """Its digits, left to right."""
        return self.number.digits

    @property
    def signs(self) -> tuple[Sign, ...]:
        """The signs before, between and behind its digits, left to right."""
        return self.number.signs


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
