"""Take ruled lines, boxes and underlines out of the ink. Knows runs of pixels and straight lines, never digits.

A digit that touches a line is one piece of ink with it, and far too large to be read. A line is made of short runs across it,
side by side, on a straight way much longer than any digit; where a stroke crosses it, the run is longer. The short runs go, and
the strokes stay whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live.reading.regions import Outlines, find_outlines
from live.settings import RegionSettings

Mask = NDArray[np.uint8]
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

LONG = 0.08  # least length of a line, as a share of the frame's longer side
LONGER = 3.0  # and as many times as high as the writing
ALONE = 0.6  # least length as a share of the frame's longer side where the writing's height isn't known
HUGE = 0.3  # what is longer than this share of the frame's longer side is no digit to take the writing's height from
SLIM = 4.0  # nor what is so many times as long as wide
LARGE, HELD, MANY = 0.33, 0.05, 3  # nor what holds a piece of this share of its height, or so many of that share
MOST = 400  # pieces that are looked at for it, and parts that may make lines
THICK = 0.006  # most thickness, as a share of the frame's longer side
FINE = 3  # a thin line is so many times thinner than that
WIDE = 2.0  # least length of a part of a line between two strokes, in such thicknesses
SLENDER = 15.0  # a line is so many times as long as thick
EVEN, MOSTLY = (
    1.25,
    80,
)  # and no thicker than so many times as usual, or a px more, along this percentage of it
STEEPEST = 1.1  # rows to a column
STRAIGHT = 0.02  # how far a part of a line may lie from a straight one, as a share of its length
ASTRAY = 0.1  # and how far from the way of the part before it, as a share of the distance
HIDDEN = 1.3  # a stroke may hide so much of a line, in heights of the writing
SEEN = 0.5  # least share of a line's length that no stroke hides
BARE, SAMPLES = 0.15, 16  # share that may be bare where a stroke hides it, for a line doesn't end and begin again
ASKEW = 0.15  # tangent of how far the side of a box may lie off a right angle
WORD = 8  # px that are looked at together
OWN_RUN = 1.5  # where ink is so many times as thick as the line, a stroke crosses it


def without_rulings(mask: Mask, pieces: Outlines, settings: RegionSettings) -> Mask:
    """The ink less its ruled lines; the same array, where there are none.

    mask: (H, W) uint8, 255 is ink. pieces: all that it holds.
    """
    side = max(mask.shape)
    longer = pieces.boxes[:, 2:].max(axis=1, initial=0)
    if longer.max(initial=0) < LONG * side:
        return mask
    tall = writing_height(pieces.boxes[longer >= settings.min_height_px], mask.shape)
    least, hidden = (max(LONG * side, LONGER * tall), HIDDEN * tall) if tall else (ALONE * side, LONG * side)
    may_be = (longer >= least) & ~_are_margins(pieces.boxes, mask.shape)
    long = [pieces.contours[k] for k in np.flatnonzero(may_be).tolist()]
    cleared = _without_lines(mask, long, least, hidden) if long else mask
    if tall or cleared is mask:
        return cleared
    # all the writing may have hung on the longest lines: without them its height can be told
    return without_rulings(cleared, find_outlines(cleared, settings), settings)


def _are_margins(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """(N,) which pieces lie along the frame's edge: the desk beside a sheet, on which nothing is written."""
    left, top, wide, tall = boxes.T
    beside = (left <= 0) | (left + wide >= shape[1])
    above = (top <= 0) | (top + tall >= shape[0])
    return np.asarray((beside & (tall > SLIM * wide)) | (above & (wide > SLIM * tall)))


def _without_lines(mask: Mask, long: list[NDArray[np.int32]], least: float, hidden: float) -> Mask:
    """The ink less lines of a length in some pieces of it; the same array, where there are none. long: their outlines."""
    rest = mask.copy()
    for contour in long:
        cv2.floodFill(rest, None, tuple(contour[0, 0].tolist()), 0, flags=8)
    left, top = np.min([contour.min(axis=0)[0] for contour in long], axis=0)
    right, bottom = np.max([contour.max(axis=0)[0] for contour in long], axis=0) + 1
    ink = cv2.subtract(mask[top:bottom, left:right], rest[top:bottom, left:right])
    thick = max(3, round(THICK * max(mask.shape)))
    ways = find_runs(ink), find_runs(ink.T)
    found = False
    # thin lines first: where they are steep, runs across them and along them are short alike
    for most in (max(2, thick // FINE), thick):
        if any(2 * len(runs.up_to(most).top) > len(runs.up_to(thick).top) for runs in ways):
            cleared = _cleared(ink, ways, Sizes(least, most, hidden))
            if cleared is not None:
                found, ink, ways = True, cleared, (find_runs(cleared), find_runs(cleared.T))
    if not found:
        return mask
    cv2.bitwise_or(ink, rest[top:bottom, left:right], dst=rest[top:bottom, left:right])
    return rest


def _cleared(ink: Mask, ways: tuple[Runs, Runs], sizes: Sizes) -> Mask | None:
    """The ink less lines across and down; None where there is none. ways: its runs down the columns, and along the rows."""
    down, across = (runs.up_to(sizes.thick) for runs in ways)
    level = find_lines(ink, down, sizes)
    upright = find_lines(ink.T, across, sizes, turned(level))
    if upright is not None:
        level = find_lines(ink, down, sizes, turned(upright))
    if level is None and upright is None:
        return None
    cleared = ink.copy()
    if level is not None:
        cleared[level.where] = 0
    if upright is not None:
        cleared[upright.where.T] = 0
    return cleared


def writing_height(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> float:
    """Height that most of the writing has, px: a median over pieces, weighted by their size; 0 where there is none.

    What may be no digit doesn't count: what is huge, or slim, reaches the frame's edge, or holds other pieces.
    """
    boxes = boxes[np.argsort(-boxes[:, 3], kind="stable")[:MOST]]
    left, top, wide, tall = boxes.T
    right, bottom = left + wide, top + tall
    within = (left[:, None] < left) & (top[:, None] < top) & (right[:, None] > right) & (bottom[:, None] > bottom)
    held = (within & (tall > HELD * tall[:, None])).sum(axis=1)
    holds = (within & (tall > LARGE * tall[:, None])).any(axis=1) | (held >= MANY)
    inside = (left > 0) & (top > 0) & (right < shape[1]) & (bottom < shape[0])
    longer = np.maximum(wide, tall)
    fits = (longer < HUGE * max(shape)) & (longer < SLIM * np.minimum(wide, tall))
    heights = np.sort(tall[inside & fits & ~holds]).astype(float)
    weights = np.cumsum(heights**2)
    return float(heights[np.searchsorted(weights, weights[-1] / 2)]) if len(heights) else 0.0


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines that all run rather across than down."""

    where: NDArray[np.bool_]
    """(H, W) where there is nothing but line."""
    slope: float
    """Of most of them, and how thick they are, px."""
    thickness: float


def turned(lines: Lines | None) -> Lines | None:
    """The lines of a picture whose rows are the columns of this one, as walls for the lines that cross them."""
    return lines and Lines(lines.where.T, -lines.slope, lines.thickness)


@dataclass(frozen=True, slots=True)
class Sizes:
    """What a line is like, px."""

    least: float
    """Its length."""
    thick: int
    """Its thickness at most."""
    hidden: float
    """What a stroke may hide of it at most."""


def find_lines(mask: Mask, runs: Runs, sizes: Sizes, walls: Lines | None = None) -> Lines | None:
    """The lines that run rather across than down; None where there is none.

    mask: (H, W) uint8. runs: the short ones of it. walls: lines across these, between which a shorter one may stand: the sides
    of a box.
    """
    if len(runs.top) < (SEEN * sizes.least if walls is None else 1):
        return None
    chains = _chains(runs, WIDE * sizes.thick)
    if chains.width.sum() < (SEEN * sizes.least if walls is None else 1):
        return None
    slopes, thicknesses, short = [], [], []
    shortest = sizes.least / np.hypot(1, STEEPEST) if walls is None else 2.0 * sizes.thick
    for line in _linked(chains, mask, sizes):
        if chains.right[line[-1]] - chains.left[line[0]] < shortest:
            continue
        length, slope = chains.length(line), float(np.average(chains.slope[line], weights=chains.width[line]))
        is_long = length >= sizes.least
        if abs(slope) > STEEPEST or not (
            is_long or (walls and _stands_between(chains, line, slope, walls, sizes.thick))
        ):
            continue
        own = chains.runs_of(line)
        usual, thickest = np.percentile(runs.length[own], [50, MOSTLY]).tolist()
        if length < SLENDER * usual or thickest > max(usual + 1, EVEN * usual) or not chains.is_straight(line, length):
            continue
        if not is_long and walls and usual > OWN_RUN * walls.thickness + 1:
            continue
        short.append(own[runs.length[own] <= OWN_RUN * usual + 1])
        slopes.append(slope)
        thicknesses.append(usual)
    if not short:
        return None
    where = runs.drawn(np.concatenate(short), mask.shape)
    return Lines(where, float(np.median(slopes)), float(np.median(thicknesses)))


@dataclass(frozen=True, eq=False)
class Runs:
    """Ink, column by column: (R,) arrays of int, sorted by column and row."""

    column: Indices
    top: Indices
    bottom: Indices
    """The row after the last."""
    tall: int
    """Rows that a column has, and one more."""

    @property
    def length(self) -> Indices:
        """Px of ink."""
        return self.bottom - self.top

    def beside(self, step: int) -> Indices:
        """(R,) which run of the next column (or of the one before: -1) each touches most; -1 for none."""
        there = (self.column + step) * self.tall
        first = np.searchsorted(self.column * self.tall + self.bottom, there + self.top)
        last = np.searchsorted(self.column * self.tall + self.top, there + self.bottom, side="right") - 1
        ends = np.minimum(np.stack([first, last]), len(self.top) - 1)
        common = np.minimum(self.bottom, self.bottom[ends]) - np.maximum(self.top, self.top[ends])
        return np.where(last < first, -1, np.where(common[0] >= common[1], ends[0], ends[1]))

    def up_to(self, most: int) -> Runs:
        """Those of at most so many px."""
        short = self.length <= most
        return Runs(self.column[short], self.top[short], self.bottom[short], self.tall)

    def drawn(self, chosen: Indices, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Where some of the runs (by index) are, in a picture of that height and width."""
        where = np.zeros(shape, np.bool_)
        length = self.length[chosen]
        steps = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        where[np.repeat(self.top[chosen], length) + steps, np.repeat(self.column[chosen], length)] = True
        return where


def find_runs(mask: Mask) -> Runs:
    """All runs of ink down the columns. mask: (H, W) uint8."""
    height, width = mask.shape
    tall = (height // WORD + 1) * WORD  # columns are laid end to end, with at least a row of paper between them
    columns = np.zeros((width, tall), np.uint8)
    columns[:, :height] = cv2.transpose(mask) if mask.flags.c_contiguous else mask.T
    # most words of eight px are empty: to look at the others alone takes a fifth of the time
    words = np.flatnonzero(columns.view(np.uint64))
    word, byte = np.nonzero(columns.reshape(-1, WORD)[words])
    places = words[word] * WORD + byte
    if not len(places):
        return Runs(places, places, places, tall)
    breaks = np.flatnonzero(np.diff(places) > 1)
    begins, ends = places[np.concatenate([[0], breaks + 1])], places[np.concatenate([breaks, [len(places) - 1]])] + 1
    column, top = np.divmod(begins, tall)
    return Runs(column, top, top + (ends - begins), tall)


@dataclass(frozen=True, eq=False)
class _Chains:
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

    def runs_of(self, chains: Indices) -> Indices:
        """The runs of some chains."""
        wanted = np.zeros(len(self.left) + 1, np.bool_)
        wanted[chains] = True
        return np.flatnonzero(wanted[self.of_run])

    def length(self, chains: Indices) -> float:
        """Of the line that some chains (by index, from left to right) make, px; 0 where strokes hide too much of it."""
        across = self.right[chains].max() - self.left[chains].min() + 1
        if self.width[chains].sum() < SEEN * across:
            return 0.0
        return float(np.hypot(across, self.begins[chains[0]] - self.ends[chains[-1]]))

    def is_straight(self, chains: Indices, length: float) -> bool:
        """Whether all ends of some chains lie on one way."""
        x = np.concatenate([self.left[chains], self.right[chains]])
        y = np.concatenate([self.begins[chains], self.ends[chains]])
        return bool(np.abs(np.polyval(np.polyfit(x, y, 1), x) - y).max() <= STRAIGHT * length + 2)


def _chains(runs: Runs, least: float) -> _Chains:
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
    return _Chains(left, right, width, slope, begins - half, ends + half, of_run)


def _followed(to: Indices) -> Indices:
    """Where each ends that goes where it is pointed to, on and on; what points to itself stays."""
    while True:
        further = to[to]
        if np.array_equal(further, to):
            return to
        to = further


def _linked(chains: _Chains, mask: Mask, sizes: Sizes) -> list[Indices]:
    """Chains that lie one behind the other on one way, with ink between them: (n,) indices each, from left to right."""
    away = chains.left[None, :] - chains.right[:, None]
    slope = np.where(chains.width[:, None] >= chains.width[None, :], chains.slope[:, None], chains.slope[None, :])
    astray = np.abs(chains.ends[:, None] + slope * away - chains.begins[None, :])
    near = (away >= 1) & (away <= max(sizes.hidden, sizes.thick)) & (astray <= sizes.thick / 2 + ASTRAY * away)
    first, second = np.nonzero(near)
    inked = _are_hidden(chains, mask, first, second)
    first, second = first[inked], second[inked]
    order = np.argsort((away + astray)[first, second], kind="stable")[::-1]
    to = np.arange(len(chains.left))
    to[first[order]] = second[order]  # of several the last stays: the nearest
    line = _followed(to)
    by_place = np.argsort(chains.left, kind="stable")
    by_line = by_place[np.argsort(line[by_place], kind="stable")]
    return np.split(by_line, np.flatnonzero(np.diff(line[by_line])) + 1) if len(by_line) else []


def _are_hidden(chains: _Chains, mask: Mask, first: Indices, second: Indices) -> NDArray[np.bool_]:
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


def _stands_between(chains: _Chains, line: Indices, slope: float, walls: Lines, thick: int) -> bool:
    """Whether a line meets walls at a right angle with both its ends, and goes no further."""
    if abs(slope - walls.slope) > ASKEW:
        return False
    ends = (
        (chains.left[line[0]], chains.begins[line[0]]),
        (chains.right[line[-1]], chains.ends[line[-1]]),
    )
    around = [(max(0, int(x) - thick), max(0, int(y) - thick)) for x, y in ends]
    return all(walls.where[y : y + 2 * thick + 1, x : x + 2 * thick + 1].any() for x, y in around)
