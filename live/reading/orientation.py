"""Read pages that lie on their side or upside down. Knows quarter turns and the classifier's answers for all pieces of ink.

The inputs of a turned page, turned the other way, are full of sure digits. They are classified once more only where few pieces
were sure, at the cost of one batch. Where another turn clearly wins, the page is read again; that reading is accepted only if
numbers of several digits make up much of the ink, since letters, wood grain and rims look like digits here and there. A 1 is no
evidence: any stroke is one, seen from one side or another. A picture with few sure digits is read from its sides too, since 0, 1,
6, 8 and 9 tell nothing of how it lies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES, Box, Reading
from live.reading.budget import Budget
from live.reading.cut_join_search import count_sure_digits
from live.reading.heights import typical_rows
from live.reading.line_pieces import ONE
from live.reading.reader import Mark, PageReader, ignore
from live.reading.traces import Pieces, Trace

Rows = NDArray[np.float32]

SURE = 0.9
"""Confidence from which a digit counts as sure."""
ENOUGH = 0.65
"""A page with at least this share of sure digits among all its inputs lies upright."""
CLEARLY = 1.25
"""Another turn needs this many times the sure digits, and `AND_MORE` more."""
AND_MORE = 3.0
"""A few letters look like digits upside down, so that another turn needs this many more sure digits."""
FILLED = 0.16
"""Least share of sure digits among all pieces of a turned page for its reading to be accepted.

A photographed sudoku on its side, with print around it, has 0.166; drawn pages of print that lie upright are read turned at 0.12.
"""
LIKELY = 0.1
"""Least share of sure digits among the inputs that are turned for the page to be read again; fewer never reach `FILLED`."""
LONE = 0.5
"""Weight of a sure digit that stands alone."""
MOST_TURNED = 100
"""Most pieces of a full page whose inputs are turned; they are enough to decide."""
MOST_ASKED = 250
"""Up to this many inputs all are turned, those of cuts and joins too: with few digits they are evidence, and cost little."""
FULL = 100
"""A page with more pieces is full: some of them decide early whether it is turned."""
FEW = ((16, 0.9), (48, ENOUGH))
"""This many pieces of a full page are asked first, and this many if it isn't clear; with this share of sure ones it lies upright.

Of 16 pieces of a dev page on its head, up to 13 are sure digits.
"""
WRITING = 0.4
"""Least share of sure digits among some pieces for a full page to be read turned; one of 60 drawn textures has more."""
DOUBTFUL = 0.35
"""A picture with fewer sure digits among its pieces is read from its sides too, if it is not full."""
EVERY = 6
"""Of the doubtful frames of a camera, one in this many is classified in all turns."""


@dataclass(frozen=True, eq=False)
class OrientedTrace:
    """The trace of a picture that was turned so that its page is upright."""

    image: NDArray[np.uint8]
    """(H, W, 3) uint8 BGR, upright."""
    trace: Trace
    """Of that picture."""
    turn: int
    """Quarter turns to the left."""

    @property
    def reading(self) -> Reading:
        """The reading in px of the picture as given."""
        return turned_back(self.trace.reading, self.turn)


class OrientedPageReader:
    """A `PageReader` that finds the page's orientation, and keeps it for the next picture."""

    def __init__(self, reader: PageReader, *, remembers: bool = True) -> None:
        """remembers: whether pictures follow each other as a camera's do; else each is a page of its own."""
        self._reader = reader
        self._remembers = remembers
        self._turn = 0
        self._doubtful = 0
        self._lies_well = False
        """Whether the last picture that was read as it lay left no doubt."""

    def read(self, image: NDArray[np.uint8], mark: Mark = ignore) -> Reading:
        """As `PageReader.read`; numbers, ink and quads are in px of the picture as given."""
        return self.trace(image, mark).reading

    def trace(self, image: NDArray[np.uint8], mark: Mark = ignore) -> OrientedTrace:
        """`read`, with all intermediate results."""
        if not self._remembers:
            self._turn = 0
        budget = Budget.of(image.shape)
        upright = turned(image, self._turn)
        found, trace = self._reader.find(upright, mark, budget), None
        best = self._turn_of_full_page(found.pieces, budget)
        mark("turn")
        if not best:
            trace = self._reader.finish(found, mark, budget)
            best = self._better_turn(trace, budget)
        as_before, least = self._turn, AND_MORE
        if trace and not best and self._is_in_doubt(trace):
            best, least = 1, AND_MORE + CLEARLY * sure_digits(trace.reading)
        # 0, 1, 6, 8 and 9 look like digits on their head too: where a turned page is not clear, it is read from the other side
        other_sides = (best, best + 2) if trace else (best,)  # a full page leaves no budget for one reading more
        for turn in ((as_before + side) % 4 for side in other_sides if best):
            if budget.remaining <= found.pieces.finding_price or turn == as_before:
                break
            otherwise = turned(image, turn)
            again = self._reader.trace(otherwise, mark, budget, again=True)
            mark("turn")
            sure = sure_digits(again.reading)
            so_far = sure_digits(trace.reading) if trace else 0.0
            if sure > max(least, FILLED * len(again.pieces.whole), so_far):
                self._turn, upright, trace = turn, otherwise, again
            if sure >= ENOUGH * len(again.pieces.whole):
                break
        if trace is None:  # the page lies as it should after all
            trace = self._reader.finish(found, mark, budget)
        return OrientedTrace(upright, trace, self._turn)

    def _turn_of_full_page(self, pieces: Pieces, budget: Budget) -> int:
        """Further quarter turns of a full page that clearly needs them, judged by some of its pieces; else 0."""
        if self._remembers and (self._lies_well or self._doubtful % EVERY):
            return 0
        if len(self._reader.tall_as_digits(pieces)) <= FULL:
            return 0
        for few, enough in FEW:
            inputs = self._reader.typical_inputs(pieces, few, budget)  # none where the budget doesn't last
            answers = self._reader.classifier(inputs)
            if count_sure_digits(answers) >= enough * len(inputs) or not budget.try_spend(3 * len(inputs)):
                return 0
            scores = self._sure_scores(inputs, answers).sum(axis=1)
            if scores.max() > max(CLEARLY * scores[0] + AND_MORE, WRITING * len(inputs)):
                return int(scores.argmax())
            if scores[0] > CLEARLY * scores[1:].max():
                return 0
        return 0

    def _is_in_doubt(self, trace: Trace) -> bool:
        """Whether a picture of its own has so few sure digits that it may lie on its side, whatever its pieces look like."""
        whole = len(trace.pieces.whole)
        return not self._remembers and AND_MORE < whole <= FULL and sure_digits(trace.reading) < DOUBTFUL * whole

    def _sure_scores(self, inputs: Rows, answers: Rows) -> NDArray[np.float32]:
        """(4, N) confidence of each digit after 0 to 3 further quarter turns; 0 where it is unsure or a 1."""
        ways = [self._reader.classifier(np.ascontiguousarray(np.rot90(inputs, k, axes=(1, 2)))) for k in (1, 2, 3)]
        digits = np.stack([answers, *ways])[..., :DIGIT_CLASSES]
        best = digits.max(axis=2)
        return np.asarray(np.where((best > SURE) & (digits.argmax(axis=2) != ONE), best, 0), np.float32)

    def _better_turn(self, trace: Trace, budget: Budget) -> int:
        """Further quarter turns with clearly more sure digits; 0 where there are none, or the page is upright without doubt."""
        asked = trace.reading.inputs
        as_it_is = sum(digit.confidence for number in trace.reading.numbers for digit in number.digits)
        self._lies_well = as_it_is >= ENOUGH * len(asked) or len(asked) <= AND_MORE
        if self._lies_well:
            return 0
        self._doubtful += 1
        if self._remembers and self._doubtful % EVERY != 1:
            return 0
        rows = rows_to_turn(trace)
        if not budget.try_spend(3 * len(rows)):
            return 0
        scores_by_turn = self._sure_scores(asked[rows], trace.answers[rows])
        whole = sum(1 for lattice in trace.pieces.whole if lattice.regions)  # their inputs come first
        for scores in (scores_by_turn.sum(axis=1), scores_by_turn[:, :whole].sum(axis=1)):
            turn = int(scores.argmax())
            if turn and scores[turn] > max(CLEARLY * scores[0] + AND_MORE, LIKELY * len(rows)):
                return turn
        return 0


def rows_to_turn(trace: Trace) -> NDArray[np.intp]:
    """Rows of the inputs that are classified in other turns: all if they are few, else those of typical pieces."""
    count = len(trace.reading.inputs)
    if count <= MOST_ASKED:
        return np.arange(count)
    pieces = trace.pieces
    asked = [lattice.components[0] for lattice in pieces.whole if lattice.regions]
    return typical_rows(np.array([pieces.components[k].mean_side for k in asked]), MOST_TURNED)


def sure_digits(reading: Reading) -> float:
    """Count the sure digits of a reading; a single digit counts less, a 1 not at all."""
    return sum(
        1.0 if len(number.digits) > 1 else LONE
        for number in reading.numbers
        for digit in number.digits
        if digit.confidence > SURE and digit.label != ONE
    )


def turned(image: NDArray[np.uint8], turn: int) -> NDArray[np.uint8]:
    """The picture after some quarter turns to the left."""
    return image if turn == 0 else np.ascontiguousarray(np.rot90(image, turn))


def turned_back(reading: Reading, turn: int) -> Reading:
    """A reading of a picture that `turned` made, in px of the picture before the turn."""
    if turn == 0:
        return reading
    height, width = reading.ink.shape

    def back(points: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 2) px of the turned picture -> (N, 2) px."""
        x, y = points.T
        across, down = width - 1 - x, height - 1 - y
        return np.stack(((x, y), (down, x), (across, down), (y, across))[turn], axis=1)

    def placed(box: Box) -> Box:
        corners = back(np.array([[box.x, box.y], [box.right - 1, box.bottom - 1]], np.float32))
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        return Box(int(left), int(top), int(right - left) + 1, int(bottom - top) + 1)

    numbers = tuple(
        replace(
            number,
            digits=tuple(replace(digit, box=placed(digit.box)) for digit in number.digits),
            signs=tuple(replace(sign, box=placed(sign.box)) for sign in number.signs),
            quad=back(number.quad),
        )
        for number in reading.numbers
    )
    return replace(reading, numbers=numbers, ink=np.ascontiguousarray(np.rot90(reading.ink, -turn)))
