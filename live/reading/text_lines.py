"""Group candidates into text lines, and find the widest gap inside a number on each. Knows extents, no pixels.

A line of digits with even, wide gaps is one number, unless it is a row of a table: other rows have their gaps in the same place.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from live.reading.decoding import Candidate
from live.reading.spacing import find_spacing

REACH = 4.0
"""Neighbours on a text line are nearer than this, in heights."""
OVERLAP = 0.6
"""Neighbours on a text line overlap by less than this, in heights."""
USUAL_GAP = 0.26
"""Usual gap inside a number on a line without gaps between digits, in `max_gap`s."""
COLUMN_SHARE = 0.75
"""Gaps of two lines belong to one column if they share this much of the narrower; this share of the gaps must do so."""
OTHER_ROWS = 2
"""A row of a table has at least this many similar rows."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """The candidates on one text line."""

    members: tuple[int, ...]
    """Indices, from left to right."""
    gaps: tuple[float, ...]
    """Gap from each to the next, in heights of the taller; negative where they overlap."""


def find_text_lines(candidates: list[Candidate], min_height_ratio: float) -> list[TextLine]:
    """The text lines, in the order of their first members. min_height_ratio: least ratio of two neighbours' heights."""
    if not candidates:
        return []
    left, top, right, bottom = np.array([(p.left, p.top, p.right, p.bottom) for p in candidates], np.float32).T
    tall = bottom - top
    ahead = (left + right)[None, :] > (left + right)[:, None]
    overlap = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    shorter, taller = np.minimum(tall[:, None], tall), np.maximum(tall[:, None], tall)
    gap = (left[None, :] - right[:, None]) / taller
    near = ahead & (gap < REACH) & (gap > -OVERLAP)
    level = (overlap > 0.5 * shorter) & (shorter > min_height_ratio * taller)
    gap = np.where(near & level, gap, np.inf)
    following, nearest = gap.argmin(axis=1), gap.min(axis=1)
    # each candidate has at most one successor and one predecessor: the nearest
    before: dict[int, int] = {}
    for index, (after, distance) in enumerate(zip(following.tolist(), nearest.tolist(), strict=True)):
        if distance < np.inf and (after not in before or distance < nearest[before[after]]):
            before[after] = index
    next_of = {first: second for second, first in before.items()}
    lines = []
    for start in range(len(candidates)):
        if start not in before:
            members = [start]
            while members[-1] in next_of:
                members.append(next_of[members[-1]])
            lines.append(TextLine(tuple(members), tuple(float(nearest[k]) for k in members[:-1])))
    return lines


def find_limits(lines: list[TextLine], candidates: list[Candidate], max_gap: float) -> list[tuple[float, float]]:
    """For each line the widest gap inside a number and the usual gap inside a number, in heights."""
    limits = [(max_gap, USUAL_GAP * max_gap)] * len(lines)
    gaps, rows = [], []
    for row, line in enumerate(lines):
        known = [
            gap
            for gap, (a, b) in zip(line.gaps, pairwise(line.members), strict=True)
            if candidates[a].digit is not None and candidates[b].digit is not None
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
        wide = [
            _wide_gaps(lines[row], min(limit, max(lines[row].gaps)), candidates)
            for row, limit in zip(rows, spacing.limits.tolist(), strict=True)
        ]
        cells = [
            bool(far) and stands_in_columns(_wide_gaps(lines[row], 0.0, candidates), wide[:k] + wide[k + 1 :])
            for k, (row, far) in enumerate(zip(rows, spacing.spaced, strict=True))
        ]
        if any(cells):
            spacing = find_spacing(padded, max_gap, np.array(cells))
    for row, limit, inside in zip(rows, spacing.limits.tolist(), spacing.inside.tolist(), strict=True):
        limits[row] = (limit, inside)
    return limits


def stands_in_columns(own: NDArray[np.float64], others: list[NDArray[np.float64]]) -> bool:
    """Whether the gaps of a line align with gaps of other lines: its digits are cells of a table, each a number.

    own: (G, 2) left and right ends of the line's gaps, px; others: those of each other line.
    """
    alike = 0
    for wide in others:
        if not len(wide):
            continue
        shared = np.minimum(own[:, None, 1], wide[:, 1]) - np.maximum(own[:, None, 0], wide[:, 0])
        shorter = np.minimum((own[:, 1] - own[:, 0])[:, None], wide[:, 1] - wide[:, 0])
        alike += bool((shared > COLUMN_SHARE * shorter).any(axis=1).mean() > COLUMN_SHARE)
        if alike >= OTHER_ROWS:
            return True
    return False


def _wide_gaps(line: TextLine, limit: float, candidates: list[Candidate]) -> NDArray[np.float64]:
    """(G, 2) left and right end of each gap of at least `limit`, px of the turned frame."""
    places = [
        (candidates[a].right, candidates[b].left)
        for gap, (a, b) in zip(line.gaps, pairwise(line.members), strict=True)
        if gap >= limit
    ]
    return np.array(places, np.float64).reshape(-1, 2)
