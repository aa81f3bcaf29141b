"""Files of numbers that `read` writes: a row a number, or the page's own rows and columns. Knows no picture, prints nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import ExitStack
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from live.core.atomic_files import WholeFile
from live.core.fields import number_fields
from live.core.page_name import PageName
from live.core.records import Number
from live.outputs.csv_rows import csv_row
from live.outputs.table_layout import cells_of, lay_out

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

NO_CENTS = re.compile(r"[.,:]-+$")
"""The dash of an amount without cents: `3.-`."""
CSV_COLUMNS = (
    "source", "shown", "text", "confidence", "x0", "y0", "x1", "y1", "x2", "y2", "x3", "y3", "digit_text", "value",
    "expected", "format",
)  # fmt: skip
LONGEST_SHEET_NAME = 31  # Excel's own limit; so are the letters below, and the name that it keeps for itself
NOT_IN_SHEET_NAMES = frozenset("[]:*?/\\'")
KEPT_SHEET_NAME = "history"
DOUBTFUL_CELL = "#FFE699"
"""Behind a number with a digit or sign in doubt, as spreadsheets mark what is to be looked at."""


class NumberFile(Protocol):
    """A file that takes the numbers of one picture after the other."""

    def add(self, name: PageName, numbers: Sequence[Number]) -> None:
        """Write the numbers of one picture. Raises OutputError."""


def table_file(path: Path, stack: ExitStack, *, several: bool) -> NumberFile:
    """The table that the file's suffix asks for. several: more than one picture is read. Raises OutputError."""
    return XlsxTable(path, stack) if path.suffix.lower() == ".xlsx" else CsvTable(path, stack, several=several)


def table_of(numbers: Sequence[Number]) -> list[list[str]]:
    """One picture's numbers in rows and columns, as a person is shown them."""
    return lay_out([number.quad for number in numbers], [number.shown for number in numbers])


class CsvFile:
    """One row a number, written as they are read."""

    def __init__(self, path: Path, stack: ExitStack) -> None:
        """Raises OutputError where it can't be written."""
        self._file = stack.enter_context(WholeFile(path))
        self._file.write(csv_row(CSV_COLUMNS).encode())

    def add(self, name: PageName, numbers: Sequence[Number]) -> None:
        """Write the numbers of one picture. Raises OutputError."""
        for number in numbers:
            fields = number_fields(number)
            corners = [value for corner in fields["quad"] for value in corner]
            row = [
                name.shown,
                fields["shown"],
                fields["text"],
                fields["confidence"],
                *corners,
                fields["digit_text"],
                fields["value"],
                fields["expected"],
                fields["format"],
            ]
            self._file.write(csv_row(row).encode())


class CsvTable:
    """The rows and columns of each page, one page after the other with an empty row between."""

    def __init__(self, path: Path, stack: ExitStack, *, several: bool) -> None:
        """several: name the source over each page. Raises OutputError where it can't be written."""
        self._file = stack.enter_context(WholeFile(path))
        self._several = several
        self._begun = False

    def add(self, name: PageName, numbers: Sequence[Number]) -> None:
        """Write one page. Raises OutputError."""
        if self._begun:
            self._write([])
        if self._several or name.pages > 1:
            self._write([name.shown])
        for row in table_of(numbers):
            self._write(row)
        self._begun = True

    def _write(self, row: Sequence[str]) -> None:
        """Write one row. Raises OutputError."""
        self._file.write(csv_row(row).encode())


class XlsxTable:
    """A workbook with a sheet a page, written when `stack` closes.

    Numbers are text, so that leading zeros stay. On a page of amounts, where a number with a sign has a value, all numbers with a
    value are numbers: a sum over a column must not pass some of them over.
    """

    def __init__(self, path: Path, stack: ExitStack) -> None:
        """Raises OutputError where it can't be written."""
        from xlsxwriter import Workbook

        self._names: set[str] = set()
        # opened now: a path that can't be written fails before any picture is read
        self._file = stack.enter_context(WholeFile(path))
        self._content = BytesIO()
        self._book: Workbook = Workbook(self._content, {"in_memory": True})
        as_text = {"num_format": "@", "align": "right"}
        self._as_text = self._book.add_format(as_text)
        self._by_look: dict[str, Format] = {}
        self._doubtful = self._book.add_format({**as_text, "bg_color": DOUBTFUL_CELL})
        stack.push(self._close)

    def add(self, name: PageName, numbers: Sequence[Number]) -> None:
        """Add a sheet for one page."""
        sheet = self._book.add_worksheet(sheet_name(name.stem, self._names))
        if not numbers:
            return
        row_of, column_of = cells_of([number.quad for number in numbers])
        has_amounts = any(number.signs and number.value is not None for number in numbers)
        wide = [8] * (max(column_of) + 1)
        for r, c, number in zip(row_of, column_of, numbers, strict=True):
            wide[c] = max(wide[c], len(number.shown) + 2)
            if has_amounts and number.value is not None:
                sheet.write_number(r, c, float(number.value), self._as_number(look_of(number.text, number.value)))
            else:
                sheet.write_string(r, c, number.shown, self._doubtful if number.doubts else self._as_text)
        sheet.ignore_errors({"number_stored_as_text": f"A1:{_cell(max(row_of), max(column_of))}"})
        for c, width in enumerate(wide):
            sheet.set_column(c, c, width, self._as_text)

    def _as_number(self, look: str) -> Format:
        """The format of a cell with a number of that look, a number format of Excel."""
        if look not in self._by_look:
            self._by_look[look] = self._book.add_format({"num_format": look, "align": "right"})
        return self._by_look[look]

    def _close(self, kind: type[BaseException] | None, *_: object) -> None:
        """Put the workbook into its file, unless something went wrong. Raises OutputError."""
        self._book.close()
        if kind is None:
            self._file.write(self._content.getvalue())


def sheet_name(stem: str, taken: set[str]) -> str:
    """A name that Excel allows for a page's sheet, near the picture's own; it is added to those taken."""
    allowed = "".join("_" if c in NOT_IN_SHEET_NAMES or not c.isprintable() else c for c in stem).strip() or "page"
    # Excel counts a letter beyond the first plane as two
    while len(allowed.encode("utf-16-le")) > 2 * LONGEST_SHEET_NAME:
        allowed = allowed[:-1]
    name, number = allowed, 1
    while name.casefold() in taken or name.casefold() == KEPT_SHEET_NAME:
        number += 1
        ending = f"-{number}"
        name = allowed[: LONGEST_SHEET_NAME - len(ending)] + ending
        while len(name.encode("utf-16-le")) > 2 * LONGEST_SHEET_NAME:
            name = name[: -len(ending) - 1] + ending
    taken.add(name.casefold())
    return name


def look_of(text: str, value: Decimal) -> str:
    """The number format of Excel in which a value looks as it was written: `#,##0.00` for `1.234,56`, `0%` for `50%`."""
    percent = text.endswith("%")
    decimals = max(0, -int(value.as_tuple().exponent) - 2 * percent)
    marks = sum(map(re.sub(NO_CENTS, "", text).count, ".,"))
    look = ("#,##0" if marks > (decimals > 0) else "0") + ("." + "0" * decimals) * (decimals > 0) + "%" * percent
    return f"+{look};-{look}" if text.startswith("+") else look


def _cell(row: int, column: int) -> str:
    """A cell's name, A1 for (0, 0)."""
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(row, column))
