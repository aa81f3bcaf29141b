"""Rows of CSV in which nothing is run by a spreadsheet. Knows values, no file.

Source: OWASP, "CSV injection". A program that reads the rows finds the same values, but for texts that look like formulas.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from live.core.plain_text import printable

FORMULA_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
"""Characters that start a formula in a spreadsheet, in ASCII and in full-width form."""
SIGNED_NUMBER = re.compile(r"[+-][0-9]+(?:[.,][0-9]+)*%?")
"""A text that begins as a formula does, but is a number to a spreadsheet: `-42`, `+3,5`."""
SEPARATORS = ',;"\t'
"""Characters that require a quoted cell; spreadsheets split at semicolons where a comma is the decimal separator."""


def csv_row(values: Sequence[object]) -> str:
    """One row (RFC 4180), its end included. Numbers stay numbers; texts are made harmless, control characters too."""
    return ",".join(map(_cell, values)) + "\r\n"


def _cell(value: object) -> str:
    """One value. Numbers are written by Python itself: -1.5 is no formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    text = printable(value)
    if text.lstrip().startswith(tuple(FORMULA_SIGNS)) and not SIGNED_NUMBER.fullmatch(text):
        text = "'" + text
    if any(sign in text for sign in SEPARATORS) or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text
