"""One process of a batch, as the engine sees it: started, given tasks, listened to, ended. Knows no journal."""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path

from live.batch.records import Finished, Message, Opened, PageRead, Problem, Setup, Task

ROOT = Path(__file__).resolve().parents[__name__.count(".")]
"""The root folder of imports: a clone, or site-packages."""
WORKER = f"{__package__}.worker"
THREADS = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Each process has one core."""


class Ended:
    """The process ended, or closed its pipe."""


News = tuple["WorkerProcess", "Message | Ended"]


class WorkerProcess:
    """A process, with the tasks that it was given and has not finished."""

    def __init__(self, setup: Setup, news: queue.SimpleQueue[News]) -> None:
        """Start it. news: where its messages go. Raises OSError."""
        self.tasks: deque[Task] = deque()
        """The tasks that were given and are not finished; the first is being read."""
        self.is_ready = False
        self.heard_at = time.monotonic()
        """When it was last heard of, on the monotonic clock."""
        self.pages: int | None = None
        """How many pages the source of the first task has, once it was opened."""
        self.settled: set[int] = set()
        """The pages of the first task that were read, or failed."""
        searched = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", WORKER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, **THREADS, "PYTHONPATH": searched}, start_new_session=True,
        )  # fmt: skip
        self._send(setup)
        threading.Thread(target=self._listen, args=(news,), daemon=True, name="batch").start()

    def give(self, task: Task) -> None:
        """Give it a task. It may have ended meanwhile: that is told as news."""
        if not self.tasks:
            self.heard_at = time.monotonic()
        self.tasks.append(task)
        self._send(task)

    def note(self, message: Message) -> None:
        """Follow a message of its first task."""
        self.heard_at = time.monotonic()
        if isinstance(message, Opened):
            self.pages = message.pages
        elif isinstance(message, PageRead) or (isinstance(message, Problem) and not message.is_partial):
            self.settled.add(message.page)
        elif isinstance(message, Finished):
            self.tasks.popleft()
            self.pages = None
            self.settled = set()

    def close(self) -> None:
        """There are no more tasks: it ends by itself once it has read those that it has."""
        with suppress(OSError):
            assert self._process.stdin is not None
            self._process.stdin.close()

    def end(self) -> int:
        """End it now; returns its exit code, negative for a signal."""
        self._process.kill()
        code = self._process.wait()
        self.close()
        return code

    def exit_code(self) -> int:
        """The exit code of a process that has closed its pipe."""
        self.close()
        try:
            return self._process.wait(timeout=2.0)
        except subprocess.TimeoutExpired:
            return self.end()

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def _send(self, thing: Setup | Task) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # it has ended
            pickle.dump(thing, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()

    def _listen(self, news: queue.SimpleQueue[News]) -> None:
        """Pass on each message, until the pipe closes."""
        assert self._process.stdout is not None
        with self._process.stdout as pipe:
            while True:
                try:
                    message: Message = pickle.load(pipe)
                except (EOFError, OSError, ValueError, pickle.UnpicklingError):
                    news.put((self, Ended()))
                    return
                news.put((self, message))
