"""Runs of ink that lie side by side, and what of them lies on one way: the parts of a line. Knows runs, no line's meaning."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from live.reading.runs import Indices, Runs

Floats = NDArray[np.float64]

MOST = 400  # chains of a picture that are looked at
FEW = 12  # chains near to one that are looked at, where all have more: such ink is texture
STRAIGHT = 0.02  # how far a chain of a line may lie from a straight one, as a share of its length
ASTRAY = 0.1  # and how far from the way of the chain before it, as a share of the distance
SEEN = 0.5  # least share of a line's length that no stroke hides
BARE, SAMPLES = 0.15, 16  # share that may be bare where a stroke hides it, for a line doesn't end and begin again


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a line is like, px."""

    least: float
    """Its length."""
    thick: int
    """Its thickness at most."""
    hidden: float
    """What a stroke may hide of it at most."""


@dataclass(frozen=True, eq=False)
class Chains:
    """Runs that lie side by side without a break: (C,) arrays, px."""

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
    """(R,) which chain a run is of; -1 for none."""

    @cached_property
    def _order(self) -> tuple[Indices, Indices]:
        """The runs, chain by chain, and where each chain's begin: a line's runs are found without a look at all others."""
        order = np.argsort(self.of_run, kind="stable")
        return order, np.searchsorted(self.of_run[order], np.arange(len(self.left) + 1))

    def runs_of(self, chains: Indices) -> Indices:
        """The runs of some chains."""
        order, begins = self._order
        return np.concatenate([order[begins[k] : begins[k + 1]] for k in chains.tolist()])

    def length(self, chains: Indices) -> float:
        """Of the line that some chains (by index, from left to right) make, px; 0 where strokes hide too much of it."""
        across = self.right[chains].max() - self.left[chains].min() + 1
        if self.width[chains].sum() < SEEN * across:
            return 0.0
        return float(np.hypot(across, self.begins[chains[0]] - self.ends[chains[-1]]))

    def slope_of(self, chains: Indices) -> float:
        """Of that line, rows to a column."""
        width = self.width[chains]
        return float(self.slope[chains] @ width / width.sum())

    def is_straight(self, chains: Indices, length: float) -> bool:
        """Whether all ends of some chains lie on one way."""
        x = np.concatenate([self.left[chains], self.right[chains]])
        y = np.concatenate([self.begins[chains], self.ends[chains]])
        x, y = x - x.mean(), y - y.mean()
        astray = y - x * float((x @ y) / max(float(x @ x), 1e-9))
        return bool(np.abs(astray).max() <= STRAIGHT * length + 2)


def find_chains(runs: Runs, least: float) -> Chains:
    """The chains of at least so many columns, the longest ones of many."""
    after, before = runs.beside(1), runs.beside(-1)
    here = np.arange(len(after))
    follows = (before >= 0) & (after[before] == here)  # each is what the other touches most
    first = _followed(np.where(follows, before, here))
    counts = np.bincount(first, minlength=len(here))
    chosen = np.flatnonzero(counts >= least)
    chosen = chosen[np.argsort(-counts[chosen], kind="stable")[:MOST]]
    place = np.full(len(here) + 1, -1, np.intp)
    place[chosen] = np.arange(len(chosen))
    of_run = place[first]
    own = np.flatnonzero(of_run >= 0)
    of, x, y = of_run[own], runs.column[own].astype(float), (runs.top[own] + runs.bottom[own] - 1) / 2

    def mean(values: Floats, chain: Indices) -> Floats:
        return np.asarray(
            np.bincount(chain, values, len(chosen)) / np.maximum(np.bincount(chain, minlength=len(chosen)), 1)
        )

    left = runs.column[chosen].astype(float)
    width = counts[chosen].astype(float)
    right = left + width - 1
    mean_x, mean_y = mean(x, of), mean(y, of)
    slope = (mean(x * y, of) - mean_x * mean_y) / np.maximum(mean(x * x, of) - mean_x**2, 1e-6)
    near = x < left[of] + least, x > right[of] - least
    begins, ends = (mean(y[k], of[k]) for k in near)
    half = slope * (np.ceil(least) - 1) / 2
    return Chains(left, right, width, slope, begins - half, ends + half, of_run)


def _followed(to: Indices) -> Indices:
    """Where each ends that goes where it is pointed to, on and on; what points to itself stays."""
    while True:
        further = to[to]
        if np.array_equal(further, to):
            return to
        to = further


def linked(chains: Chains, mask: NDArray[np.uint8], sizes: Sizes) -> list[Indices]:
    """Chains that lie one behind the other on one way, with ink between them: (n,) indices each, from left to right."""
    away = chains.left[None, :] - chains.right[:, None]
    slope = np.where(chains.width[:, None] >= chains.width[None, :], chains.slope[:, None], chains.slope[None, :])
    astray = np.abs(chains.ends[:, None] + slope * away - chains.begins[None, :])
    near = (away >= 1) & (away <= max(sizes.hidden, sizes.thick)) & (astray <= sizes.thick / 2 + ASTRAY * away)
    first, second = _nearest(near, away + astray) if np.count_nonzero(near) > FEW * len(near) else np.nonzero(near)
    inked = _are_hidden(chains, mask, first, second)
    first, second = first[inked], second[inked]
    order = np.argsort((away + astray)[first, second], kind="stable")[::-1]
    to = np.arange(len(chains.left))
    to[first[order]] = second[order]  # of several the last stays: the nearest
    line = _followed(to)
    by_place = np.argsort(chains.left, kind="stable")
    by_line = by_place[np.argsort(line[by_place], kind="stable")]
    return np.split(by_line, np.flatnonzero(np.diff(line[by_line])) + 1) if len(by_line) else []


def _nearest(near: NDArray[np.bool_], far: Floats) -> tuple[Indices, Indices]:
    """Of each chain the `FEW` nearest of those that are near: what is meant is hardly ever farther, where so much lies around."""
    columns = np.argpartition(np.where(near, far, np.inf), FEW, axis=1)[:, :FEW]
    rows = np.repeat(np.arange(len(near)), FEW)
    kept = near[rows, columns.ravel()]
    return rows[kept], columns.ravel()[kept]


def _are_hidden(chains: Chains, mask: NDArray[np.uint8], first: Indices, second: Indices) -> NDArray[np.bool_]:
    """(P,) whether there is ink all the way between two chains, of some stroke that hides the line."""
    share = (np.arange(SAMPLES) + 0.5) / SAMPLES
    start, stop = chains.right[first], chains.left[second]
    columns = np.rint(start[:, None] + share * (stop - start)[:, None]).astype(np.intp)
    up, down = chains.ends[first], chains.begins[second]
    rows = np.rint(up[:, None] + share * (down - up)[:, None]).astype(np.intp)
    inked = np.zeros(rows.shape, np.bool_)
    for beside in (-1, 0, 1):
        inked |= mask[(rows + beside).clip(0, mask.shape[0] - 1), columns.clip(0, mask.shape[1] - 1)] > 0
    return np.asarray((~inked).sum(axis=1) <= BARE * SAMPLES)
