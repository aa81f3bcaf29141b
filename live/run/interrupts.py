"""Ctrl+C, SIGTERM and a closed terminal, as one wish to end. Knows no source, no file and no loop."""

from __future__ import annotations

import math
import signal
import time
from types import FrameType, TracebackType
from typing import Any, Self

from live.core.startup import catchable

CLOSING_S = 2.0
"""Seconds after a signal in which another one changes nothing, so that files are closed; later ones tell of impatience."""


class Interrupts:
    """Catches the signals that end a program, as a context manager, in the main thread; outside of it, none is caught.

    A signal raises KeyboardInterrupt wherever the program is, which may be in the middle of anything: with a lock held that
    is then never let go, for one. So who ends by itself asks for `hold`, and looks at `asked` again and again.
    """

    def __init__(self) -> None:
        self.asked = False
        """Whether a signal has come."""
        self._held = False
        self._asked_at = -math.inf
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        """Catch the signals from here on."""
        self._before = {number: signal.getsignal(number) for number in catchable()}
        for number in self._before:
            signal.signal(number, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Signals mean again what they meant before."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def hold(self) -> None:
        """From here on the first signal is only noted in `asked`; one that comes `CLOSING_S` later raises all the same."""
        self._held = True

    def check(self) -> None:
        """Raise KeyboardInterrupt where a signal has come: for whoever is at a place where that does no harm."""
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
