"""Digits that stand together become numbers, numbers come in reading order. Knows extents along the line, never pixels."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from live.reading.choosing import Placed
from live.reading.regions import back
from live.records import Digit, Number
from live.settings import GroupingSettings

UNIT_GAP = 0.35  # a letter this far from a digit, in heights, is a unit beside the number, not a part of it
STRANGER_HEIGHT = 0.45  # a stranger lower than this share of the digits beside it is a dot or a dash, not a letter


def group_digits(placed: list[Placed], angle: float, settings: GroupingSettings) -> tuple[Number, ...]:
    """Numbers in reading order: lines from top to bottom, left to right on a line.

    placed: digits and strangers, in any order. angle: slope of the lines, radians.
    """
    found = []
    for run in find_runs(placed, settings):
        members = [placed[k] for k in run]
        digits = [member for member in members if member.digit is not None]
        if not digits or is_word(members, digits) or not is_sure(digits, settings):
            continue
        found.append((bounds(digits), digits))
    return tuple(
        number_of([member.digit for member in digits if member.digit is not None], quad_of(extent, angle), settings)
        for extent, digits in in_reading_order(found)
    )


def number_of(digits: list[Digit], quad: NDArray[np.float32], settings: GroupingSettings) -> Number:
    """A number, with the digits that it isn't sure of. quad: (4, 2) px."""
    doubtful = tuple(k for k, digit in enumerate(digits) if digit.certainty < settings.doubt_below)
    return Number(tuple(digits), quad, doubtful)


def find_runs(placed: list[Placed], settings: GroupingSettings) -> list[list[int]]:
    """Indices of what stands together on a line, each run from left to right."""
    if not placed:
        return []
    extents = np.array([(p.left, p.top, p.right, p.bottom) for p in placed], np.float32)
    left, top, right, bottom = extents.T
    tall = bottom - top
    gap = left[None, :] - right[:, None]
    ahead = (left + right)[None, :] > (left + right)[:, None]
    overlap = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    shorter, taller = np.minimum(tall[:, None], tall), np.maximum(tall[:, None], tall)
    is_digit = np.array([p.digit is not None for p in placed])
    reach = np.where(is_digit[:, None] == is_digit, settings.max_gap, min(UNIT_GAP, settings.max_gap))
    near = ahead & (gap < reach * taller) & (gap > -0.6 * taller)
    level = (overlap > 0.5 * shorter) & (shorter > settings.min_height_ratio * taller)
    gap = np.where(near & level, gap, np.inf)
    following = np.where(np.isfinite(gap.min(axis=1)), gap.argmin(axis=1), -1)
    # each has one follower, and is followed by one: the nearest
    before: dict[int, int] = {}
    for index, after in enumerate(following):
        if after >= 0 and (after not in before or gap[index, after] < gap[before[int(after)], after]):
            before[int(after)] = index
    next_of = {first: second for second, first in before.items()}
    runs = []
    for start in range(len(placed)):
        if start in before:
            continue
        run = [start]
        while run[-1] in next_of:
            run.append(next_of[run[-1]])
        runs.append(run)
    return runs


def is_word(members: list[Placed], digits: list[Placed]) -> bool:
    """Whether a run holds strangers of a letter's size: a word, or a number of which a digit can't be read.

    Both are passed over in silence: a number with a digit missing is a wrong number.
    """
    tall = float(np.median([digit.height for digit in digits]))
    return any(member.digit is None and member.height > STRANGER_HEIGHT * tall for member in members)


def is_sure(digits: list[Placed], settings: GroupingSettings) -> bool:
    """Whether the digits are believed enough, on (geometric) average, to be shown. Question marks alone tell nobody anything."""
    if all(placed.digit.certainty < settings.doubt_below for placed in digits if placed.digit is not None):
        return False
    confidences = [placed.digit.confidence for placed in digits if placed.digit is not None]
    return float(np.exp(np.mean(np.log(np.maximum(confidences, 1e-6))))) >= settings.min_confidence


def bounds(digits: list[Placed]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom around all digits, px of the turned frame."""
    return (
        min(d.left for d in digits),
        min(d.top for d in digits),
        max(d.right for d in digits),
        max(d.bottom for d in digits),
    )


def quad_of(extent: tuple[float, float, float, float], angle: float) -> NDArray[np.float32]:
    """Corners in px of the frame, clockwise from the top left of the number's own line: (4, 2) float32."""
    left, top, right, bottom = extent
    return back(np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32), angle)


Extent = tuple[float, float, float, float]
"""Left, top, right, bottom, px of the turned frame."""
Thing = TypeVar("Thing")


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
