"""Holds the position and the readings of one tracked number; knows no other number, no pixels and no clock."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from live.core.geometry import Quad
from live.core.records import Box, Digit, Number
from live.expected.expectation import Expectation
from live.tracking.evidence import (
    Hit,
    agreement,
    doubtful_places,
    expected_support,
    hit_of,
    probabilities_of,
    support,
    text_of,
)  # fmt: skip
from live.tracking.sign_votes import SignVotes, VotedSign, ends_of

# This is the time constant, seconds, of the exponential smoothing of a quad's motion relative to the page.
SMOOTHING_S = 0.04
# Motion that other numbers confirm counts by this factor in `unread_px`, as paper rotates and bends while it moves.
SEEN = 0.5
# The memory of signs is this many times that of digits: small signs are lost more often than digits are misread. Measured with a
# sign in 90 % of independent readings, 5 a second: 0.3 changes a minute, 1.0 with 2, 9.0 with 1. With 4 a sign that is written
# later shows as ? after 1.4 s.
SIGN_MEMORY = 4.0


@dataclass(eq=False)
class Track:
    """A tracked number."""

    track_id: int
    quad: Quad
    first_seen: float
    """In seconds of `captured_at`, like `last_seen`."""
    last_seen: float
    read_at: float
    """Time of the last reading, on the tracker's clock."""
    doubt_below: float
    hits: int = 0
    confirmed: bool = False
    rested: bool = False
    """Whether it was read after its confirmation while the page was not fast."""
    recent: list[Hit] = field(default_factory=list)
    moved: NDArray[np.float32] = field(default_factory=lambda: np.zeros(2, np.float32))
    unread_px: float = 0.0
    """Distance moved since the last reading, px; motion confirmed by other numbers counts less."""
    digits: tuple[Digit, ...] = ()
    """The current digits, with the boxes of the hit `shape`."""
    digit_text: str = ""
    doubtful: tuple[int, ...] = ()
    """Indices of the digits that are shown as ?."""
    signs: tuple[VotedSign, ...] = ()
    """The current signs, with the boxes of their newest readings."""
    sign_votes: SignVotes | None = None
    """Votes on the signs of the current digits."""
    framed_at: float = -math.inf
    """Time of the last reading that the quad follows, on the tracker's clock."""
    shape: Hit | None = None
    """The newest hit that the current digits are based on."""
    expectation: Expectation | None = None
    settled: Number | None = None
    """The current number with the digits and signs that an expected format makes of it, if it fits, as at the last reading."""
    settled_moved: NDArray[np.float32] = field(default_factory=lambda: np.zeros(2, np.float32))
    """The total shift at that time, (2,) px."""

    def move(self, shift: NDArray[np.float32], *, seen: bool) -> None:
        """Move with the page by `shift` (2,), px. seen: the shift was measured by other numbers; else it is predicted."""
        self.quad = self.quad + shift
        self.moved = self.moved + shift
        self.unread_px += float(np.hypot(*shift)) * (SEEN if seen else 1.0)

    def add(
        self, number: Number, time: float, memory_s: float, trust: float = 1.0, *, keeps_text: bool = False
    ) -> None:
        """Add a reading; readings older than `memory_s` are dropped. time: on the tracker's clock. trust: 0 to 1.

        A confirmed number changes its text only if the other text has more evidence, and never if `keeps_text` is set.
        """
        hit = hit_of(number, time, self.moved, trust, self._expected(number))
        self.recent = [*(earlier for earlier in self.recent if time - earlier.time <= memory_s), hit]
        elapsed_s, self.read_at = time - self.read_at, time
        self.hits += 1
        self.unread_px = 0.0
        agreeing, probabilities = agreement(self.recent, self.digit_text if self.confirmed else "", keeps=keeps_text)
        text, length = text_of(probabilities), len(probabilities)
        is_shown = self.confirmed and len(self.digit_text) == length
        alike = [earlier for earlier in self.recent if len(earlier.number.digits) == length]
        said = probabilities if len(alike) == len(agreeing) else probabilities_of(alike)
        self.doubtful = doubtful_places(said, text, self.doubtful if is_shown else None, self.doubt_below)
        if self.sign_votes is None or text != self.digit_text:
            self.sign_votes, voting = SignVotes(SIGN_MEMORY * memory_s), alike
        else:
            voting = alike[-1:] if alike[-1] is hit else []
        for one in voting:
            self.sign_votes.add(one)
        self.signs = self.sign_votes.settled(self.doubt_below, self.signs if is_shown else None)
        self.digit_text = text
        self._follow(hit, agreeing, elapsed_s, memory_s)
        self.shape = agreeing[-1]
        boxes = [digit.box for digit in self.shape.number.digits]
        self.digits = tuple(Digit(box, row) for box, row in zip(boxes, probabilities, strict=True))
        self._settle(tuple(Digit(box, row) for box, row in zip(boxes, said, strict=True)))

    def _expected(self, number: Number) -> Number | None:
        """What an expected format makes of a number; None where it fits none."""
        found = None if self.expectation is None else self.expectation.settle(number, self.doubt_below)
        return found if found is not None and found.fits else None

    def _settle(self, digits: tuple[Digit, ...]) -> None:
        """Apply the expected formats to the current number. digits: by all readings of its length."""
        before = self.settled if self.confirmed else None
        self.settled = None
        settled = self._expected(replace(self.number(), digits=digits))
        if settled is None:
            return
        alike = before is not None and len(before.digits) == len(settled.digits)
        rows = np.array([digit.probabilities for digit in settled.digits])
        doubtful = doubtful_places(
            rows, settled.digit_text, before.doubtful if alike and before else None, self.doubt_below
        )
        self.settled, self.settled_moved = replace(settled, doubtful=doubtful), self.moved

    def _follow(self, hit: Hit, agreeing: Sequence[Hit], elapsed_s: float, memory_s: float) -> None:
        """Let the quad follow the newest hit, if that agrees; else the newest one that does."""
        number = hit.number
        if agreeing[-1] is hit:
            resized = self.shape is None or len(self.shape.number.digits) != len(number.digits)
            # a sign at an end that is lost for a moment must not make the quad jump
            signs = [voted.sign for voted in self.signs]
            whole = not (signs or number.signs) or ends_of(number, number.signs) == ends_of(number, signs)
            if resized or whole or hit.time - self.framed_at > memory_s:
                share = 1.0 if resized else 1 - math.exp(-elapsed_s / SMOOTHING_S)
                self.quad = (self.quad + share * (number.quad - self.quad)).astype(np.float32)
                self.framed_at = hit.time
        elif self.shape not in agreeing:
            self.quad = agreeing[-1].number.quad + (self.moved - agreeing[-1].moved)

    def support(self) -> float:
        """Evidence for the current digits. Readings that differ in what an expected format settles say the same."""
        if self.settled is not None:
            return expected_support(self.recent, self.settled.digit_text)
        return support(self.recent, self.digit_text)

    def number(self) -> Number:
        """The current number at its current position."""
        assert self.shape is not None
        if self.settled is not None:
            return self._settled_number(self.settled)
        x, y = (round(float(part)) for part in self.moved - self.shape.moved)
        digits = self.digits
        if x or y:
            digits = tuple(
                Digit(Box(digit.box.x + x, digit.box.y + y, digit.box.width, digit.box.height), digit.probabilities)
                for digit in digits
            )
        signs = tuple(voted.at(self.moved) for voted in self.signs)
        doubtful_signs = tuple(k for k, voted in enumerate(self.signs) if voted.doubtful)
        fits = None if self.expectation is None else False
        return Number(digits, self.quad, self.doubtful, signs, doubtful_signs, fits=fits)

    def _settled_number(self, settled: Number) -> Number:
        """The number that an expected format makes of it, at its current position."""
        x, y = (round(float(part)) for part in self.moved - self.settled_moved)

        def placed(box: Box) -> Box:
            return Box(box.x + x, box.y + y, box.width, box.height)

        digits = tuple(replace(digit, box=placed(digit.box)) for digit in settled.digits) if x or y else settled.digits
        signs = tuple(replace(sign, box=placed(sign.box)) for sign in settled.signs) if x or y else settled.signs
        return replace(settled, digits=digits, signs=signs, quad=self.quad)
