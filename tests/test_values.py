"""Values: what a number with signs is worth by each decimal mark, and which mark a page uses."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.core.values import decimal_mark, value_of

CASES = [
    # text, with a decimal point, with a decimal comma, where the page tells nothing
    ("0", "0", "0", "0"),
    ("42", "42", "42", "42"),
    ("1234", "1234", "1234", "1234"),
    ("-42", "-42", "-42", "-42"),
    ("+42", "42", "42", "42"),
    ("-0", "0", "0", "0"),
    # decimals
    ("12.5", "12.5", None, "12.5"),
    ("3,50", None, "3.50", "3.50"),
    ("0.125", "0.125", None, "0.125"),
    ("0,125", None, "0.125", "0.125"),
    ("-3,5", None, "-3.5", "-3.5"),
    (".5", "0.5", None, "0.5"),
    (",125", None, "0.125", "0.125"),
    ("1234.567", "1234.567", None, "1234.567"),
    # thousands
    ("3.000", "3", "3000", None),
    ("3,000", "3000", "3", None),
    ("-12.345", "-12.345", "-12345", None),
    ("1.234,56", None, "1234.56", "1234.56"),
    ("1,234.56", "1234.56", None, "1234.56"),
    ("1.234,567", None, "1234.567", "1234.567"),
    ("1.234.567", None, "1234567", "1234567"),
    ("1,234,567", "1234567", None, "1234567"),
    ("1.234.567,8", None, "1234567.8", "1234567.8"),
    ("12.34.567", None, None, None),
    ("1.234,567.8", None, None, None),
    ("1234.567,8", None, None, None),
    # percent
    ("50%", "0.5", "0.5", "0.5"),
    ("12,5%", None, "0.125", "0.125"),
    ("-0.5%", "-0.005", None, "-0.005"),
    ("3.000%", "0.03", "30", None),
    ("%50", None, None, None),
    ("50%%", None, None, None),
    # amounts of money
    ("3.-", "3", "3", "3"),
    ("3,-", "3", "3", "3"),
    ("3,--", "3", "3", "3"),
    ("50:-", "50", "50", "50"),
    ("-3.-", "-3", "-3", "-3"),
    ("3.000,-", None, "3000", "3000"),
    ("3.000.-", None, "3000", "3000"),
    ("3,000.-", "3000", None, "3000"),
    ("3.50.-", None, None, None),
    ("3.-%", None, None, None),
    # no plain meaning
    ("24/12", None, None, None),
    ("17:45", None, None, None),
    ("1.2.3", None, None, None),
    ("12.11.2026", None, None, None),
    ("3-5", None, None, None),
    ("8+3", None, None, None),
    ("3-", None, None, None),
    ("3.", None, None, None),
    ("--3", None, None, None),
    ("+-3", None, None, None),
    ("3..5", None, None, None),
    ("3.,5", None, None, None),
    ("007", None, None, None),
    ("00.5", None, None, None),
    ("012.345", None, None, None),
    ("0.000.000", None, None, None),
    # in doubt
    ("12?4", None, None, None),
    ("12?5", None, None, None),
    ("?", None, None, None),
    # names rather than amounts
    ("123456789012345", "123456789012345", "123456789012345", "123456789012345"),
    ("1234567890123456", None, None, None),
    ("", None, None, None),
]


@pytest.mark.parametrize(("text", "point", "comma", "unknown"), CASES)
def test_a_number_has_a_value_where_its_meaning_is_plain(
    text: str, point: str | None, comma: str | None, unknown: str | None
) -> None:
    wanted = [None if value is None else Decimal(value) for value in (point, comma, unknown)]
    assert [value_of(text, mark) for mark in (".", ",", "")] == wanted


@pytest.mark.parametrize(
    ("texts", "mark"),
    [
        ("", ""),
        ("42 007 1234", ""),
        ("12.5", "."),
        ("3,50", ","),
        ("1.234,56", ","),
        ("1.234.567", ","),
        ("3.000", ""),  # alone it may be three or three thousand
        ("3.000 1.250 12.000", ""),
        ("3.000 3,50", ","),
        ("3.000 12.5 7", "."),
        ("3.000,- 1.250", ","),
        ("3.- 5.-", ""),
        ("3,50 1,20 24.12", ","),  # a date among prices
        ("3,50 24.12", ""),
        ("3,50 1,20 2,40 24.12 12.5", ""),
        ("12.5 24.12 1.234,56", ","),
        ("1,234.56 1.234,56 3,50", ""),
        ("17:45 24/12 1.2.3 12?5 0.?", ""),
    ],
)
def test_a_page_tells_its_decimal_mark(texts: str, mark: str) -> None:
    assert decimal_mark(texts.split()) == mark
    assert decimal_mark(texts.split(), "point") == "."
    assert decimal_mark(texts.split(), "comma") == ","


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=2))
def test_what_is_written_out_is_read_back(value: Decimal) -> None:
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(".,", ",."))
    assert value_of(english) == value_of(english, ".") == value
    assert value_of(german) == value_of(german, ",") == value


@given(st.text("0123456789.,-/:+%?", max_size=18))
def test_any_text_has_at_most_one_value_for_each_mark(text: str) -> None:
    by_mark = {value for mark in ".," if (value := value_of(text, mark)) is not None}
    assert value_of(text) == (by_mark.pop() if len(by_mark) == 1 else None)
