"""How a picture looks whose source is gone: without colour, with a line that tells why. Knows no source."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live.video.lettering import Colour, Letters, panel, width_of, write

WHITE: Colour = (255, 255, 255)
AMBER: Colour = (20, 176, 250)
BLANK: Colour = (34, 31, 28)
LIGHT, SHADE = 0.45, 70.0  # what is left of the contrast, and the grey that the rest becomes
SMALLEST_PX = 9


def greyed(picture: NDArray[np.uint8], line: str) -> NDArray[np.uint8]:
    """`picture` in pale grey with `line` across its middle: a new (H, W, 3) picture."""
    grey = cv2.convertScaleAbs(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), alpha=LIGHT, beta=SHADE)
    old: NDArray[np.uint8] = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    height, width = old.shape[:2]
    size = max(SMALLEST_PX, round(height / 30))
    while size > SMALLEST_PX and _wide(line, size) > width:
        size -= 1
    wide, tall = _wide(line, size), round(2.2 * size)
    left, top = max((width - wide) // 2, 0), (height - tall) // 2
    panel(old, (left, top), (wide, tall), 0.78)
    center = (left + round(1.1 * size), top + tall // 2)
    cv2.circle(old, center, max(2, round(0.3 * size)), AMBER, cv2.FILLED, cv2.LINE_AA)
    write(old, line, (left + 2 * size, top + round(1.45 * size)), Letters(size, WHITE))
    return old


def blank(size: tuple[int, int]) -> NDArray[np.uint8]:
    """What stands where no frame has come yet; size: (width, height), px."""
    return np.full((max(size[1], 1), max(size[0], 1), 3), BLANK, np.uint8)


def _wide(line: str, size: int) -> int:
    """Width of the panel for a line, px."""
    return width_of(line, size) + 3 * size
