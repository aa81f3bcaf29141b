"""The ways to take one piece of ink apart, asked about no further than may change what is read. Knows no page.

A way through the cuts is worth going on with only as long as it may still explain the ink better than what is known already:
all scores are logarithms of probabilities, so that a way never gets better. So most cuts need no question, and what is chosen
in the end is what would have been chosen had all been asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES
from live.reading.budget import Budget
from live.reading.cuts import CUT_COST, Lattice, Part, Sliced
from models.classifier import Classifier
from models.mnist_format import stack_mnist

Floats = NDArray[np.float64]
Rows = NDArray[np.float32]


@dataclass(eq=False)
class Search:
    """The ways through the cuts of one piece of ink, as far as they are known."""

    piece: Sliced
    bound: float
    """How well the ink is explained without it, a logarithm."""
    parts: list[Part] = field(default_factory=list)
    """What was asked about."""
    fields: list[Rows] = field(default_factory=list)
    """(28, 28, 1) each, part by part."""
    answers: list[Rows] = field(default_factory=list)
    """(C,) each, part by part."""
    known: int = 0
    """Parts that were asked about before."""
    totals: Floats = field(init=False)
    """(cuts,) the best explanation of the ink to the left of each."""
    at: int = 0
    """The cut from which is asked next."""

    def __post_init__(self) -> None:
        self.totals = np.full(self.piece.last + 1, -np.inf)
        self.totals[0] = 0.0

    def take_in(self, part: Part, asked: Rows, answer: Rows) -> None:
        """What the network said of a part."""
        self.parts.append(part)
        self.fields.append(asked)
        self.answers.append(answer)
        start, stop = part.run
        total = self._to(start) + float(np.log(max(float(answer[:DIGIT_CLASSES].max()), 1e-6)))
        self.totals[stop] = max(self.totals[stop], total)
        if stop == self.piece.last:
            self.bound = max(self.bound, total)

    def next_parts(self) -> list[Part]:
        """What is to be asked next; nothing, where nothing can be gained any more."""
        known = [part.run for part in self.parts]
        while self.at < self.piece.last:
            start, self.at = self.at, self.at + 1
            so_far = self._to(start)
            if so_far <= self.bound:
                continue
            # where one more cut would make it worse than what is known, only the rest as a whole may gain
            first = start + 1 if so_far - CUT_COST > self.bound else self.piece.last
            runs = [(start, stop) for stop in range(first, self.piece.last + 1)]
            parts = [self.piece.part(*run) for run in runs if run not in known]
            wanted = [part for part in parts if part is not None]
            if wanted:
                return wanted
        return []

    def lattice(self) -> tuple[Lattice, Rows, Rows]:
        """What was asked about, from left to right, with the questions (N, 28, 28, 1) and answers (N, C)."""
        order = sorted(range(len(self.parts)), key=lambda k: self.parts[k].run)
        lattice = self.piece.lattice([self.parts[k] for k in order])
        return lattice, np.stack([self.fields[k] for k in order]), np.stack([self.answers[k] for k in order])

    def _to(self, cut: int) -> float:
        """The best explanation up to a cut, with what the cut costs."""
        return float(self.totals[cut]) - (CUT_COST if cut > 0 else 0.0)


@dataclass(slots=True)
class Explored:
    """What came of it."""

    done: list[Search] = field(default_factory=list)
    """Those that were asked about more than was known."""
    refused: set[int] = field(default_factory=set)
    """Components for which the budget did not last."""

    def add(self, done: Sequence[Search], refused: Sequence[Search]) -> None:
        """Some more."""
        self.done += [search for search in done if len(search.parts) > search.known]
        self.refused.update(k for search in refused for k in search.piece.components)


def explore(searches: Sequence[Search], classifier: Classifier, budget: Budget) -> tuple[list[Search], list[Search]]:
    """Ask about all of them, wave by wave; returns those that came to their end, and those for which the budget did not last."""
    done: list[Search] = []
    refused: list[Search] = []
    open_ones = list(searches)
    while open_ones:
        wave: list[tuple[Search, Part]] = []
        going_on = []
        for search in open_ones:
            parts = search.next_parts()
            if not parts:
                done.append(search)
            elif budget.take(len(parts)):
                wave += [(search, part) for part in parts]
                going_on.append(search)
            else:
                refused.append(search)
        fields = stack_mnist([part.region.ink for _, part in wave])
        for (search, part), asked, answer in zip(wave, fields, classifier(fields), strict=True):
            search.take_in(part, asked, answer)
        open_ones = going_on
    return done, refused
