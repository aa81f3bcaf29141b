"""Catches the signals that end a run: Ctrl+C, SIGTERM, a closed terminal; knows no source, file or loop."""

from __future__ import annotations

import math
import signal
import time
from types import FrameType, TracebackType
from typing import Any, Self

from live.core.startup import catchable

CLOSING_S = 2.0
"""For this number of seconds after a signal, others are ignored so that files can be closed; a later one ends the program."""


class Interrupts:
    """Context manager that catches the signals that end a program. It has no effect outside the main thread.

    A signal raises KeyboardInterrupt at any point, possibly while a lock is held, which is then never released. A loop that can
    end regularly therefore calls `hold`, and checks `asked` in each iteration.
    """

    def __init__(self) -> None:
        self.asked = False
        """Whether a signal was received."""
        self._held = False
        self._asked_at = -math.inf
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Start catching signals."""
        self._before = {number: signal.getsignal(number) for number in catchable()}
        for number in self._before:
            signal.signal(number, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Restore the previous handlers."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def hold(self) -> None:
        """From now on, the first signal only sets `asked`; one more than `CLOSING_S` later raises KeyboardInterrupt."""
        self._held = True

    def check(self) -> None:
        """Raise KeyboardInterrupt if a signal was received. Call only in a consistent state."""
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
