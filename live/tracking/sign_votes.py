"""Votes on the signs of a tracked number over its readings; knows no page, no clock and no digit.

Signs stand in gaps: gap 0 is before the first digit, gap n behind the last of n. All that stands in one gap, `.-` for one, is one
answer, and nothing is an answer too. The answer with the most weight wins. Where it is not certain, a question mark stands there,
also where most readings have no sign.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from live.core.records import Box, Number, Sign
from live.tracking.evidence import HOLD, STEADY, Hit

# A doubtful sign of a reading counts at most this much: it is about as likely wrong as right.
DOUBTFUL_SIGN = 0.5
# Answers with less than this share of the weight are forgotten.
FORGOTTEN = 0.01

Place = tuple[int, str, int]
"""A sign's gap, its symbol, and how many of that symbol stand before it in that gap."""


@dataclass(frozen=True, slots=True, eq=False)
class VotedSign:
    """A sign that the readings agree on, or that they leave in doubt."""

    place: Place
    sign: Sign
    """Its confidence is the share of the readings that have it, weighted by theirs."""
    doubtful: bool
    moved: NDArray[np.float32]
    """(2,) float32, px: the track's total shift at the time of the sign's box."""

    def at(self, moved: NDArray[np.float32]) -> Sign:
        """The sign with its box at another total shift (2,), px."""
        x, y = (round(float(part)) for part in moved - self.moved)
        box = self.sign.box
        return replace(self.sign, box=Box(box.x + x, box.y + y, box.width, box.height)) if x or y else self.sign


class SignVotes:
    """The answers in each gap of a number, whose count of digits stays. Older readings weigh less."""

    def __init__(self, memory_s: float) -> None:
        """memory_s: the time constant with which a reading's weight fades, seconds."""
        self._memory_s = memory_s
        self._time = -math.inf
        self._total = 0.0
        self._having: defaultdict[tuple[int, str], float] = defaultdict(float)
        """Weight of the readings with this answer in this gap."""
        self._sure: defaultdict[tuple[int, str], float] = defaultdict(float)
        """The same times the confidence of all its signs."""
        self._shares: defaultdict[Place, float] = defaultdict(float)
        """Weight of the readings with this sign, times its confidence."""
        self._newest: dict[Place, tuple[Sign, NDArray[np.float32]]] = {}

    def add(self, hit: Hit) -> None:
        """Add a reading, not older than those before."""
        fade = math.exp((self._time - hit.time) / self._memory_s)
        self._time = hit.time
        weight = hit.weight + 1e-6
        self._total = self._total * fade + weight
        for answer in self._having:
            self._having[answer] *= fade
            self._sure[answer] *= fade
        for place in self._shares:
            self._shares[place] *= fade
        for gap, signs in signs_by_gap(hit.number).items():
            answer = gap, "".join(sign.symbol for sign, _ in signs)
            self._having[answer] += weight
            self._sure[answer] += weight * math.prod(sure for _, sure in signs)
            for place, (sign, sure) in zip(places_of(*answer), signs, strict=True):
                self._shares[place] += weight * sure
                self._newest[place] = sign, hit.moved
        for answer in [key for key, having in self._having.items() if having < FORGOTTEN * self._total]:
            del self._having[answer]

    def settled(self, below: float, before: Sequence[VotedSign] | None) -> tuple[VotedSign, ...]:
        """The signs of the number, left to right.

        below: a sign, or that there is none, is in doubt where its share is less, 0 to 1. before: the signs until now, which are
        kept a little longer; None for a number that was not shown yet.
        """
        found: list[VotedSign] = []
        for gap in sorted({gap for gap, _ in self._having}):
            earlier = None if before is None else [one for one in before if one.place[0] == gap]
            found += self._in_gap(gap, below, earlier)
        return tuple(found)

    def _in_gap(self, gap: int, below: float, before: Sequence[VotedSign] | None) -> list[VotedSign]:
        """The signs of one gap."""
        answers = {text: self._sure[gap, text] for at, text in self._having if at == gap}
        strongest = max(answers, key=answers.__getitem__)
        answers[""] = self._total - sum(having for (at, _), having in self._having.items() if at == gap)
        best = max(answers, key=answers.__getitem__)
        if before is not None:
            kept = "".join(one.sign.symbol for one in before)
            if kept in answers and answers[best] <= HOLD * answers[kept]:
                best = kept
        step = 0.0 if before is None else STEADY * min(below, 1 - below)
        if best == "" and answers[""] >= (below - step if before == [] else below + step) * self._total:
            return []
        sure_before = {one.place for one in before or () if not one.doubtful}
        found = []
        for place in places_of(gap, best or strongest):
            sign, moved = self._newest[place]
            share = min(self._shares[place] / self._total, 1.0)
            doubtful = best == "" or share < (below - step if place in sure_before else below + step)
            found.append(VotedSign(place, replace(sign, confidence=share), doubtful, moved))
        return found


def signs_by_gap(number: Number) -> dict[int, list[tuple[Sign, float]]]:
    """The signs in each gap of a reading, left to right, with how much each counts, 0 to 1; gaps without a sign are left out."""
    gaps: dict[int, list[tuple[Sign, float]]] = {}
    for k, sign in enumerate(number.signs):
        sure = min(sign.confidence, DOUBTFUL_SIGN) if k in number.doubtful_signs else sign.confidence
        gaps.setdefault(sign.before, []).append((sign, sure))
    return gaps


def places_of(gap: int, answer: str) -> list[Place]:
    """The place of each sign of an answer."""
    return [(gap, symbol, answer[:k].count(symbol)) for k, symbol in enumerate(answer)]


def ends_of(number: Number, signs: Sequence[Sign]) -> tuple[str, str]:
    """What stands before the first and behind the last digit of a number with these signs."""
    first, last = ("".join(sign.symbol for sign in signs if sign.before == gap) for gap in (0, len(number.digits)))
    return first, last
