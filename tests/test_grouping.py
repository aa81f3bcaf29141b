"""Digits to numbers: gaps, slopes, words, non-digits, reading order; and the choice that comes before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from live.core.records import Box, Digit, Number, Region
from live.core.settings import GroupingSettings
from live.reading.cuts import Lattice
from live.reading.decoding import Candidate, decode
from live.reading.grouping import Group, find_groups, number_of, numbers_of_groups, rejection_reason

SETTINGS = GroupingSettings()


def probabilities(label: int, confidence: float = 0.98) -> NDArray[np.float32]:
    """(11,) that believe in one class; 10 is "not a digit"."""
    rest = np.full(11, (1 - confidence) / 10, np.float32)
    rest[label] = confidence
    return rest


def candidate(label: int, left: float, top: float = 0.0, height: float = 50.0, confidence: float = 0.98) -> Candidate:
    """A digit 30 px wide; label 10 is a non-digit."""
    box = Box(int(left), int(top), 30, int(height))
    digit = None if label == 10 else Digit(box, probabilities(label, confidence))
    return Candidate(digit, left, top, left + 30, top + height)


def grouped(pieces: list[Candidate], angle: float = 0.0, settings: GroupingSettings = SETTINGS) -> tuple[Number, ...]:
    """The numbers that they make."""
    return tuple(number for _, number in numbers_of_groups(find_groups(pieces, settings), angle, settings))


def texts(pieces: list[Candidate], angle: float = 0.0) -> list[str]:
    """What is read of them."""
    return [number.text for number in grouped(pieces, angle)]


def test_digits_close_by_are_one_number_and_leading_zeros_stay() -> None:
    assert texts([candidate(0, 0), candidate(0, 40), candidate(7, 80)]) == ["007"]


def test_a_wide_gap_parts_two_numbers() -> None:
    assert texts([candidate(1, 0), candidate(2, 40), candidate(3, 40 + 30 + 50), candidate(4, 160)]) == ["12", "34"]


def test_lines_are_read_from_the_top_left() -> None:
    pieces = [candidate(5, 300, 100), candidate(3, 0, 104), candidate(1, 0, 0), candidate(2, 300, 4)]
    assert texts(pieces) == ["1", "2", "3", "5"]


def test_a_much_smaller_neighbour_is_another_number() -> None:
    assert sorted(texts([candidate(1, 0, 0, 100), candidate(2, 40, 70, 30)])) == ["1", "2"]


def pieces_of(group: Group) -> str:
    """The digits of a group, and _ for a non-digit."""
    return "".join("_" if m.digit is None else str(m.digit.label) for m in group.members)


def test_a_digit_broken_across_holds_its_number_together() -> None:
    roof, body = (
        Candidate(None, 88, 0, 118, 24),
        Candidate(None, 80, 27, 112, 50),
    )  # of a 5: neither is level with the other
    before, after = [candidate(5, 0), candidate(2, 40)], [candidate(1, 124), candidate(4, 164)]
    groups = find_groups([*before, roof, body, *after], SETTINGS)
    assert [pieces_of(group) for group in groups if group.digits] == ["52__14"]
    alone = Candidate(None, 400, 200, 430, 224)
    assert sorted(map(pieces_of, find_groups([*before, body, alone], SETTINGS))) == ["52_", "_"]


@pytest.mark.parametrize(("left", "top"), [(130, 0), (88, -60)])
def test_pieces_beside_each_other_or_far_apart_are_of_two_digits(left: float, top: float) -> None:
    other, body = Candidate(None, left, top, left + 30, top + 24), Candidate(None, 80, 27, 112, 50)
    after = [candidate(1, left + 36, top), candidate(4, left + 76, top)]
    groups = find_groups([candidate(5, 0), candidate(2, 40), body, other, *after], SETTINGS)
    assert [pieces_of(group) for group in groups if group.digits] == ["52_", "_14"]


def test_a_word_with_a_few_digit_like_letters_is_silent() -> None:
    assert texts([candidate(0, 0), candidate(10, 35), candidate(10, 70), candidate(0, 105)]) == []


def test_a_dot_beside_a_number_does_not_make_it_a_word() -> None:
    dot = Candidate(None, 35, 45, 40, 50)
    assert texts([candidate(4, 0), dot, candidate(2, 45)])[:1] in (["42"], ["4"])
    assert "".join(texts([candidate(4, 0), dot, candidate(2, 45)])) == "42"


def test_an_unsure_number_is_silent() -> None:
    assert texts([candidate(4, 0, confidence=0.2)]) == []


def test_nothing_is_ordinary() -> None:
    assert grouped([]) == ()


def test_the_quad_follows_the_line() -> None:
    angle = float(np.radians(10))
    pieces = [replace(piece, angle=angle) for piece in (candidate(1, 100, 50), candidate(2, 140, 50))]
    (number,) = grouped(pieces, angle)
    along_top = number.quad[1] - number.quad[0]
    assert np.arctan2(along_top[1], along_top[0]) == pytest.approx(angle, abs=1e-3)
    assert np.linalg.norm(along_top) == pytest.approx(70, abs=0.1)


@given(st.permutations(range(9)))
@settings(max_examples=40, deadline=None)
def test_the_order_of_pieces_never_changes_the_text(order: list[int]) -> None:
    pieces = [candidate(k % 10, 40 * k + (60 if k > 4 else 0), 3 * (k % 2)) for k in range(9)]
    assert texts([pieces[k] for k in order]) == ["01234", "5678"]


def lattice(components: tuple[int, ...], groups: list[tuple[int, int]], extents: list[tuple[float, ...]]) -> Lattice:
    """A lattice whose ink is of no interest."""
    regions = tuple(Region(Box(int(e[0]), int(e[1]), 20, 20), np.ones((2, 2), np.uint8)) for e in extents)
    height = max(e[3] for e in extents) - min(e[1] for e in extents)
    return Lattice(
        components, tuple(groups), regions, np.array(extents, np.float32), max(stop for _, stop in groups), height
    )


def test_a_join_wins_where_its_parts_are_no_digits() -> None:
    lattices = [
        lattice((0,), [(0, 1)], [(0, 10, 20, 40)]),
        lattice((1,), [(0, 1)], [(0, 0, 20, 8)]),
        lattice((0, 1), [(0, 1)], [(0, 0, 20, 40)]),
    ]
    rows = np.array([probabilities(3, 0.6), probabilities(10, 0.9), probabilities(5, 0.99)])
    (whole,) = decode(lattices, rows)
    assert whole.digit is not None
    assert whole.digit.label == 5
    apart = decode(lattices, np.array([probabilities(5, 0.99), probabilities(10, 0.99), probabilities(10, 0.95)]))
    assert sorted(p.digit.label for p in apart if p.digit is not None) == [5]


def test_touching_digits_are_cut_where_both_halves_are_believed() -> None:
    ways = lattice((0,), [(0, 1), (0, 2), (1, 2)], [(0, 0, 20, 40), (0, 0, 40, 40), (20, 0, 40, 40)])
    rows = np.array([probabilities(4, 0.97), probabilities(10, 0.99), probabilities(2, 0.96)])
    assert [p.digit.label for p in decode([ways], rows) if p.digit is not None] == [4, 2]


def test_what_is_no_digit_is_a_stranger() -> None:
    (blot,) = decode([lattice((0,), [(0, 1)], [(0, 0, 20, 40)])], np.array([probabilities(10, 0.99)]))
    assert blot.digit is None
    assert (blot.right, blot.bottom) == (20, 40)


def test_no_lattices_no_digits() -> None:
    assert decode([], np.zeros((0, 11), np.float32)) == []


def torn(left: float, sure: float) -> Candidate:
    """An 8 that may be a 3."""
    rest = np.zeros(11, np.float32)
    rest[[8, 3]] = sure, 1 - sure
    return Candidate(Digit(Box(int(left), 0, 30, 50), rest), left, 0, left + 30, 50)


def test_a_digit_below_the_limit_is_shown_as_a_question_mark() -> None:
    pieces = [candidate(1, 0), candidate(2, 40), torn(80, 0.6), candidate(4, 120)]
    (number,) = grouped(pieces)
    assert (number.text, number.shown) == ("1284", "12?4")
    (sure,) = grouped([*pieces[:2], torn(80, 0.75), pieces[3]])
    assert sure.shown == "1284"
    (told,) = grouped(pieces, settings=GroupingSettings(doubt_below=0.0))
    assert told.shown == "1284"


def test_question_marks_alone_are_silent() -> None:
    assert texts([torn(0, 0.65), torn(40, 0.65)]) == []
    assert texts([torn(0, 0.65), torn(40, 0.75)]) == ["88"]


def test_why_a_run_is_no_number() -> None:
    (group,) = find_groups([candidate(1, 0), candidate(2, 40)], SETTINGS)
    assert rejection_reason(group, SETTINGS) is None
    (letters,) = find_groups([candidate(10, 0), candidate(10, 40)], SETTINGS)
    assert rejection_reason(letters, SETTINGS) == "no digit"
    (word,) = find_groups([candidate(10, 0), candidate(2, 32), candidate(10, 64)], SETTINGS)
    assert rejection_reason(word, SETTINGS) == "word"
    (unsure,) = find_groups([candidate(1, 0, confidence=0.8), candidate(2, 40, confidence=0.8)], SETTINGS)
    shown = number_of(unsure.digits, np.zeros((4, 2), np.float32), SETTINGS).confidence
    assert rejection_reason(unsure, GroupingSettings(min_confidence=shown)) is None
    assert rejection_reason(unsure, GroupingSettings(min_confidence=shown + 1e-6)) == "unsure"
