"""Scale and centre ink as MNIST does, the digit network's input format. Knows no page and no network.

Training and the reader share this module, so that their inputs are the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

DIGIT_CLASSES = 10
"""Number of digit classes, which come first in every network's answer."""
FIELD_PX = 28
DIGIT_PX = 20
_ROWS, _COLUMNS = np.indices((DIGIT_PX, DIGIT_PX), np.float32)
MOMENTS = np.stack([np.ones_like(_ROWS), _COLUMNS, _ROWS], axis=-1).reshape(-1, 3)
"""Weights of a digit's moments: mass, along x, along y."""


def to_mnist(ink: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Scale and centre the ink of one digit in MNIST's field.

    ink: (h, w) uint8 grey ink, 0 is paper, 255 is full ink, cropped to the digit. Returns (28, 28) float32 in [0, 1],
    ink is 1: the longer side is 20 px, the centre of mass is at the centre (as near as whole px and the field allow), the
    darkest ink is 1. Raises ValueError where there is no ink.
    Source: LeCun, Cortes and Burges, the MNIST page's own description of its fields.
    """
    if ink.ndim != 2 or ink.size == 0:
        raise ValueError(f"ink must be (h, w) with at least one pixel, got {ink.shape}")
    return stack_mnist([ink])[0, ..., 0]


def stack_mnist(inks: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
    """`to_mnist` of each, as one batch: (N, 28, 28, 1) float32 in [0, 1]. N may be 0."""
    if not inks:
        return np.zeros((0, FIELD_PX, FIELD_PX, 1), np.float32)
    small = np.zeros((len(inks), DIGIT_PX, DIGIT_PX), np.uint8)
    sizes = _shrink(inks, small)
    # from here on for the whole batch: calls per digit would cost more than the arithmetic
    flat = small.reshape(len(inks), DIGIT_PX**2)
    peaks = flat.max(axis=1)
    if not peaks.all():
        raise ValueError("there is no ink in this region")
    mass, *moments = (flat.astype(np.float32) @ MOMENTS).astype(np.float64).T
    # the centre of mass goes to the field's centre, as far as nothing is cut off
    starts = np.rint((FIELD_PX - 1) / 2 - np.stack(moments, axis=1) / mass[:, None]).astype(int)
    starts = np.clip(starts, 0, FIELD_PX - np.array(sizes, int))
    fields = np.zeros((len(inks), FIELD_PX, FIELD_PX), np.uint8)
    for field, digit, (left, top), (width, height) in zip(fields, small, starts.tolist(), sizes, strict=True):
        field[top : top + height, left : left + width] = digit[:height, :width]
    return np.multiply(fields, (1 / peaks).astype(np.float32)[:, None, None])[..., None]


def _shrink(inks: Sequence[NDArray[np.uint8]], small: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Scale the longer side of each ink to 20 px, into the corner of its field in `small`; returns widths and heights."""
    sizes = []
    for ink, field in zip(inks, small, strict=True):
        height, width = ink.shape
        scale = DIGIT_PX / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        # area interpolation: thin strokes vanish under bilinear shrinking; it falls back to blocks when enlarging, cubic doesn't
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
        cv2.resize(ink, size, dst=field[: size[1], : size[0]], interpolation=way)
        sizes.append(size)
    return sizes
