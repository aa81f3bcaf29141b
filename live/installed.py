"""The command `numcam` of an installed package: the same as `python -m live`, as early."""

from __future__ import annotations

from typing import NoReturn

from live.core.startup import begin


def numcam() -> NoReturn:
    """Run Numcam, and end the process with its exit code."""
    begin()
    from live.__main__ import run_process

    run_process()
