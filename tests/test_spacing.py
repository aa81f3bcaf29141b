"""How wide a gap inside a number is: gaps of many writers, by line and page; lines that are spaced out; tables; units."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from live.core.records import Box, Digit
from live.core.settings import GroupingSettings
from live.reading.decoding import Candidate
from live.reading.grouping import find_groups, numbers_of_groups
from live.reading.spacing import MOST_GAPS, find_spacing
from live.reading.text_lines import find_text_lines

SETTINGS = GroupingSettings()
TALL = 50.0


def padded(*lines: list[float]) -> NDArray[np.float64]:
    """The gaps of lines as `find_spacing` takes them."""
    gaps = np.full((len(lines), max(map(len, lines))), np.nan)
    for row, line in zip(gaps, lines, strict=True):
        row[: len(line)] = line
    return gaps


def parted(*lines: list[float]) -> list[str]:
    """What becomes of each gap: - is inside a number, | between two."""
    spacing = find_spacing(padded(*lines), SETTINGS.max_gap)
    return [
        "".join("-" if gap < limit else "|" for gap in line) for line, limit in zip(lines, spacing.limits, strict=True)
    ]


def written(text: str, inside: float, between: float, *, top: float = 0.0, left: float = 0.0) -> list[Candidate]:
    """A line of digits with such gaps (in heights); a space parts two numbers, a letter is a non-digit."""
    pieces: list[Candidate] = []
    for letter in text:
        if letter == " ":
            left += (between - inside) * TALL
            continue
        wide = 0.25 * TALL if letter == "1" else 0.6 * TALL
        digit = None
        if letter.isdigit():
            sure = np.full(11, 0.002, np.float32)
            sure[int(letter)] = 0.98
            digit = Digit(Box(int(left), int(top), int(wide), int(TALL)), sure)
        pieces.append(Candidate(digit, left, top, left + wide, top + TALL))
        left += wide + inside * TALL
    return pieces


def texts(pieces: list[Candidate], settings: GroupingSettings = SETTINGS) -> list[str]:
    """What is read of them."""
    return [number.text for _, number in numbers_of_groups(find_groups(pieces, settings), 0.0, settings)]


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        ([0.2, 0.2, 1.4, 0.2], "--|-"),
        ([-0.02, 0.5, -0.02], "-|-"),  # written closely: half a height parts two numbers
        ([0.16, 0.5, 0.16], "---"),  # but not here
        ([0.7, 0.75, 2.5, 0.8, 0.7], "--|--"),  # and here three quarters don't
        ([0.2, 0.2, 1.0, 0.25, 2.4, 0.2], "--|-|-"),  # three numbers, one of them further away
        ([0.5, 0.7, 0.55], "---"),
        ([0.4], "-"),
        ([1.0], "|"),
    ],
)
def test_a_lines_own_gaps_tell_where_numbers_end(line: list[float], kinds: str) -> None:
    assert parted(line) == [kinds]


def test_the_page_tells_what_a_line_of_one_gap_is() -> None:
    assert parted([0.02, 0.05, 0.5, 0.0], [0.05, 0.02, 0.6, 0.0], [0.45], [0.1]) == ["--|-", "--|-", "|", "-"]
    assert parted([0.8, 0.9, 2.5, 0.75], [0.8, 0.7, 2.6], [0.95], [2.0]) == ["--|-", "--|", "-", "|"]


def test_two_hands_on_one_page_keep_their_own_spacing() -> None:
    close, wide = [0.0, 0.05, 0.5, 0.02, 0.04, 0.55, 0.0], [0.8, 0.75, 2.4, 0.7, 0.85, 2.2, 0.8]
    assert parted(close, wide) == ["--|--|-", "--|--|-"]


@pytest.mark.parametrize("gap", [0.7, 1.2, 2.0, 3.0])
def test_even_gaps_however_wide_are_one_number(gap: float) -> None:
    uneven = np.random.default_rng(1).uniform(0.9, 1.1, 9)
    assert parted((gap * uneven).tolist()) == ["-" * 9]
    assert texts(written("8341032750", gap, 0.0)) == ["8341032750"]


def test_wide_gaps_that_are_not_even_part_digits() -> None:
    assert parted([1.0, 1.9, 1.4], [2.2, 1.3, 3.1, 2.5]) == ["|||", "||||"]


@given(
    inside=st.floats(-0.05, 0.8),
    clear=st.floats(3.0, 5.0),
    lengths=st.lists(st.lists(st.integers(2, 6), min_size=2, max_size=3), min_size=3, max_size=6),
    seed=st.integers(0, 10_000),
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_writer_a_clear_gap_parts_numbers(
    inside: float, clear: float, lengths: list[list[int]], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    between = (inside + 0.3) * clear - 0.3
    lines, kinds = [], []
    for line in lengths:
        kind = "|".join("-" * (length - 1) for length in line)
        gaps = [inside + rng.uniform(-0.04, 0.04) if k == "-" else between * rng.uniform(1, 1.3) for k in kind]
        lines.append(gaps)
        kinds.append(kind)
    assert parted(*lines) == kinds


def test_gaps_of_one_kind_stay_one_kind_however_many_they_are() -> None:
    gaps = np.random.default_rng(0).uniform(0.1, 0.3, (40, (MOST_GAPS - 100) // 40))
    assert (find_spacing(gaps, SETTINGS.max_gap).limits > 0.3).all()
    assert len(texts(written("7" * 700, 0.2, 0.0), GroupingSettings(min_confidence=0))) == 1


def test_a_table_of_single_digits_is_no_row_of_long_numbers() -> None:
    rows = [written(row, 1.5, 0.0, top=100.0 * k) for k, row in enumerate(["83407", "27550", "96238", "50972"])]
    assert texts([piece for row in rows for piece in row]) == list("83407275509623850972")
    assert texts(rows[0]) == ["83407"]


def test_numbers_of_digits_far_apart_that_are_no_table_stay_numbers() -> None:
    rows = [
        written(row, gap, 0.0, top=100.0 * k, left=left)
        for k, (row, gap, left) in enumerate([("8347", 1.5, 0), ("275506", 1.2, 60), ("96238", 0.9, 25)])
    ]
    assert texts([piece for row in rows for piece in row]) == ["8347", "275506", "96238"]


def test_columns_of_two_digits_stay_two_digits() -> None:
    rows = [written(row, 0.2, 1.4, top=100.0 * k) for k, row in enumerate(["12 34 56", "78 90 23", "45 67 89"])]
    assert texts([piece for row in rows for piece in row]) == ["12", "34", "56", "78", "90", "23", "45", "67", "89"]


def test_a_unit_a_clear_gap_away_leaves_its_number() -> None:
    assert texts(written("12 kg", 0.0, 0.3)) == ["12"]
    assert texts(written("No 17", 0.1, 0.6)) == ["17"]
    assert texts(written("2340 m", 0.05, 0.32)) == ["2340"]


def test_a_letter_as_near_as_a_digit_may_be_a_digit_that_was_not_read() -> None:
    assert texts(written("12k", 0.1, 0.0)) == []
    assert texts(written("12 k", 0.2, 0.34)) == []
    assert texts(written("5c", 0.2, 0.0)) == []
    assert texts(written("83x27", 1.5, 0.0)) == []  # one number of digits far apart


def test_words_with_letters_like_digits_stay_silent() -> None:
    assert texts(written("5mith", 0.3, 0.0)) == []  # letters far apart, S like a 5
    assert texts(written("8ook", 0.1, 0.0)) == []
    tight = [written("12 34 56", 0.0, 0.45), written("7ota1", 0.12, 0.0, top=100.0)]
    assert texts([piece for line in tight for piece in line]) == ["12", "34", "56"]


def test_lines_hold_their_members_from_left_to_right_with_their_gaps() -> None:
    pieces = written("12", 0.2, 0.0) + written("34", 0.3, 0.0, top=200.0)
    first, second = find_text_lines(pieces[::-1], SETTINGS.min_height_ratio)
    assert [line.members for line in (first, second)] == [(1, 0), (3, 2)]
    assert first.gaps == pytest.approx([0.3])
    assert second.gaps == pytest.approx([0.2])
