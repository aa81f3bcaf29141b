"""Define and check the options of `batch`. Reads nothing and loads no OpenCV."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from live.batch.options import BatchOptions


def add_batch_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `batch` to its parser."""
    parser.add_argument(
        "inputs", nargs="+", metavar="INPUT",
        help="pictures, PDFs, videos, ZIP and tar files, folders with all that is in them, quoted patterns ('scans/**/*.jpg'), "
        "or @FILE, a list of such names, one a line",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="the folder for all that is written")
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes (default: one a core)")
    parser.add_argument(
        "--limit", type=int, metavar="N", help="read at most N pages in all; without it, the command goes on"
    )
    parser.add_argument(
        "--sample", type=int, metavar="N",
        help="read the first page of N files picked at random, and tell how long all takes and how many numbers will need review",
    )  # fmt: skip
    parser.add_argument("--changed-only", action="store_true", help="read again what has changed in content since")
    parser.add_argument("--annotate", action="store_true", help="write annotated pictures into FOLDER/annotated")
    parser.add_argument(
        "--dpi", type=int, metavar="N", help="dots an inch at which pages of PDFs are drawn (default: 200)"
    )


def batch_options(options: argparse.Namespace) -> BatchOptions:
    """Convert the parsed arguments. Raises SettingsError."""
    from live.batch.options import BatchOptions
    from live.batch.pdf_pages import DPI

    return BatchOptions(
        tuple(options.inputs), options.out, options.workers, options.limit, options.sample, options.changed_only,
        options.annotate, DPI if options.dpi is None else options.dpi,
    )  # fmt: skip
