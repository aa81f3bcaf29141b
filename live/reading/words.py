"""Tell numbers from words that look like numbers, by the page around them. Knows what was chosen and on which ground it
lies, no stroke and no network.

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

from live.core.records import Number
from live.reading.decoding import Placed
from live.reading.ink import Ink

SURE = 0.9  # confidence of a digit from which it is a sure one
UNSURE_SHARE = 0.8  # unsure digits for each sure one from which on a page is one of words; newspapers have 0.77
AMONG_WORDS = 0.4  # the same for writing of one height, on a page that is one of words
FEW = 4  # unsure digits: fewer say nothing of a page
MANY = 8  # strangers: so many, and hardly a sure digit beside them, are words too
HARDLY = 0.2  # share of sure digits
LIKELY = 0.4  # a number of any size is more than likely wrong on a page of words if its confidence is less
SHEET = 1.5  # what lies on a ground of so many times the brightness, or of less than its inverse, is on another sheet
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
    grounds: NDArray[np.float64]
    """Brightness of what it stands on, 1 to 256."""

    @property
    def unsure(self) -> NDArray[np.bool_]:
        """Digits that may well be none, or were found to be none."""
        return (self.confidences > 0) & ((self.confidences < SURE) | (self.owner < 0))

    @property
    def sure(self) -> NDArray[np.bool_]:
        """Sure digits of numbers."""
        return (self.confidences >= SURE) & (self.owner >= 0)

    def alike(self, tall: float) -> _Page:
        """What is about so tall."""
        return self._only((self.heights > ALIKE[0] * tall) & (self.heights < ALIKE[1] * tall))

    def on(self, ground: float) -> _Page:
        """What stands on the same sheet: on a ground about as bright."""
        return self._only((self.grounds > ground / SHEET) & (self.grounds < ground * SHEET))

    def _only(self, kept: NDArray[np.bool_]) -> _Page:
        """Some of the pieces."""
        return _Page(self.heights[kept], self.confidences[kept], self.owner[kept], self.grounds[kept])

    def is_unsure(self, share: float) -> bool:
        """Whether there are so many unsure digits for each sure one."""
        unsure = np.count_nonzero(self.unsure)
        return bool(unsure >= max(FEW, share * np.count_nonzero(self.sure)))

    def is_strange(self) -> bool:
        """Whether there is hardly a sure digit among many strangers."""
        strangers = np.count_nonzero(self.confidences == 0)
        return bool(strangers >= MANY and np.count_nonzero(self.sure) < HARDLY * len(self.heights))


@dataclass(frozen=True, eq=False)
class _Surroundings:
    """What a number stands among."""

    writing: _Page
    """What is about as tall, on the same sheet."""
    unsure: bool
    """Whether much of that is."""
    wordy: bool
    """Whether it may be words."""
    least: float
    """Confidence of a number under which it is none here, whatever its size."""


def without_words(
    numbers: tuple[Number, ...], placed: Sequence[Placed], owners: Sequence[int], ink: Ink
) -> tuple[Number, ...]:
    """The numbers, less those that may be words.

    placed: all that was chosen, the digits of `numbers` among it. owners: which number each is a digit of; -1 for none.
    """
    page = _Page(
        np.array([piece.height for piece in placed]),
        np.array([piece.digit.confidence if piece.digit else 0.0 for piece in placed]),
        np.array(owners, np.intp),
        grounds_of(placed, ink),
    )
    if not numbers or (np.count_nonzero(page.unsure) < FEW and np.count_nonzero(page.confidences == 0) < MANY):
        return numbers
    owned = page.owner >= 0
    both = np.log(np.stack([page.heights[owned], page.grounds[owned]], axis=1)) / math.log(STEP)
    steps = map(tuple, np.round(both).astype(int).tolist())
    step_of = dict(zip(page.owner[owned].tolist(), steps, strict=True))  # of one digit of each number
    around = {step: _surroundings(page, STEP ** step[0], STEP ** step[1]) for step in set(step_of.values())}
    return tuple(n for k, n in enumerate(numbers) if _is_shown(n, k, around[step_of[k]]))


def grounds_of(placed: Sequence[Placed], ink: Ink) -> NDArray[np.float64]:
    """(P,) brightness of what each piece lies on, 1 to 256."""
    left, top, right, bottom, angle = (
        np.array([(p.left, p.top, p.right, p.bottom, p.angle) for p in placed]).reshape(-1, 5).T
    )
    x, y, cos, sin = (left + right) / 2, (top + bottom) / 2, np.cos(angle), np.sin(angle)
    cells = (np.stack([x * sin + y * cos, x * cos - y * sin]) / ink.step).astype(np.intp)
    height, width = ink.paper.shape
    return 1.0 + ink.paper[cells[0].clip(0, height - 1), cells[1].clip(0, width - 1)]


def _surroundings(page: _Page, tall: float, ground: float) -> _Surroundings:
    """What writing so tall, on a ground so bright, stands among."""
    sheet = page.on(ground)
    writing = sheet.alike(tall)
    unsure_sheet = sheet.is_unsure(UNSURE_SHARE)
    unsure = writing.is_unsure(AMONG_WORDS if unsure_sheet else UNSURE_SHARE)
    least = LIKELY if unsure_sheet or sheet.is_strange() else 0.0
    return _Surroundings(writing, unsure, unsure or writing.is_strange(), least)


def _is_shown(number: Number, k: int, around: _Surroundings) -> bool:
    """Whether the k-th number isn't likely part of a word."""
    if number.confidence < around.least:
        return False
    return not around.wordy or _stands_out(number, k, around.writing, around.unsure)


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
