"""A bounded queue of jobs, done in threads beside the loop; the oldest waiting one is dropped first. Knows no number."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import Generic, TypeVar

Job = TypeVar("Job")


class JobQueue(Generic[Job]):
    """Jobs in the order in which they were submitted, and the threads that do them."""

    def __init__(self, do: Callable[[Job], None], *, at_once: int, most_waiting: int) -> None:
        """do: does one job, and raises nothing. at_once: the most jobs done at a time. most_waiting: the most jobs that wait."""
        self._do = do
        self._at_once = at_once
        self._most_waiting = most_waiting
        self._waiting: deque[Job] = deque()
        self._busy = 0
        self._closing = False
        self._changed = Condition()
        self._threads: list[Thread] = []

    def submit(self, job: Job) -> int:
        """Add a job, without waiting; returns how many older ones were dropped to make room, 0 or 1."""
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
        """Wait up to `patience_s` seconds until all is done; returns how many jobs are still running, and how many never began.

        Jobs that have not begun by then are dropped.
        """
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            try:
                self._changed.wait_for(lambda: not self._waiting and not self._busy, patience_s)
            finally:  # also where the wait is interrupted
                left = len(self._waiting)
                self._waiting.clear()
            return self._busy, left

    def join(self, patience_s: float) -> None:
        """After `close`: wait for the threads themselves, each `patience_s` seconds at most."""
        for thread in self._threads:
            thread.join(patience_s)

    def _work(self) -> None:
        """What each thread does: one job after the other."""
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
