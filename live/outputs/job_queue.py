"""Do jobs beside the loop, a few at once, the newest ones first to be kept. Knows no number and no program."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import Generic, TypeVar

Job = TypeVar("Job")


class Errands(Generic[Job]):
    """A row of jobs and the threads that do them, in the order in which they were given."""

    def __init__(self, do: Callable[[Job], None], *, at_once: int, most_waiting: int) -> None:
        """do: one job; raises nothing. at_once: jobs that are done at the same time. most_waiting: jobs that wait besides."""
        self._do = do
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._waiting: deque[Job] = deque()
        self._busy = 0
        self._closing = False
        self._changed = Condition()
        self._threads: list[Thread] = []

    def give(self, job: Job) -> int:
        """Take on a job, at once; returns how many older ones were dropped to make room, which is 0 or 1."""
        with self._changed:
            dropped = 0
            if len(self._waiting) >= self._most_waiting:
                self._waiting.popleft()
                dropped = 1
            self._waiting.append(job)
            if len(self._threads) < min(self._at_once, self._busy + len(self._waiting)):
                self._threads.append(Thread(target=self._work, daemon=True))
                self._threads[-1].start()
            self._changed.notify()
            return dropped

    def close(self, patience_s: float) -> tuple[int, int]:
        """Wait until all is done, `patience_s` seconds at most; returns how many jobs are still at it, and not yet begun.

        What has not begun by then never will.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            try:
                self._changed.wait_for(lambda: not self._waiting and not self._busy, patience_s)
            finally:  # also where a person is tired of waiting
                left = len(self._waiting)
                self._waiting.clear()
            return self._busy, left

    def join(self, patience_s: float) -> None:
        """After `close`: wait for the threads themselves, each `patience_s` seconds at most."""
        for thread in self._threads:
            thread.join(patience_s)

    def _work(self) -> None:
        """One thread's life."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closing)
                if not self._waiting:
                    return
                job = self._waiting.popleft()
                self._busy += 1
            try:
                self._do(job)
            finally:
                with self._changed:
                    self._busy -= 1
                    self._changed.notify_all()
