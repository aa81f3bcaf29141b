"""Group candidates into numbers, in reading order. Knows extents along text lines, no pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from live.core.records import Digit, Number
from live.core.settings import GroupingSettings
from live.expected.expectation import Expectation
from live.reading.cuts import Extent
from live.reading.decoding import Candidate
from live.reading.regions import along, back
from live.reading.text_lines import TextLine, find_limits, find_text_lines

Thing = TypeVar("Thing")

UNIT_SHARE = 0.36
"""A letter is part of a group up to this share of the way from a usual gap inside numbers to one between numbers.

A letter farther away is a unit beside the number.
"""
LETTER_GAP = 0.18
"""A letter nearer than this to a digit is always part of its group, in heights."""
UNIT_GAP = 0.35
"""The same limit beside a digit that stands alone and may be a letter too, in heights."""
APART = 1.5
"""A letter is apart from a digit only if its gap to the digit is this many times its other gap: words stay whole."""
PIECE_SHARE = 0.5
"""Pieces of one broken digit overlap by at least this share of the narrower one's width."""
PIECES_TALL = 1.4
"""Pieces of one broken digit are together at most this many times as tall as the digits beside them."""
NON_DIGIT_HEIGHT = 0.45
"""A non-digit lower than this share of the digits beside it is a dot or a dash, not a letter."""


@dataclass(frozen=True, eq=False)
class Group:
    """Candidates that stand together on a text line: a number, a word, or a mixture."""

    members: list[Candidate]
    """Digits and non-digits, from left to right."""
    read_at_once: list[Digit] = field(default_factory=list)
    """The digits as the line network read them; empty where it wasn't asked or saw no number."""

    @property
    def angle(self) -> float:
        """Slope of its text line, radians."""
        return self.members[0].angle

    @cached_property
    def digit_candidates(self) -> list[Candidate]:
        """The members that are digits."""
        return [member for member in self.members if member.digit is not None]

    @cached_property
    def digits(self) -> list[Digit]:
        """The digits of its number: those of the line network, else those read one by one."""
        return self.read_at_once or [member.digit for member in self.members if member.digit is not None]

    @property
    def pieces(self) -> list[Candidate]:
        """The members; or the digits that were read at once, each with the extent of the whole group."""
        if not self.read_at_once:
            return self.members
        return [Candidate(digit, *bounds(self.members), self.angle) for digit in self.read_at_once]

    @property
    def extent(self) -> Extent:
        """Left, top, right and bottom around its number, px of the turned frame."""
        return bounds(self.members if self.read_at_once else self.digit_candidates)


def find_groups(candidates: list[Candidate], settings: GroupingSettings) -> list[Group]:
    """The groups of all candidates, which come in any order, each with the slope of its own text line."""
    groups = []
    for slope in dict.fromkeys(piece.angle for piece in candidates):
        level = [piece for piece in candidates if piece.angle == slope]
        groups += merge_broken([Group([level[k] for k in group]) for group in group_indices(level, settings)])
    return groups


def merge_broken(groups: list[Group]) -> list[Group]:
    """Merge groups of one slope where a broken digit lies between them: its pieces end one group and begin the other."""

    def begins(k: int) -> float:
        return groups[k].members[0].left

    beginning = {
        k: group.members[0] for k, group in enumerate(groups) if group.digits and group.members[0].digit is None
    }
    ending = {
        k: group.members[-1] for k, group in enumerate(groups) if group.digits and group.members[-1].digit is None
    }
    into: dict[int, int] = {}
    for k, last in ending.items():
        tall = float(np.median([digit.height for digit in groups[k].digit_candidates]))
        fits = [n for n, first in beginning.items() if begins(k) < begins(n) and are_of_one_digit(last, first, tall)]
        if len(fits) == 1 and fits[0] not in into.values():
            into[k] = fits[0]
    whole = []
    for k, group in enumerate(groups):
        if k in into.values():
            continue
        members, at = list(group.members), k
        while at in into:
            at = into[at]
            members += groups[at].members
        whole.append(replace(group, members=members))
    return whole


def are_of_one_digit(one: Candidate, other: Candidate, tall: float) -> bool:
    """Whether two pieces, one above the other, may be one digit. tall: height of the digits beside them, px."""
    shared = min(one.right, other.right) - max(one.left, other.left)
    height = max(one.bottom, other.bottom) - min(one.top, other.top)
    return shared > PIECE_SHARE * min(one.right - one.left, other.right - other.left) and height < PIECES_TALL * tall


def numbers_of_groups(
    groups: list[Group], angle: float, settings: GroupingSettings, expectation: Expectation | None = None
) -> list[tuple[int, Number]]:
    """The numbers among the groups, each with its group's index, in reading order: lines top to bottom, each left to right.

    angle: slope of most lines, radians. expectation: as for `rejection_reason`.
    """
    found = []
    for index, group in enumerate(groups):
        if rejection_reason(group, settings, expectation) is not None:
            continue
        extent = group.extent
        quad = quad_of(extent, group.angle)
        if group.angle != angle:
            corners = along(quad, angle)
            extent = (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
        found.append((extent, (index, number_of(group.digits, quad, settings))))
    return [indexed for _, indexed in in_reading_order(found)]


def rejection_reason(group: Group, settings: GroupingSettings, expectation: Expectation | None = None) -> str | None:
    """Why a group is not reported as a number: `no digit`, `word` or `unsure`; None where it is.

    expectation: what numbers are expected to look like; a number that fits is as sure as that makes it.
    """
    if not group.digits:
        return "no digit"
    if is_word(group):
        return "word"
    if is_sure(group.digits, settings):
        return None
    if expectation is None:
        return "unsure"
    number = expectation.settle(
        number_of(group.digits, quad_of(group.extent, group.angle), settings), settings.doubt_below
    )
    doubtful_only = len(number.doubtful) == len(number.digits)
    return None if number.fits and not doubtful_only and number.confidence >= settings.min_confidence else "unsure"


def number_of(digits: list[Digit], quad: NDArray[np.float32], settings: GroupingSettings) -> Number:
    """A number with its doubtful digits marked. quad: (4, 2) px."""
    doubtful = tuple(k for k, digit in enumerate(digits) if is_doubtful(digit, settings))
    return Number(tuple(digits), quad, doubtful)


def is_doubtful(digit: Digit, settings: GroupingSettings) -> bool:
    """Whether it isn't clear which digit it is."""
    # certainty is never below confidence, so most digits need only the first comparison
    return digit.confidence < settings.doubt_below and digit.certainty < settings.doubt_below


def group_indices(candidates: list[Candidate], settings: GroupingSettings) -> list[list[int]]:
    """Indices of the candidates of each group, from left to right."""
    is_digit = [piece.digit is not None for piece in candidates]
    lines = find_text_lines(candidates, settings.min_height_ratio)
    groups = []
    for line, (limit, inside) in zip(lines, find_limits(lines, candidates, settings.max_gap), strict=True):
        # the spacing of digits says nothing about letters
        reach = [limit if is_digit[member] else settings.max_gap for member in line.members[:-1]]
        alike = [is_digit[a] == is_digit[b] for a, b in pairwise(line.members)]
        joined = [same and gap < far for same, gap, far in zip(alike, line.gaps, reach, strict=True)]
        unit = inside + UNIT_SHARE * (limit - inside)
        for k in (k for k, same in enumerate(alike) if not same):
            digit_side = k - 1 if is_digit[line.members[k]] else k + 1
            alone = not (0 <= digit_side < len(alike) and alike[digit_side] and joined[digit_side])
            least = max(UNIT_GAP if alone else LETTER_GAP, letter_gap(line, 2 * k - digit_side, settings.max_gap))
            joined[k] = line.gaps[k] < max(unit, least)
        starts = [0, *(k + 1 for k, together in enumerate(joined) if not together), len(line.members)]
        groups += [list(line.members[first:stop]) for first, stop in pairwise(starts)]
    return groups


def letter_gap(line: TextLine, other: int, max_gap: float) -> float:
    """Gap from which a non-digit is apart from a digit, given the gap to its `other` neighbour; words stay whole."""
    near = 0 <= other < len(line.gaps) and line.gaps[other] < max_gap
    return APART * max(line.gaps[other], 0.0) if near else 0.0


def is_word(group: Group) -> bool:
    """Whether a group has non-digits of a letter's size, or nothing else: a word, or a number with an unreadable digit.

    Both are rejected: a number with a digit missing is a wrong number.
    """
    if group.read_at_once:
        return False
    non_digits = [member.height for member in group.members if member.digit is None]
    digits = [member.height for member in group.digit_candidates]
    return bool(non_digits) and (not digits or max(non_digits) > NON_DIGIT_HEIGHT * float(np.median(digits)))


def is_sure(digits: list[Digit], settings: GroupingSettings) -> bool:
    """Whether a number of these digits is confident enough to be reported. One with only doubtful digits is not."""
    if all(is_doubtful(digit, settings) for digit in digits):
        return False
    return math.prod(digit.confidence for digit in digits) >= settings.min_confidence


def bounds(candidates: list[Candidate]) -> Extent:
    """Left, top, right and bottom around all of them, px of the turned frame."""
    return (
        min(p.left for p in candidates),
        min(p.top for p in candidates),
        max(p.right for p in candidates),
        max(p.bottom for p in candidates),
    )


def quad_of(extent: Extent, angle: float) -> NDArray[np.float32]:
    """Corners in px of the frame, clockwise from the top left of the number's own line: (4, 2) float32."""
    left, top, right, bottom = extent
    return back(np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32), angle)


def in_reading_order(found: list[tuple[Extent, Thing]]) -> list[tuple[Extent, Thing]]:
    """Sort by text line from top to bottom, then from left to right."""
    lines: list[list[tuple[Extent, Thing]]] = []
    for item in sorted(found, key=lambda f: f[0][1] + f[0][3]):
        middle = (item[0][1] + item[0][3]) / 2
        last = lines[-1][-1][0] if lines else None
        if last is not None and last[1] < middle < last[3]:
            lines[-1].append(item)
        else:
            lines.append([item])
    return [item for line in lines for item in sorted(line, key=lambda f: f[0][0])]
