"""A histogram of how old frames were when they were shown, in milliseconds. Knows no frame and no clock."""

from __future__ import annotations

import numpy as np

OLDEST_MS = 10_000
"""The last bin, ms: older frames are counted there. Far beyond any age at which a live picture is of use."""


class FrameAges:
    """Counts ages in bins of 1 ms; its memory does not grow with the length of the run."""

    def __init__(self) -> None:
        self._counts = np.zeros(OLDEST_MS + 1, np.int64)

    def __len__(self) -> int:
        """How many ages were counted."""
        return int(self._counts.sum())

    def add(self, age_s: float) -> None:
        """Count one age, in seconds."""
        self._counts[int(np.clip(round(1000 * age_s), 0, OLDEST_MS))] += 1

    def quantile_ms(self, share: float) -> int:
        """The age, ms, that `share` (0 to 1) of the frames did not exceed; 0 where none was counted."""
        up_to = np.cumsum(self._counts)
        return int(np.searchsorted(up_to, share * up_to[-1])) if up_to[-1] else 0
