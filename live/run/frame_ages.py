"""Counts the ages of displayed frames in a histogram, in milliseconds; knows no frame and no clock."""

from __future__ import annotations

import numpy as np

OLDEST_MS = 10_000
"""The last bin, ms, also counts older frames; it is far above any useful age of a live picture."""


class FrameAges:
    """Counts ages in bins of 1 ms, in constant memory."""

    def __init__(self) -> None:
        self._counts = np.zeros(OLDEST_MS + 1, np.int64)

    def __len__(self) -> int:
        """The number of ages counted."""
        return int(self._counts.sum())

    def add(self, age_s: float) -> None:
        """Count one age, in seconds."""
        self._counts[int(np.clip(round(1000 * age_s), 0, OLDEST_MS))] += 1

    def quantile_ms(self, share: float) -> int:
        """The quantile `share` (0 to 1) of the ages, ms; 0 if none was counted."""
        up_to = np.cumsum(self._counts)
        return int(np.searchsorted(up_to, share * up_to[-1])) if up_to[-1] else 0
