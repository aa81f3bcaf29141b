"""Hands tasks to processes on this machine, and gives what they tell; one that ends or hangs costs a page. Knows no journal."""

from __future__ import annotations

import os
import queue
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Self

from live.batch.records import Finished, Message, Problem, Ready, Setup, Task
from live.batch.worker_process import Ended, News, WorkerProcess
from live.core.errors import NumcamError

IN_HAND = 2
"""Tasks that a process has at most: the next one is there as soon as one is finished."""
PATIENCE_S = 120.0
"""A process that tells nothing for so long is ended. A page of 100 megapixels takes 5 s; the longest of the fuzz run took 60."""
LOOK_S = 0.1
"""The engine looks this often whether the run is to stop or a process hangs."""
GRACE_S = 2.0
"""A run that is to stop waits so long for the pages in hand; a video may take minutes more, and is read again later."""
MOST_STARTS = 3
"""So many processes in a row may end before they are ready."""
Told = tuple[Task, Message]


def cores() -> int:
    """The number of cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


class LocalEngine:
    """Processes on this machine, each with one model and one thread. Use as a context manager."""

    def __init__(self, setup: Setup, workers: int) -> None:
        """workers: how many processes."""
        self._setup = setup
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._again: deque[Task] = deque()
        self._failed_starts = 0
        self._workers: list[WorkerProcess] = []
        self._count = workers

    def __enter__(self) -> Self:
        """Return itself; processes start with the first tasks."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End all processes."""
        for worker in self._workers:
            worker.close() if error is None else worker.end()
        for worker in self._workers:
            worker.exit_code()

    def run(self, next_task: Callable[[], Task | None], stopped: Callable[[], bool]) -> Iterator[Told | None]:
        """What comes of the tasks, as it comes; None after a while without news, so that progress can be shown.

        next_task: the next task, or None if there is none now: more may follow from what was told. stopped: whether to hand out
        no more; those in hand are finished, within `GRACE_S`. Raises NumcamError if processes can't be started.
        """
        ended_at: float | None = None
        while True:
            if ended_at is None and stopped():
                ended_at = time.monotonic()
            if ended_at is None:
                self._hand_out(next_task)
            is_over = ended_at is not None and time.monotonic() - ended_at > GRACE_S
            if is_over or not (any(worker.tasks for worker in self._workers) or (self._again and ended_at is None)):
                return
            yield from self._listen()

    def _hand_out(self, next_task: Callable[[], Task | None]) -> None:
        """Give every process what it can take: all get one task before one gets a second."""
        for in_hand in range(IN_HAND):
            for place in range(self._count):
                worker = self._workers[place] if place < len(self._workers) else None
                if worker is not None and len(worker.tasks) > in_hand:
                    continue
                task = self._again.popleft() if self._again else next_task()
                if task is None:
                    return
                if worker is None:
                    worker = self._start()
                if task.content is not None and worker.tasks:
                    self._again.appendleft(task)  # megabytes go to a process that takes them at once
                    return
                worker.give(task)

    def _start(self) -> WorkerProcess:
        """Start a process."""
        try:
            worker = WorkerProcess(self._setup, self._news)
        except OSError as error:
            raise NumcamError(f"No process can be started: {error.strerror or error}.") from error
        self._workers.append(worker)
        return worker

    def _listen(self) -> Iterator[Told | None]:
        """The news that is there."""
        try:
            worker, message = self._news.get(timeout=LOOK_S)
        except queue.Empty:
            yield from self._end_hanging()
            yield None
            return
        if worker not in self._workers:
            return
        if isinstance(message, Ended):
            yield from self._lose(worker, _how_ended(worker.exit_code()))
        elif isinstance(message, Ready):
            self._failed_starts = 0
            worker.is_ready = True
            worker.heard_at = time.monotonic()
            if message.problem is not None:
                raise NumcamError(message.problem)
        else:
            task = worker.tasks[0]
            worker.note(message)
            yield task, message

    def _end_hanging(self) -> Iterator[Told]:
        """End processes that have told nothing for too long."""
        for worker in list(self._workers):
            if worker.tasks and time.monotonic() - worker.heard_at > PATIENCE_S:
                worker.end()
                yield from self._lose(worker, f"took longer than {PATIENCE_S:g} s")

    def _lose(self, worker: WorkerProcess, how: str) -> Iterator[Told]:
        """A process is gone: the page that it was reading is a failure, all else that it had in hand is read by others."""
        self._workers.remove(worker)
        tasks = list(worker.tasks)
        if not worker.is_ready:
            self._failed_starts += 1
            if self._failed_starts >= MOST_STARTS:
                raise NumcamError(f"The processes of the batch end before they have begun to read: the last one {how}.")
            self._again.extendleft(reversed(tasks))
            return
        if not tasks:
            return
        first = tasks[0]
        wanted = first.pages or (tuple(range(1, min(worker.pages, first.most) + 1)) if worker.pages else (0,))
        left = [page for page in wanted if page not in worker.settled]
        if left:  # else it ended between its last page and the end of the task
            name = f"{first.source.name}#{left[0]}" if left[0] and worker.pages != 1 else first.source.name
            yield first, Problem(left[0], f"{name} can't be read: the process that read it {how}.")
        if left[1:]:
            tasks[0] = replace(first, pages=tuple(left[1:]))
        else:
            del tasks[0]
            yield first, Finished()
        self._again.extendleft(reversed(tasks))


def _how_ended(code: int) -> str:
    """How a process ended, for people."""
    if code < 0:
        return f"was ended by signal {-code} (it may have needed more memory than there is)"
    return f"ended with exit code {code}"
