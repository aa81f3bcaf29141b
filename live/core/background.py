"""Do one piece of work on a thread of its own, so that a signal is heard meanwhile. Knows no work.

Python hears a signal between two of its own instructions; a picture of a hundred megapixels keeps the libraries busy for seconds
without one. Work that was left alone so goes on until the process ends: there is no way to stop it.
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
"""Seconds after which the thread that waits is woken at the latest: where it waits for a lock, Windows holds signals back."""

_left: list[_Work[Any]] = []


class _Work(Thread, Generic[Result]):
    """One piece of work."""

    def __init__(self, work: Callable[[], Result]) -> None:
        super().__init__(daemon=True, name="aside")
        self._work = work
        self.results: list[Result] = []
        self.error: BaseException | None = None
        self.over = Event()  # a thread whose `join` a signal breaks off may seem to have ended

    def run(self) -> None:
        """Do it, and keep what comes of it."""
        try:
            self.results.append(self._work())
        except BaseException as error:  # noqa: BLE001 - it is raised where the work was asked for
            self.error = error
        finally:
            self.over.set()


def run_in_background(work: Callable[[], Result]) -> Result:
    """What `work` returns, or what it raises; a signal raises KeyboardInterrupt here at once, and the work is left alone."""
    thread = _Work(work)
    try:
        thread.start()
        while not thread.over.wait(LOOK_S):
            pass
    except BaseException:
        _left.append(thread)
        raise
    if thread.error is not None:
        raise thread.error
    return thread.results[0]


def is_busy() -> bool:
    """Whether work that was left alone still goes on."""
    return any(not thread.over.is_set() for thread in _left)


def end_process(code: int) -> NoReturn:
    """End the process while work goes on: taken down in the usual order, libraries would be gone from under it."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # closed, or nobody reads it any more
            stream.flush()
    os._exit(code)
