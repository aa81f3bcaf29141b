"""Find the ruled lines of one direction in short runs of ink. Knows runs, segments and straight lines, no page.

A line is searched twice on most pages, the second time with the lines that cross it; what both searches share is computed once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from live.reading.line_segments import SEEN, Segments, Sizes, find_segments, link_segments
from live.reading.runs import Indices, Runs

Mask = NDArray[np.uint8]

WIDE = 2.0
"""Least length of a part of a ruled line between two strokes, in greatest thicknesses."""
SLENDER = 15.0
"""A ruled line is at least this many times as long as thick."""
EVEN = 1.25
"""A ruled line is at most this many times its median thickness, or a px more, along `MOSTLY` percent of it."""
MOSTLY = 80
"""Percentile of a ruled line's thickness that is compared with its median."""
STEEPEST = 1.1
"""Steepest slope of a ruled line in each direction, rows per column."""
ASKEW = 0.15
"""Tangent of the greatest deviation of a box's side from a right angle."""
OWN_RUN = 1.5
"""A run longer than this many thicknesses of the line belongs to a stroke that crosses it."""


@dataclass(frozen=True, eq=False)
class RuledLines:
    """The ruled lines of one direction, nearer to horizontal than to vertical."""

    where: NDArray[np.bool_]
    """(H, W) mask of the lines' own ink."""
    slope: float
    """Median slope, rows per column."""
    thickness: float
    """Median thickness, px."""


def turned(lines: RuledLines | None) -> RuledLines | None:
    """The lines of the transposed picture, as walls for the lines that cross them."""
    return lines and RuledLines(lines.where.T, -lines.slope, lines.thickness)


@dataclass(frozen=True, eq=False)
class LineSearch:
    """The search for the nearly horizontal ruled lines of one thickness."""

    mask: Mask
    """(H, W) uint8, 255 is ink."""
    runs: Runs
    """Its short runs."""
    sizes: Sizes

    @cached_property
    def _segments(self) -> Segments:
        return find_segments(self.runs, WIDE * self.sizes.thick)

    @cached_property
    def _paths(self) -> list[Indices]:
        return link_segments(self._segments, self.mask, self.sizes)

    def lines(self, walls: RuledLines | None = None) -> RuledLines | None:
        """The lines; None where there is none. walls: lines across these; a shorter line between two is the side of a box."""
        sizes, lengths = self.sizes, self.runs.length
        least_ink = SEEN * sizes.least if walls is None else 1
        if len(lengths) < least_ink or self._segments.width.sum() < least_ink:
            return None
        slopes, thicknesses, short = [], [], []
        segments = self._segments
        shortest = sizes.least / np.hypot(1, STEEPEST) if walls is None else 2.0 * sizes.thick
        for line in self._paths:
            if segments.right[line[-1]] - segments.left[line[0]] < shortest:
                continue
            length, slope = segments.length(line), segments.slope_of(line)
            is_long = length >= sizes.least
            if abs(slope) > STEEPEST or not (
                is_long or (walls and _stands_between(segments, line, slope, walls, sizes.thick))
            ):
                continue
            own = segments.runs_of(line)
            usual, thickest = _percentiles(lengths[own], 50, MOSTLY)
            if (
                length < SLENDER * usual
                or thickest > max(usual + 1, EVEN * usual)
                or not segments.is_straight(line, length)
            ):
                continue
            if not is_long and walls and usual > OWN_RUN * walls.thickness + 1:
                continue
            short.append(own[lengths[own] <= OWN_RUN * usual + 1])
            slopes.append(slope)
            thicknesses.append(usual)
        if not short:
            return None
        where = self.runs.drawn(np.concatenate(short), self.mask.shape)
        return RuledLines(where, float(np.median(slopes)), float(np.median(thicknesses)))


def _stands_between(segments: Segments, line: Indices, slope: float, walls: RuledLines, thick: int) -> bool:
    """Whether both ends of a line meet walls at a right angle."""
    if abs(slope - walls.slope) > ASKEW:
        return False
    ends = (
        (segments.left[line[0]], segments.begins[line[0]]),
        (segments.right[line[-1]], segments.ends[line[-1]]),
    )
    around = [(max(0, int(x) - thick), max(0, int(y) - thick)) for x, y in ends]
    return all(walls.where[y : y + 2 * thick + 1, x : x + 2 * thick + 1].any() for x, y in around)


def _percentiles(lengths: Indices, *shares: float) -> list[float]:
    """Percentiles of integers as NumPy's, in a tenth of the time for the few values of a line."""
    ordered = np.sort(lengths).tolist()
    found = []
    for share in shares:
        place = share / 100 * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        found.append(ordered[low] + (ordered[high] - ordered[low]) * (place - low))
    return found
