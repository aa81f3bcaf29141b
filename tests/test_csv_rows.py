"""Tests of live/outputs/csv_rows.py: a spreadsheet runs nothing, a program reads the same rows."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.outputs.csv_rows import FORMULA_SIGNS, SIGNED_NUMBER, csv_row


@pytest.mark.parametrize(
    "text",
    [
        "=cmd|'/C calc'!A1", "+1+1", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "  =1+1", "\n=1", "\xa0=1", "＝1+1",
        "-3.-", "-24/12", "-5:30", "-1e5", "-A1", "--1", " -1", "-\u0663", '="x"&A1', "=1,2", "@a;b",
    ],
)  # fmt: skip
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    for value in (text, Path(text)):
        (row,) = csv.reader([csv_row(["a", value, 3])], strict=True)
        assert len(row) == 3
        assert not row[1].lstrip().startswith(tuple(FORMULA_SIGNS))


def test_numbers_stay_numbers_and_texts_stay_texts() -> None:
    assert csv_row([-1.5, 0, 0.9986, None, "007", "12?4", "a b", "[[1, 2]]"]) == (
        '-1.5,0,0.9986,,007,12?4,a b,"[[1, 2]]"\r\n'
    )
    assert csv_row([]) == "\r\n"


def test_a_row_stays_one_row_where_the_comma_is_the_decimal_sign() -> None:
    assert csv_row(["page;=1+1.png", 'say "hello"', "a,b"]) == '"page;=1+1.png","say ""hello""","a,b"\r\n'
    (row,) = csv.reader([csv_row(["page;=1+1.png", 1])], delimiter=";")
    assert row == ["page;=1+1.png,1"]


@given(st.lists(st.text() | st.floats(allow_nan=False) | st.integers(), min_size=1))
def test_every_row_is_one_row_of_as_many_cells(values: list[object]) -> None:
    rows = list(csv.reader(io.StringIO(csv_row(values), newline=""), strict=True))
    assert [len(row) for row in rows] == [len(values)] or values == [""]
    for cell, value in zip(rows[0], values, strict=False):
        if isinstance(value, str) and not SIGNED_NUMBER.fullmatch(value):
            assert not cell.strip().startswith(tuple(FORMULA_SIGNS))
        else:
            assert cell == str(value)


@pytest.mark.parametrize("text", ["-42", "+42", "-3.5", "-1.234,56", "+1,234.56", "-50%"])
def test_a_number_with_its_sign_is_no_formula(text: str) -> None:
    assert list(csv.reader([csv_row([text])], strict=True)) == [[text]]
