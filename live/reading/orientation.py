"""Read pages that lie on their side or on their head. Knows quarter turns and what the classifier says of all pieces of ink.

A page that is turned gives itself away: what the network was shown of it, turned the other way, is full of sure digits. That is
asked only where few pieces were sure, and costs one batch. Where another turn clearly wins, the page is read again, and that
reading is taken only if numbers of several digits then make up much of what is written: letters, wood grain and rims look like
digits here and there. A 1 says nothing: any line is one, from one side or another.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES, Box, Digit, Reading
from live.reading.budget import Budget
from live.reading.cuts import Lattice
from live.reading.exploring import tell
from live.reading.false_positives import ONE
from live.reading.heights import usual_height
from live.reading.reader import Mark, PageReader, ignore
from live.reading.traces import Trace

Rows = NDArray[np.float32]

SURE = 0.9  # confidence from which a digit counts
ENOUGH = 0.65  # share of sure digits among all pieces from which a page surely lies as it should
CLEARLY = 1.25  # another turn has so many times the sure digits
AND_MORE = 3.0  # and so many more: a few letters look like digits on their head
FILLED = 0.17  # share of sure digits among all pieces of a page that was turned for its numbers
LIKELY = 0.1  # share of what is looked at that must be sure digits for another reading: fewer can't come to that share
LONE = 0.5  # of a digit that counts, where it stands alone
MOST_TURNED = 100  # pieces that are looked at from the other sides, of a page with many: enough to tell
MOST_ASKED = (
    250  # questions that are all asked from the other sides: of few digits the cuts and joins tell too, and cost little
)
FULL, FEW = 100, 48  # pieces of a full page, and how many of them tell whether it plainly lies otherwise
PLAINLY, PLAINLY_NOT = 3.0, 0.2
"""A full page plainly lies otherwise where another turn has so many times the sure digits, and not where such a share is sure."""
EVERY = 6  # of readings that are doubtful, one in so many is looked at from the other sides


@dataclass(frozen=True, eq=False)
class TurnedTrace:
    """What was worked out for a picture that was turned so that its page lies upright."""

    image: NDArray[np.uint8]
    """(H, W, 3) uint8 BGR, upright."""
    trace: Trace
    """Of that picture."""
    turn: int
    """Quarter turns to the left that it took."""

    @property
    def reading(self) -> Reading:
        """In px of the picture as it was given."""
        return turned_back(self.trace.reading, self.turn)


class TurningReader:
    """A `PageReader` that finds out how the page lies, and remembers it for the next picture."""

    def __init__(self, reader: PageReader, *, remembers: bool = True) -> None:
        """remembers: pictures follow each other as a camera's do; else each is another page, and looked at from all sides."""
        self._reader = reader
        self._remembers = remembers
        self._turn = 0
        self._doubtful = 0

    def read(self, image: NDArray[np.uint8], mark: Mark = ignore) -> Reading:
        """As `PageReader.read`; numbers, ink and quads are those of the picture as it was given."""
        return self.trace(image, mark).reading

    def trace(self, image: NDArray[np.uint8], mark: Mark = ignore) -> TurnedTrace:
        """`read`, with what was worked out on the way."""
        if not self._remembers:
            self._turn = 0
        budget = Budget.of(image.shape)
        upright = turned(image, self._turn)
        plain: list[int] = []
        trace = self._reader.trace(upright, mark, budget, is_settled=partial(self._lies_otherwise, budget, plain))
        best = plain[0] if plain else self._better_turn(trace, budget)
        if best:
            turn = (self._turn + best) % 4
            otherwise = turned(image, turn)
            again = self._reader.trace(otherwise, mark, budget, again=True)
            mark("turn")
            pieces = FILLED * len(again.pieces.whole)
            if sure_digits(again.reading) > max(AND_MORE, pieces, sure_digits(trace.reading)):
                self._turn, upright, trace = turn, otherwise, again
            elif plain:  # it lies as it should after all
                trace = self._reader.trace(upright, mark, budget)
        return TurnedTrace(upright, trace, self._turn)

    def _lies_otherwise(self, budget: Budget, plain: list[int], asked: list[Lattice], rows: tuple[Rows, Rows]) -> bool:
        """Whether a full page plainly lies otherwise, by its pieces alone: then no more needs to be asked of it as it lies.

        asked: its pieces; rows: the question about each, and its answer. plain: is given the quarter turns.
        """
        if len(asked) <= FULL or (self._remembers and self._doubtful % EVERY):
            return False
        some = usual_ones(np.array([lattice.height for lattice in asked]), FEW)
        inputs, answers = rows[0][some], rows[1][some]
        if tell(answers) >= PLAINLY_NOT * len(some) or not budget.take(3 * len(some)):
            return False
        scores = self._telling(inputs, answers).sum(axis=1)
        if scores.max() > PLAINLY * (scores[0] + AND_MORE):
            plain.append(int(scores.argmax()))
        return bool(plain)

    def _telling(self, inputs: Rows, answers: Rows) -> NDArray[np.float32]:
        """(4, N) how sure the network is of each digit with each further quarter turn; 0 where it isn't, and of 1s."""
        ways = [self._reader.classifier(np.ascontiguousarray(np.rot90(inputs, k, axes=(1, 2)))) for k in (1, 2, 3)]
        digits = np.stack([answers, *ways])[..., :DIGIT_CLASSES]
        best = digits.max(axis=2)
        return np.asarray(np.where((best > SURE) & (digits.argmax(axis=2) != ONE), best, 0), np.float32)

    def _better_turn(self, trace: Trace, budget: Budget) -> int:
        """How many further quarter turns show clearly more sure digits; 0 where none does, or there is no need to ask."""
        asked = trace.reading.inputs
        as_it_is = sum(digit.confidence for number in trace.reading.numbers for digit in number.digits)
        if as_it_is >= ENOUGH * len(asked) or len(asked) <= AND_MORE:
            return 0
        self._doubtful += 1
        if self._remembers and self._doubtful % EVERY != 1:
            return 0
        rows = rows_to_turn(trace)
        if not budget.take(3 * len(rows)):
            return 0
        tells = self._telling(asked[rows], trace.answers[rows])
        whole = sum(1 for lattice in trace.pieces.whole if lattice.regions)  # their questions come first
        for scores in (tells.sum(axis=1), tells[:, :whole].sum(axis=1)):
            turn = int(scores.argmax())
            if turn and scores[turn] > max(CLEARLY * scores[0] + AND_MORE, LIKELY * len(rows)):
                return turn
        return 0


def rows_to_turn(trace: Trace) -> NDArray[np.intp]:
    """Which questions of a reading are asked from other sides: all, cuts and joins too; of many, those of usual pieces."""
    count = len(trace.reading.inputs)
    if count <= MOST_ASKED:
        return np.arange(count)
    return usual_ones(np.array([lattice.height for lattice in trace.pieces.whole if lattice.regions]), MOST_TURNED)


def usual_ones(heights: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """Which of many pieces are most like the page's writing by their height: at most so many, (N,) indices, rising."""
    if len(heights) <= most:
        return np.arange(len(heights))
    away = np.abs(np.log(np.maximum(heights, 1e-3) / usual_height(heights)))
    return np.sort(np.argsort(away, kind="stable")[:most])


def sure_digits(reading: Reading) -> float:
    """How many sure digits were read; one that stands alone counts less, and 1s not at all."""
    return sum(
        1.0 if len(number.digits) > 1 else LONE
        for number in reading.numbers
        for digit in number.digits
        if digit.confidence > SURE and digit.label != ONE
    )


def turned(image: NDArray[np.uint8], turn: int) -> NDArray[np.uint8]:
    """The picture turned to the left by so many quarters."""
    return image if turn == 0 else np.ascontiguousarray(np.rot90(image, turn))


def turned_back(reading: Reading, turn: int) -> Reading:
    """What was read in a picture that `turned` made, in px of the picture before that."""
    if turn == 0:
        return reading
    height, width = reading.ink.shape

    def back(points: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 2) px of the turned picture -> (N, 2) px."""
        x, y = points.T
        across, down = width - 1 - x, height - 1 - y
        return np.stack(((x, y), (down, x), (across, down), (y, across))[turn], axis=1)

    def placed(digit: Digit) -> Digit:
        box = digit.box
        corners = back(np.array([[box.x, box.y], [box.right - 1, box.bottom - 1]], np.float32))
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        return Digit(Box(int(left), int(top), int(right - left) + 1, int(bottom - top) + 1), digit.probabilities)

    numbers = tuple(
        replace(number, digits=tuple(map(placed, number.digits)), quad=back(number.quad)) for number in reading.numbers
    )
    return replace(reading, numbers=numbers, ink=np.ascontiguousarray(np.rot90(reading.ink, -turn)))
