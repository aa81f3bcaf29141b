"""Paces a file at its own speed and detects late frames; knows no file and no picture."""

from __future__ import annotations

import time

# A gap between two polls of more than this many seconds counts as a pause (or a slow start), and pauses the file.
PAUSE_S = 1.0
# Late frames are skipped for at most this many seconds, so that slow decoding still shows a frame this often.
LONGEST_SKIP_S = 0.5


class Pace:
    """The playback position by wall-clock time. Without `paced`, every frame is due at once and none is late."""

    def __init__(self, paced: bool) -> None:
        self._paced = paced
        self._began: float | None = None
        self._arrived_at = 0.0
        self._left_at = 0.0

    def arrive(self, position_s: float) -> None:
        """Start of a poll; `position_s` is the next frame's time in the file, seconds."""
        now = self._arrived_at = time.perf_counter()
        if self._began is None:
            self._began = now - position_s
        elif now - self._left_at > PAUSE_S:
            self._began += now - self._left_at

    def leave(self) -> None:
        """End of a poll, with or without a frame."""
        self._left_at = time.perf_counter()

    def is_late(self, next_s: float) -> bool:
        """Whether the next frame is already due, so that the current one is skipped; limited by `LONGEST_SKIP_S`."""
        if not self._paced or self._began is None:
            return False
        now = time.perf_counter()
        return now - self._began >= next_s and now - self._arrived_at < LONGEST_SKIP_S

    def is_due(self, position_s: float, wait_s: float) -> bool:
        """Wait up to `wait_s` seconds until a frame is due; whether it is."""
        if not self._paced or self._began is None:
            return True
        left_s = self._began + position_s - time.perf_counter()
        if left_s > 0:
            time.sleep(min(left_s, wait_s))
        return left_s <= wait_s
