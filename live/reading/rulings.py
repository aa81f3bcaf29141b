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

from live.settings import RegionSettings

Mask = NDArray[np.uint8]
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

LONG = 0.08  # least length of a line, as a share of the frame's longer side
LONGER = 3.0  # and as many times as high as the writing
ALONE = 0.5  # least length as a share of the frame's longer side where the writing's height isn't known
SLIM = 4.0  # what is so many times as long as wide is no digit to take the writing's height from
LARGE, HELD, MANY = 0.33, 0.05, 3  # nor what holds a piece of this share of its height, or so many of that share
MOST = 600  # pieces that are looked at for it
THICK = 0.008  # most thickness, as a share of the frame's longer side
SLENDER = 15.0  # a line is so many times as long as thick
HIDDEN = 1.3  # a stroke may hide so much of a line, in heights of the writing
SEEN = 0.5  # least share of a line's length that no stroke hides
BARE, BARE_PX = 0.15, 3  # share, and px, that may be bare where a stroke hides it: a line doesn't end and begin again
STRAIGHT = 0.02  # how far a part of a line may lie from a straight one, as a share of its length
ASTRAY = 0.1  # and how far from the way of the part before it, as a share of the distance
OWN_RUN = 1.5  # where ink is so many times as thick as the line, a stroke crosses it


def without_rulings(mask: Mask, boxes: NDArray[np.int32], settings: RegionSettings) -> Mask:
    """The ink less its ruled lines; the same array, where there are none.

    mask: (H, W) uint8, 255 is ink. boxes: (N, 4) x, y, width, height of all its pieces, px.
    """
    side = max(mask.shape)
    boxes = boxes[boxes[:, 2:].max(axis=1, initial=0) >= settings.min_height_px]
    if boxes[:, 2:].max(initial=0) < LONG * side:
        return mask
    tall = writing_height(boxes, mask.shape)
    least = max(LONG * side, LONGER * tall) if tall else ALONE * side
    long = boxes[boxes[:, 2:].max(axis=1, initial=0) >= least]
    if not len(long):
        return mask
    left, top = long[:, :2].min(axis=0)
    right, bottom = (long[:, :2] + long[:, 2:]).max(axis=0)
    part = np.s_[top:bottom, left:right]
    thick, hidden = max(3, round(THICK * side)), HIDDEN * tall
    level = find_lines(mask[part], least, thick, hidden)
    upright = find_lines(mask[part].T, least, thick, hidden)
    if level is None and upright is None:
        return mask
    cleared = mask.copy()
    if level is not None:
        cleared[part][level] = 0
    if upright is not None:
        cleared[part][upright.T] = 0
    return cleared


def writing_height(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> float:
    """Height that most of the writing has, px: a median over pieces, weighted by their size; 0 where there is none.

    What can be no digit doesn't count: what is long, reaches the frame's edge, or holds other pieces.
    """
    boxes = boxes[np.argsort(-boxes[:, 3], kind="stable")[:MOST]]
    left, top, wide, tall = boxes.T
    right, bottom = left + wide, top + tall
    within = (left[:, None] < left) & (top[:, None] < top) & (right[:, None] > right) & (bottom[:, None] > bottom)
    held = (within & (tall > HELD * tall[:, None])).sum(axis=1)
    holds = (within & (tall > LARGE * tall[:, None])).any(axis=1) | (held >= MANY)
    inside = (left > 0) & (top > 0) & (right < shape[1]) & (bottom < shape[0])
    slim = np.maximum(wide, tall) > SLIM * np.minimum(wide, tall)
    heights = np.sort(tall[inside & ~slim & ~holds]).astype(float)
    weights = np.cumsum(heights**2)
    return float(heights[np.searchsorted(weights, weights[-1] / 2)]) if len(heights) else 0.0


def find_lines(mask: Mask, least: float, thick: int, hidden: float) -> NDArray[np.bool_] | None:
    """Where lines run that go rather across than down, but not where a stroke crosses them; None where there is no line.

    mask: (H, W) uint8. least: their length at least, thick: their thickness at most, hidden: what a stroke may hide of one, px.
    Returns (H, W) bool.
    """
    mask = np.ascontiguousarray(mask)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(short_runs(mask, thick), connectivity=8)
    wide = 1 + np.flatnonzero(stats[1:, cv2.CC_STAT_WIDTH] >= thick)
    if not len(wide):
        return None
    chains = _measured(labels, stats, wide, thick)
    found = None
    for line in _linked(chains, mask, thick, hidden):
        thickness = chains.is_line(line, least)
        if thickness > 0:
            found = np.zeros(mask.shape, np.bool_) if found is None else found
            own = chains.label[line]
            left, top = stats[own, :2].min(axis=0)
            right, bottom = (stats[own, :2] + stats[own, 2:4]).max(axis=0)
            most = round(OWN_RUN * thickness) + 1
            part = np.s_[max(top - most - 1, 0) : bottom + most + 1, left:right]
            found[part] |= (short_runs(mask[part], most) > 0) & np.isin(labels[part], own)
    return found


def short_runs(mask: Mask, most: int) -> Mask:
    """The ink that is no more than `most` px tall, column by column."""
    return cv2.subtract(mask, cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((most + 1, 1), np.uint8)))


@dataclass(frozen=True, eq=False)
class _Chains:
    """Pieces of ink all of whose runs are short: (C,) arrays, px."""

    label: Indices
    left: Floats
    right: Floats
    """The last column."""
    area: Floats
    slope: Floats
    begins: Floats
    """Row of the left end."""
    ends: Floats
    """Row of the right end."""

    def is_line(self, chains: Indices, least: float) -> float:
        """How thick the line is that some chains (by index) make; 0 where they make none."""
        width = self.right[chains] - self.left[chains] + 1
        length = self.right[chains].max() - self.left[chains].min() + 1
        thickness = float(self.area[chains].sum() / width.sum())
        if length < least or width.sum() < SEEN * length or length < SLENDER * thickness:
            return 0.0
        x = np.concatenate([self.left[chains], self.right[chains]])
        y = np.concatenate([self.begins[chains], self.ends[chains]])
        off = np.abs(np.polyval(np.polyfit(x, y, 1), x) - y).max()
        return thickness if off <= STRAIGHT * length + thickness else 0.0


def _measured(labels: NDArray[np.int32], stats: NDArray[np.int32], wide: Indices, end_px: int) -> _Chains:
    """The chains with these labels. end_px: so many columns tell where an end lies."""
    y, x = np.nonzero(labels)
    of = labels[y, x]

    def mean(values: Indices, of: NDArray[np.int32]) -> Floats:
        counts = np.bincount(of, minlength=len(stats))[wide]
        return np.asarray(np.bincount(of, values, len(stats))[wide] / np.maximum(counts, 1))

    mean_x, mean_y = mean(x, of), mean(y, of)
    slope = (mean(x * y, of) - mean_x * mean_y) / np.maximum(mean(x * x, of) - mean_x**2, 1e-6)
    left = stats[:, cv2.CC_STAT_LEFT]
    right = left + stats[:, cv2.CC_STAT_WIDTH] - 1
    first, last = x < left[of] + end_px, x > right[of] - end_px
    half = slope * (end_px - 1) / 2
    begins, ends = mean(y[first], of[first]) - half, mean(y[last], of[last]) + half
    area = stats[wide, cv2.CC_STAT_AREA].astype(float)
    return _Chains(wide, left[wide].astype(float), right[wide].astype(float), area, slope, begins, ends)


def _linked(chains: _Chains, mask: Mask, thick: int, hidden: float) -> list[Indices]:
    """Chains that lie one behind the other on one way, with ink between them: (n,) indices each."""
    away = chains.left[None, :] - chains.right[:, None]
    width = chains.right - chains.left
    slope = np.where(width[:, None] >= width[None, :], chains.slope[:, None], chains.slope[None, :])
    astray = np.abs(chains.ends[:, None] + slope * away - chains.begins[None, :])
    near = (away >= -1) & (away <= max(hidden, BARE_PX)) & (astray <= thick / 2 + ASTRAY * np.abs(away))
    line = np.arange(len(width))
    for first in np.flatnonzero(near.any(axis=1)).tolist():
        behind = np.flatnonzero(near[first])
        for second in behind[np.argsort(away[first, behind] + astray[first, behind])].tolist():
            if _is_hidden(mask, chains, first, second):
                line[line == line[second]] = line[first]
                break
    return [np.flatnonzero(line == name) for name in np.unique(line)]


def _is_hidden(mask: Mask, chains: _Chains, first: int, second: int) -> bool:
    """Whether there is ink all the way between two chains, of some stroke that hides the line."""
    count = max(2, int(chains.left[second] - chains.right[first]) + 1)
    columns = np.linspace(chains.right[first], chains.left[second], count).astype(int)
    rows = np.linspace(chains.ends[first], chains.begins[second], count).round().astype(int)
    rows = np.clip(rows + np.array([[-1], [0], [1]]), 0, mask.shape[0] - 1)
    bare = count - np.count_nonzero(mask[rows, columns].any(axis=0))
    return bool(bare <= max(BARE_PX, BARE * count))
