"""Tells how far a batch is: a bar on a terminal, else a line every few seconds. Knows no journal and no process."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

from live.core.terminal import is_watched, make_console, say
from models.percent import percent

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

LINE_EVERY_S, BAR_EVERY_S = 5.0, 0.2


class Progress:
    """What a run has done so far. Use as a context manager."""

    def __init__(self, sources: int, tell: Callable[[str], None] | None = None) -> None:
        """sources: how many are to be read. tell: takes the lines; None: a bar or lines on stderr."""
        self.pages = self.numbers = self.review = self.failed = self.settled = 0
        self.work_s = 0.0
        """How long the pages took together, each in its own process, seconds."""
        self._sources = sources
        self._tell = tell or say
        self._bar: Bar | None = None
        self._task: TaskID | None = None
        self._is_bar = tell is None and is_watched(sys.stderr)
        self._told_at = time.monotonic()
        self._first_at: float | None = None

    def __enter__(self) -> Self:
        """Show the bar, on a terminal."""
        if self._is_bar:
            from rich.progress import BarColumn, TextColumn
            from rich.progress import Progress as Bar

            # not redirected: stdout may be a file or a pipe
            self._bar = Bar(
                BarColumn(),
                TextColumn("{task.description}"),
                console=make_console(),
                transient=True,
                redirect_stdout=False,
            )
            self._task = self._bar.add_task(self.line, total=self._sources)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def add(self, numbers: int, review: int, seconds: float) -> None:
        """A page was read. seconds: how long it took."""
        self.pages += 1
        self.numbers += numbers
        self.review += review
        self.work_s += seconds
        if self._first_at is None:
            self._first_at = time.monotonic()

    @property
    def rate(self) -> float:
        """Pages a second since the first one: the start of the processes is no measure for what is left."""
        if self._first_at is None:
            return 0.0
        return (self.pages - 1) / max(time.monotonic() - self._first_at, 1e-6)

    @property
    def line(self) -> str:
        """One line: pages, pages a second, time left, failures, doubtful share."""
        of_pages = self.pages / max(1, self.settled)
        left = (self._sources - self.settled) * max(1.0, of_pages) / self.rate if self.rate > 0 else None
        share = percent(self.review / self.numbers) if self.numbers else "0 %"
        shown = duration(left) if left is not None else "?"
        return (
            f"{self.pages:,} pages ({self.settled:,} of {self._sources:,} files), {self.rate:.1f} pages/s, {shown} left, "
            f"{self.failed:,} failed, {share} of the numbers need review"
        )

    def show(self) -> None:
        """Show the state, if it is time to."""
        now = time.monotonic()
        if now - self._told_at < (BAR_EVERY_S if self._is_bar else LINE_EVERY_S):
            return
        self._told_at = now
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=self.line, completed=self.settled)
        elif not self._is_bar:
            self._tell(self.line)


def duration(seconds: float) -> str:
    """A duration for people: 12 s, 5 min, 3.2 h."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
