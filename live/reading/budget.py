"""Limit the work spent on one picture. Work is counted, not timed, so that a picture is always read the same. Knows no clock.

The stages never spend more than the budget, whatever a picture shows. Pieces of ink that are left out are counted and reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.classifier import Classifier

QUESTIONS = 1600.0
"""The budget of one frame, in queries to the digit network of 0.16 ms each (docs/decisions/0023)."""
FRAME_PX = 1280 * 720
"""The area of the frame that `QUESTIONS` is meant for, px; a larger frame gets more in proportion."""
INK_COST = 30.0
"""Finding all ink of a frame costs this many queries."""
STROKES_PER_QUESTION = 400.0
"""This many stroke starts on the rows of the ink mask cost one more query."""
RULED_RUNS = 110_000
"""The search for ruled lines examines this many short runs of ink at no price.

Ruled and squared paper has up to 14,000; a newspaper's page, searched once more when turned, 106,000.
"""
RUNS_PER_QUESTION = 300.0
"""This many further runs cost one more query; the worst drawn page has 260,000."""
PIECE_COST = 0.6
"""Laying one piece of ink upright and scaling it to 28x28 px costs this many queries."""
AREA_PX_PER_QUESTION = 40_000.0
"""This many px of a piece's box cost one more query."""
LARGE_PX, LARGE_PX_PER_QUESTION = 40_000.0, 10_000.0
"""Beyond the first area of its box, px, a piece costs one more query for this many px: the processor's cache is too small."""
LINE_COST = 1.5
"""Reading a whole number at once costs this many queries."""
LINE_PX_PER_QUESTION = 20.0
"""This many columns of a whole number's picture cost one more query."""
LONG_LINE_PX = 160.0
"""Columns beyond this width cost twice as much, since the alternatives of many digits are compared."""
VERIFICATION_COST = 3.0
"""Asking whether one group is a number costs this many queries."""
GROUPS_A_PIECE = 0.15
"""For so many groups by piece of ink the price of asking about them is reserved: full dev pages ask about 0.06 to 0.15."""
AUGMENTATION_COST = 300.0
"""Test-time augmentation of the doubtful digits is skipped when fewer queries than this remain."""
SECOND_PASS, SECOND_PASS_TURNED, PER_SURE_DIGIT = 380.0, 150.0, 6.0
"""The allowance after the first pass, in queries: a fixed part (a smaller one for a turned page) and a part for each sure digit.

Pages of writing use up to 0.9 of it. Texture has hardly any sure digit and uses all of it.
"""
RESERVED_SHARE = 0.35
"""This share of the allowance is reserved for whole numbers and doubtful digits, which come after cuts and joins."""
NUMBERS, NUMBER_COST = 250, 4.0
"""This many numbers of a frame have no price of their own; each further one costs this many queries.

Tests for false positives, tracking and drawing of a number take as long as three; the rest is for those without a price.
"""


@dataclass(slots=True, eq=False)
class Budget:
    """The work that may still be spent on one picture, shared by all its readings."""

    remaining: float = QUESTIONS
    """In queries to the digit network."""
    left_out: int = 0
    """Pieces of ink that were skipped, not examined fully, or in numbers that are not reported, because the budget ran out."""
    scale: float = 1.0
    """Area of the picture, in frames of 1280x720 px, at least 1."""
    ruled_runs: int = 0
    """Runs of ink that all searches for ruled lines examined."""
    numbers: int = 0
    """Numbers of this reading that were paid for."""

    @classmethod
    def of(cls, shape: tuple[int, ...]) -> Budget:
        """The budget of a picture. shape: height and width, px; a larger picture gets more in proportion."""
        scale = max(1.0, shape[0] * shape[1] / FRAME_PX)
        return cls(QUESTIONS * scale, 0, scale)

    @contextmanager
    def limited(self, most: float) -> Iterator[Budget]:
        """A budget of at most `most` queries; what is spent from it is taken from this one too."""
        given = min(most, self.remaining)
        allowance = Budget(given, self.left_out, self.scale)
        yield allowance
        self.remaining -= given - allowance.remaining
        self.left_out = allowance.left_out

    def second_pass(self, sure_digits: int, *, again: bool = False) -> float:
        """The allowance, in queries, once every piece of ink was classified.

        sure_digits: how many pieces surely are a digit other than 1. again: whether the page is read a second time, turned.
        """
        return (SECOND_PASS_TURNED if again else SECOND_PASS) * self.scale + PER_SURE_DIGIT * sure_digits

    def try_spend(self, price: float) -> bool:
        """Spend this many queries if they remain; returns whether they did."""
        if price > self.remaining:
            return False
        self.remaining -= price
        return True

    def spend(self, price: float) -> None:
        """Spend on work that can't be skipped, down to 0."""
        self.remaining = max(0.0, self.remaining - price)

    def piece_price(self, area: float) -> float:
        """The price of laying one piece upright and classifying it, in queries. area: of its box, px."""
        return 1 + PIECE_COST + self.area_price(area)

    def area_price(self, area: float) -> float:
        """The price of the px of a piece that is laid upright and scaled, in queries. area: of its box, px."""
        return area / AREA_PX_PER_QUESTION + max(0.0, area - LARGE_PX * self.scale) / LARGE_PX_PER_QUESTION

    def try_examine(self, runs: int) -> bool:
        """Spend on a search for ruled lines among some runs if enough remains; returns whether it did."""
        before, after = (
            max(0.0, count - RULED_RUNS * self.scale) for count in (self.ruled_runs, self.ruled_runs + runs)
        )
        if not self.try_spend((after - before) / RUNS_PER_QUESTION):
            return False
        self.ruled_runs += runs
        return True

    def pay_numbers(self, wanted: int) -> int:
        """Pay for so many numbers in all, as far as the budget lasts; returns for how many it does.

        Numbers that were paid for before, and the first ones of a page, cost nothing.
        """
        further = wanted - max(self.numbers, round(NUMBERS * self.scale))
        if further > 0:
            paid = min(further, int(self.remaining / NUMBER_COST))
            self.spend(paid * NUMBER_COST)
            self.numbers = wanted - further + paid
        return min(wanted, max(self.numbers, round(NUMBERS * self.scale)))

    def leave_out(self, pieces: int) -> None:
        """Count pieces of ink that are skipped, not examined fully, or in numbers that are not reported."""
        self.left_out += pieces


@dataclass(slots=True, eq=False)
class CountingClassifier:
    """A classifier that counts its inputs."""

    classifier: Classifier
    count: int = 0

    @property
    def classes(self) -> int:
        """As `Classifier`."""
        return self.classifier.classes

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `Classifier`."""
        self.count += len(inputs)
        return self.classifier(inputs)
