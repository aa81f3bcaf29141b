"""Run one function on a background thread, so that signals are handled meanwhile. Doesn't know what the function does.

Python handles a signal between two bytecode instructions; a native call on a picture of a hundred megapixels takes seconds.
Abandoned work runs until the process ends: a thread can't be stopped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import Any, Generic, NoReturn, TypeVar

Result = TypeVar("Result")
LOOK_S = 0.05
"""The polling interval of the waiting thread, in seconds. Windows delays signals while a thread waits for a lock."""

_abandoned: list[_Work[Any]] = []


class _Work(Thread, Generic[Result]):
    """A thread that runs one function and keeps its result or its exception."""

    def __init__(self, work: Callable[[], Result]) -> None:
        super().__init__(daemon=True, name="background")
        self._work = work
        self.results: list[Result] = []
        self.error: BaseException | None = None
        self.over = Event()  # `join` is not enough: interrupted by a signal, it can mark a running thread as ended

    def run(self) -> None:
        """Run the function and keep its result or its exception."""
        try:
            self.results.append(self._work())
        except BaseException as error:  # noqa: BLE001 - `run_in_background` raises it again
            self.error = error
        finally:
            self.over.set()


def run_in_background(work: Callable[[], Result]) -> Result:
    """Return or raise what `work` does. A signal raises KeyboardInterrupt here at once and abandons the work."""
    thread = _Work(work)
    try:
        thread.start()
        while not thread.over.wait(LOOK_S):
            pass
    except BaseException:
        _abandoned.append(thread)
        raise
    if thread.error is not None:
        raise thread.error
    return thread.results[0]


def is_busy() -> bool:
    """Whether abandoned work is still running."""
    return any(not thread.over.is_set() for thread in _abandoned)


def end_process(code: int) -> NoReturn:
    """End the process at once, without the usual cleanup: running work would use libraries that are already unloaded."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # closed, or a broken pipe
            stream.flush()
    os._exit(code)
