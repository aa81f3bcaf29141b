"""Tell numbers from words that look like numbers, by the page around them. Knows what was chosen, no ink and no network.

Of a page of words some letters look like digits, and now and then a few stand in a row. What gives such a page away is how
unsure the network is of the rest: on a page of numbers nearly every digit is a sure one. On a page of words a number is shown
only where so many digits in a row, each as sure as these, can't well be chance on that page.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live.reading.choosing import Placed
from live.records import Number

SURE = 0.9  # confidence of a digit from which it is a sure one
UNSURE_SHARE = 0.75  # unsure digits for each sure one in a number, from which on a page is one of words
AMONG_WORDS = 0.4  # the same for writing of one height, on a page that is one of words
FEW = 4  # unsure digits: fewer say nothing of a page
MANY = 8  # strangers: so many, and hardly a sure digit beside them, are words too
HARDLY = 0.2  # share of sure digits
LIKELY = 0.4  # a number of any size is more than likely wrong on a page of words if its confidence is less
STEP = 1.1  # heights that differ by less are one
ALIKE = (0.5, 2.0)  # heights of what is writing of the same kind as a number, in its own
CHANCE = 0.2  # most numbers of that length and sureness that the page may hold by chance
STANDS_OUT = 20.0  # or else its odds are so many times those of any other digit
LETTERS = (0, 1, 5)  # nobody can tell an O, an l, an S from these: they count for nothing


@dataclass(frozen=True, eq=False)
class _Page:
    """What was chosen, piece by piece: (P,) arrays."""

    heights: NDArray[np.float64]
    confidences: NDArray[np.float64]
    """0 for strangers."""
    owner: NDArray[np.intp]
    """Which number a piece is a digit of, -1 for none."""

    @property
    def unsure(self) -> NDArray[np.bool_]:
        """Digits that may well be none."""
        return (self.confidences > 0) & (self.confidences < SURE)

    @property
    def sure(self) -> NDArray[np.bool_]:
        """Sure digits of numbers."""
        return (self.confidences >= SURE) & (self.owner >= 0)

    def alike(self, tall: float) -> _Page:
        """What is about so tall."""
        kept = (self.heights > ALIKE[0] * tall) & (self.heights < ALIKE[1] * tall)
        return _Page(self.heights[kept], self.confidences[kept], self.owner[kept])

    def is_unsure(self, share: float) -> bool:
        """Whether there are so many unsure digits for each sure one."""
        unsure = np.count_nonzero(self.unsure)
        return bool(unsure >= max(FEW, share * np.count_nonzero(self.sure)))

    def is_strange(self) -> bool:
        """Whether there is hardly a sure digit among many strangers."""
        strangers = np.count_nonzero(self.confidences == 0)
        return bool(strangers >= MANY and np.count_nonzero(self.sure) < HARDLY * len(self.heights))


def without_words(numbers: tuple[Number, ...], placed: Sequence[Placed]) -> tuple[Number, ...]:
    """The numbers, less those that may be words. placed: all that was chosen, the digits of `numbers` among it."""
    number_of = {id(digit): k for k, number in enumerate(numbers) for digit in number.digits}
    page = _Page(
        np.array([piece.height for piece in placed]),
        np.array([piece.digit.confidence if piece.digit else 0.0 for piece in placed]),
        np.array([number_of.get(id(piece.digit), -1) for piece in placed], np.intp),
    )
    if not numbers or (np.count_nonzero(page.unsure) < FEW and np.count_nonzero(page.confidences == 0) < MANY):
        return numbers
    unsure_page = page.is_unsure(UNSURE_SHARE)
    share = AMONG_WORDS if unsure_page else UNSURE_SHARE
    least = LIKELY if unsure_page or page.is_strange() else 0.0
    owned = page.owner >= 0
    steps = np.round(np.log(page.heights[owned]) / math.log(STEP)).astype(int).tolist()
    step_of = dict(zip(page.owner[owned].tolist(), steps, strict=True))  # of one digit of each number
    kinds = {step: page.alike(STEP**step) for step in set(step_of.values())}
    unsure = {step: kind.is_unsure(share) for step, kind in kinds.items()}
    wordy = {step for step, kind in kinds.items() if unsure[step] or kind.is_strange()}
    return tuple(
        number
        for k, number in enumerate(numbers)
        if number.confidence >= least
        and (step_of[k] not in wordy or _stands_out(number, k, kinds[step_of[k]], unsure[step_of[k]]))
    )


def _stands_out(number: Number, k: int, writing: _Page, unsure: bool) -> bool:
    """Whether a number among words can't well be part of one. writing: what is as tall as it; unsure: as much of it is."""
    telling = [digit.confidence for digit in number.digits if digit.label not in LETTERS]
    if not telling or number.doubtful or number.confidence < SURE ** len(number.digits):
        return False
    least, pieces = min(telling), len(writing.heights)
    as_sure = np.count_nonzero(writing.confidences >= least) / pieces
    by_chance = pieces * as_sure ** len(telling) >= CHANCE if unsure else len(telling) == 1
    surest = float(writing.confidences[writing.owner != k].max(initial=0.0))
    return not by_chance or odds(least) > STANDS_OUT * odds(surest)


def odds(confidence: float) -> float:
    """Of being right to being wrong."""
    return confidence / max(1.0 - confidence, 1e-6)
