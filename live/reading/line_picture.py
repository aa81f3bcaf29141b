"""Lay the ink of a group out as the line network takes it. Knows ink and extents, no network.

The picture is level, and the writing in it has one height, whatever it has on the page.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live.reading.cuts import Extent
from live.reading.grouping import quad_of
from live.reading.ink import Ink
from live.reading.regions import stretch
from models.line_format import FIELD_TALL_PX, LEAST_WIDE_PX, MOST_WIDE_PX, WRITING_TALL_PX

SOFT_EDGE = np.ones((3, 3), np.uint8)
"""Window that adds the soft edge of a stroke, which is lighter than the threshold for ink."""


def line_picture(ink: Ink, extent: Extent, angle: float) -> NDArray[np.uint8]:
    """The ink of a group as the line network takes it: (32, w) uint8, level, 24 px tall.

    extent: px of the turned frame. angle: slope of its line, radians.
    """
    left, top, right, bottom = extent
    scale = WRITING_TALL_PX / max(bottom - top, 1.0)
    margin = (FIELD_TALL_PX - WRITING_TALL_PX) / 2 / scale
    corners = quad_of((left - margin, top - margin, right + margin, bottom + margin), angle)
    height, width = ink.darkness.shape
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 2, (width, height))
    rows, columns = slice(low[1], high[1]), slice(low[0], high[0])
    grey = cv2.bitwise_and(ink.darkness[rows, columns], cv2.dilate(ink.mask[rows, columns], SOFT_EDGE))
    shrunk = min(scale, 1.0)
    if shrunk < 1:
        grey = cv2.resize(grey, None, fx=shrunk, fy=shrunk, interpolation=cv2.INTER_AREA)
    wide = float(np.hypot(*(corners[1] - corners[0]))) * scale
    size = int(np.clip(round(wide), LEAST_WIDE_PX, MOST_WIDE_PX)), FIELD_TALL_PX
    field = np.array([[0, 0], [size[0], 0], [0, size[1]]], np.float32)
    matrix = cv2.getAffineTransform(field, ((corners[[0, 1, 3]] - low) * shrunk).astype(np.float32))
    return stretch(cv2.warpAffine(grey, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP))
