"""Tests of live/core/plain_text.py: nothing that others chose can steer a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.core.plain_text import printable, printable_lines

STEERS = {"Cc", "Cf", "Cs", "Cn", "Zl", "Zp"}
"""Unicode's categories of what has no shape: controls, formats, surrogates, not given out, line and paragraph ends."""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("page 1.png", "page 1.png"),
        ("Größe 数字 🙂.png", "Größe 数字 🙂.png"),
        ("wide\u3000and\xa0hard blanks", "wide\u3000and\xa0hard blanks"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b2J", r"\x9b2J"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("gpj.\u202egnp.exe", r"gpj.\u202egnp.exe"),
        ("\u2066\u2069\u200e\u061c\ufeff\xad", r"\u2066\u2069\u200e\u061c\ufeff\xad"),
        ("one\u2028two\u2029", r"one\u2028two\u2029"),
        ("\udcff\udc80\ud800", r"\xff\x80\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("\x00\x7f", r"\x00\x7f"),
    ],
)
def test_what_would_steer_a_terminal_is_shown_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(st.text(st.characters()))
def test_nothing_is_left_that_has_no_shape(text: str) -> None:
    shown = printable(text)
    assert not [c for c in shown if unicodedata.category(c) in STEERS]
    shown.encode("utf-8")  # no lone surrogate is left either


def test_anything_with_a_text_can_be_given() -> None:
    assert printable(ValueError("a\x1bb")) == r"a\x1bb"


def test_of_several_lines_only_the_ends_stay() -> None:
    assert printable_lines("one\x1b\ntwo\r\n") == "one\\x1b\ntwo\\r\n"
