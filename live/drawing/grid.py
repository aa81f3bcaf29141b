"""Several pictures as one: side by side, in a grid where there are more than two. Knows sizes and names, no source."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from live.drawing.lettering import Letters, panel, width_of, write
from live.drawing.notice import WHITE
from live.drawing.stale_frame import BLANK

GAP_PX = 4
WIDEST_PX = 3840  # players of H.264 take no more than 4096


class Grid:
    """Where each picture goes. Cells stay where they are, whatever sizes come later."""

    def __init__(self, sizes: Sequence[tuple[int, int]], names: Sequence[str]) -> None:
        """sizes: (width, height) of each picture, px. names: what is written over each."""
        self._names = names
        self._columns = math.ceil(math.sqrt(len(sizes)))
        rows = [sizes[start : start + self._columns] for start in range(0, len(sizes), self._columns)]
        heights = [max(height for _, height in row) for row in rows]
        widths = [max(row[column][0] for row in rows if column < len(row)) for column in range(self._columns)]
        scale = min(1.0, (WIDEST_PX - GAP_PX * (self._columns - 1)) / sum(widths))
        self._widths = [max(1, math.floor(width * scale)) for width in widths]
        self._heights = [max(1, math.floor(height * scale)) for height in heights]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole, px."""
        return (
            sum(self._widths) + GAP_PX * (len(self._widths) - 1),
            sum(self._heights) + GAP_PX * (len(self._heights) - 1),
        )

    def composed(self, pictures: Sequence[NDArray[np.uint8]], *, named: bool = True) -> NDArray[np.uint8]:
        """One (H, W, 3) picture of all, each scaled down where it is too large for its cell.

        named: write each name into the upper right corner of its cell.
        """
        width, height = self.size
        whole = np.full((height, width, 3), BLANK, np.uint8)
        for place, (picture, name) in enumerate(zip(pictures, self._names, strict=True)):
            row, column = divmod(place, self._columns)
            left = sum(self._widths[:column]) + GAP_PX * column
            top = sum(self._heights[:row]) + GAP_PX * row
            cell = whole[top : top + self._heights[row], left : left + self._widths[column]]
            _lay(picture, cell)
            if named:
                _name(cell, name)
        return whole


def _lay(picture: NDArray[np.uint8], cell: NDArray[np.uint8]) -> None:
    """Lay a picture into the middle of a cell, in place."""
    height, width = picture.shape[:2]
    scale = min(1.0, cell.shape[1] / width, cell.shape[0] / height)
    if scale < 1:
        width, height = max(1, math.floor(width * scale)), max(1, math.floor(height * scale))
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    top, left = (cell.shape[0] - height) // 2, (cell.shape[1] - width) // 2
    cell[top : top + height, left : left + width] = picture


def _name(cell: NDArray[np.uint8], name: str) -> None:
    """Write a source's name into the upper right corner of its cell, in place."""
    size = max(11, round(cell.shape[0] / 44))
    margin, wide = round(0.6 * size), width_of(name, size) + round(1.3 * size)
    left = cell.shape[1] - margin - wide
    panel(cell, (left, margin), (wide, round(1.7 * size)))
    write(cell, name, (left + round(0.65 * size), margin + round(1.2 * size)), Letters(size, WHITE))
