"""Draw a one-line message on a dark panel with an amber dot. Doesn't know its reason."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live.drawing.lettering import Colour, Letters, panel, width_of, write

WHITE: Colour = (255, 255, 255)
AMBER: Colour = (20, 176, 250)
SMALLEST_PX = 9


def draw_notice(picture: NDArray[np.uint8], line: str, size: int, *, at_top: bool = False) -> None:
    """Write a line across the picture's middle, or at its top, in place; smaller than `size` px where it is too wide."""
    height, width = picture.shape[:2]
    size = max(SMALLEST_PX, size)
    while size > SMALLEST_PX and _wide(line, size) > width:
        size -= 1
    wide, tall = _wide(line, size), round(2.2 * size)
    left, top = max((width - wide) // 2, 0), round(0.6 * size) if at_top else (height - tall) // 2
    panel(picture, (left, top), (wide, tall), 0.78)
    center = (left + round(1.1 * size), top + tall // 2)
    cv2.circle(picture, center, max(2, round(0.3 * size)), AMBER, cv2.FILLED, cv2.LINE_AA)
    write(picture, line, (left + 2 * size, top + round(1.45 * size)), Letters(size, WHITE))


def _wide(line: str, size: int) -> int:
    """Width of the panel for a line, px."""
    return width_of(line, size) + 3 * size
