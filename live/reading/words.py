"""Reject words that look like numbers, judged by the page around them. Knows candidates and paper brightness, no strokes.

On a page of words, some letters look like digits and a few of them may stand in a row. Such a page has many unsure digits; on a
page of numbers nearly every digit is sure. On a page of words, a number is reported only if that many digits, each that sure,
are unlikely to be chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live.core.records import Number
from live.reading.decoding import Candidate
from live.reading.ink import Ink

SURE = 0.9
"""Confidence from which a digit is sure."""
UNSURE_SHARE = 0.8
"""Unsure digits per sure digit from which a page is one of words; newspapers have 0.77."""
AMONG_WORDS = 0.4
"""The same limit for writing of one height on a page of words."""
FEW = 4
"""Fewer unsure digits than this say nothing about a page."""
MANY = 8
"""This many non-digits with hardly a sure digit among them are words too."""
HARDLY = 0.2
"""Share of sure digits below which there is hardly one."""
LIKELY = 0.4
"""On a page of words, a number of any size with a confidence below this is rejected: it is more likely wrong than right."""
SHEET = 1.5
"""Ink on paper brighter or darker by this factor is on another sheet."""
STEP = 1.1
"""Heights and brightnesses within this factor share one estimate of their surroundings."""
ALIKE = (0.5, 2.0)
"""Writing is compared with a number if its height is within this range, in heights of the number."""
CHANCE = 0.2
"""Most numbers of equal length and sureness that the page may hold by chance."""
STANDS_OUT = 20.0
"""A number is also reported if the odds of its digits are this many times those of any other digit."""
LETTERS = (0, 1, 5)
"""Digits that nobody can tell from the letters O, l and S are no evidence."""


@dataclass(frozen=True, eq=False)
class _Page:
    """The candidates of a page as (P,) arrays."""

    heights: NDArray[np.float64]
    confidences: NDArray[np.float64]
    """0 for non-digits."""
    owner: NDArray[np.intp]
    """Index of the number that a candidate is a digit of; -1 for none."""
    grounds: NDArray[np.float64]
    """Brightness of the paper under each, 1 to 256."""

    @property
    def unsure(self) -> NDArray[np.bool_]:
        """Digits that are unsure or in no number."""
        return (self.confidences > 0) & ((self.confidences < SURE) | (self.owner < 0))

    @property
    def sure(self) -> NDArray[np.bool_]:
        """Sure digits of numbers."""
        return (self.confidences >= SURE) & (self.owner >= 0)

    def alike(self, tall: float) -> _Page:
        """Candidates of similar height."""
        return self._only((self.heights > ALIKE[0] * tall) & (self.heights < ALIKE[1] * tall))

    def on(self, ground: float) -> _Page:
        """Candidates on the same sheet: on paper of similar brightness."""
        return self._only((self.grounds > ground / SHEET) & (self.grounds < ground * SHEET))

    def _only(self, kept: NDArray[np.bool_]) -> _Page:
        """Some of the candidates."""
        return _Page(self.heights[kept], self.confidences[kept], self.owner[kept], self.grounds[kept])

    def is_unsure(self, share: float) -> bool:
        """Whether there are at least this many unsure digits per sure digit."""
        unsure = np.count_nonzero(self.unsure)
        return bool(unsure >= max(FEW, share * np.count_nonzero(self.sure)))

    def has_few_digits(self) -> bool:
        """Whether there are many non-digits and hardly a sure digit."""
        non_digits = np.count_nonzero(self.confidences == 0)
        return bool(non_digits >= MANY and np.count_nonzero(self.sure) < HARDLY * len(self.heights))


@dataclass(frozen=True, eq=False)
class _Surroundings:
    """The surroundings of a number."""

    writing: _Page
    """Candidates of similar height on the same sheet."""
    unsure: bool
    """Whether many of them are unsure digits."""
    wordy: bool
    """Whether they may be words."""
    least: float
    """Least confidence of a number here."""


def without_words(
    numbers: tuple[Number, ...], candidates: Sequence[Candidate], owners: Sequence[int], ink: Ink
) -> tuple[Number, ...]:
    """The numbers without those that may be words.

    candidates: all that was chosen, the digits of `numbers` among it. owners: which number each is a digit of; -1 for none, and
    more than `numbers` has for numbers that are not asked about.
    """
    page = _Page(
        np.array([piece.height for piece in candidates]),
        np.array([piece.digit.confidence if piece.digit else 0.0 for piece in candidates]),
        np.array(owners, np.intp),
        grounds_of(candidates, ink),
    )
    if not numbers or (np.count_nonzero(page.unsure) < FEW and np.count_nonzero(page.confidences == 0) < MANY):
        return numbers
    owned = page.owner >= 0
    both = np.log(np.stack([page.heights[owned], page.grounds[owned]], axis=1)) / math.log(STEP)
    steps = map(tuple, np.round(both).astype(int).tolist())
    step_of = dict(zip(page.owner[owned].tolist(), steps, strict=True))  # one digit stands for its number
    around = {step: _surroundings(page, STEP ** step[0], STEP ** step[1]) for step in set(step_of.values())}
    return tuple(n for k, n in enumerate(numbers) if _is_shown(n, k, around[step_of[k]]))


def grounds_of(candidates: Sequence[Candidate], ink: Ink) -> NDArray[np.float64]:
    """(P,) brightness of the paper under each candidate, 1 to 256."""
    left, top, right, bottom, angle = (
        np.array([(p.left, p.top, p.right, p.bottom, p.angle) for p in candidates]).reshape(-1, 5).T
    )
    x, y, cos, sin = (left + right) / 2, (top + bottom) / 2, np.cos(angle), np.sin(angle)
    cells = (np.stack([x * sin + y * cos, x * cos - y * sin]) / ink.step).astype(np.intp)
    height, width = ink.paper.shape
    return 1.0 + ink.paper[cells[0].clip(0, height - 1), cells[1].clip(0, width - 1)]


def _surroundings(page: _Page, tall: float, ground: float) -> _Surroundings:
    """The surroundings of writing of one height (px) on paper of one brightness."""
    sheet = page.on(ground)
    writing = sheet.alike(tall)
    unsure_sheet = sheet.is_unsure(UNSURE_SHARE)
    unsure = writing.is_unsure(AMONG_WORDS if unsure_sheet else UNSURE_SHARE)
    least = LIKELY if unsure_sheet or sheet.has_few_digits() else 0.0
    return _Surroundings(writing, unsure, unsure or writing.has_few_digits(), least)


def _is_shown(number: Number, k: int, around: _Surroundings) -> bool:
    """Whether the k-th number is unlikely to be part of a word."""
    if number.confidence < around.least:
        return False
    return not around.wordy or _stands_out(number, k, around.writing, around.unsure)


def _stands_out(number: Number, k: int, writing: _Page, unsure: bool) -> bool:
    """Whether a number among words is unlikely to be part of one. writing, unsure: as in `_Surroundings`."""
    telling = [digit.confidence for digit in number.digits if digit.label not in LETTERS]
    if not telling or number.doubtful or number.confidence < SURE ** len(number.digits):
        return False
    least, pieces = min(telling), len(writing.heights)
    as_sure = np.count_nonzero(writing.confidences >= least) / pieces
    by_chance = pieces * as_sure ** len(telling) >= CHANCE if unsure else len(telling) == 1
    surest = float(writing.confidences[writing.owner != k].max(initial=0.0))
    return not by_chance or odds(least) > STANDS_OUT * odds(surest)


def odds(confidence: float) -> float:
    """Odds of being right."""
    return confidence / max(1.0 - confidence, 1e-6)
