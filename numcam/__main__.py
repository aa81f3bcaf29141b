"""`numcam`, or `python -m numcam`: the command line, the same as `python -m live` in a clone."""

from __future__ import annotations

from typing import NoReturn

from live.core.startup import begin


def main() -> NoReturn:
    """Run Numcam, and end the process with its exit code."""
    begin()
    from live.__main__ import run_process

    run_process()


if __name__ == "__main__":
    main()
