"""Stack pictures of whole numbers in a batch, the line network's input format. Knows no page and no network.

Training and the reader share this module, so that their inputs are the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FIELD_TALL_PX = 32
WRITING_TALL_PX = 24
"""Height of the writing in the field, px; the rest is margin above and below."""
MOST_WIDE_PX = 320
LEAST_WIDE_PX = 8
COLUMN_PX = 2
"""Width of one output column of the network, px of its input."""
STEP_PX = 16
"""Widths of batches are multiples of this, px, since the runtime allocates memory for each new width."""


def stack_lines(pictures: Sequence[NDArray[np.uint8]], least_wide: int = LEAST_WIDE_PX) -> NDArray[np.float32]:
    """Stack pictures in one batch.

    pictures: (32, w) uint8 each, 255 is ink. least_wide: width of the batch at least, px. Returns (N, 32, W, 1) float32 in
    [0, 1], ink is 1; to the right of the narrower ones is paper.
    """
    wide = max((least_wide, *(picture.shape[1] for picture in pictures)))
    batch = np.zeros((len(pictures), FIELD_TALL_PX, -(-wide // STEP_PX) * STEP_PX, 1), np.float32)
    for field, picture in zip(batch[..., 0], pictures, strict=True):
        np.multiply(picture, np.float32(1 / 255), out=field[:, : picture.shape[1]])
    return batch


def columns_of(picture: NDArray[np.uint8]) -> int:
    """Number of the network's columns that belong to a picture."""
    return -(-picture.shape[1] // COLUMN_PX)
