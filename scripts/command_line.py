"""Parts that the command lines of the scripts share. Knows argparse, no network and no data."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from live.core.command_hints import missing_package_hint
from live.core.terminal import TERMINAL, PlainParser


def script_parser(module: str, doc: str | None) -> argparse.ArgumentParser:
    """A parser for `python -m module`. Its help is the module's docstring with its line breaks."""
    summary, _, more = (doc or "").partition("\n")
    return PlainParser(
        prog=f"python -m {module}", description=summary, epilog=more, formatter_class=argparse.RawTextHelpFormatter
    )


def add_data(parser: argparse.ArgumentParser) -> None:
    """Add the option of every script that reads MNIST."""
    parser.add_argument(
        "--data", type=Path, help="mnist.npz, or a folder of IDX files; without it, MNIST is downloaded"
    )


def missing_package(error: ModuleNotFoundError) -> str:
    """A message that says what to install."""
    return missing_package_hint(error.name or "")


def run_script(main: Callable[[], int | None]) -> NoReturn:
    """Run a script to its end even where stdout is closed, and exit: with 1 where only the output was lost."""
    TERMINAL.begin()
    code = main() or 0
    sys.exit(1 if code == 0 and TERMINAL.failure is not None else code)
