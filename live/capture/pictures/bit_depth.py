"""Converts pictures of any bit depth and number of channels to 8-bit BGR; knows no file and no camera."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

LADDER = tuple(2.0**bits - 1 for bits in (8, 10, 12, 14, 15, 16, 24, 31, 32, 63, 64))
"""These are the maximum values of sensors and integer types; 10, 12 and 14 bits are stored in the low bits of 16."""
FLOAT_SHARE = 99.9  # This per cent of a float picture's values is not clipped; highlights may be 1000 times brighter.
FLOAT_WHITE = 0.5  # A float picture whose maximum lies between this value and 1 has the range 0 to 1.
LIGHT_INK = 127.5  # Above this mean grey level, ink on a transparent page is too light for a white background.
MOST_OF_PAGE = 0.5  # Above this opaque share of a page, the opaque pixels are the page itself rather than ink.


class Depth:
    """The range of values of a sensor, estimated from its pictures. It never shrinks, so a stream does not flicker."""

    def __init__(self) -> None:
        self._most = 0.0

    def most(self, highest: float) -> float:
        """The value of white. highest: the maximum of the newest picture."""
        self._most = max(self._most, next((step for step in LADDER if step >= highest), highest))
        return self._most


def to_bgr(picture: NDArray[np.generic], depth: Depth | None = None) -> NDArray[np.uint8]:
    """Any picture that OpenCV decodes, (H, W) or (H, W, 1 to 4), as (H, W, 3) uint8 BGR.

    Alpha is composited over white, or over black if white would hide the ink. depth: that of the picture's stream, if any.
    """
    if picture.ndim == 2:
        picture = picture[:, :, np.newaxis]
    if picture.shape[2] in (2, 4):
        # alpha uses the full range of its type, even if the colours use fewer bits
        return over_ground(to_8_bit(picture[:, :, :-1], depth), to_8_bit(picture[:, :, -1], full_range=True))
    levels = to_8_bit(picture, depth)
    return np.ascontiguousarray(levels if levels.shape[2] == 3 else np.repeat(levels[:, :, :1], 3, axis=2))


def over_ground(colours: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Composite colours, (H, W, 1 or 3) uint8, with alpha, (H, W) uint8, over white or black: (H, W, 3) uint8."""
    cover = alpha[:, :, np.newaxis].astype(np.uint16)
    ground = 255
    shown = float(cover.sum(dtype=np.float64))
    if 0 < shown < MOST_OF_PAGE * 255 * alpha.size:
        mean = float((colours * cover).sum(dtype=np.float64)) / (shown * colours.shape[2])
        ground = 0 if mean > LIGHT_INK else 255
    seen = ((colours * cover + ground * (255 - cover) + 127) // 255).astype(np.uint8)
    return np.ascontiguousarray(seen if seen.shape[2] == 3 else np.repeat(seen, 3, axis=2))


def to_8_bit(
    picture: NDArray[np.generic], depth: Depth | None = None, *, full_range: bool = False
) -> NDArray[np.uint8]:
    """Scale values of any depth to 0 to 255: integers by the bits they use, floats by 1 or by nearly their maximum.

    full_range: scale integers by the range of their type instead. depth: keeps the range from picture to picture.
    """
    if picture.dtype == np.uint8:
        return picture.astype(np.uint8, copy=False)
    if picture.dtype == np.bool_:
        return picture.astype(np.uint8) * np.uint8(255)
    if not np.issubdtype(picture.dtype, np.integer):
        return floats_to_8_bit(np.asarray(picture, np.float32))
    highest = float(picture.max(initial=0))
    most = float(np.iinfo(picture.dtype.name).max) if full_range else (depth or Depth()).most(highest)
    if picture.dtype == np.uint16:
        shape = picture.shape
        flat = np.ascontiguousarray(picture).reshape(shape[0], -1)
        return np.asarray(cv2.convertScaleAbs(flat, alpha=255.0 / most), np.uint8).reshape(shape)
    return np.clip(np.rint(picture.astype(np.float64) * (255.0 / most)), 0, 255).astype(np.uint8)


def floats_to_8_bit(values: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Scale floats of any range to 0 to 255. NaN becomes black; negative values shift the range."""
    values = np.where(np.isfinite(values), values, np.where(values > 0, np.float32(np.inf), np.float32(0)))
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return np.zeros(values.shape, np.uint8)
    low = min(0.0, float(np.percentile(finite, 100 - FLOAT_SHARE, method="lower")))
    high = float(np.percentile(finite, FLOAT_SHARE, method="higher"))
    most = 1.0 if FLOAT_WHITE < high <= 1.0 and low == 0.0 else high - low
    if not 0 < most < np.inf:
        return np.zeros(values.shape, np.uint8)
    shares = (
        values.astype(np.float64) - low
    ) / most  # in float64, as differences of the largest float32 values overflow
    return np.rint(np.clip(shares, 0, 1) * 255).astype(np.uint8)
