"""Milliseconds by stage. Knows names of stages and a clock, nothing of what the stages do."""

from __future__ import annotations

import time


class Stopwatch:
    """Notes how long each stage took: called with a stage's name as it ends."""

    def __init__(self) -> None:
        self._stages: dict[str, float] = {}
        self._last = time.perf_counter()

    def __call__(self, stage: str) -> None:
        """Note the time since the last call (or since the start) under `stage`; a stage that comes again adds up."""
        now = time.perf_counter()
        self._stages[stage] = self._stages.get(stage, 0.0) + 1000 * (now - self._last)
        self._last = now

    def timings(self) -> dict[str, float]:
        """Milliseconds by stage, in the order in which the stages first ended."""
        return dict(self._stages)
