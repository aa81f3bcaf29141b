"""Compose numbers from the digits of one writer, and count how many are read right. Knows labels and writers, no picture.

The digits of one writer are alike, so errors are correlated within a number. The share of wrong numbers therefore doesn't follow
from the share of wrong digits; it has to be counted.

A number is made in three steps: draw a writer uniformly; draw a number of the kind whose digits the writer has written; draw a
picture for each digit, without repetition in a number unless the writer has too few. Writers without any possible number of a
kind are left out of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

NUMBERS = 10_000
"""Numbers of each kind."""
SEED = 1
ROUNDS = 1_000
"""Bootstrap resamplings from which the confidence interval is taken."""
LARGEST_WHOLE = 5
"""Largest number of digits before the point of an amount."""
CLOCK = np.array([(h // 10, h % 10, m // 10, m % 10) for h in range(24) for m in range(60)])
"""(1440, 4) the digits of every time of the day, 00:00 to 23:59."""

Known = NDArray[np.int64]  # the digits that a writer has written, ascending
Drawn = tuple[int, ...]  # the digits of a number


def draw_zip(known: Known, rng: np.random.Generator) -> Drawn | None:
    """Five digits, drawn uniformly from the known ones; 0 may come first. None where no digit is known."""
    return tuple(rng.choice(known, 5).tolist()) if len(known) else None


def draw_amount(known: Known, rng: np.random.Generator) -> Drawn | None:
    """The digits of an amount such as 12.34: one to five before the point (uniform length), and two after it.

    It begins with 0 only where that is its only digit before the point. The point is not drawn. None where no digit is known.
    """
    if not len(known):
        return None
    first = known[known > 0]
    whole = int(rng.integers(1, LARGEST_WHOLE + 1)) if len(first) else 1
    return int(rng.choice(known if whole == 1 else first)), *rng.choice(known, whole + 1).tolist()


def draw_time(known: Known, rng: np.random.Generator) -> Drawn | None:
    """The four digits of a time, 00:00 to 23:59, drawn uniformly; None where no time has known digits only."""
    writable = _times(tuple(known.tolist()))
    return tuple(rng.choice(writable).tolist()) if len(writable) else None


@cache
def _times(known: Drawn) -> NDArray[np.int64]:
    """(n, 4) the times that consist of these digits only."""
    return CLOCK[np.isin(CLOCK, known).all(axis=1)]


KINDS: dict[str, Callable[[Known, np.random.Generator], Drawn | None]] = {
    "ZIP code": draw_zip,
    "amount": draw_amount,
    "time": draw_time,
}
"""The function that draws each kind of number."""


@dataclass(frozen=True, slots=True)
class WriterNumber:
    """One number of one writer."""

    writer: int
    rows: tuple[int, ...]
    """The row of the test digit at each place."""


@dataclass(frozen=True, slots=True)
class NumberScore:
    """The score of one kind of number."""

    numbers: int
    digits: float
    """Mean length."""
    writers: int
    wrong: float
    """Share of numbers with a wrong digit, 0 to 1."""
    wrong_95: tuple[float, float]
    """95 % confidence interval of that share, by a bootstrap over writers."""

    def as_report(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


class WriterIndex:
    """The rows of each writer's digits."""

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
        """The digits that the writer has written, ascending."""
        return np.array([digit for digit, rows in enumerate(self._rows[writer]) if len(rows)])

    def write(self, writer: int, digits: Drawn, rng: np.random.Generator) -> WriterNumber:
        """The number with pictures of this writer, none of them twice unless the writer has too few."""
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
    """Count the numbers with a wrong digit. is_right: (N,) for every test digit. Raises ValueError without a number."""
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
    """The scores of `count` numbers of each kind. Kinds that no writer can write are left out."""
    hands = WriterIndex(labels, writers)
    composed = {kind: compose(hands, kind, count) for kind in KINDS}
    return {kind: score_numbers(numbers, is_right) for kind, numbers in composed.items() if numbers}
