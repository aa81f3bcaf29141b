"""Digits that stand together become numbers, numbers come in reading order. Knows extents along the line, never pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from live.core.records import Digit, Number
from live.core.settings import GroupingSettings
from live.reading.cuts import Extent
from live.reading.decoding import Placed
from live.reading.lines import Line, find_limits, find_lines
from live.reading.regions import along, back

Thing = TypeVar("Thing")

UNIT_SHARE = (
    0.36  # a letter is a unit beside a number, no part of it, so far from a gap inside a number to one between two
)
LETTER_GAP = 0.18  # but never nearer than this, in heights
UNIT_GAP = 0.35  # nor nearer than this beside a digit that stands alone: that may be a letter too
APART = 1.5  # nor where the letter's other neighbour is not nearer than this share: letters of one word
PIECE_SHARE = 0.5  # pieces of one broken digit stand above one another: they share this of the narrower one's width
PIECES_TALL = 1.4  # and are together hardly taller than the digits beside them
STRANGER_HEIGHT = 0.45  # a stranger lower than this share of the digits beside it is a dot or a dash, not a letter


@dataclass(frozen=True, eq=False)
class Run:
    """What stands together on a line: a number, a word, or something of both."""

    members: list[Placed]
    """Digits and strangers, from left to right."""
    read_at_once: list[Digit] = field(default_factory=list)
    """The digits as the line reader saw them all together; none where it wasn't asked, or saw no number."""

    @property
    def angle(self) -> float:
        """Slope of its line, radians."""
        return self.members[0].angle

    @property
    def placed_digits(self) -> list[Placed]:
        """The members that are digits."""
        return [member for member in self.members if member.digit is not None]

    @property
    def digits(self) -> list[Digit]:
        """The digits of its number, as they were read last."""
        return self.read_at_once or [member.digit for member in self.members if member.digit is not None]

    @property
    def pieces(self) -> list[Placed]:
        """The members; of a run that was read at once, its digits, each with the extent of the whole."""
        if not self.read_at_once:
            return self.members
        return [Placed(digit, *bounds(self.members), self.angle) for digit in self.read_at_once]

    @property
    def extent(self) -> Extent:
        """Left, top, right and bottom around its number, px of the turned frame."""
        return bounds(self.members if self.read_at_once else self.placed_digits)


def find_all_runs(placed: list[Placed], settings: GroupingSettings) -> list[Run]:
    """All that stands together. placed: digits and strangers, in any order, each with the slope of its own line."""
    runs = []
    for slope in dict.fromkeys(piece.angle for piece in placed):
        level = [piece for piece in placed if piece.angle == slope]
        runs += mended([Run([level[k] for k in run]) for run in find_runs(level, settings)])
    return runs


def mended(runs: list[Run]) -> list[Run]:
    """The runs of one slope, those put together between which a broken digit lies: its pieces end one and begin the other."""

    def begins(k: int) -> float:
        return runs[k].members[0].left

    beginning = {k: run.members[0] for k, run in enumerate(runs) if run.digits and run.members[0].digit is None}
    ending = {k: run.members[-1] for k, run in enumerate(runs) if run.digits and run.members[-1].digit is None}
    into: dict[int, int] = {}
    for k, last in ending.items():
        tall = float(np.median([digit.height for digit in runs[k].placed_digits]))
        fits = [n for n, first in beginning.items() if begins(k) < begins(n) and are_of_one_digit(last, first, tall)]
        if len(fits) == 1 and fits[0] not in into.values():
            into[k] = fits[0]
    whole = []
    for k, run in enumerate(runs):
        if k in into.values():
            continue
        members, at = list(run.members), k
        while at in into:
            at = into[at]
            members += runs[at].members
        whole.append(replace(run, members=members))
    return whole


def are_of_one_digit(one: Placed, other: Placed, tall: float) -> bool:
    """Whether two pieces, one above the other, may be of one digit beside digits so tall (px)."""
    shared = min(one.right, other.right) - max(one.left, other.left)
    height = max(one.bottom, other.bottom) - min(one.top, other.top)
    return shared > PIECE_SHARE * min(one.right - one.left, other.right - other.left) and height < PIECES_TALL * tall


def group_runs(runs: list[Run], angle: float, settings: GroupingSettings) -> list[tuple[int, Number]]:
    """The numbers among the runs, each with its run's index, in reading order: lines top to bottom, each left to right.

    angle: slope of most lines, radians.
    """
    found = []
    for index, run in enumerate(runs):
        if why_none(run, settings) is not None:
            continue
        extent = run.extent
        quad = quad_of(extent, run.angle)
        if run.angle != angle:
            corners = along(quad, angle)
            extent = (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
        found.append((extent, (index, number_of(run.digits, quad, settings))))
    return [indexed for _, indexed in in_reading_order(found)]


def why_none(run: Run, settings: GroupingSettings) -> str | None:
    """Why a run is shown as no number: `no digit`, `word` or `unsure`; None where it is one."""
    if not run.digits:
        return "no digit"
    if is_word(run):
        return "word"
    return None if is_sure(run.digits, settings) else "unsure"


def number_of(digits: list[Digit], quad: NDArray[np.float32], settings: GroupingSettings) -> Number:
    """A number, with the digits that it isn't sure of. quad: (4, 2) px."""
    doubtful = tuple(k for k, digit in enumerate(digits) if is_doubtful(digit, settings))
    return Number(tuple(digits), quad, doubtful)


def is_doubtful(digit: Digit, settings: GroupingSettings) -> bool:
    """Whether it isn't clear which digit it is."""
    # certainty is never below confidence, which most digits have enough of
    return digit.confidence < settings.doubt_below and digit.certainty < settings.doubt_below


def find_runs(placed: list[Placed], settings: GroupingSettings) -> list[list[int]]:
    """Indices of what stands together on a line, each run from left to right."""
    is_digit = [piece.digit is not None for piece in placed]
    lines = find_lines(placed, settings.min_height_ratio)
    runs = []
    for line, (limit, inside) in zip(lines, find_limits(lines, placed, settings.max_gap), strict=True):
        # letters may stand as they like: how near digits of one number stand says nothing of them
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
        runs += [list(line.members[first:stop]) for first, stop in pairwise(starts)]
    return runs


def letter_gap(line: Line, other: int, max_gap: float) -> float:
    """Gap from which on a stranger stands apart from a digit, by how near its `other` neighbour is: words stay whole."""
    near = 0 <= other < len(line.gaps) and line.gaps[other] < max_gap
    return APART * max(line.gaps[other], 0.0) if near else 0.0


def is_word(run: Run) -> bool:
    """Whether a run holds strangers of a letter's size, or nothing else: a word, or a number of which a digit can't be read.

    Both are passed over in silence: a number with a digit missing is a wrong number.
    """
    if run.read_at_once:
        return False
    strangers = [member.height for member in run.members if member.digit is None]
    digits = [member.height for member in run.placed_digits]
    return bool(strangers) and (not digits or max(strangers) > STRANGER_HEIGHT * float(np.median(digits)))


def is_sure(digits: list[Digit], settings: GroupingSettings) -> bool:
    """Whether a number of these digits is believed enough to be shown. Question marks alone tell nobody anything."""
    if all(is_doubtful(digit, settings) for digit in digits):
        return False
    return math.prod(digit.confidence for digit in digits) >= settings.min_confidence


def bounds(placed: list[Placed]) -> Extent:
    """Left, top, right and bottom around all of them, px of the turned frame."""
    return (
        min(p.left for p in placed),
        min(p.top for p in placed),
        max(p.right for p in placed),
        max(p.bottom for p in placed),
    )


def quad_of(extent: Extent, angle: float) -> NDArray[np.float32]:
    """Corners in px of the frame, clockwise from the top left of the number's own line: (4, 2) float32."""
    left, top, right, bottom = extent
    return back(np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32), angle)


def in_reading_order(found: list[tuple[Extent, Thing]]) -> list[tuple[Extent, Thing]]:
    """Sort into lines by the height at which they stand, then from left to right."""
    lines: list[list[tuple[Extent, Thing]]] = []
    for item in sorted(found, key=lambda f: f[0][1] + f[0][3]):
        middle = (item[0][1] + item[0][3]) / 2
        last = lines[-1][-1][0] if lines else None
        if last is not None and last[1] < middle < last[3]:
            lines[-1].append(item)
        else:
            lines.append([item])
    return [item for line in lines for item in sorted(line, key=lambda f: f[0][0])]
