"""Define and check the options of `read`. Knows no picture and loads no OpenCV."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from live.core.errors import SettingsError
from live.core.plain_text import printable

TABLE_SUFFIXES = (".csv", ".xlsx")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """The options of `read`. Raises SettingsError if they contradict each other."""

    paths: tuple[str, ...]
    """Files, folders, `-` for stdin, unchanged: a Path would alter an address such as https://."""
    as_json: bool = False
    save: Path | None = None
    csv_file: Path | None = None
    table_file: Path | None = None
    explain: bool = False

    def __post_init__(self) -> None:
        if self.explain and self.save is None:
            raise SettingsError("--explain writes pictures: say where with --save FOLDER.")
        for option, path, suffixes in (
            ("--csv", self.csv_file, (".csv",)),
            ("--table", self.table_file, TABLE_SUFFIXES),
        ):
            if path is not None and path.suffix.lower() not in suffixes:
                raise SettingsError(f"{option} takes a file ending in {' or '.join(suffixes)}, not {printable(path)}.")
        if (
            self.csv_file is not None
            and self.table_file is not None
            and self.csv_file.absolute() == self.table_file.absolute()
        ):
            raise SettingsError("--csv and --table must be different files.")


def add_read_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `read` to its parser."""
    parser.add_argument(
        "paths", nargs="+", metavar="FILE|FOLDER|-", help="pictures, folders of pictures, or - for one from stdin"
    )
    parser.add_argument("--json", action="store_true", dest="as_json", help="print a line of JSON a picture")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="write the annotated pictures into it")
    parser.add_argument(
        "--explain", action="store_true",
        help="with --save: also write what each stage saw, from the ink to the numbers, as six pictures a page",
    )  # fmt: skip
    parser.add_argument("--csv", type=Path, metavar="FILE", dest="csv_file", help="write a row a number into it: .csv")
    parser.add_argument(
        "--table", type=Path, metavar="FILE", dest="table_file",
        help="write the numbers in rows and columns, as they stand on the page: .csv or .xlsx",
    )  # fmt: skip


def read_options(options: argparse.Namespace) -> ReadOptions:
    """Convert the parsed arguments. Raises SettingsError."""
    return ReadOptions(
        tuple(options.paths), options.as_json, options.save, options.csv_file, options.table_file, options.explain
    )
