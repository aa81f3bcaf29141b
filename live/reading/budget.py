"""How much work the reading of one picture may be: counted, not timed, so that it is always read the same. Knows no clock.

Whatever is on a picture, the stages do no more than this; what they had to leave out is counted too, and told with the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.classifier import Classifier

QUESTIONS = 1600.0
"""Of one frame: all that its readings may cost, in questions to the network that reads digits, 0.16 ms each (decisions/0023)."""
FRAME_PX = 1280 * 720
LOOKED = 30.0  # what a look at all ink costs, in questions,
BEGUN = 400.0  # and for so many strokes that begin on its rows one more
LAID = 0.6  # what a piece of ink costs before it is asked about, in questions: to be laid upright and brought to 28 x 28 px
AREA_PX = 40_000.0  # and for so many px of its box as much as a question
LINE = 1.5  # what a whole number costs that is read at once, and
LINE_PX = 20.0  # so many columns of its picture as much as a question, and
LONG_PX = 160.0  # what is longer as much again: its many digits are weighed against others
CLOSER = 300.0  # what a look at the digits in doubt may cost
FURTHER, FURTHER_AGAIN, EACH = 380.0, 150.0, 6.0
"""What may be spent once each piece was asked about: so much, and so much for each sure digit. Pages of writing take up to 0.9
of it, texture, which has hardly one, takes all that there is."""
KEPT_BACK = 0.35  # share of it for whole numbers and digits in doubt, which come after cuts and joins


@dataclass(slots=True, eq=False)
class Budget:
    """What may still be spent on one picture, shared by all its readings."""

    left: float = QUESTIONS
    """In questions to the network that reads digits."""
    left_out: int = 0
    """Pieces of ink that were not looked at, or not closely, for want of it."""
    scale: float = 1.0
    """Of the picture, in frames of 1280x720, at least 1."""

    @classmethod
    def of(cls, shape: tuple[int, ...]) -> Budget:
        """What may be spent on a picture of that height and width, px: of a larger one more, in proportion."""
        scale = max(1.0, shape[0] * shape[1] / FRAME_PX)
        return cls(QUESTIONS * scale, 0, scale)

    @contextmanager
    def purse(self, most: float) -> Iterator[Budget]:
        """So much of it at most, to be spent apart."""
        given = min(most, self.left)
        purse = Budget(given, self.left_out, self.scale)
        yield purse
        self.left -= given - purse.left
        self.left_out = purse.left_out

    def further(self, sure: int, *, again: bool = False) -> float:
        """What may be spent on a page once each piece of its ink was asked about.

        sure: how many are surely a digit, and no 1. again: whether it is read for the second time, otherwise turned: if that is
        right, it is full of sure digits.
        """
        return (FURTHER_AGAIN if again else FURTHER) * self.scale + EACH * sure

    def take(self, price: float) -> bool:
        """Whether so much is left, in questions; it is spent then."""
        if price > self.left:
            return False
        self.left -= price
        return True

    def spend(self, price: float) -> None:
        """What is needed anyway, whether so much is left or not."""
        self.left = max(0.0, self.left - price)

    def leave_out(self, pieces: int) -> None:
        """So many pieces of ink are not looked at, or not closely."""
        self.left_out += pieces


@dataclass(slots=True, eq=False)
class Counting:
    """A network that counts what it is asked."""

    classifier: Classifier
    count: int = 0

    @property
    def classes(self) -> int:
        """As the network's own."""
        return self.classifier.classes

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """As the network's own."""
        self.count += len(inputs)
        return self.classifier(inputs)
