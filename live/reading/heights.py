"""The typical height of a page's writing. Knows heights only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def typical_height(heights: NDArray[np.int32] | NDArray[np.float64]) -> float:
    """Median height, px, weighted by the squared heights; 0 where there is none. heights: (N,) px."""
    if not len(heights):
        return 0.0
    ordered = np.sort(heights).astype(float)
    weights = np.cumsum(ordered**2)
    return float(ordered[np.searchsorted(weights, weights[-1] / 2)])
