"""Catch Ctrl+C, SIGTERM and a closed terminal, which all ask the run to end. Knows no source, no file and no loop."""

from __future__ import annotations

import math
import signal
import time
from types import FrameType, TracebackType
from typing import Any, Self

from live.core.startup import catchable

CLOSING_S = 2.0
"""Seconds after a signal in which another one is ignored, so that files can be closed; a later one ends the program at once."""


class Interrupts:
    """Catches the signals that end a program, as a context manager, in the main thread; outside of it, none is caught.

    A signal raises KeyboardInterrupt wherever the program is, also where a lock is held that is then never released. A loop
    that can end by itself therefore calls `hold`, and checks `asked` in each round.
    """

    def __init__(self) -> None:
        self.asked = False
        """Whether a signal has come."""
        self._held = False
        self._asked_at = -math.inf
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Start to catch signals."""
        self._before = {number: signal.getsignal(number) for number in catchable()}
        for number in self._before:
            signal.signal(number, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Restore the handlers that were there before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def hold(self) -> None:
        """From now on the first signal only sets `asked`; one that comes more than `CLOSING_S` later raises KeyboardInterrupt."""
        self._held = True

    def check(self) -> None:
        """Raise KeyboardInterrupt if a signal has come: called where nothing is left half done."""
        if self.asked:
            raise KeyboardInterrupt

    def _interrupt(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if now - self._asked_at <= CLOSING_S:
            return
        first = not self.asked
        self.asked, self._asked_at = True, now
        if not (self._held and first):
            raise KeyboardInterrupt
