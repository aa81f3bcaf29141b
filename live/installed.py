"""The command `numcam` of an installed package: the same as `python -m live`, as early."""

from __future__ import annotations

from live.starting import begin


def numcam() -> int:
    """Run Numcam; returns the exit code."""
    begin()
    from live.__main__ import main

    return main()
