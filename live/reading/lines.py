"""Put digits and strangers into lines, and say how wide a gap inside a number is on each. Knows extents, never pixels.

A line of digits that stand evenly far apart is one number, unless it is a row of a table: other lines have their gaps there too.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from live.reading.decoding import Placed
from live.reading.spacing import find_spacing

REACH = 4.0  # what is farther away, in heights, is on another line
OVERLAP = 0.6  # what overlaps its neighbour by more, in heights, is no neighbour
USUAL_GAP = 0.26  # a usual gap inside a number where no other is known, in `max_gap`s
COLUMN_SHARE = 0.75  # gaps of two lines that share so much are one column's, and so many of them are needed
OTHER_ROWS = 2  # rows that a line needs above or below it to be a row of a table


@dataclass(frozen=True, slots=True)
class Line:
    """What stands on one line, side by side."""

    members: tuple[int, ...]
    """Indices, from left to right."""
    gaps: tuple[float, ...]
    """From each to the next, in heights of the taller; below 0 they overlap."""


def find_lines(placed: list[Placed], min_height_ratio: float) -> list[Line]:
    """The lines, in the order of their first members. Of two neighbours the lower is at least `min_height_ratio` as tall."""
    if not placed:
        return []
    left, top, right, bottom = np.array([(p.left, p.top, p.right, p.bottom) for p in placed], np.float32).T
    tall = bottom - top
    ahead = (left + right)[None, :] > (left + right)[:, None]
    overlap = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    shorter, taller = np.minimum(tall[:, None], tall), np.maximum(tall[:, None], tall)
    gap = (left[None, :] - right[:, None]) / taller
    near = ahead & (gap < REACH) & (gap > -OVERLAP)
    level = (overlap > 0.5 * shorter) & (shorter > min_height_ratio * taller)
    gap = np.where(near & level, gap, np.inf)
    following, nearest = gap.argmin(axis=1), gap.min(axis=1)
    # each has one follower, and is followed by one: the nearest
    before: dict[int, int] = {}
    for index, (after, distance) in enumerate(zip(following.tolist(), nearest.tolist(), strict=True)):
        if distance < np.inf and (after not in before or distance < nearest[before[after]]):
            before[after] = index
    next_of = {first: second for second, first in before.items()}
    lines = []
    for start in range(len(placed)):
        if start not in before:
            members = [start]
            while members[-1] in next_of:
                members.append(next_of[members[-1]])
            lines.append(Line(tuple(members), tuple(float(nearest[k]) for k in members[:-1])))
    return lines


def find_limits(lines: list[Line], placed: list[Placed], max_gap: float) -> list[tuple[float, float]]:
    """For each line: gaps between digits narrower than the first are inside a number, and usual there is the second."""
    limits = [(max_gap, USUAL_GAP * max_gap)] * len(lines)
    gaps, rows = [], []
    for row, line in enumerate(lines):
        known = [
            gap
            for gap, (a, b) in zip(line.gaps, pairwise(line.members), strict=True)
            if placed[a].digit is not None and placed[b].digit is not None
        ]
        if known:
            gaps.append(known)
            rows.append(row)
    if not rows:
        return limits
    padded = np.full((len(rows), max(map(len, gaps))), np.nan)
    for k, known in enumerate(gaps):
        padded[k, : len(known)] = known
    spacing = find_spacing(padded, max_gap)
    if spacing.spaced.any():
        chosen = [lines[row] for row in rows]
        cells = [
            bool(far) and stands_in_columns(k, chosen, spacing.limits, placed) for k, far in enumerate(spacing.spaced)
        ]
        if any(cells):
            spacing = find_spacing(padded, max_gap, np.array(cells))
    for row, limit, inside in zip(rows, spacing.limits.tolist(), spacing.inside.tolist(), strict=True):
        limits[row] = (limit, inside)
    return limits


def stands_in_columns(row: int, lines: list[Line], limits: NDArray[np.float64], placed: list[Placed]) -> bool:
    """Whether each gap of a line lies over or under gaps of others: its digits are cells of a table, each a number."""
    own = _wide_gaps(lines[row], 0.0, placed)
    alike = 0
    for k, line in enumerate(lines):
        wide = _wide_gaps(line, min(float(limits[k]), max(line.gaps)), placed)
        if k == row or not len(wide):
            continue
        shared = np.minimum(own[:, None, 1], wide[:, 1]) - np.maximum(own[:, None, 0], wide[:, 0])
        shorter = np.minimum((own[:, 1] - own[:, 0])[:, None], wide[:, 1] - wide[:, 0])
        alike += bool((shared > COLUMN_SHARE * shorter).any(axis=1).mean() > COLUMN_SHARE)
    return alike >= OTHER_ROWS


def _wide_gaps(line: Line, limit: float, placed: list[Placed]) -> NDArray[np.float64]:
    """(G, 2) where the gaps of a line that are at least as wide as `limit` begin and end, px of the turned frame."""
    places = [
        (placed[a].right, placed[b].left)
        for gap, (a, b) in zip(line.gaps, pairwise(line.members), strict=True)
        if gap >= limit
    ]
    return np.array(places, np.float64).reshape(-1, 2)
