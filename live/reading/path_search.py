"""Search the ways to cut one piece of ink, with no more queries than can change the result. Knows no page.

A path through the cuts is followed only while it may still explain the ink better than the best known explanation. Scores are
logarithms of probabilities, so a path's score never rises. The search is exact: its result is that of classifying every part.
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
    """The paths through the cuts of one piece of ink, as far as they are known."""

    piece: Sliced
    bound: float
    """Log-probability of the best explanation known."""
    parts: list[Part] = field(default_factory=list)
    """Parts that were classified."""
    fields: list[Rows] = field(default_factory=list)
    """(28, 28, 1) each, part by part."""
    answers: list[Rows] = field(default_factory=list)
    """(C,) each, part by part."""
    known: int = 0
    """Number of parts that were classified before the search."""
    totals: Floats = field(init=False)
    """(cuts,) log-probability of the best explanation of the ink to the left of each cut."""
    at: int = 0
    """The next cut to search from."""

    def __post_init__(self) -> None:
        self.totals = np.full(self.piece.last + 1, -np.inf)
        self.totals[0] = 0.0

    def add_answer(self, part: Part, asked: Rows, answer: Rows) -> None:
        """Add the network's answer for a part."""
        self.parts.append(part)
        self.fields.append(asked)
        self.answers.append(answer)
        start, stop = part.span
        total = self._total_at(start) + float(np.log(max(float(answer[:DIGIT_CLASSES].max()), 1e-6)))
        self.totals[stop] = max(self.totals[stop], total)
        if stop == self.piece.last:
            self.bound = max(self.bound, total)

    def next_parts(self) -> list[Part]:
        """The parts to classify next; none when nothing can be gained."""
        known = [part.span for part in self.parts]
        while self.at < self.piece.last:
            start, self.at = self.at, self.at + 1
            so_far = self._total_at(start)
            if so_far <= self.bound:
                continue
            # where one more cut would fall below the bound, only the whole rest may gain
            first = start + 1 if so_far - CUT_COST > self.bound else self.piece.last
            spans = [(start, stop) for stop in range(first, self.piece.last + 1)]
            parts = [self.piece.part(*span) for span in spans if span not in known]
            wanted = [part for part in parts if part is not None]
            if wanted:
                return wanted
        return []

    def lattice(self) -> tuple[Lattice, Rows, Rows]:
        """The classified parts from left to right, with their inputs (N, 28, 28, 1) and answers (N, C)."""
        order = sorted(range(len(self.parts)), key=lambda k: self.parts[k].span)
        lattice = self.piece.lattice([self.parts[k] for k in order])
        return lattice, np.stack([self.fields[k] for k in order]), np.stack([self.answers[k] for k in order])

    def _total_at(self, cut: int) -> float:
        """Score of the best explanation up to a cut, less the cut's cost."""
        return float(self.totals[cut]) - (CUT_COST if cut > 0 else 0.0)


@dataclass(slots=True)
class SearchResults:
    """The results of searches."""

    done: list[Search] = field(default_factory=list)
    """Finished searches with at least one new part."""
    refused: set[int] = field(default_factory=set)
    """Components that were skipped because the budget ran out."""

    def add(self, done: Sequence[Search], refused: Sequence[Search]) -> None:
        """Add finished and refused searches."""
        self.done += [search for search in done if len(search.parts) > search.known]
        self.refused.update(k for search in refused for k in search.piece.components)


def run_searches(
    searches: Sequence[Search], classifier: Classifier, budget: Budget
) -> tuple[list[Search], list[Search]]:
    """Run searches in batches; returns the finished ones, and those for which the budget ran out."""
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
            elif budget.try_spend(len(parts)):
                wave += [(search, part) for part in parts]
                going_on.append(search)
            else:
                refused.append(search)
        fields = stack_mnist([part.region.ink for _, part in wave])
        for (search, part), asked, answer in zip(wave, fields, classifier(fields), strict=True):
            search.add_answer(part, asked, answer)
        open_ones = going_on
    return done, refused
