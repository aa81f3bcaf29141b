"""Tests of models/percent.py: what is not certain is nowhere 100 %, and what is possible nowhere 0 %."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.percent import percent


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "0 %"), (1e-9, "<1 %"), (0.004, "<1 %"), (0.01, "1 %"), (0.29, "29 %"), (float(np.float32(0.95)), "95 %"),
        (0.5, "50 %"), (0.4999, "49 %"), (0.979, "97 %"),
        (0.99, "99 %"), (0.995, "99 %"), (0.996, "99 %"), (0.99999999, "99 %"), (1.0, "99 %"),
    ],
)  # fmt: skip
def test_a_probability_is_never_rounded_up(share: float, shown: str) -> None:
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("share", "digits", "shown"),
    [
        (0.99134, 2, "99.13 %"), (0.99997, 2, "99.99 %"), (1.0, 2, "100.00 %"), (1.0, 0, "100 %"), (0.9996, 1, "99.9 %"),
        (0.99588, 2, "99.59 %"), (0.00001, 2, "<0.01 %"), (0.0001, 2, "0.01 %"), (0.0, 1, "0.0 %"),
    ],
)  # fmt: skip
def test_what_was_counted_may_be_all(share: float, digits: int, shown: str) -> None:
    assert percent(share, digits, counted=True) == shown


def test_nothing_counted_is_a_dash() -> None:
    assert percent(None) == "–"


@given(st.floats(1e-300, 1, exclude_max=True), st.integers(0, 3), st.booleans())
def test_what_is_neither_sure_nor_impossible_is_shown_as_neither(share: float, digits: int, counted: bool) -> None:
    number = percent(share, digits, counted=counted).removesuffix(" %")
    assert 0 < float(number.removeprefix("<")) < 100
