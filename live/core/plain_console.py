"""rich's Console with harmless texts. Knows no message; loaded where a table or progress bar is shown."""

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
    """No markup in what is printed, and nothing that steers a terminal but rich's own colours."""

    lost: Callable[[Exception | None], bool] | None = None
    """Of the one on stdout: told why it takes nothing, and asked with None; whether it was lost."""

    def __init__(self, **how: Any) -> None:
        """how: as rich's Console."""
        super().__init__(**{"markup": False, "emoji": False, "highlight": False, **how})

    def render_str(self, text: str, **options: Any) -> Any:
        """Before it is measured: escapes take room."""
        return super().render_str(printable_lines(text), **options)

    def render(self, renderable: Any, options: Any = None) -> Iterable[Segment]:
        """At the last, where rich's own signs are not yet in it: texts with styles of their own as well."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable_lines(segment.text), segment.style)

    def print(self, *things: Any, **options: Any) -> None:
        """Print, unless stdout was lost."""
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
        """Leave the error to whoever prints: rich itself would end the program."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
