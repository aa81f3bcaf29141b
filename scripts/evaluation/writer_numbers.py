"""Compose numbers of digits that one person wrote, and count how many are read whole. Knows labels and writers, no picture.

A person's digits share a hand: whoever writes one odd 7 writes them all so. Errors therefore come in the same numbers, and the
share of wrong numbers can't be worked out from the share of wrong digits: it has to be counted.

How a number is made: a writer is drawn, each as likely as any other; then a number of its kind among those whose digits he
wrote; then a picture for each digit, none twice in a number unless he wrote that digit too seldom. Writers who can't write any
number of a kind are left out of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

NUMBERS = 10_000  # of each kind
SEED = 1
ROUNDS = 1_000  # resamplings from which the likely range is taken
LARGEST_WHOLE = 5  # digits before an amount's point
CLOCK = np.array([(h // 10, h % 10, m // 10, m % 10) for h in range(24) for m in range(60)])
"""(1440, 4) the digits of every time of the day, 00:00 to 23:59."""

Known = NDArray[np.int64]  # the digits a writer wrote, rising
Drawn = tuple[int, ...]  # the digits of a number


def draw_zip(known: Known, rng: np.random.Generator) -> Drawn | None:
    """Five digits, each as likely as any other that is known; 0 may come first. None where nothing is known."""
    return tuple(rng.choice(known, 5).tolist()) if len(known) else None


def draw_amount(known: Known, rng: np.random.Generator) -> Drawn | None:
    """The digits of an amount such as 12.34: one to five before the point, each length as likely, and two behind it.

    No amount begins with 0 unless that is its only digit before the point. The point is not drawn. None where nothing is known.
    """
    if not len(known):
        return None
    first = known[known > 0]
    whole = int(rng.integers(1, LARGEST_WHOLE + 1)) if len(first) else 1
    return int(rng.choice(known if whole == 1 else first)), *rng.choice(known, whole + 1).tolist()


def draw_time(known: Known, rng: np.random.Generator) -> Drawn | None:
    """The four digits of a time, 00:00 to 23:59, each as likely as any other; None where he can't write any."""
    writable = _times(tuple(known.tolist()))
    return tuple(rng.choice(writable).tolist()) if len(writable) else None


@cache
def _times(known: Drawn) -> NDArray[np.int64]:
    """(n, 4) the times that have no other digits."""
    return CLOCK[np.isin(CLOCK, known).all(axis=1)]


KINDS: dict[str, Callable[[Known, np.random.Generator], Drawn | None]] = {
    "ZIP code": draw_zip,
    "amount": draw_amount,
    "time": draw_time,
}
"""What each kind of number is drawn by."""


@dataclass(frozen=True, slots=True)
class WriterNumber:
    """One number in one hand."""

    writer: int
    rows: tuple[int, ...]
    """The test digit that stands at each place."""


@dataclass(frozen=True, slots=True)
class NumberScore:
    """How numbers of one kind were read."""

    numbers: int
    digits: float
    """Mean length."""
    writers: int
    wrong: float
    """Share with any digit wrong, 0 to 1."""
    wrong_95: tuple[float, float]
    """Range of that share with 95 % if other people had written, by resampling writers."""

    def as_report(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


class WriterIndex:
    """Which digits each writer wrote, and where they stand."""

    def __init__(self, labels: NDArray[np.int64], writers: NDArray[np.int64]) -> None:
        """labels: (N,) 0 to 9. writers: (N,) who wrote each. Raises ValueError where they differ in length or are none."""
        if labels.shape != writers.shape or not len(labels):
            raise ValueError(f"labels and writers must be as many, got {labels.shape} and {writers.shape}")
        self.names = np.unique(writers)
        self._rows = {
            int(name): [np.flatnonzero((writers == name) & (labels == digit)) for digit in range(10)]
            for name in self.names
        }

    def known(self, writer: int) -> Known:
        """The digits he wrote, rising."""
        return np.array([digit for digit, rows in enumerate(self._rows[writer]) if len(rows)])

    def write(self, writer: int, digits: Drawn, rng: np.random.Generator) -> WriterNumber:
        """The number in his hand: no picture twice, unless he wrote the digit more seldom than the number has it."""
        unused: dict[int, list[int]] = {}
        rows = []
        for digit in digits:
            if not unused.get(digit):  # none drawn yet, or all used up
                unused[digit] = rng.permutation(self._rows[writer][digit]).tolist()
            rows.append(unused[digit].pop())
        return WriterNumber(writer, tuple(rows))


def compose(hands: WriterIndex, kind: str, count: int = NUMBERS, seed: int = SEED) -> list[WriterNumber]:
    """`count` numbers of a kind of `KINDS`, the same for the same seed; none where no writer can write one."""
    rng = np.random.default_rng([seed, list(KINDS).index(kind)])
    draw = KINDS[kind]
    known = {int(name): hands.known(int(name)) for name in hands.names}
    able = [name for name, digits in known.items() if draw(digits, rng) is not None]
    numbers: list[WriterNumber] = []
    while able and len(numbers) < count:
        writer = int(rng.choice(able))
        digits = draw(known[writer], rng)
        if digits is not None:
            numbers.append(hands.write(writer, digits, rng))
    return numbers


def score_numbers(numbers: list[WriterNumber], is_right: NDArray[np.bool_], seed: int = SEED) -> NumberScore:
    """Count the numbers with any digit wrong. is_right: (N,) of every test digit. Raises ValueError where there is no number."""
    if not numbers:
        raise ValueError("there are no numbers to score")
    wrong = np.array([not is_right[list(number.rows)].all() for number in numbers])
    names, index = np.unique([number.writer for number in numbers], return_inverse=True)
    written, misread = np.bincount(index), np.bincount(index, weights=wrong)
    drawn = np.random.default_rng(seed).integers(0, len(names), (ROUNDS, len(names)))
    shares = misread[drawn].sum(axis=1) / written[drawn].sum(axis=1)
    low, high = np.percentile(shares, [2.5, 97.5]).tolist()
    length = float(np.mean([len(number.rows) for number in numbers]))
    return NumberScore(len(numbers), length, len(names), float(wrong.mean()), (low, high))


def score_kinds(
    labels: NDArray[np.int64], writers: NDArray[np.int64], is_right: NDArray[np.bool_], count: int = NUMBERS
) -> dict[str, NumberScore]:
    """`count` numbers of each kind, scored; kinds that no writer can write are left out."""
    hands = WriterIndex(labels, writers)
    composed = {kind: compose(hands, kind, count) for kind in KINDS}
    return {kind: score_numbers(numbers, is_right) for kind, numbers in composed.items() if numbers}
