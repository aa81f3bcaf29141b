"""How high most of a page's writing is. Knows heights, nothing of what has them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def usual_height(heights: NDArray[np.int32] | NDArray[np.float64]) -> float:
    """Height that most of the ink has, px: a median over pieces, weighted by their size; 0 where there is none. heights: (N,)."""
    if not len(heights):
        return 0.0
    ordered = np.sort(heights).astype(float)
    weights = np.cumsum(ordered**2)
    return float(ordered[np.searchsorted(weights, weights[-1] / 2)])
