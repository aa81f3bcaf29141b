"""Start the web server after a check of its options. Knows no request."""

from __future__ import annotations

from collections.abc import Callable

from live.core.background import end_process
from live.core.exit_codes import INTERRUPTED
from live.core.settings import Settings
from live.core.terminal import tell
from live.run.interrupts import Interrupts
from live.web.options import ServeOptions


def prepare_serve(options: ServeOptions, settings: Settings) -> Callable[[Interrupts], int]:
    """Import the server, and return the function that runs it."""
    from live.web.serve import serve

    def run(interrupts: Interrupts) -> int:
        interrupts.hold()
        if not serve(options, settings, tell, lambda: interrupts.asked):
            end_process(INTERRUPTED)  # a picture is being read, which may take seconds
        return INTERRUPTED

    return run
