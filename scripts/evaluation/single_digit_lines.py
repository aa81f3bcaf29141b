"""Remove ruled lines, frames and sheet edges from a mask of ink, and keep the strokes that cross them. Knows no digit."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]

MIN_LENGTH = 0.75
"""A line runs through at least this share of the picture."""
MAX_HIDDEN = 0.3
"""Strokes may hide up to this share of a line."""
MAX_SLOPE_DEG = 8
"""Largest deviation of a line from horizontal or vertical, degrees."""
CROSSING_RATIO = 1.7
"""A stroke crosses the line where the ink is at least this many times as thick as the line."""
MAX_INK_SHARE = 0.2
"""A picture with a larger share of ink is texture: no lines are searched."""
MAX_THICKNESS = 0.05
"""Largest thickness of a line, as a share of the picture."""


def without_lines(mask: Picture) -> Picture:
    """The mask without the nearly horizontal and vertical lines that run through the whole picture.

    mask: (H, W) uint8, 255 is ink. Returns a new one.
    """
    for turned in (False, True):
        view = np.ascontiguousarray(mask.T) if turned else mask
        view = _without_level_lines(view)
        mask = np.ascontiguousarray(view.T) if turned else view
    return mask


def _without_level_lines(mask: Picture) -> Picture:
    """The mask without its nearly horizontal lines."""
    height, width = mask.shape
    # ink taller than any line (a stroke or a shadow) is left out to save time
    tall = cv2.getStructuringElement(cv2.MORPH_RECT, (1, 2 * round(MAX_THICKNESS * height) + 1))
    thin = cv2.bitwise_and(mask, cv2.bitwise_not(cv2.morphologyEx(mask, cv2.MORPH_OPEN, tall)))
    if not MIN_LENGTH * width <= cv2.countNonZero(thin) <= MAX_INK_SHARE * thin.size:
        return mask
    found = cv2.HoughLinesP(
        thin,
        1,
        np.pi / 180,
        threshold=max(8, round(0.5 * width)),
        minLineLength=MIN_LENGTH * width,
        maxLineGap=MAX_HIDDEN * width,
    )
    mask = mask.copy()
    for x0, y0, x1, y1 in [] if found is None else found.reshape(-1, 4).tolist():
        if abs(y1 - y0) <= np.tan(np.radians(MAX_SLOPE_DEG)) * abs(x1 - x0):
            slope = (y1 - y0) / max(abs(x1 - x0), 1) * (1 if x1 > x0 else -1)
            _erase(mask, slope, y0 - slope * x0)
    return mask


def _erase(mask: Picture, slope: float, start: float) -> None:
    """Erase the line y = start + slope * x in place, except where a thicker stroke crosses it."""
    height, width = mask.shape
    reach = max(3, round(MAX_THICKNESS * height))
    columns = np.arange(width)
    middle = np.rint(start + slope * columns).astype(int)
    rows = middle[None] + np.arange(-reach, reach + 1)[:, None]  # a band along the line, (2 * reach + 1, W)
    band = mask[np.clip(rows, 0, height - 1), columns[None]] > 0
    band &= (rows >= 0) & (rows < height)
    # the connected ink above and below the line's row
    up = np.cumprod(band[reach::-1], axis=0, dtype=np.int64).sum(axis=0)
    down = np.cumprod(band[reach:], axis=0, dtype=np.int64).sum(axis=0)
    thick = up + down - (up > 0)
    if not (thick > 0).any():
        return
    usual = float(np.median(thick[thick > 0]))
    thin = (thick > 0) & (thick <= CROSSING_RATIO * usual + 1)
    if usual > reach or thin.sum() < 0.6 * MIN_LENGTH * width:
        return
    for column in np.flatnonzero(thin):
        above, below = middle[column] - up[column] + 1, middle[column] + down[column]
        mask[max(above, 0) : below, column] = 0
