"""A rich Console that escapes control characters. Knows no message; imported only for tables and progress bars."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Console  # noqa: TID251 - it is made here alone
from rich.segment import Segment

from live.core.plain_text import printable_lines

CLOSED = "the output is closed"


class PlainConsole(Console):
    """A Console without markup. The only escape sequences in its output are those of rich itself."""

    lost: Callable[[Exception | None], bool] | None = None
    """A callback of the console on stdout: takes a write error, or None to ask; returns whether stdout is lost."""

    def __init__(self, **how: Any) -> None:
        """how: the keyword arguments of rich's Console."""
        super().__init__(**{"markup": False, "emoji": False, "highlight": False, **how})

    def render_str(self, text: str, **options: Any) -> Any:
        """Escape the text before rich measures it: escapes are wider than what they replace."""
        return super().render_str(printable_lines(text), **options)

    def render(self, renderable: Any, options: Any = None) -> Iterable[Segment]:
        """Escape the segments, styled text too, before rich adds its own control codes."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable_lines(segment.text), segment.style)

    def print(self, *things: Any, **options: Any) -> None:
        """Print, unless stdout is lost."""
        if self.lost is None:
            super().print(*things, **options)
        elif not self.lost(None):
            try:
                if sys.stdout is None:
                    raise OSError(errno.EBADF, CLOSED)
                super().print(*things, **options)
                self.file.flush()
            except (OSError, ValueError) as error:  # ValueError: it was closed meanwhile
                self.lost(error)

    def on_broken_pipe(self) -> None:
        """Raise the error to the caller: rich itself would exit the program."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
