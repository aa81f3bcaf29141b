"""Write text on pictures in OpenCV's own typeface. Knows sizes and colours, never what the text means."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = tuple[int, int, int]
"""Blue, green, red, 0 to 255."""

REGULAR, BOLD = 400, 640


@lru_cache(maxsize=1)
def _face() -> cv2.FontFace:
    """The typeface that comes with OpenCV; it has Latin, Greek and Cyrillic letters and arrows."""
    return cv2.FontFace("sans")


@lru_cache(maxsize=512)
def width_of(text: str, size: int, weight: int = REGULAR) -> int:
    """Width of `text`, px, at a size of `size` px."""
    _, _, width, _ = cv2.getTextSize((1, 1), text, (0, 0), _face(), size, weight)
    return int(width)


def write(
    picture: NDArray[np.uint8], text: str, place: tuple[int, int], size: int, colour: Colour, *, bold: bool = False
) -> None:
    """Write `text` onto `picture` (drawn on in place), its first letter's foot at `place` (x, y), px."""
    cv2.putText(picture, text, place, colour, _face(), size, BOLD if bold else REGULAR)


def rounded(picture: NDArray[np.uint8], corner: tuple[int, int], size: tuple[int, int], colour: Colour) -> None:
    """Fill a rectangle with round corners, drawn on in place. corner: top left (x, y); size: (width, height), px."""
    (x, y), (width, height) = corner, size
    radius = max(1, min(width, height) // 4)
    right, bottom = x + width - 1, y + height - 1
    cv2.rectangle(picture, (x + radius, y), (right - radius, bottom), colour, cv2.FILLED)
    cv2.rectangle(picture, (x, y + radius), (right, bottom - radius), colour, cv2.FILLED)
    for center in ((x, y), (right, y), (x, bottom), (right, bottom)):
        inward = (
            center[0] + (radius if center[0] == x else -radius),
            center[1] + (radius if center[1] == y else -radius),
        )
        cv2.circle(picture, inward, radius, colour, cv2.FILLED, cv2.LINE_AA)


def dimmed(picture: NDArray[np.uint8], corner: tuple[int, int], size: tuple[int, int], share: float = 0.35) -> None:
    """Darken a rectangle to `share` of its light, in place, so that white text reads on anything."""
    (x, y), (width, height) = corner, size
    part = picture[max(y, 0) : y + height, max(x, 0) : x + width]
    cv2.convertScaleAbs(part, dst=part, alpha=share)
