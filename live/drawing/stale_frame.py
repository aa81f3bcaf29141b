"""Draw a frame as stale: in pale grey, with a line that says why. Doesn't know the source."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live.drawing.lettering import Colour
from live.drawing.notice import draw_notice

BLANK: Colour = (34, 31, 28)
LIGHT, SHADE = 0.45, 70.0
"""Contrast factor of a stale frame, and the grey level (of 255) that is added to it."""


def stale(picture: NDArray[np.uint8], line: str) -> NDArray[np.uint8]:
    """`picture` in pale grey with `line` across its middle: a new (H, W, 3) picture."""
    grey = cv2.convertScaleAbs(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), alpha=LIGHT, beta=SHADE)
    old: NDArray[np.uint8] = cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR)
    draw_notice(old, line, round(old.shape[0] / 30))
    return old


def blank(size: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture shown before the first frame; size: (width, height), px."""
    return np.full((max(size[1], 1), max(size[0], 1), 3), BLANK, np.uint8)
