"""Join adjacent runs of ink to segments, and link collinear segments. Knows runs, not what a line means."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from live.reading.runs import Indices, Runs

Floats = NDArray[np.float64]

MOST = 400
"""Most segments of a picture that are examined: the longest."""
FEW = 12
"""Nearest segments that each is linked with on crowded ink, such as texture."""
STRAIGHT = 0.02
"""A straight line's ends deviate from it by at most this share of its length."""
ASTRAY = 0.1
"""A segment deviates from the direction of the previous one by at most this share of their distance."""
SEEN = 0.5
"""Least share of a line's length that no stroke hides."""
BARE, SAMPLES = 0.15, 16
"""Of this many samples between two segments, at most this share is paper: a line doesn't end and begin again."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of a line, px."""

    least: float
    """Least length."""
    thick: int
    """Greatest thickness."""
    hidden: float
    """Longest part that a stroke may hide."""


@dataclass(frozen=True, eq=False)
class Segments:
    """Adjacent runs without a break: (C,) arrays, px."""

    left: Floats
    right: Floats
    """The last column."""
    width: Floats
    """Columns."""
    slope: Floats
    begins: Floats
    """Row of the left end."""
    ends: Floats
    """Row of the right end."""
    of_run: Indices
    """(R,) index of the segment of each run; -1 for none."""

    @cached_property
    def _order(self) -> tuple[Indices, Indices]:
        """The runs, segment by segment, and where those of each segment begin."""
        order = np.argsort(self.of_run, kind="stable")
        return order, np.searchsorted(self.of_run[order], np.arange(len(self.left) + 1))

    def runs_of(self, segments: Indices) -> Indices:
        """Indices of the runs of some segments."""
        order, begins = self._order
        return np.concatenate([order[begins[k] : begins[k + 1]] for k in segments.tolist()])

    def length(self, segments: Indices) -> float:
        """Length of the line of some segments (by index, from left to right), px; 0 where strokes hide too much of it."""
        across = self.right[segments].max() - self.left[segments].min() + 1
        if self.width[segments].sum() < SEEN * across:
            return 0.0
        return float(np.hypot(across, self.begins[segments[0]] - self.ends[segments[-1]]))

    def slope_of(self, segments: Indices) -> float:
        """Slope of that line, rows per column."""
        width = self.width[segments]
        return float(self.slope[segments] @ width / width.sum())

    def is_straight(self, segments: Indices, length: float) -> bool:
        """Whether the ends of some segments are collinear."""
        x = np.concatenate([self.left[segments], self.right[segments]])
        y = np.concatenate([self.begins[segments], self.ends[segments]])
        x, y = x - x.mean(), y - y.mean()
        astray = y - x * float((x @ y) / max(float(x @ x), 1e-9))
        return bool(np.abs(astray).max() <= STRAIGHT * length + 2)


def find_segments(runs: Runs, least: float) -> Segments:
    """The longest segments, each of at least `least` columns."""
    after, before = runs.beside(1), runs.beside(-1)
    here = np.arange(len(after))
    follows = (before >= 0) & (after[before] == here)  # each touches the other most
    first = _followed(np.where(follows, before, here))
    counts = np.bincount(first, minlength=len(here))
    chosen = np.flatnonzero(counts >= least)
    chosen = chosen[np.argsort(-counts[chosen], kind="stable")[:MOST]]
    place = np.full(len(here) + 1, -1, np.intp)
    place[chosen] = np.arange(len(chosen))
    of_run = place[first]
    own = np.flatnonzero(of_run >= 0)
    of, x, y = of_run[own], runs.column[own].astype(float), (runs.top[own] + runs.bottom[own] - 1) / 2

    def mean(values: Floats, segment: Indices) -> Floats:
        return np.asarray(
            np.bincount(segment, values, len(chosen)) / np.maximum(np.bincount(segment, minlength=len(chosen)), 1)
        )

    left = runs.column[chosen].astype(float)
    width = counts[chosen].astype(float)
    right = left + width - 1
    mean_x, mean_y = mean(x, of), mean(y, of)
    slope = (mean(x * y, of) - mean_x * mean_y) / np.maximum(mean(x * x, of) - mean_x**2, 1e-6)
    near = x < left[of] + least, x > right[of] - least
    begins, ends = (mean(y[k], of[k]) for k in near)
    half = slope * (np.ceil(least) - 1) / 2
    return Segments(left, right, width, slope, begins - half, ends + half, of_run)


def _followed(to: Indices) -> Indices:
    """The end of each chain of pointers; an element that points to itself is an end."""
    while True:
        further = to[to]
        if np.array_equal(further, to):
            return to
        to = further


def link_segments(segments: Segments, mask: NDArray[np.uint8], sizes: Sizes) -> list[Indices]:
    """Collinear segments with ink between them: (n,) indices each, from left to right."""
    away = segments.left[None, :] - segments.right[:, None]
    slope = np.where(
        segments.width[:, None] >= segments.width[None, :], segments.slope[:, None], segments.slope[None, :]
    )
    astray = np.abs(segments.ends[:, None] + slope * away - segments.begins[None, :])
    near = (away >= 1) & (away <= max(sizes.hidden, sizes.thick)) & (astray <= sizes.thick / 2 + ASTRAY * away)
    first, second = _nearest(near, away + astray) if np.count_nonzero(near) > FEW * len(near) else np.nonzero(near)
    inked = _are_hidden(segments, mask, first, second)
    first, second = first[inked], second[inked]
    order = np.argsort((away + astray)[first, second], kind="stable")[::-1]
    to = np.arange(len(segments.left))
    to[first[order]] = second[order]  # the nearest is written last and stays
    line = _followed(to)
    by_place = np.argsort(segments.left, kind="stable")
    by_line = by_place[np.argsort(line[by_place], kind="stable")]
    return np.split(by_line, np.flatnonzero(np.diff(line[by_line])) + 1) if len(by_line) else []


def _nearest(near: NDArray[np.bool_], far: Floats) -> tuple[Indices, Indices]:
    """The `FEW` nearest neighbours of each segment; farther ones hardly ever continue it on a crowded page."""
    columns = np.argpartition(np.where(near, far, np.inf), FEW, axis=1)[:, :FEW]
    rows = np.repeat(np.arange(len(near)), FEW)
    kept = near[rows, columns.ravel()]
    return rows[kept], columns.ravel()[kept]


def _are_hidden(segments: Segments, mask: NDArray[np.uint8], first: Indices, second: Indices) -> NDArray[np.bool_]:
    """(P,) whether ink of a stroke that hides the line fills the gap between two segments."""
    share = (np.arange(SAMPLES) + 0.5) / SAMPLES
    start, stop = segments.right[first], segments.left[second]
    columns = np.rint(start[:, None] + share * (stop - start)[:, None]).astype(np.intp)
    up, down = segments.ends[first], segments.begins[second]
    rows = np.rint(up[:, None] + share * (down - up)[:, None]).astype(np.intp)
    inked = np.zeros(rows.shape, np.bool_)
    for beside in (-1, 0, 1):
        inked |= mask[(rows + beside).clip(0, mask.shape[0] - 1), columns.clip(0, mask.shape[1] - 1)] > 0
    return np.asarray((~inked).sum(axis=1) <= BARE * SAMPLES)
