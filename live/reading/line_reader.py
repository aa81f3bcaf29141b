"""Read a whole group at once where its digits can't be separated. Knows ink and extents, no pages.

Digits that touch, overlap or merge under blur have no cut between them. The line network sees all of them side by side, and
labels each column of their picture with a digit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES, Box, Digit
from live.reading.budget import AREA_PX_PER_QUESTION, LINE_COST, LINE_PX_PER_QUESTION, LONG_LINE_PX, Budget
from live.reading.grouping import Group, bounds, is_word, quad_of
from live.reading.ink import Ink
from live.reading.line_picture import line_picture
from models.ctc import log_probabilities, merge_blanks, say, substitutions
from models.line_classifier import BLANK, NO_NUMBER
from models.line_format import COLUMN_PX, FIELD_TALL_PX, MOST_WIDE_PX, WRITING_TALL_PX

MOST_ASKED = 96
"""Most groups of a page that are read at once; more of them are texture."""
MOST_BLOBS = 24
"""Groups without a digit are skipped if there are more than this and more than groups with a digit: they are words."""
WIDE = 1.3
"""A group without a digit may be touching digits if it is this many times as wide as tall."""
SURE = 0.95
"""A group is read at once if a digit's certainty is below this."""
TORN = 0.65
"""Least geometric mean confidence of a number some of whose digits could not be read one by one."""
UNREAD = 0.8
"""The same where no digit could be read one by one."""
DIGITS = 0.9
"""Probability that all members are digits from which the line network's "no number" is ignored."""
MISSED = 0.8
"""Least confidence of a reading with more digits than before, as a share of the confidence in those."""
DOUBLED = 1.5
"""The same for a reading with fewer digits."""
SAY = np.float32(1 / 3)
"""Weight of the line network where both networks see as many digits."""
LARGE_PX = 50.0
"""Writing of this height, px, is sharp: a different reading by the line network is ignored."""
DEAR = 6000
"""Signs² times columns from which all substitutions are computed together; at this size both ways take 2 ms."""
LEAST = np.float32(1e-4)
"""Probability floor of a digit that one of the networks excludes."""

AsksLines = Callable[[Sequence[NDArray[np.uint8]]], list[NDArray[np.float32]]]
"""The line network: pictures (32, w) uint8 -> for each (T, 12) log-probabilities."""


@dataclass(frozen=True, eq=False)
class LineReading:
    """One group as the line network read it."""

    index: int
    """Index of the group among those of the page."""
    group: Group
    picture: NDArray[np.uint8]
    """(32, w) uint8, the network's input."""
    digits: list[Digit]
    """The digits it read; empty where it saw no number."""
    classes: int
    """Classes of the digit network and of reported digits: ten, or eleven with "not a digit"."""

    @property
    def confidence(self) -> float:
        """Probability that every digit is right, 0 to 1."""
        return believed(self.digits)

    @property
    def agrees(self) -> bool:
        """Whether both networks read the same digits."""
        return [digit.label for digit in self.digits] == [digit.label for digit in self.group.digits]

    @property
    def reported(self) -> list[Digit]:
        """The digits to report if this is accepted: those of both networks pooled, where both see as many."""
        own = self.group.digits
        at_once = [with_classes(digit, self.classes) for digit in self.digits]
        if len(own) != len(at_once) or is_word(self.group):
            return at_once
        return [together(one, other) for one, other in zip(own, at_once, strict=True)]

    @cached_property
    def accepted(self) -> bool:
        """Whether this replaces the digits that were read one by one."""
        if is_word(self.group):  # one doubtful digit is reported as such
            fewest, least = (1, TORN) if self.group.digits else (2, UNREAD)
            return len(self.digits) >= fewest and self.confidence > least ** len(self.digits)
        if not self.digits:
            return math.prod(digit.digit_probability for digit in self.group.digits) < DIGITS
        more = len(self.digits) - len(self.group.digits)
        if more == 0:
            _, top, _, bottom = bounds(self.group.members)
            return self.agrees or bottom - top < LARGE_PX
        return self.confidence > (MISSED if more > 0 else DOUBLED) * believed(self.group.digits)


def together(one: Digit, at_once: Digit) -> Digit:
    """Pool a digit of both networks by a weighted geometric mean (a logarithmic opinion pool), at the place of the first."""
    rows = one.probabilities, in_classes(at_once.probabilities, len(one.probabilities))
    logs = [np.log(np.maximum(row, LEAST)) for row in rows]
    pooled = np.exp((1 - SAY) * logs[0] + SAY * logs[1])
    return Digit(one.box, pooled / pooled.sum())


def in_classes(row: NDArray[np.float32], classes: int) -> NDArray[np.float32]:
    """A digit's probabilities in so many classes: a model of somebody else's may have several for "not a digit"."""
    if len(row) == classes or classes <= DIGIT_CLASSES:
        return row
    others = classes - DIGIT_CLASSES
    rest = max(0.0, 1 - float(row[:DIGIT_CLASSES].sum())) / others
    return np.concatenate([row[:DIGIT_CLASSES], np.full(others, rest, np.float32)])


def read_lines(
    groups: list[Group], ink: Ink, networks: tuple[AsksLines, int], budget: Budget | None = None
) -> list[LineReading]:
    """Read the groups whose digits can't be separated, as far as the budget lasts.

    networks: the line network, and the number of classes of reported digits.
    """
    ask, classes = networks
    asked = affordable(groups, to_ask(groups), budget or Budget())
    pictures = [line_picture(ink, bounds(groups[k].members), groups[k].angle) for k in asked]
    readings = []
    for k, picture, logs in zip(asked, pictures, ask(pictures), strict=True):
        quad = quad_of(bounds(groups[k].members), groups[k].angle)
        readings.append(LineReading(k, groups[k], picture, digits_of(logs, picture.shape[1], quad), classes))
    return readings


def to_ask(groups: list[Group]) -> list[int]:
    """Indices of the groups to read at once, in order of falling digit count."""
    with_digits = [k for k, group in enumerate(groups) if group.digits]
    asked = sorted((k for k in with_digits if is_worth_asking(groups[k])), key=lambda k: -len(groups[k].digits))
    blobs = [k for k, group in enumerate(groups) if may_be_touching(group)]
    if len(blobs) <= max(MOST_BLOBS, len(with_digits)):
        asked += blobs
    return asked


def affordable(groups: list[Group], asked: list[int], budget: Budget) -> list[int]:
    """The first indices in `asked` that the budget lasts for; the digits of the others are counted as left out."""
    taken: list[int] = []
    for k in asked:
        group = groups[k]
        left, top, right, bottom = bounds(group.members)
        wide, tall = right - left, max(bottom - top, 1.0)
        columns = min(WRITING_TALL_PX * wide / tall, MOST_WIDE_PX)
        price = (
            LINE_COST
            + (columns + max(0.0, columns - LONG_LINE_PX)) / LINE_PX_PER_QUESTION
            + 2 * wide * tall / AREA_PX_PER_QUESTION
        )
        if len(taken) < MOST_ASKED and budget.try_spend(price):
            taken.append(k)
        else:
            budget.leave_out(len(group.digits))
    return taken


def is_worth_asking(group: Group) -> bool:
    """Whether a group with digits has a member that isn't surely a digit."""
    return is_word(group) or min(digit.certainty for digit in group.digits) < SURE


def may_be_touching(group: Group) -> bool:
    """Whether a group has no digit and is wide enough for two that touch."""
    left, top, right, bottom = bounds(group.members)
    return not group.digits and right - left > WIDE * (bottom - top)


def with_classes(digit: Digit, classes: int) -> Digit:
    """The digit with the first `classes` probabilities, normalised: without "not a digit" where there are ten."""
    known = digit.probabilities[:classes]
    return Digit(digit.box, known / known.sum())


def believed(digits: list[Digit]) -> float:
    """Probability that every digit is right, 0 to 1."""
    return math.prod(digit.confidence for digit in digits)


def with_lines(groups: list[Group], lines: list[LineReading]) -> list[Group]:
    """The groups with the accepted readings; members of a group that is no number become non-digits."""
    better = {line.index: line.reported for line in lines if line.accepted}
    return [_at_once(group, better[k]) if k in better else group for k, group in enumerate(groups)]


def _at_once(group: Group, digits: list[Digit]) -> Group:
    """A group with the digits that were read at once."""
    if digits:
        return replace(group, read_at_once=digits)
    return Group([replace(member, digit=None) for member in group.members])


def digits_of(logs: NDArray[np.float32], width: int, quad: NDArray[np.float32]) -> list[Digit]:
    """The digits that the network's columns say; empty where they say anything else.

    logs: (T, 12); width: of its picture, px; quad: (4, 2) where the group lies in the frame, px. Each digit's probabilities are
    what the whole text's probability becomes with another digit in its place; what is left of the text's own, that it may be
    quite another text, is shared among them all as "not a digit".
    """
    said = say(logs, BLANK)
    if not said.signs or NO_NUMBER in said.signs:
        return []
    length = len(said.signs)
    spoken = merge_blanks(logs, BLANK)
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
    """A box in the frame for each digit, bounded halfway to its neighbours."""
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
