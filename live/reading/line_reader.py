"""Read a whole run of ink at once, where its digits can't be told apart one by one. Knows ink and extents, no grouping.

Digits that touch, overlap or run into each other under blur have no cut that parts them. The line network sees all of them
beside each other, and says of each column which digit it belongs to.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES, Box, Digit
from live.reading.budget import AREA_PX, LINE, LINE_PX, LONG_PX, Budget
from live.reading.cuts import Extent
from live.reading.grouping import Run, bounds, is_word, quad_of
from live.reading.ink import Ink
from live.reading.regions import stretch
from models.ctc import log_probabilities, say, substitutions, without_pauses
from models.line_classifier import BLANK, NO_NUMBER
from models.line_format import COLUMN_PX, FIELD_TALL_PX, LEAST_WIDE_PX, MOST_WIDE_PX, WRITING_TALL_PX

SOFT_EDGE = np.ones((3, 3), np.uint8)  # the soft edge of a stroke is lighter than the limit for ink

MOST_ASKED = 96  # runs of a page: more of them are texture
MOST_BLOBS = 24  # runs without a digit on a page: more of them, and more than hold a digit, are words
WIDE = 1.3  # digits that all touch are together so many times as wide as tall
SURE = 0.95  # certainty of digits that need no other look
TORN = 0.65  # confidence of a digit, on (geometric) average, from which a number is told with a sign not read alone
UNREAD = 0.8  # and one of which no digit could be read alone
DIGITS = 0.9  # probability that all are digits, whichever, from which "no number" isn't heard
MISSED = 0.8  # of one with more digits than were seen, as a share of the confidence in those
DOUBLED = 1.5  # and of one with fewer
SAY = np.float32(1 / 3)  # how much it counts where both see as many digits
LARGE_PX = 50.0  # writing so tall is sharp: read one by one, its digits are not doubted for what is read at once
DEAR = 6000  # signs times signs times columns from which on texts that differ by a sign are weighed together: both ways take 2 ms
LEAST = np.float32(1e-4)  # probability that is left to what one of the two excludes

AsksLines = Callable[[Sequence[NDArray[np.uint8]]], list[NDArray[np.float32]]]
"""The line network: (32, w) uint8 each -> of each (T, 12) logarithms of probabilities."""


def line_picture(ink: Ink, extent: Extent, angle: float) -> NDArray[np.uint8]:
    """The ink of a run as the line network takes it: (32, w) uint8, level, 24 px tall.

    extent: px of the turned frame. angle: slope of its line, radians.
    """
    left, top, right, bottom = extent
    scale = WRITING_TALL_PX / max(bottom - top, 1.0)
    margin = (FIELD_TALL_PX - WRITING_TALL_PX) / 2 / scale
    corners = quad_of((left - margin, top - margin, right + margin, bottom + margin), angle)
    height, width = ink.darkness.shape
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 2, (width, height))
    rows, columns = slice(low[1], high[1]), slice(low[0], high[0])
    grey = cv2.bitwise_and(ink.darkness[rows, columns], cv2.dilate(ink.mask[rows, columns], SOFT_EDGE))
    shrunk = min(scale, 1.0)
    if shrunk < 1:
        grey = cv2.resize(grey, None, fx=shrunk, fy=shrunk, interpolation=cv2.INTER_AREA)
    wide = float(np.hypot(*(corners[1] - corners[0]))) * scale
    size = int(np.clip(round(wide), LEAST_WIDE_PX, MOST_WIDE_PX)), FIELD_TALL_PX
    field = np.array([[0, 0], [size[0], 0], [0, size[1]]], np.float32)
    matrix = cv2.getAffineTransform(field, ((corners[[0, 1, 3]] - low) * shrunk).astype(np.float32))
    return stretch(cv2.warpAffine(grey, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP))


@dataclass(frozen=True, eq=False)
class LineReading:
    """What the line network was asked, and what it answered."""

    index: int
    """Of the run among those of the page."""
    run: Run
    picture: NDArray[np.uint8]
    """(32, w) uint8, as it was shown."""
    digits: list[Digit]
    """What it read; none where it saw no number."""
    classes: int
    """That the other network knows, and that digits which are told have: ten, or eleven with "not a digit"."""

    @property
    def confidence(self) -> float:
        """Probability that every digit is right, 0 to 1."""
        return believed(self.digits)

    @property
    def agrees(self) -> bool:
        """Whether both networks read the same digits."""
        return [digit.label for digit in self.digits] == [digit.label for digit in self.run.digits]

    @property
    def told(self) -> list[Digit]:
        """The digits to tell where this is taken: what both networks say together, where both see as many."""
        own = self.run.digits
        at_once = [with_classes(digit, self.classes) for digit in self.digits]
        if len(own) != len(at_once) or is_word(self.run):
            return at_once
        return [together(one, other) for one, other in zip(own, at_once, strict=True)]

    @cached_property
    def taken(self) -> bool:
        """Whether that is believed instead of what was read digit by digit."""
        if is_word(self.run):  # one digit in doubt is shown as such
            fewest, least = (1, TORN) if self.run.digits else (2, UNREAD)
            return len(self.digits) >= fewest and self.confidence > least ** len(self.digits)
        if not self.digits:
            return math.prod(digit.is_any for digit in self.run.digits) < DIGITS
        more = len(self.digits) - len(self.run.digits)
        if more == 0:
            _, top, _, bottom = bounds(self.run.members)
            return self.agrees or bottom - top < LARGE_PX
        return self.confidence > (MISSED if more > 0 else DOUBLED) * believed(self.run.digits)


def together(one: Digit, at_once: Digit) -> Digit:
    """A digit as both networks see it, by a weighted geometric mean (a logarithmic opinion pool), in the place of the first."""
    logs = [np.log(np.maximum(digit.probabilities, LEAST)) for digit in (one, at_once)]
    pooled = np.exp((1 - SAY) * logs[0] + SAY * logs[1])
    return Digit(one.box, pooled / pooled.sum())


def read_lines(
    runs: list[Run], ink: Ink, networks: tuple[AsksLines, int], budget: Budget | None = None
) -> list[LineReading]:
    """Read those runs again whose digits can't be told one by one, as far as the budget lasts.

    networks: the one to ask, and the classes that the digits have which are told.
    """
    ask, classes = networks
    asked = affordable(runs, to_ask(runs), budget or Budget())
    pictures = [line_picture(ink, bounds(runs[k].members), runs[k].angle) for k in asked]
    readings = []
    for k, picture, logs in zip(asked, pictures, ask(pictures), strict=True):
        quad = quad_of(bounds(runs[k].members), runs[k].angle)
        readings.append(LineReading(k, runs[k], picture, digits_of(logs, picture.shape[1], quad), classes))
    return readings


def to_ask(runs: list[Run]) -> list[int]:
    """The runs to read again, by index, those with most digits first; what holds none comes last."""
    with_digits = [k for k, run in enumerate(runs) if run.digits]
    asked = sorted((k for k in with_digits if is_worth_asking(runs[k])), key=lambda k: -len(runs[k].digits))
    blobs = [k for k, run in enumerate(runs) if may_be_touching(run)]
    if len(blobs) <= max(MOST_BLOBS, len(with_digits)):
        asked += blobs
    return asked


def affordable(runs: list[Run], asked: list[int], budget: Budget) -> list[int]:
    """The first of the runs to ask about, as many as the budget lasts for. Digits of the others are counted as left out."""
    taken: list[int] = []
    for k in asked:
        run = runs[k]
        left, top, right, bottom = bounds(run.members)
        wide, tall = right - left, max(bottom - top, 1.0)
        columns = min(WRITING_TALL_PX * wide / tall, MOST_WIDE_PX)
        price = LINE + (columns + max(0.0, columns - LONG_PX)) / LINE_PX + 2 * wide * tall / AREA_PX
        if len(taken) < MOST_ASKED and budget.take(price):
            taken.append(k)
        else:
            budget.leave_out(len(run.digits))
    return taken


def is_worth_asking(run: Run) -> bool:
    """Whether it holds something that isn't surely a digit, beside one that may be."""
    return is_word(run) or min(digit.certainty for digit in run.digits) < SURE


def may_be_touching(run: Run) -> bool:
    """Whether no digit could be told in it, and it is wide enough for two that touch."""
    left, top, right, bottom = bounds(run.members)
    return not run.digits and right - left > WIDE * (bottom - top)


def with_classes(digit: Digit, classes: int) -> Digit:
    """The digit among so many classes: beside a network that knows no "not a digit", without it."""
    known = digit.probabilities[:classes]
    return Digit(digit.box, known / known.sum())


def believed(digits: list[Digit]) -> float:
    """Probability that every digit is right, 0 to 1."""
    return math.prod(digit.confidence for digit in digits)


def with_lines(runs: list[Run], lines: list[LineReading]) -> list[Run]:
    """The runs, with the digits of those that were better read at once; those that are no number by that are strangers."""
    better = {line.index: line.told for line in lines if line.taken}
    return [_at_once(run, better[k]) if k in better else run for k, run in enumerate(runs)]


def _at_once(run: Run, digits: list[Digit]) -> Run:
    """A run with its digits as they were read at once."""
    if digits:
        return replace(run, read_at_once=digits)
    return Run([replace(member, digit=None) for member in run.members])


def digits_of(logs: NDArray[np.float32], width: int, quad: NDArray[np.float32]) -> list[Digit]:
    """What the network's columns say, as digits; none where they say anything else.

    logs: (T, 12); width: of its picture, px; quad: (4, 2) where the run lies in the frame, px. Each digit's probabilities are
    what the whole text's probability becomes with another digit in its place; what is left of the text's own, that it may be
    quite another text, is shared among them all as "not a digit".
    """
    said = say(logs, BLANK)
    if not said.signs or NO_NUMBER in said.signs:
        return []
    length = len(said.signs)
    spoken = without_pauses(logs, BLANK)
    if length**2 * len(spoken) > DEAR:
        chances = np.exp(substitutions(spoken, said.signs, BLANK, DIGIT_CLASSES))
    else:
        others = np.tile(said.signs, (length, DIGIT_CLASSES, 1))
        others[np.arange(length), :, np.arange(length)] = np.arange(DIGIT_CLASSES)
        chances = np.exp(log_probabilities(spoken, others.reshape(-1, length), BLANK)).reshape(length, DIGIT_CLASSES)
    text = chances[0, said.signs[0]]
    which = chances / np.maximum(chances.sum(axis=1, keepdims=True), 1e-12)
    own = which[np.arange(length), said.signs]
    belief = min(1.0, float(text / max(own.prod(), 1e-12))) ** (1 / length)
    probabilities = np.concatenate([belief * which, np.full((length, 1), 1 - belief)], axis=1).astype(np.float32)
    return [Digit(box, row) for box, row in zip(boxes_of(said.columns, width, quad), probabilities, strict=True)]


def boxes_of(columns: Sequence[float], width: int, quad: NDArray[np.float32]) -> list[Box]:
    """A box in the frame for each digit: from halfway to the one before to halfway to the next."""
    margin = (FIELD_TALL_PX - WRITING_TALL_PX) / 2 / width
    middles = np.array([(column + 0.5) * COLUMN_PX / width for column in columns])
    shares = np.clip((middles - margin) / (1 - 2 * margin), 0, 1)
    edges = np.concatenate([[0.0], (shares[1:] + shares[:-1]) / 2, [1.0]])
    upper = quad[0] + edges[:, None] * (quad[1] - quad[0])
    lower = quad[3] + edges[:, None] * (quad[2] - quad[3])
    points = np.stack([upper[:-1], upper[1:], lower[:-1], lower[1:]])
    low, high = np.floor(points.min(axis=0)).astype(int), np.ceil(points.max(axis=0)).astype(int)
    sizes = np.maximum(high - low, 1)
    return [Box(x, y, w, h) for (x, y), (w, h) in zip(low.tolist(), sizes.tolist(), strict=True)]
