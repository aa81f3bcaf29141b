"""Ask about the cuts and joins of a page's ink that is not surely one digit, as far as a budget lasts. Knows no pixel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES
from live.core.settings import SplittingSettings
from live.reading.budget import AREA_PX, LAID, Budget
from live.reading.cuts import CUT_COST, Lattice, sliced
from live.reading.decoding import scores_alone
from live.reading.false_positives import ONE
from live.reading.heights import usual_height
from live.reading.regions import Component, Upright
from live.reading.searching import Explored, Search, explore
from models.classifier import Classifier

Floats = NDArray[np.float64]
Rows = NDArray[np.float32]
Indices = NDArray[np.intp]

BLOCK = 48  # pieces that are explored together: a batch of questions costs as much by itself as five of them
TOUCHING = (0.6, 2.0)  # heights of what may be touching digits, in the height of most of the page's writing,
JOINED = (0.45, np.inf)  # and of what may be a broken one
UNLIKELY = 40.0  # questions about cuts of other ink: of 3,500 about grains of a desk not one changed a number
SURE = 0.9  # probability of a digit that tells of writing
TELLING = 5  # sure digits: of fewer the height tells nothing of the page's writing
SLICED = 0.5  # what finding the cuts of a piece costs, in questions
NO_GAIN = -1e-6  # ink that is explained so well can't be explained better

Names = tuple[int, ...]
"""Components, by index."""
LaysUpright = Callable[[list[list[Component]]], list[Upright]]
Begins = Callable[[Indices, Budget, Explored], list[Search]]
"""Makes searches out of some of the pieces (by index), as far as the budget lasts."""


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of a page's pieces of ink after each was asked about by itself."""

    components: list[Component]
    uprights: dict[int, Upright]
    """Of those large enough to be a digit, by index."""
    scores: dict[int, float]
    """How well each of these is explained by itself, a logarithm."""
    rows: dict[int, tuple[Rows, Rows]]
    """Of each of these the question (28, 28, 1) and its answer (C,)."""
    sure: set[int]
    """Those that are surely one digit each."""
    tall: float
    """Height of most of the writing, px."""

    @classmethod
    def of(
        cls,
        pieces: tuple[list[Component], dict[int, Upright]],
        asked: list[Lattice],
        rows: tuple[Rows, Rows],
        limit: float,
    ) -> Known:
        """What the first questions tell. asked: pieces of one each; rows: questions and answers; limit: of a sure one."""
        inputs, answers = rows
        names = [lattice.components[0] for lattice in asked]
        are_sure = (answers[:, :DIGIT_CLASSES].max(axis=1, initial=0) >= limit).tolist()
        heights = [lattice.height for lattice in compress(asked, are_sure)]
        if len(heights) < TELLING:  # no digits tell how high the writing is
            heights = [lattice.height for lattice in asked]
        return cls(
            *pieces,
            dict(zip(names, scores_alone(asked, answers).tolist(), strict=True)),
            dict(zip(names, zip(inputs, answers, strict=True), strict=True)),
            set(compress(names, are_sure)),
            usual_height(np.array(heights)) or 1.0,
        )

    def parted(self, heights: Floats, gains: Floats, limits: tuple[float, float]) -> tuple[Indices, Indices]:
        """What may be touching digits, or a broken one, by its height (N,) px, and what hardly is; most to gain comes first."""
        order = np.argsort(-gains, kind="stable")
        alike = (heights > limits[0] * self.tall) & (heights < limits[1] * self.tall)
        return order[alike[order]], order[~alike[order]]


@dataclass(frozen=True, eq=False)
class Explorer:
    """Asks about all that is not surely a digit, in the order of what may be gained, as far as the budget lasts."""

    known: Known
    settings: SplittingSettings
    classifier: Classifier
    budget: Budget

    def look_again(self, clusters: Sequence[Names], lay_upright: LaysUpright) -> list[tuple[Lattice, Rows, Rows]]:
        """What was asked about, with questions (N, 28, 28, 1) and answers (N, C): cuts first, then joins of two pieces."""
        cut = self.pieces()
        self.known.scores.update({search.piece.components[0]: search.bound for search in cut.done})
        joined = self.joins(clusters, lay_upright)
        self.budget.leave_out(len(cut.refused | joined.refused))
        return [search.lattice() for search in (*cut.done, *joined.done)]

    def pieces(self) -> Explored:
        """The cuts through each piece."""
        known = self.known
        unsure = [k for k in known.scores if k not in known.sure and known.scores[k] < -CUT_COST]
        heights = np.array([known.components[k].height for k in unsure])
        parted = known.parted(heights, -np.array([known.scores[k] for k in unsure]), TOUCHING)

        def begin(block: Indices, purse: Budget, explored: Explored) -> list[Search]:
            searches = []
            for k in (unsure[place] for place in block.tolist()):
                if not purse.take(SLICED):
                    explored.refused.add(k)
                    continue
                piece = sliced((k,), known.uprights[k], known.components[k].angle, self.settings)
                if piece is None or piece.last == 1:
                    continue
                whole = piece.part(0, piece.last)
                assert whole is not None
                searches.append(Search(piece, known.scores[k], known=1))
                searches[-1].take_in(whole, *known.rows[k])
            return searches

        return self._explored([(k,) for k in unsure], parted, begin)

    def joins(self, clusters: Sequence[Names], lay_upright: LaysUpright) -> Explored:
        """Pieces that may be strokes of one digit, with the cuts through both."""
        known = self.known
        wanted = [c for c in clusters if not known.sure.issuperset(c) and not known.uprights.keys().isdisjoint(c)]
        scores = np.array([sum(known.scores.get(k, 0.0) for k in cluster) for cluster in wanted])
        wanted = list(compress(wanted, scores < NO_GAIN))
        scores = scores[scores < NO_GAIN]
        extents = np.array([(c.top, c.bottom) for c in known.components]).reshape(-1, 2)
        pairs = np.array(wanted, np.intp).reshape(-1, 2)
        parted = known.parted(extents[pairs, 1].max(axis=1) - extents[pairs, 0].min(axis=1), -scores, JOINED)

        def begin(block: Indices, purse: Budget, explored: Explored) -> list[Search]:
            taken = []
            for place in block.tolist():
                group = [known.components[k] for k in wanted[place]]
                if purse.take(2 * SLICED + area_of(group) / AREA_PX):
                    taken.append((place, group))
                else:
                    explored.refused.update(wanted[place])
            laid = lay_upright([group for _, group in taken])
            pieces = [
                sliced(wanted[k], ink, group[0].angle, self.settings)
                for (k, group), ink in zip(taken, laid, strict=True)
            ]
            return [Search(piece, float(scores[k])) for (k, _), piece in zip(taken, pieces, strict=True) if piece]

        return self._explored(wanted, parted, begin)

    def _explored(self, names: Sequence[Names], parted: tuple[Indices, Indices], begin: Begins) -> Explored:
        """What came of all of them. At what is hardly a digit only a few looks are taken, and nobody misses more."""
        explored, others = Explored(), Explored()
        self._explore(names, parted[0], begin, (self.budget, explored))
        with self.budget.purse(UNLIKELY) as few:
            self._explore(names, parted[1], begin, (few, others))
        explored.done += others.done
        return explored

    def _explore(
        self, names: Sequence[Names], indices: Indices, begin: Begins, to: tuple[Budget, Explored]
    ) -> None:  # fmt: skip
        """Explore some of them, block by block, as far as a purse lasts; what comes of it is added."""
        purse, explored = to
        for first in range(0, len(indices), BLOCK):
            if purse.left < SLICED:
                explored.refused.update(k for place in indices[first:].tolist() for k in names[place])
                break
            explored.add(*explore(begin(indices[first : first + BLOCK], purse, explored), self.classifier, purse))


def tell(answers: Rows) -> int:
    """How many pieces surely are digits, and no 1s, which any line may be: what tells writing from texture. answers: (N, C)."""
    digits = answers[:, :DIGIT_CLASSES]
    return int(np.count_nonzero((digits.max(axis=1, initial=0) > SURE) & (digits.argmax(axis=1) != ONE)))


def affordable(components: Sequence[Component], least: float, budget: Budget) -> list[int]:
    """Which components are large enough to be a digit, as far as the budget lasts: first those as high as most of the ink.

    least: height, px. Returns indices, rising.
    """
    heights = np.array([component.height for component in components])
    large = np.flatnonzero(heights >= least)
    away = np.abs(np.log(heights[large] / (usual_height(heights[large]) or 1.0)))
    taken = []
    for k in large[np.argsort(away, kind="stable")].tolist():
        if budget.take(1 + LAID + area_of([components[k]]) / AREA_PX):
            taken.append(k)
        else:
            budget.leave_out(1)
    return sorted(taken)


def area_of(group: Sequence[Component]) -> int:
    """Area of the box around some components, px²."""
    boxes = [component.box for component in group]
    wide = max(box.right for box in boxes) - min(box.x for box in boxes)
    return wide * (max(box.bottom for box in boxes) - min(box.y for box in boxes))
