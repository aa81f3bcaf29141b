"""Measures milliseconds per stage; doesn't know what the stages do."""

from __future__ import annotations

import time


class Stopwatch:
    """Measures the duration of each stage. Call it with the stage's name at its end."""

    def __init__(self) -> None:
        self._stages: dict[str, float] = {}
        self._last = time.perf_counter()

    def __call__(self, stage: str) -> None:
        """Add the time since the last call (or the start) to `stage`."""
        now = time.perf_counter()
        self._stages[stage] = self._stages.get(stage, 0.0) + 1000 * (now - self._last)
        self._last = now

    def timings(self) -> dict[str, float]:
        """Milliseconds by stage, in the order in which the stages first ended."""
        return dict(self._stages)
