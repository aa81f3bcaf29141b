"""One number that is followed: where it is, and what its readings say. Knows no other number, no pixels and no clock."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from live.core.geometry import Quad
from live.core.records import Box, Digit, Number
from live.tracking.evidence import Hit, agreement, doubtful_places, hit_of, probabilities_of, text_of

# the part of a quad's own motion, beside the page's, that is believed at once is 1 - exp(-elapsed / SMOOTHING_S)
SMOOTHING_S = 0.04
# way that is seen by other numbers counts so much of it: paper turns and bends as it moves
SEEN = 0.5


@dataclass(eq=False)
class Track:
    """A number that is being followed."""

    track_id: int
    quad: Quad
    first_seen: float
    """Seconds of `captured_at`, as `last_seen`."""
    last_seen: float
    read_at: float
    """When it was read last, on the tracker's clock."""
    doubt_below: float
    hits: int = 0
    confirmed: bool = False
    rested: bool = False
    """Whether it was read, as it was shown already, while its page did not fly."""
    recent: list[Hit] = field(default_factory=list)
    moved: NDArray[np.float32] = field(default_factory=lambda: np.zeros(2, np.float32))
    unread_px: float = 0.0
    """How far it was carried since its last reading; less where other numbers confirmed the motion."""
    digits: tuple[Digit, ...] = ()
    """What is believed, the boxes as in the hit `shape`."""
    text: str = ""
    doubtful: tuple[int, ...] = ()
    """Places of the digits that are shown as ?."""
    shape: Hit | None = None
    """The newest hit with as many digits as are believed."""

    def move(self, shift: NDArray[np.float32], *, seen: bool) -> None:
        """Go with the page by `shift` (2,), px. seen: other numbers tell of it; else it is a guess."""
        self.quad = self.quad + shift
        self.moved = self.moved + shift
        self.unread_px += float(np.hypot(*shift)) * (SEEN if seen else 1.0)

    def add(
        self, number: Number, time: float, memory_s: float, trust: float = 1.0, *, keeps_text: bool = False
    ) -> None:
        """Take in a reading; readings older than `memory_s` are forgotten. time: on the tracker's clock. trust: 0 to 1.

        A confirmed number takes another text only when more speaks for it than for the one it has, and none where
        `keeps_text` says so.
        """
        hit = hit_of(number, time, self.moved, trust)
        self.recent = [*(earlier for earlier in self.recent if time - earlier.time <= memory_s), hit]
        elapsed_s, self.read_at = time - self.read_at, time
        self.hits += 1
        self.unread_px = 0.0
        agreeing, probabilities = agreement(self.recent, self.text if self.confirmed else "", keeps=keeps_text)
        if agreeing[-1] is hit:
            resized = self.shape is None or len(self.shape.number.digits) != len(number.digits)
            share = 1.0 if resized else 1 - math.exp(-elapsed_s / SMOOTHING_S)
            self.quad = (self.quad + share * (number.quad - self.quad)).astype(np.float32)
        elif self.shape not in agreeing:
            self.quad = agreeing[-1].number.quad + (self.moved - agreeing[-1].moved)
        self.shape = agreeing[-1]
        boxes = [digit.box for digit in self.shape.number.digits]
        self.digits = tuple(Digit(box, row) for box, row in zip(boxes, probabilities, strict=True))
        before = self.doubtful if self.confirmed and len(self.text) == len(boxes) else None
        self.text = text_of(probabilities)
        alike = [earlier for earlier in self.recent if len(earlier.number.digits) == len(boxes)]
        said = probabilities if len(alike) == len(agreeing) else probabilities_of(alike)
        self.doubtful = doubtful_places(said, self.text, before, self.doubt_below)

    def number(self) -> Number:
        """What is believed, where it is now."""
        assert self.shape is not None
        x, y = (round(float(part)) for part in self.moved - self.shape.moved)
        if not (x or y):
            return Number(self.digits, self.quad, self.doubtful)
        digits = tuple(
            Digit(Box(digit.box.x + x, digit.box.y + y, digit.box.width, digit.box.height), digit.probabilities)
            for digit in self.digits
        )
        return Number(digits, self.quad, self.doubtful)
