"""Writes texts that a client sends as a workbook, within limits; knows no number and no picture."""

from __future__ import annotations

from io import BytesIO
from typing import Annotated

import msgspec

from live.core.plain_text import printable
from live.outputs.tables import sheet_name

Text = Annotated[str, msgspec.Meta(max_length=200)]


class Sheet(msgspec.Struct, forbid_unknown_fields=True):
    """One picture's numbers in rows."""

    name: Text
    rows: Annotated[list[Annotated[list[Text], msgspec.Meta(max_length=500)]], msgspec.Meta(max_length=20_000)]


class Sheets(msgspec.Struct, forbid_unknown_fields=True):
    """All pictures."""

    sheets: Annotated[list[Sheet], msgspec.Meta(min_length=1, max_length=200)]


class TableError(Exception):
    """What was sent is no table; the message is one line."""


def table_of_texts(content: bytes) -> bytes:
    """A workbook with a sheet a picture; every cell is a text, so that none is a formula. Raises TableError.

    content: JSON, {"sheets": [{"name": "page", "rows": [["12", "0345"]]}]}.
    """
    from xlsxwriter import Workbook

    try:
        sheets = msgspec.json.decode(content, type=Sheets).sheets
    except msgspec.MsgspecError as error:
        raise TableError(f"The table can't be read: {error}.") from error
    file, names = BytesIO(), set[str]()
    with Workbook(file, {"in_memory": True}) as book:
        as_text = book.add_format({"num_format": "@"})
        for sheet in sheets:
            page = book.add_worksheet(sheet_name(printable(sheet.name), names))
            for r, row in enumerate(sheet.rows):
                for c, text in enumerate(row):
                    page.write_string(r, c, printable(text), as_text)
            page.set_column(0, 0, 14)
    return file.getvalue()
