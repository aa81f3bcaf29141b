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

from live.core.settings import RegionSettings
from live.reading.chains import SEEN, Chains, Sizes, find_chains, linked
from live.reading.heights import usual_height
from live.reading.outlines import Outlines, find_outlines
from live.reading.runs import Indices, Runs, find_runs

Mask = NDArray[np.uint8]

LONG = 0.08  # least length of a line, as a share of the frame's longer side
LONGER = 3.0  # and as many times as high as the writing
ALONE = 0.6  # least length as a share of the frame's longer side where the writing's height isn't known
HUGE = 0.6  # what is longer than this share of the frame's longer side is no digit to take the writing's height from
SLIM = 4.0  # nor what is so many times as long as wide
LARGE, HELD, MANY = 0.33, 0.05, 3  # nor what holds a piece of this share of its height, or so many of that share
MOST = 400  # pieces that are looked at for it
THICK = 0.006  # most thickness, as a share of the frame's longer side
FINE = 3  # a thin line is so many times thinner than that
WIDE = 2.0  # least length of a part of a line between two strokes, in such thicknesses
ROUNDS = 3  # in which lines are taken out of a page whose writing's height can't be told before
FEW = 20  # pieces that are taken out one by one; of more, all are told apart first, in 10 ms
SLENDER = 15.0  # a line is so many times as long as thick
EVEN = 1.25  # and no thicker than so many times as usual, or a px more,
MOSTLY = 80  # along this percentage of it
STEEPEST = 1.1  # rows to a column
HIDDEN = 1.3  # a stroke may hide so much of a line, in heights of the writing
ASKEW = 0.15  # tangent of how far the side of a box may lie off a right angle
OWN_RUN = 1.5  # where ink is so many times as thick as the line, a stroke crosses it


def without_rulings(mask: Mask, pieces: Outlines, settings: RegionSettings, rounds: int = ROUNDS) -> Mask:
    """The ink less its ruled lines; the same array, where there are none.

    mask: (H, W) uint8, 255 is ink. pieces: all that it holds. rounds: how often, where all the writing hung on lines.
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
    if tall or cleared is mask or rounds <= 1:
        return cleared
    # all the writing may have hung on the longest lines: without them its height can be told
    return without_rulings(cleared, find_outlines(cleared, settings), settings, rounds - 1)


def _are_margins(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """(N,) which pieces lie along the frame's edge: the desk beside a sheet, on which nothing is written."""
    left, top, wide, tall = boxes.T
    beside = (left <= 0) | (left + wide >= shape[1])
    above = (top <= 0) | (top + tall >= shape[0])
    return np.asarray((beside & (tall > SLIM * wide)) | (above & (wide > SLIM * tall)))


def _without_lines(mask: Mask, long: list[NDArray[np.int32]], least: float, hidden: float) -> Mask:
    """The ink less lines of a length in some pieces of it; the same array, where there are none. long: their outlines."""
    rest = _without_pieces(mask, np.array([contour[0, 0] for contour in long]))
    left, top = np.min([contour.min(axis=0)[0] for contour in long], axis=0)
    right, bottom = np.max([contour.max(axis=0)[0] for contour in long], axis=0) + 1
    ink = cv2.subtract(mask[top:bottom, left:right], rest[top:bottom, left:right])
    thick = max(3, round(THICK * max(mask.shape)))
    thin = max(2, thick // FINE)
    ways, cleared = (find_runs(ink), find_runs(ink.T)), None
    # thin lines first: where they are steep, runs across them and along them are short alike
    if any(2 * len(runs.up_to(thin).top) > len(runs.up_to(thick).top) for runs in ways):
        cleared = _cleared(ink, ways, Sizes(least, thin, hidden))
        if cleared is not None:
            ink, ways = cleared, (find_runs(cleared), find_runs(cleared.T))
    without_thick = _cleared(ink, ways, Sizes(least, thick, hidden))
    cleared = cleared if without_thick is None else without_thick
    if cleared is None:
        return mask
    cv2.bitwise_or(cleared, rest[top:bottom, left:right], dst=rest[top:bottom, left:right])
    return rest


def _without_pieces(mask: Mask, inside: NDArray[np.int32]) -> Mask:
    """The ink less the pieces in which some places (N, 2) px are; a new array."""
    if len(inside) > FEW:
        labels = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_32S)[1]
        gone = np.zeros(int(labels.max()) + 1, np.bool_)
        gone[labels[inside[:, 1], inside[:, 0]]] = True
        return np.where(gone[labels], np.uint8(0), mask)
    rest = mask.copy()
    for place in inside.tolist():
        cv2.floodFill(rest, None, tuple(place), 0, flags=8)
    return rest


def _percentiles(lengths: Indices, *shares: float) -> list[float]:
    """Percentiles of whole numbers, as NumPy's, in a tenth of the time for the few that a line has."""
    ordered = np.sort(lengths).tolist()
    found = []
    for share in shares:
        place = share / 100 * (len(ordered) - 1)
        low = int(place)
        high = min(low + 1, len(ordered) - 1)
        found.append(ordered[low] + (ordered[high] - ordered[low]) * (place - low))
    return found


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
    return usual_height(tall[inside & fits & ~holds])


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines that all run rather across than down."""

    where: NDArray[np.bool_]
    """(H, W) where there is nothing but line."""
    slope: float
    """Of most of them, rows to a column."""
    thickness: float
    """Of most of them, px."""


def turned(lines: Lines | None) -> Lines | None:
    """The lines of a picture whose rows are the columns of this one, as walls for the lines that cross them."""
    return lines and Lines(lines.where.T, -lines.slope, lines.thickness)


def find_lines(mask: Mask, runs: Runs, sizes: Sizes, walls: Lines | None = None) -> Lines | None:
    """The lines that run rather across than down; None where there is none.

    mask: (H, W) uint8. runs: the short ones of it. walls: lines across these, between which a shorter one may stand: the sides
    of a box.
    """
    if len(runs.top) < (SEEN * sizes.least if walls is None else 1):
        return None
    chains = find_chains(runs, WIDE * sizes.thick)
    if chains.width.sum() < (SEEN * sizes.least if walls is None else 1):
        return None
    slopes, thicknesses, short = [], [], []
    lengths = runs.length
    shortest = sizes.least / np.hypot(1, STEEPEST) if walls is None else 2.0 * sizes.thick
    for line in linked(chains, mask, sizes):
        if chains.right[line[-1]] - chains.left[line[0]] < shortest:
            continue
        length, slope = chains.length(line), chains.slope_of(line)
        is_long = length >= sizes.least
        if abs(slope) > STEEPEST or not (
            is_long or (walls and _stands_between(chains, line, slope, walls, sizes.thick))
        ):
            continue
        own = chains.runs_of(line)
        usual, thickest = _percentiles(lengths[own], 50, MOSTLY)
        if length < SLENDER * usual or thickest > max(usual + 1, EVEN * usual) or not chains.is_straight(line, length):
            continue
        if not is_long and walls and usual > OWN_RUN * walls.thickness + 1:
            continue
        short.append(own[lengths[own] <= OWN_RUN * usual + 1])
        slopes.append(slope)
        thicknesses.append(usual)
    if not short:
        return None
    where = runs.drawn(np.concatenate(short), mask.shape)
    return Lines(where, float(np.median(slopes)), float(np.median(thicknesses)))


def _stands_between(chains: Chains, line: Indices, slope: float, walls: Lines, thick: int) -> bool:
    """Whether a line meets walls at a right angle with both its ends, and goes no further."""
    if abs(slope - walls.slope) > ASKEW:
        return False
    ends = (
        (chains.left[line[0]], chains.begins[line[0]]),
        (chains.right[line[-1]], chains.ends[line[-1]]),
    )
    around = [(max(0, int(x) - thick), max(0, int(y) - thick)) for x, y in ends]
    return all(walls.where[y : y + 2 * thick + 1, x : x + 2 * thick + 1].any() for x, y in around)
