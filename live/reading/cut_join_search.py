"""Classify cuts and joins of ink that is not surely one digit, as far as the budget lasts. Knows no pixel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES
from live.core.settings import SplittingSettings
from live.reading.budget import Budget
from live.reading.cuts import CUT_COST, Lattice, sliced
from live.reading.decoding import scores_alone
from live.reading.heights import typical_height
from live.reading.line_pieces import ONE
from live.reading.path_search import Search, SearchResults, run_searches
from live.reading.regions import Component, Upright
from models.classifier import Classifier

Floats = NDArray[np.float64]
Rows = NDArray[np.float32]
Indices = NDArray[np.intp]

BLOCK = 48
"""Pieces that are searched together; one batch has a fixed cost of about five queries."""
TOUCHING_HEIGHTS = (0.6, 2.0)
"""Touching digits are likely in ink of this height, in heights of the page's writing."""
JOINED_HEIGHTS = (0.45, np.inf)
"""A broken digit is likely in joined ink of this height, in heights of the page's writing."""
UNLIKELY = 40.0
"""Queries allowed for ink of other heights; of 3,500 queries about the grain of a desk not one changed a number."""
SURE = 0.9
"""Probability from which a digit counts as evidence of writing."""
FEWEST_SURE_DIGITS = 5
"""Below this count of sure digits, the height of writing is taken from all ink."""
CUTTING_COST = 0.5
"""Finding the cuts of one piece costs this many queries."""
NO_GAIN = -1e-6
"""Ink with a log-probability above this can't be explained better."""

Names = tuple[int, ...]
"""Components, by index."""
LaysUpright = Callable[[list[list[Component]]], list[Upright]]
StartsSearches = Callable[[Indices, Budget, SearchResults], list[Search]]
"""Starts the searches of some pieces (by index), as far as the budget lasts."""


@dataclass(frozen=True, eq=False)
class FirstAnswers:
    """What is known of the pieces of ink after each was classified alone."""

    components: list[Component]
    uprights: dict[int, Upright]
    """Of those large enough to be a digit, by index."""
    scores: dict[int, float]
    """Log-probability of the best explanation of each of these alone."""
    rows: dict[int, tuple[Rows, Rows]]
    """Input (28, 28, 1) and answer (C,) of each of these."""
    sure: set[int]
    """Pieces that surely are one digit."""
    height: float
    """Typical height of the writing, px."""

    @classmethod
    def of(
        cls,
        pieces: tuple[list[Component], dict[int, Upright]],
        asked: list[Lattice],
        rows: tuple[Rows, Rows],
        limit: float,
    ) -> FirstAnswers:
        """asked: lattices of one component each; rows: their inputs and answers; limit: confidence of a sure digit."""
        inputs, answers = rows
        names = [lattice.components[0] for lattice in asked]
        are_sure = (answers[:, :DIGIT_CLASSES].max(axis=1, initial=0) >= limit).tolist()
        heights = [lattice.height for lattice in compress(asked, are_sure)]
        if len(heights) < FEWEST_SURE_DIGITS:  # no digits tell how high the writing is
            heights = [lattice.height for lattice in asked]
        return cls(
            *pieces,
            dict(zip(names, scores_alone(asked, answers).tolist(), strict=True)),
            dict(zip(names, zip(inputs, answers, strict=True), strict=True)),
            set(compress(names, are_sure)),
            typical_height(np.array(heights)) or 1.0,
        )

    def by_height(self, heights: Floats, gains: Floats, limits: tuple[float, float]) -> tuple[Indices, Indices]:
        """Indices within a range of heights, and all others, each in order of falling gain. heights: (N,) px."""
        order = np.argsort(-gains, kind="stable")
        alike = (heights > limits[0] * self.height) & (heights < limits[1] * self.height)
        return order[alike[order]], order[~alike[order]]


@dataclass(frozen=True, eq=False)
class CutJoinSearch:
    """Classifies parts of all ink that is not surely a digit, in order of falling gain, as far as the budget lasts."""

    known: FirstAnswers
    settings: SplittingSettings
    classifier: Classifier
    budget: Budget

    def search(self, clusters: Sequence[Names], lay_upright: LaysUpright) -> list[tuple[Lattice, Rows, Rows]]:
        """The lattices with their inputs (N, 28, 28, 1) and answers (N, C): cuts first, then joins of two pieces."""
        cut = self.search_cuts()
        self.known.scores.update({search.piece.components[0]: search.bound for search in cut.done})
        joined = self.search_joins(clusters, lay_upright)
        self.budget.leave_out(len(cut.refused | joined.refused))
        return [search.lattice() for search in (*cut.done, *joined.done)]

    def search_cuts(self) -> SearchResults:
        """Search the cuts through each piece."""
        known = self.known
        unsure = [k for k in known.scores if k not in known.sure and known.scores[k] < -CUT_COST]
        heights = np.array([known.components[k].height for k in unsure])
        parted = known.by_height(heights, -np.array([known.scores[k] for k in unsure]), TOUCHING_HEIGHTS)

        def start(block: Indices, allowance: Budget, results: SearchResults) -> list[Search]:
            searches = []
            for k in (unsure[place] for place in block.tolist()):
                if not allowance.try_spend(CUTTING_COST):
                    results.refused.add(k)
                    continue
                piece = sliced((k,), known.uprights[k], known.components[k].angle, self.settings)
                if piece is None or piece.last == 1:
                    continue
                whole = piece.part(0, piece.last)
                assert whole is not None
                searches.append(Search(piece, known.scores[k], known=1))
                searches[-1].add_answer(whole, *known.rows[k])
            return searches

        return self._likely_first([(k,) for k in unsure], parted, start)

    def search_joins(self, clusters: Sequence[Names], lay_upright: LaysUpright) -> SearchResults:
        """Search pairs of pieces that may be strokes of one digit, with the cuts through both."""
        known = self.known
        wanted = [c for c in clusters if not known.sure.issuperset(c) and not known.uprights.keys().isdisjoint(c)]
        scores = np.array([sum(known.scores.get(k, 0.0) for k in cluster) for cluster in wanted])
        wanted = list(compress(wanted, scores < NO_GAIN))
        scores = scores[scores < NO_GAIN]
        extents = np.array([(c.top, c.bottom) for c in known.components]).reshape(-1, 2)
        pairs = np.array(wanted, np.intp).reshape(-1, 2)
        areas = areas_of(known.components, pairs).tolist()
        parted = known.by_height(extents[pairs, 1].max(axis=1) - extents[pairs, 0].min(axis=1), -scores, JOINED_HEIGHTS)

        def start(block: Indices, allowance: Budget, results: SearchResults) -> list[Search]:
            taken = []
            for place in block.tolist():
                group = [known.components[k] for k in wanted[place]]
                if allowance.try_spend(2 * CUTTING_COST + allowance.area_price(areas[place])):
                    taken.append((place, group))
                else:
                    results.refused.update(wanted[place])
            laid = lay_upright([group for _, group in taken])
            pieces = [
                sliced(wanted[k], ink, group[0].angle, self.settings)
                for (k, group), ink in zip(taken, laid, strict=True)
            ]
            return [Search(piece, float(scores[k])) for (k, _), piece in zip(taken, pieces, strict=True) if piece]

        return self._likely_first(wanted, parted, start)

    def _likely_first(
        self, names: Sequence[Names], parted: tuple[Indices, Indices], start: StartsSearches
    ) -> SearchResults:
        """Search all; ink of an unlikely height gets only a few queries, and is not counted as left out."""
        results, others = SearchResults(), SearchResults()
        self._search_blocks(names, parted[0], start, (self.budget, results))
        with self.budget.limited(UNLIKELY) as few:
            self._search_blocks(names, parted[1], start, (few, others))
        results.done += others.done
        return results

    def _search_blocks(
        self, names: Sequence[Names], indices: Indices, start: StartsSearches, to: tuple[Budget, SearchResults]
    ) -> None:  # fmt: skip
        """Search some of them block by block, as far as the budget lasts, and add the results."""
        allowance, results = to
        for first in range(0, len(indices), BLOCK):
            if allowance.remaining < CUTTING_COST:
                results.refused.update(k for place in indices[first:].tolist() for k in names[place])
                break
            results.add(
                *run_searches(start(indices[first : first + BLOCK], allowance, results), self.classifier, allowance)
            )


def count_sure_digits(answers: Rows) -> int:
    """Count sure digits other than 1; few mean texture, since any stroke looks like a 1. answers: (N, C)."""
    digits = answers[:, :DIGIT_CLASSES]
    return int(np.count_nonzero((digits.max(axis=1, initial=0) > SURE) & (digits.argmax(axis=1) != ONE)))


def affordable(components: Sequence[Component], least: float, budget: Budget) -> list[int]:
    """Components that are large enough to be a digit, as far as the budget lasts; those of typical height come first.

    least: height, px. Returns indices in rising order.
    """
    heights = np.array([component.height for component in components])
    large = np.flatnonzero(heights >= least)
    away = np.abs(np.log(heights[large] / (typical_height(heights[large]) or 1.0)))
    taken = []
    for k in large[np.argsort(away, kind="stable")].tolist():
        if budget.try_spend(budget.piece_price(components[k].box.area)):
            taken.append(k)
        else:
            budget.leave_out(1)
    return sorted(taken)


def areas_of(components: Sequence[Component], pairs: Indices) -> Indices:
    """(P,) area of the box around each pair of components, px². pairs: (P, 2) indices."""
    ends = np.array([(c.box.x, c.box.y, c.box.right, c.box.bottom) for c in components], np.intp).reshape(-1, 4)[pairs]
    sizes = ends[..., 2:].max(axis=1) - ends[..., :2].min(axis=1)
    return np.asarray(sizes.prod(axis=1))
