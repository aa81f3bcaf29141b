"""Estimate the brightness of the paper under the writing. Knows grey values and stroke widths, no ink and no digits."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.uint8]

SMALL_SIDE_PX = 320
"""Longer side of the reduced picture that paper is estimated on, px; light changes slowly."""
WIDER = 4
"""Strokes up to this many times as wide as the window are removed too."""
DARK, DARKER = 0.85, 0.5
"""Such a stroke is darker than the first share of its paper everywhere, and than the second share somewhere."""
NEARBY = 0.92
"""Parts of such a stroke that are just narrow enough for the window leave a trace darker than this share of the paper."""
LONGEST_PX = 12_000
"""Windows grow with the longer side of a picture up to this, px: that of 108 megapixels in a phone's shape. A strip of 10 px by a
million is no larger picture, and windows that grew with it would take minutes."""
MOST_CELLS = 4 * SMALL_SIDE_PX
"""Longer side of a grid of cells up to which windows grow; only strips longer than LONGEST_PX have more cells."""


def longer_side(shape: tuple[int, ...]) -> int:
    """The longer side of a picture, px, by which windows are measured. shape: (H, W), px."""
    return min(max(shape), LONGEST_PX)


def cell_px(shape: tuple[int, ...]) -> int:
    """Side of a cell of uniform paper brightness, px. shape: (H, W) of the frame, px."""
    return max(1, round(longer_side(shape) / SMALL_SIDE_PX))


def window_cells(shape: tuple[int, ...], share: float, least_side: int = SMALL_SIDE_PX) -> int:
    """Side of a window, in cells; odd, at least 3. shape: (h, w) of the grid, cells; share: of the longer side.

    A grid smaller than `least_side` gets the window of that side: it was cut out of a larger picture with strokes as wide.
    """
    return max(3, int(min(max(*shape, least_side), MOST_CELLS) * share)) | 1


def find_paper(
    gray: NDArray[np.uint8], step: int, share: float, *, least_side: int = SMALL_SIDE_PX, wide: bool = True
) -> Cells:
    """Brightness of the paper under the strokes, on a grid of one cell in `step` px.

    gray: (H, W) uint8. share, least_side: strokes up to about the width of that window (`window_cells`) are removed.
    wide: remove wider dark strokes too. Returns (H / step, W / step) uint8.
    """
    height, width = gray.shape
    small = cv2.resize(gray, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    window = window_cells(small.shape, share, least_side)
    paper = without_strokes(small, window)
    if wide:
        paper = without_wide_strokes(paper, window)
    return cv2.blur(paper, (window // 2 | 1, window // 2 | 1))


def without_strokes(cells: Cells, window: int) -> Cells:
    """The cells without dark parts thinner than the window: a grey closing leaves the paper under the strokes."""
    return cv2.morphologyEx(cells, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (window, window)))


def without_wide_strokes(paper: Cells, window: int) -> Cells:
    """The paper without strokes wider than the window, as of a number in marker that fills the frame.

    Such a stroke is dark, thinner than `WIDER` windows, and does not reach the frame's edge, unlike a desk.
    paper: (h, w) uint8, as `without_strokes` leaves it; the same array where there is no such stroke.
    """
    height, width = paper.shape
    few = cv2.resize(paper, (max(1, width // WIDER), max(1, height // WIDER)), interpolation=cv2.INTER_AREA)
    filled = without_strokes(few, window)
    cores = darker(few, filled, DARKER)
    if not cv2.countNonZero(cores):
        return paper
    count, pieces, boxes, _ = cv2.connectedComponentsWithStats(darker(few, filled, DARK))
    left, top, wide, tall = boxes[:, :4].T
    are_strokes = (left > 0) & (top > 0) & (left + wide < few.shape[1]) & (top + tall < few.shape[0])
    are_strokes &= np.bincount(pieces[cores > 0], minlength=count) > 0
    are_strokes[0] = False
    if not are_strokes.any():
        return paper
    strokes = np.where(are_strokes[pieces], np.uint8(255), np.uint8(0))
    around = cv2.dilate(strokes, np.ones((window, window), np.uint8))
    strokes = cv2.dilate(cv2.bitwise_and(around, darker(few, filled, NEARBY)), np.ones((3, 3), np.uint8))
    under = cv2.resize(np.where(strokes > 0, filled, few), (width, height), interpolation=cv2.INTER_LINEAR)
    where = cv2.resize(strokes, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.where(where > 0, np.maximum(under, paper), paper)


def darker(cells: Cells, paper: Cells, share: float) -> Cells:
    """(h, w) uint8: 255 where cells are darker than this share of the paper there, else 0."""
    return cv2.compare(cells, cv2.convertScaleAbs(paper, alpha=share), cv2.CMP_LT)
