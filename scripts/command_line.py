"""What the command lines of the training scripts share. Knows argparse, no network and no data."""

from __future__ import annotations

import argparse
from pathlib import Path

from live.how_to_type import missing


def script_parser(module: str, doc: str | None) -> argparse.ArgumentParser:
    """A parser for `python -m module`; its help is the module's docstring, line breaks and all."""
    summary, _, more = (doc or "").partition("\n")
    return argparse.ArgumentParser(
        prog=f"python -m {module}", description=summary, epilog=more, formatter_class=argparse.RawTextHelpFormatter
    )


def add_data(parser: argparse.ArgumentParser) -> None:
    """The option that every script takes which reads MNIST."""
    parser.add_argument(
        "--data", type=Path, help="mnist.npz, or a folder of IDX files; without it, MNIST is downloaded"
    )


def missing_package(error: ModuleNotFoundError) -> str:
    """What to install, for people."""
    return missing(error.name or "")
