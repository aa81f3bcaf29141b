"""Remove ruled lines, boxes and underlines from the ink. Knows runs of pixels and straight lines, no digits.

A digit that touches a ruled line is one piece of ink with it, too large to be read. A ruled line consists of short runs across
it, adjacent, along a straight path much longer than a digit; where a stroke crosses it, the run is longer. The short runs are
removed and the strokes stay whole.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.settings import RegionSettings
from live.reading.heights import typical_height
from live.reading.line_segments import SEEN, Segments, Sizes, find_segments, link_segments
from live.reading.outlines import Outlines, find_outlines
from live.reading.paper import longer_side
from live.reading.runs import Indices, Runs, find_runs

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
WIDE = 2.0
"""Least length of a part of a ruled line between two strokes, in greatest thicknesses."""
ROUNDS = 3
"""Most rounds of removal on a page where the writing's height isn't known before."""
FEW = 20
"""Up to this many pieces are removed one by one; for more, all are labelled first, which takes 10 ms."""
SLENDER = 15.0
"""A ruled line is at least this many times as long as thick."""
EVEN = 1.25
"""A ruled line is at most this many times its median thickness, or a px more, along `MOSTLY` percent of it."""
MOSTLY = 80
"""Percentile of a ruled line's thickness that is compared with its median."""
STEEPEST = 1.1
"""Steepest slope of a ruled line in each direction, rows per column."""
HIDDEN = 1.3
"""Longest part of a ruled line that a stroke may hide, in heights of the writing."""
ASKEW = 0.15
"""Tangent of the greatest deviation of a box's side from a right angle."""
OWN_RUN = 1.5
"""A run longer than this many thicknesses of the line belongs to a stroke that crosses it."""


def without_ruled_lines(mask: Mask, pieces: Outlines, settings: RegionSettings, rounds: int = ROUNDS) -> Mask:
    """The ink without its ruled lines; the same array where there are none.

    mask: (H, W) uint8, 255 is ink. pieces: outlines of all of it. rounds: most rounds where all writing touches lines.
    """
    side = longer_side(mask.shape)
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
    # all writing may touch the longest lines: once they are gone its height can be measured
    return without_ruled_lines(cleared, find_outlines(cleared, settings), settings, rounds - 1)


def _are_margins(boxes: NDArray[np.int32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """(N,) pieces along the frame's edge: the desk beside a sheet, without writing."""
    left, top, wide, tall = boxes.T
    beside = (left <= 0) | (left + wide >= shape[1])
    above = (top <= 0) | (top + tall >= shape[0])
    return np.asarray((beside & (tall > SLIM * wide)) | (above & (wide > SLIM * tall)))


def _without_lines(mask: Mask, long: list[NDArray[np.int32]], least: float, hidden: float) -> Mask:
    """The ink without the lines in its long pieces; the same array where there are none. long: the pieces' outlines."""
    rest = _without_pieces(mask, np.array([contour[0, 0] for contour in long]))
    left, top = np.min([contour.min(axis=0)[0] for contour in long], axis=0)
    right, bottom = np.max([contour.max(axis=0)[0] for contour in long], axis=0) + 1
    ink = cv2.subtract(mask[top:bottom, left:right], rest[top:bottom, left:right])
    thick = max(3, round(THICK * longer_side(mask.shape)))
    thin = max(2, thick // FINE)
    ways, cleared = (find_runs(ink), find_runs(ink.T)), None
    # thin lines first: the runs across and along steep lines are both short
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


def _cleared(ink: Mask, ways: tuple[Runs, Runs], sizes: Sizes) -> Mask | None:
    """The ink without horizontal and vertical lines; None where there is none. ways: its runs along columns and along rows."""
    down, across = (runs.up_to(sizes.thick) for runs in ways)
    level = find_ruled_lines(ink, down, sizes)
    upright = find_ruled_lines(ink.T, across, sizes, turned(level))
    if upright is not None:
        level = find_ruled_lines(ink, down, sizes, turned(upright))
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


def find_ruled_lines(mask: Mask, runs: Runs, sizes: Sizes, walls: RuledLines | None = None) -> RuledLines | None:
    """The nearly horizontal ruled lines; None where there is none.

    mask: (H, W) uint8. runs: its short runs. walls: lines across these; a shorter line between two of them is the side of a
    box.
    """
    if len(runs.top) < (SEEN * sizes.least if walls is None else 1):
        return None
    segments = find_segments(runs, WIDE * sizes.thick)
    if segments.width.sum() < (SEEN * sizes.least if walls is None else 1):
        return None
    slopes, thicknesses, short = [], [], []
    lengths = runs.length
    shortest = sizes.least / np.hypot(1, STEEPEST) if walls is None else 2.0 * sizes.thick
    for line in link_segments(segments, mask, sizes):
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
    where = runs.drawn(np.concatenate(short), mask.shape)
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
