"""Lay pictures of whole numbers side by side in one batch: the form the line network learned. Knows no page and no network.

Training and the live reader share this module, so that what is learned is what is seen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FIELD_TALL_PX = 32
WRITING_TALL_PX = 24
"""Height of the writing in the field; the rest is room above and below it."""
MOST_WIDE_PX = 320
LEAST_WIDE_PX = 8
COLUMN_PX = 2
"""Width of what the network answers for at once."""
STEP_PX = 16  # widths of batches are multiples of it: each new width costs the runtime memory of its own


def stack_lines(pictures: Sequence[NDArray[np.uint8]], least_wide: int = LEAST_WIDE_PX) -> NDArray[np.float32]:
    """Pictures of one or several numbers, as one batch.

    pictures: (32, w) uint8 each, 255 is ink. least_wide: width of the batch at least, px. Returns (N, 32, W, 1) float32 in
    [0, 1], ink is 1; to the right of the narrower ones is paper.
    """
    wide = max((least_wide, *(picture.shape[1] for picture in pictures)))
    batch = np.zeros((len(pictures), FIELD_TALL_PX, -(-wide // STEP_PX) * STEP_PX, 1), np.float32)
    for field, picture in zip(batch[..., 0], pictures, strict=True):
        np.multiply(picture, np.float32(1 / 255), out=field[:, : picture.shape[1]])
    return batch


def columns_of(picture: NDArray[np.uint8]) -> int:
    """How many of the network's columns are a picture's own."""
    return -(-picture.shape[1] // COLUMN_PX)
