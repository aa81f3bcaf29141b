"""Remove ruled lines, boxes and underlines from the ink. Knows runs of pixels and straight lines, no digits.

A digit that touches a ruled line is one piece of ink with it, too large to be read. A ruled line consists of short runs across
it, adjacent, along a straight path much longer than a digit; where a stroke crosses it, the run is longer. The short runs are
removed and the strokes stay whole.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.settings import RegionSettings
from live.reading.budget import Budget
from live.reading.heights import typical_height
from live.reading.line_segments import Sizes
from live.reading.outlines import Outlines, find_outlines
from live.reading.paper import longer_side
from live.reading.runs import Runs, find_runs
from live.reading.straight_lines import LineSearch, turned

Mask = NDArray[np.uint8]

LONG = 0.08
"""Least length of a ruled line, as a share of the frame's longer side."""
LONGER = 3.0
"""Least length of a ruled line, in heights of the writing."""
ALONE = 0.6
"""Least length where the writing's height isn't known, as a share of the frame's longer side."""
HUGE = 0.6
"""Pieces longer than this share of the frame's longer side say nothing about the writing's height."""
SLIM = 4.0
"""Pieces this many times as long as wide say nothing about it either."""
LARGE, HELD, MANY = 0.33, 0.05, 3
"""Nor do pieces that enclose a piece of the first share of their height, or this many pieces of the second share."""
MOST = 400
"""Most pieces that the writing's height is taken from: the tallest."""
THICK = 0.006
"""Greatest thickness of a ruled line, as a share of the frame's longer side."""
FINE = 3
"""A thin ruled line has at most the greatest thickness divided by this."""
ROUNDS = 3
"""Most rounds of removal on a page where the writing's height isn't known before."""
FEW = 20
"""Up to this many pieces are removed one by one; for more, all are labelled first, which takes 10 ms."""
HIDDEN = 1.3
"""Longest part of a ruled line that a stroke may hide, in heights of the writing."""


def without_ruled_lines(
    mask: Mask, pieces: Outlines, settings: RegionSettings, budget: Budget | None = None, rounds: int = ROUNDS
) -> Mask:
    """The ink without its ruled lines, as far as the budget lasts; the same array where there are none.

    mask: (H, W) uint8, 255 is ink. pieces: outlines of all of it. budget: None is that of one frame. rounds: most rounds where
    all writing touches lines.
    """
    budget = budget or Budget.of(mask.shape)
    side = longer_side(mask.shape)
    longer = pieces.boxes[:, 2:].max(axis=1, initial=0)
    if longer.max(initial=0) < LONG * side:
        return mask
    tall = writing_height(pieces.boxes[longer >= settings.min_height_px], mask.shape)
    least, hidden = (max(LONG * side, LONGER * tall), HIDDEN * tall) if tall else (ALONE * side, LONG * side)
    may_be = (longer >= least) & ~_are_margins(pieces.boxes, mask.shape)
    long = [pieces.contours[k] for k in np.flatnonzero(may_be).tolist()]
    cleared = _without_lines(mask, long, (least, hidden), budget) if long else mask
    if tall or cleared is mask or rounds <= 1:
        return cleared
    # all writing may touch the longest lines: once they are gone its height can be measured
    return without_ruled_lines(cleared, find_outlines(cleared, settings), settings, budget, rounds - 1)


def _are_margins(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """(N,) pieces along the frame's edge: the desk beside a sheet, without writing."""
    left, top, wide, tall = boxes.T
    beside = (left <= 0) | (left + wide >= shape[1])
    above = (top <= 0) | (top + tall >= shape[0])
    return np.asarray((beside & (tall > SLIM * wide)) | (above & (wide > SLIM * tall)))


def _without_lines(mask: Mask, long: list[NDArray[np.int32]], lengths: tuple[float, float], budget: Budget) -> Mask:
    """The ink without the lines in its long pieces; the same array where there are none.

    long: the pieces' outlines. lengths: least length of a line, and longest part that a stroke may hide, px.
    """
    rest = _without_pieces(mask, np.array([contour[0, 0] for contour in long]))
    left, top = np.min([contour.min(axis=0)[0] for contour in long], axis=0)
    right, bottom = np.max([contour.max(axis=0)[0] for contour in long], axis=0) + 1
    ink = cv2.subtract(mask[top:bottom, left:right], rest[top:bottom, left:right])
    least, hidden = lengths
    thick = max(3, round(THICK * longer_side(mask.shape)))
    thin = max(2, thick // FINE)
    ways, cleared = (find_runs(ink), find_runs(ink.T)), None
    # thin lines first: the runs across and along steep lines are both short
    if any(2 * len(runs.up_to(thin).top) > len(runs.up_to(thick).top) for runs in ways):
        cleared = _cleared(ink, ways, Sizes(least, thin, hidden), budget)
        if cleared is not None:
            ink, ways = cleared, (find_runs(cleared), find_runs(cleared.T))
    without_thick = _cleared(ink, ways, Sizes(least, thick, hidden), budget)
    cleared = cleared if without_thick is None else without_thick
    if cleared is None:
        return mask
    cv2.bitwise_or(cleared, rest[top:bottom, left:right], dst=rest[top:bottom, left:right])
    return rest


def _without_pieces(mask: Mask, inside: NDArray[np.int32]) -> Mask:
    """The ink without the pieces at some places (N, 2) px; a new array."""
    if len(inside) > FEW:
        labels = cv2.connectedComponents(mask, connectivity=8, ltype=cv2.CV_32S)[1]
        gone = np.zeros(int(labels.max()) + 1, np.bool_)
        gone[labels[inside[:, 1], inside[:, 0]]] = True
        return np.where(gone[labels], np.uint8(0), mask)
    rest = mask.copy()
    for place in inside.tolist():
        cv2.floodFill(rest, None, tuple(place), 0, flags=8)
    return rest


def _cleared(ink: Mask, ways: tuple[Runs, Runs], sizes: Sizes, budget: Budget) -> Mask | None:
    """The ink without horizontal and vertical lines; None where there is none, or the budget doesn't last.

    ways: its runs along columns and along rows.
    """
    down, across = (runs.up_to(sizes.thick) for runs in ways)
    if not budget.try_examine(len(down.top) + len(across.top)):
        budget.leave_out(1)  # a piece that keeps its lines is too large to be read
        return None
    search = LineSearch(ink, down, sizes)
    level = search.lines()
    upright = LineSearch(ink.T, across, sizes).lines(turned(level))
    if upright is not None:
        level = search.lines(turned(upright))
    if level is None and upright is None:
        return None
    cleared = ink.copy()
    if level is not None:
        cleared[level.where] = 0
    if upright is not None:
        cleared[upright.where.T] = 0
    return cleared


def writing_height(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> float:
    """Height of the writing, px: a median over pieces, weighted by their size; 0 where there is none.

    Pieces that are no digit are excluded: huge or slim ones, those at the frame's edge, and those that enclose others.
    """
    boxes = boxes[np.argsort(-boxes[:, 3], kind="stable")[:MOST]]
    left, top, wide, tall = boxes.T
    right, bottom = left + wide, top + tall
    within = (left[:, None] < left) & (top[:, None] < top) & (right[:, None] > right) & (bottom[:, None] > bottom)
    held = (within & (tall > HELD * tall[:, None])).sum(axis=1)
    holds = (within & (tall > LARGE * tall[:, None])).any(axis=1) | (held >= MANY)
    inside = (left > 0) & (top > 0) & (right < shape[1]) & (bottom < shape[0])
    longer = np.maximum(wide, tall)
    fits = (longer < HUGE * longer_side(shape)) & (longer < SLIM * np.minimum(wide, tall))
    return typical_height(tall[inside & fits & ~holds])
