"""Detects whether a frame differs from the last one that was read; knows no numbers.

A page at rest is then not read in every frame. Frames are compared as thumbnails, whose cells average out the sensor noise. A
new digit, or a page that moves by one pixel, causes a far larger difference.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from live.tracking.frame_interval import stretch

CELL_PX = 8  # This is the side of a thumbnail's cell, px: large enough to average out noise, but a stroke still shows.
CHANGE = 4.0  # A cell has changed if it differs by more than this number of grey levels plus a noise margin.
NOISE_SIGMAS = 6.0  # The noise margin is this number of standard deviations of the difference over all cells.
MOST_NOISE = 8.0  # The noise margin is at most this number of grey levels: if all cells differ, the camera moved.
SETTLED_S = 0.5  # A page is read in every frame for this number of seconds after it came to rest, to collect evidence.


class ChangeDetector:
    """Compares each frame with the last one that was read."""

    def __init__(self, reread_s: float) -> None:
        """reread_s: seconds between two readings of a page at rest; 0 reads every frame."""
        self._reread_s = reread_s
        self._thumbnail: NDArray[np.uint8] | None = None
        self._read_at = self._moved_at = -math.inf

    def must_read(self, image: NDArray[np.uint8], captured_at: float, interval_s: float = 0.0) -> bool:
        """Whether a frame must be read; if so, it becomes the last one that was read.

        image: (H, W, 3) uint8 BGR. captured_at: its time, seconds. interval_s: the interval of the source's frames, seconds.
        """
        if self._reread_s == 0:
            return True
        seen, settled_s = thumbnail_of(image), SETTLED_S * stretch(interval_s)
        if self._thumbnail is None or captured_at < self._read_at or differ(self._thumbnail, seen):
            self._moved_at = captured_at
        elif captured_at - self._moved_at > settled_s and captured_at - self._read_at < self._reread_s:
            return False
        self._thumbnail, self._read_at = seen, captured_at
        return True


def thumbnail_of(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 BGR -> (H / 8, W / 8) uint8, the mean grey value of each cell."""
    height, width = image.shape[:2]
    size = max(1, width // CELL_PX), max(1, height // CELL_PX)
    return cv2.cvtColor(cv2.resize(image, size, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)


def differ(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> bool:
    """Whether two thumbnails show different pictures."""
    if first.shape != second.shape:
        return True
    change = cv2.absdiff(first, second)
    sigma = 1.4826 * float(np.median(change))
    return float(change.max()) > CHANGE + min(NOISE_SIGMAS * sigma, MOST_NOISE)
