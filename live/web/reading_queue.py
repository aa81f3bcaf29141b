"""Shares a few threads fairly among clients: each client's work is done in turn. Knows no picture, no socket and no reader."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

Result = TypeVar("Result")

MOST_THREADS = 4
"""More threads don't read more: each reading uses every core by itself for a part of its time (docs/decisions/0033)."""
CLOSING_S = 0.5
"""Closing waits this many seconds for the work that is being done: SIGTERM is to end the server within two seconds."""


class BusyError(Exception):
    """A client has as much work waiting as it may have."""


@dataclass(slots=True, eq=False)
class _Job:
    """One piece of work, and where its result goes."""

    work: Callable[[], Any]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]


@dataclass(slots=True, eq=False)
class Turn:
    """One client's place in the queue: its work is done in order, one piece at a time."""

    most: int = 1
    """The most pieces of work that may wait."""
    jobs: deque[_Job] = field(default_factory=deque)
    is_queued: bool = False
    """Whether it is in the queue, or its work is being done: never twice, and never in two threads."""


class ReadingQueue:
    """Threads that take one piece of work of each client in turn, so that a client with much work doesn't hold up the others."""

    def __init__(self, threads: int | None = None) -> None:
        """threads: None means one for each core, four at most."""
        self._turns: deque[Turn] = deque()
        self._changed = threading.Condition()
        self._is_closed = False
        count = threads or min(os.cpu_count() or 1, MOST_THREADS)
        self._threads = [
            threading.Thread(target=self._work, name=f"reading-{number}", daemon=True) for number in range(count)
        ]
        for thread in self._threads:
            thread.start()

    async def run(self, turn: Turn, work: Callable[[], Result]) -> Result:
        """Do `work` in a thread when it is the client's turn; returns or raises what it does. Raises BusyError."""
        loop = asyncio.get_running_loop()
        job = _Job(work, loop, loop.create_future())
        with self._changed:
            if len(turn.jobs) >= turn.most or self._is_closed:
                raise BusyError
            turn.jobs.append(job)
            if not turn.is_queued:
                self._put(turn)
        try:
            result: Result = await job.future
        finally:  # a client that has gone away leaves no work behind
            with self._changed:
                if job in turn.jobs:
                    turn.jobs.remove(job)
        return result

    @property
    def waiting(self) -> int:
        """The number of pieces of work that wait."""
        with self._changed:
            return sum(len(turn.jobs) for turn in self._turns)

    def close(self) -> bool:
        """End the threads; whether all have ended in time."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(CLOSING_S / len(self._threads))
        return not any(thread.is_alive() for thread in self._threads)

    def _work(self) -> None:
        """What each thread does."""
        while (taken := self._take()) is not None:
            turn, job = taken
            result, error = None, None
            try:
                result = job.work()
            except BaseException as raised:  # noqa: BLE001 - `run` raises it again
                error = raised
            with self._changed:
                turn.is_queued = False
                if turn.jobs:
                    self._put(turn)
            if not job.loop.is_closed():
                job.loop.call_soon_threadsafe(_settle, job.future, result, error)

    def _take(self) -> tuple[Turn, _Job] | None:
        """Wait for the next client in turn; None when the queue is closed."""
        with self._changed:
            while not self._is_closed:
                while self._turns:
                    turn = self._turns.popleft()
                    if turn.jobs:
                        return turn, turn.jobs.popleft()
                    turn.is_queued = False  # its client has gone away
                self._changed.wait()
        return None

    def _put(self, turn: Turn) -> None:
        """Put a client at the end of the queue. The lock is held."""
        turn.is_queued = True
        self._turns.append(turn)
        self._changed.notify()


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    """Hand over a result, unless nobody waits for it any more."""
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
