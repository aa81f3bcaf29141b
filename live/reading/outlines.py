"""Find the outlines of all pieces of ink on a page, in bounded time. Knows pixels, and of digits only the least size.

OpenCV finds outer and inner outlines together, in a time that grows with the square of the holes in one piece: 230,000 holes of
1 px take 5 s. On pages with that much ink, pieces are labelled first, and only their outer outlines are followed.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.settings import RegionSettings
from live.reading.budget import FRAME_PX
from live.reading.heights import typical_height

Contours = list[NDArray[np.int32]]

CROWDED = 40_000
"""Stroke starts on the rows of a mask from which pieces are labelled first.

A page full of small digits has 10,000, one on a grainy desk 36,000.
"""
TOO_FULL = 60_000
"""Stroke starts on a frame from which ruled lines are not removed; paper squared every 5 mm has up to 37,000."""
MOST = 4000
"""Most pieces on a frame of 1280x720, the largest; a page of 600 digits on a grainy desk has 3,000."""
MAX_COMPONENTS = 600
"""Most components of digit size, the largest; more than any page of numbers has, so that more are texture."""
MISSED = (0.6, 0.05)
"""Least height and area of a piece that counts as left out, in typical heights and their squares; a thin 1 has an area of 0.1."""
DEEPEST = 6
"""Deepest nesting of pieces in holes of pieces that is followed."""


@dataclass(frozen=True, eq=False)
class Outlines:
    """The outer outlines of all pieces of ink, without specks."""

    contours: Contours
    """(n, 1, 2) each, px."""
    boxes: NDArray[np.int32]
    """(N, 4) x, y, width, height, px."""
    left_out: int = 0
    """Pieces of digit size that were skipped because there are too many."""


def find_outlines(mask: NDArray[np.uint8], settings: RegionSettings) -> Outlines:
    """Outlines of all pieces at least as large as a part of a digit. mask: (H, W) uint8, 255 is ink."""
    least = settings.min_height_px // 3
    if count_stroke_starts(mask) > CROWDED:
        return outlines_of_crowded_mask(mask, least, settings.min_height_px)
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if tree is None:
        return Outlines([], np.zeros((0, 4), np.int32))
    outer = (tree.reshape(-1, 4)[:, 3] < 0).tolist()
    kept = [contour for contour, is_outer in zip(contours, outer, strict=True) if is_outer and len(contour) >= 4]
    return _large(kept, least)


def find_contours(outlines: Outlines, shape: tuple[int, ...], settings: RegionSettings) -> Outlines:
    """The outlines that may be a digit or a part of one by their size, without those cut by the frame; at most `MAX_COMPONENTS`.

    shape: height and width of the frame, px.
    """
    height, width = shape[:2]
    x, y, w, h = outlines.boxes.T
    fits = (h <= settings.max_height * height) & (w <= settings.max_height * width)
    inside = (x > 0) & (y > 0) & (x + w < width) & (y + h < height)
    kept, left_out = np.flatnonzero(fits & inside), outlines.left_out
    if len(kept) > MAX_COMPONENTS:
        areas = np.array([cv2.contourArea(outlines.contours[k]) for k in kept.tolist()])
        order = np.argsort(-areas, kind="stable")
        first, others = order[:MAX_COMPONENTS], order[MAX_COMPONENTS:]
        tall = max(settings.min_height_px, typical_height(h[kept[first]]))
        # specks and hairs, compared with most of the ink, don't count as left out
        missed = (h[kept[others]] >= MISSED[0] * tall) & (areas[others] >= MISSED[1] * tall**2)
        left_out += int(np.count_nonzero(missed))
        kept = kept[first]
    return Outlines([outlines.contours[k] for k in kept.tolist()], outlines.boxes[kept], left_out)


def count_too_large(outlines: Outlines, shape: tuple[int, ...], settings: RegionSettings) -> int:
    """Count the outlines that are too large for a digit: they may be lines with writing on them. shape: of the frame, px."""
    tall, wide = outlines.boxes[:, 3], outlines.boxes[:, 2]
    return int(np.count_nonzero((tall > settings.max_height * shape[0]) | (wide > settings.max_height * shape[1])))


def count_stroke_starts(mask: NDArray[np.uint8], *, down: bool = False) -> int:
    """Count the strokes that start on the rows of a mask, or on its columns (down): the work of following outlines."""
    before, after = (mask[:-1], mask[1:]) if down else (mask[:, :-1], mask[:, 1:])
    return 0 if before.size == 0 else int(cv2.countNonZero(cv2.compare(after, before, cv2.CMP_GT)))


def is_too_full(mask: NDArray[np.uint8]) -> bool:
    """Whether there is too much ink to tell ruled lines apart. mask: (H, W) uint8."""
    most = TOO_FULL * max(1.0, mask.size / FRAME_PX)
    return count_stroke_starts(mask) > most or count_stroke_starts(mask, down=True) > most


def outlines_of_crowded_mask(mask: NDArray[np.uint8], least: int, tall: int) -> Outlines:
    """As `find_outlines`, of a mask with any number of pieces and holes; at most `MOST` pieces.

    least: least size of a piece, px. tall: height from which a skipped piece counts as left out, px.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    kept = np.flatnonzero(stats[:, 2:4].max(axis=1) >= least)
    kept = kept[kept > 0]
    by_size = kept[np.argsort(-stats[kept, 2:4].prod(axis=1), kind="stable")]
    most = round(MOST * max(1.0, mask.size / FRAME_PX))
    wanted = np.zeros(count, np.uint8)
    wanted[by_size[:most]] = 255
    contours: Contours = []
    for _ in range(DEEPEST):
        some = cv2.findContours(wanted[labels], cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)[0]
        if not some:
            break
        contours += some
        first = np.array([contour[0, 0] for contour in some])
        wanted[labels[first[:, 1], first[:, 0]]] = 0
    left_out = np.count_nonzero(stats[by_size[most:], 3] >= tall) + np.count_nonzero(stats[wanted > 0, 3] >= tall)
    # OpenCV's own order: from the last row up
    contours.sort(key=lambda contour: tuple(contour[0, 0, ::-1].tolist()), reverse=True)
    found = _large([contour for contour in contours if len(contour) >= 4], least)
    return Outlines(found.contours, found.boxes, int(left_out))


def _large(contours: Contours, least: int) -> Outlines:
    """The contours at least as large as a part of a digit."""
    boxes = np.array([cv2.boundingRect(contour) for contour in contours], np.int32).reshape(-1, 4)
    large = np.flatnonzero(boxes[:, 2:].max(axis=1, initial=0) >= least)
    return Outlines([contours[k] for k in large.tolist()], boxes[large])
