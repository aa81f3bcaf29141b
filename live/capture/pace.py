"""A file's own speed: wait until a frame is due, tell which frames are late. Knows no file and no picture."""

from __future__ import annotations

import time

# a reader that stays away this long has paused, or was still starting: the file waits with it
PAUSE_S = 1.0
# where decoding alone is slower than the file, a frame is shown this often all the same
LONGEST_SKIP_S = 0.5


class Pace:
    """The place in a file by the clock on the wall. Without `paced`, everything is due at once and nothing is late."""

    def __init__(self, paced: bool) -> None:
        self._paced = paced
        self._began: float | None = None
        self._arrived_at = 0.0
        self._left_at = 0.0

    def arrive(self, position_s: float) -> None:
        """The reader asks for a frame; `position_s` is the next frame's time in the file, seconds."""
        now = self._arrived_at = time.perf_counter()
        if self._began is None:
            self._began = now - position_s
        elif now - self._left_at > PAUSE_S:
            self._began += now - self._left_at

    def leave(self) -> None:
        """The reader goes away, with a frame or without one."""
        self._left_at = time.perf_counter()

    def is_late(self, next_s: float) -> bool:
        """Whether the frame after is due already, so that this one would only be shown late; never for too long."""
        if not self._paced or self._began is None:
            return False
        now = time.perf_counter()
        return now - self._began >= next_s and now - self._arrived_at < LONGEST_SKIP_S

    def is_due(self, position_s: float, wait_s: float) -> bool:
        """Whether a frame is due, which is waited for up to `wait_s` seconds."""
        if not self._paced or self._began is None:
            return True
        left_s = self._began + position_s - time.perf_counter()
        if left_s > 0:
            time.sleep(min(left_s, wait_s))
        return left_s <= wait_s
