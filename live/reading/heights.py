"""The typical height of a page's writing, and the pieces that most likely are one digit. Knows heights and sides only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def typical_height(heights: NDArray[np.int32] | NDArray[np.float64], share: float = 0.5) -> float:
    """Median height, px, weighted by the squared heights; 0 where there is none.

    heights: (N,) px. share: another quantile than the median, 0 to 1.
    """
    if not len(heights):
        return 0.0
    ordered = np.sort(heights).astype(float)
    weights = np.cumsum(ordered**2)
    return float(ordered[np.searchsorted(weights, weights[-1] * share)])


def typical_rows(sides: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """The pieces that most likely are one digit: (N,) rising indices, at most `most`.

    sides: (N,) mean sides of pieces, px. Half are nearest to the median; half to the lower quartile, since digits that touch make
    larger pieces.
    """
    if len(sides) <= most:
        return np.arange(len(sides))
    away = [np.abs(np.log(np.maximum(sides, 1e-3) / typical_height(sides, share))) for share in (0.5, 0.25)]
    near, nearer = (np.argsort(distance, kind="stable") for distance in away)
    half = near[: most - most // 2]
    return np.sort(np.concatenate([half, nearer[~np.isin(nearer, half)][: most // 2]]))
