"""Bring the surroundings of a group into the verifier's input format. Knows no page and no network.

Training and the reader share this module, so that their inputs are the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TALL_PX, WIDE_PX = 48, 144
"""Size of a window, px."""
GROUP_TALL_PX = 20
"""Height of the group in the middle of its window, px: half of the window shows what stands around it."""
GROUP_WIDE_PX = 104
"""A longer group is narrowed to this width, px."""
OWN_DARKNESS = 170
"""Value of the group's own mean darkness, so that darker surroundings can be told from lighter ones."""
FEATURES = 7
"""Numbers that say how the digit network sees the group."""
LONGEST = 8
"""Longer groups count as this many digits."""
LEAST = 1e-4
"""Smallest probability that is told from 0."""


def group_features(probabilities: NDArray[np.float32]) -> list[float]:
    """What the digit network says of a group. probabilities: (N, C) of its digits, N >= 1. Returns `FEATURES` numbers."""
    digits = probabilities[:, :10]
    labels = digits.argmax(axis=1)
    sure = np.log(np.maximum(digits.max(axis=1), LEAST))
    any_digit = np.log(np.maximum(digits.sum(axis=1), LEAST))
    return [
        min(len(digits), LONGEST) / 4, float(sure.mean()), float(sure.min()), float(any_digit.mean()),
        float(any_digit.min()), float((labels == 1).mean()), float((labels == 0).mean()),
    ]  # fmt: skip


def stack_windows(
    windows: Sequence[NDArray[np.uint8]] | NDArray[np.uint8], widths: Sequence[int]
) -> NDArray[np.float32]:
    """Windows with a second channel that marks the group.

    windows: (48, 144) uint8 each; widths: of the groups in them, px. Returns (N, 48, 144, 2) float32 in [0, 1].
    """
    batch = np.zeros((len(windows), TALL_PX, WIDE_PX, 2), np.float32)
    top = (TALL_PX - GROUP_TALL_PX) // 2
    for field, window, wide in zip(batch, windows, widths, strict=True):
        np.multiply(window, np.float32(1 / 255), out=field[..., 0])
        left = max((WIDE_PX - wide) // 2, 0)
        field[top : top + GROUP_TALL_PX, left : left + wide, 1] = 1
    return batch
