"""Lay the ink of one region into MNIST's field: the form the CNN learned. Knows no page and no network.

Training and the live reader share this module, so that what is learned is what is seen.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

FIELD_PX = 28
DIGIT_PX = 20


def to_mnist(ink: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Lay the ink of one digit into MNIST's field.

    ink: (h, w) uint8 grey ink, 0 is paper, 255 is full ink, cropped to the digit. Returns (28, 28) float32 in [0, 1],
    ink is 1: the longer side is 20 px, the centre of mass is at the centre (as near as whole px and the field allow), the
    darkest ink is 1. Raises ValueError where there is no ink.
    Source: LeCun, Cortes and Burges, the MNIST page's own description of its fields.
    """
    if ink.ndim != 2 or ink.size == 0:
        raise ValueError(f"ink must be (h, w) with at least one pixel, got {ink.shape}")
    field = np.zeros((FIELD_PX, FIELD_PX), np.float32)
    _lay(ink, field)
    return field


def stack_mnist(inks: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """`to_mnist` of each, as one batch: (N, 28, 28, 1) float32 in [0, 1]; N = 0 is ordinary."""
    batch = np.zeros((len(inks), FIELD_PX, FIELD_PX, 1), np.float32)
    for field, ink in zip(batch[..., 0], inks, strict=True):
        _lay(ink, field)
    return batch


def _lay(ink: NDArray[np.uint8], field: NDArray[np.float32]) -> None:
    """Write `ink` into `field`, a (28, 28) float32 view of zeros."""
    height, width = ink.shape
    scale = DIGIT_PX / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # area interpolation: thin strokes vanish under bilinear shrinking; it falls back to blocks when enlarging, cubic does not
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    _, peak, _, _ = cv2.minMaxLoc(small)
    if peak <= 0:
        raise ValueError("there is no ink in this region")
    moments = cv2.moments(small)
    left = _start(moments["m10"] / moments["m00"], size[0])
    top = _start(moments["m01"] / moments["m00"], size[1])
    np.multiply(small, np.float32(1 / peak), out=field[top : top + size[1], left : left + size[0]])


def _start(center_of_mass: float, length: int) -> int:
    """First row or column of the digit, so that its centre of mass is at the field's centre and nothing is cut off."""
    return min(max(round((FIELD_PX - 1) / 2 - center_of_mass), 0), FIELD_PX - length)
