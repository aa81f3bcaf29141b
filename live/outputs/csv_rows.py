"""Rows of CSV in which nothing is run by a spreadsheet. Knows values, no file.

Source: OWASP, "CSV injection". A program that reads the rows finds the same values, but for texts that look like formulas.
"""

from __future__ import annotations

from collections.abc import Sequence

from live.core.plain_text import printable

FORMULA_SIGNS = "=+-@\uff1d\uff0b\uff0d\uff20"
"""With these, as they are and in the wide forms of East Asia, a spreadsheet lets a formula begin."""
SEPARATORS = ',;"\t'
"""A cell with one of these stands in quotes: where a comma is the decimal sign, rows are parted at semicolons."""


def csv_row(values: Sequence[object]) -> str:
    """One row (RFC 4180), its end included. Numbers stay numbers; texts are made harmless, control characters too."""
    return ",".join(map(_cell, values)) + "\r\n"


def _cell(value: object) -> str:
    """One value. Numbers are written by Python itself: -1.5 is no formula."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return str(value)
    text = printable(value)
    if text.lstrip().startswith(tuple(FORMULA_SIGNS)):
        text = "'" + text
    if any(sign in text for sign in SEPARATORS) or text != text.strip():
        return '"' + text.replace('"', '""') + '"'
    return text
