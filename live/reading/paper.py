"""Find how bright the paper is under what is written on it. Knows grey values and how wide strokes are, no ink and no digits."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.uint8]

SMALL_SIDE_PX = 320  # light changes slowly: paper is estimated on a picture of about this size
WIDER = 4  # strokes so many times as wide as the window are looked for too
DARK, DARKER = 0.85, 0.5  # such a stroke is as dark as the first share of its paper, and somewhere as the second
NEARBY = 0.92  # parts of it that are just narrow enough for the window leave a trace so dark


def cell_px(shape: tuple[int, ...]) -> int:
    """Side of a cell in which the paper has one brightness, px. shape: (H, W) of the frame, px."""
    return max(1, round(max(shape) / SMALL_SIDE_PX))


def window_cells(shape: tuple[int, ...], share: float, least_side: int = SMALL_SIDE_PX) -> int:
    """Side of a window, in cells; odd, at least 3. shape: (h, w) of the grid, cells; share: of the longer side.

    Of one smaller than `least_side` it is more: that picture was cut out of a larger one, with strokes as wide as there.
    """
    return max(3, int(max(*shape, least_side) * share)) | 1


def find_paper(
    gray: NDArray[np.uint8], step: int, share: float, *, least_side: int = SMALL_SIDE_PX, wide: bool = True
) -> Cells:
    """Brightness of the paper under the strokes, on a grid of one cell in `step` px.

    gray: (H, W) uint8. share, least_side: strokes up to about the width of that window (`window_cells`) are looked under.
    wide: and under wider ones, where they are dark. Returns (H / step, W / step) uint8.
    """
    height, width = gray.shape
    small = cv2.resize(gray, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    window = window_cells(small.shape, share, least_side)
    paper = without_strokes(small, window)
    if wide:
        paper = without_wide_strokes(paper, window)
    return cv2.blur(paper, (window // 2 | 1, window // 2 | 1))


def without_strokes(cells: Cells, window: int) -> Cells:
    """The cells, less everything dark that is thinner than the window: a grey closing leaves the paper under the strokes."""
    return cv2.morphologyEx(cells, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (window, window)))


def without_wide_strokes(paper: Cells, window: int) -> Cells:
    """The paper, less what is left of strokes wider than the window: of a number that fills the frame, in marker.

    Such a stroke is dark, thinner than a window `WIDER` times as wide, and does not reach the frame's edge, as a desk does.
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
