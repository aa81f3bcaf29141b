"""Estimates the interval of a source's frames, which stretches all durations if frames are rare; knows only times."""

from __future__ import annotations

from collections import deque
from statistics import median_low

# Frame intervals above this number of seconds stretch all durations. It is the default interval between readings of a page at
# rest, with which the memory durations were measured.
USUAL_S = 0.2
# The interval is the median of this number of gaps, so that a single pause or a lost camera has no effect.
OVER_GAPS = 5
# The median needs at least this number of gaps, because a single one may be a pause.
FEWEST_GAPS = 2


class FrameInterval:
    """The interval of a source's frames: the median of the latest gaps between them."""

    def __init__(self, fps: float | None = None) -> None:
        """fps: the frame rate in the file, used until enough gaps are known; None: unknown."""
        self._said_s = 1 / fps if fps else 0.0
        self._gaps: deque[float] = deque(maxlen=OVER_GAPS)
        self._before: float | None = None

    def interval_s(self, captured_at: float) -> float:
        """Add the time of the next frame, seconds. Returns the usual interval, seconds; 0 if unknown yet."""
        if self._before is not None and captured_at > self._before:
            self._gaps.append(captured_at - self._before)
        self._before = captured_at
        return self._said_s if len(self._gaps) < FEWEST_GAPS else median_low(self._gaps)


def stretch(interval_s: float) -> float:
    """The factor on all durations at a frame interval of `interval_s`, at least 1."""
    return max(1.0, interval_s / USUAL_S)
