"""How far apart the frames of a source come, so that what lasts a while lasts longer where they are rare. Knows times only."""

from __future__ import annotations

from collections import deque
from statistics import median_low

# frames that are further apart than this, seconds, stretch all times: so often a page that lies still is read by the default
# settings, and with it what is remembered, and for how long, was measured
USUAL_S = 0.2
# gaps over which the interval is taken: a pause, or a camera that was lost, is one among them and changes nothing
OVER_GAPS = 5
# one gap alone may be a pause
FEWEST_GAPS = 2


class FrameInterval:
    """The interval of a source's frames, by the middle one of the newest gaps between them."""

    def __init__(self, fps: float | None = None) -> None:
        """fps: what a file says of its own rate, believed until gaps tell; None: not known."""
        self._said_s = 1 / fps if fps else 0.0
        self._gaps: deque[float] = deque(maxlen=OVER_GAPS)
        self._before: float | None = None

    def interval_s(self, captured_at: float) -> float:
        """Take in the time of the next frame, seconds; seconds between two frames as a rule, 0 where that isn't known yet."""
        if self._before is not None and captured_at > self._before:
            self._gaps.append(captured_at - self._before)
        self._before = captured_at
        return self._said_s if len(self._gaps) < FEWEST_GAPS else median_low(self._gaps)


def stretch(interval_s: float) -> float:
    """How many times longer everything lasts where frames are `interval_s` apart, 1 or more."""
    return max(1.0, interval_s / USUAL_S)
