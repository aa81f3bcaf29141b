"""Words: letters that look like digits, on pages of words, and numbers that stand among them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from live.core.records import Box, Digit, Number
from live.reading.decoding import Candidate
from live.reading.ink import Ink
from live.reading.words import CHANCE, FEW, MANY, odds, without_words


def letters(count: int, height: float = 40.0, left: float = 0.0) -> list[Candidate]:
    """Non-digits of one height."""
    return [Candidate(None, left + 5.0 * k, 0, left + 5.0 * k + 30, height) for k in range(count)]


def digits(text: str, confidence: float = 0.999, height: float = 40.0) -> list[Candidate]:
    """Digits of one height, all believed alike."""
    pieces = []
    for k, letter in enumerate(text):
        probabilities = np.full(11, (1 - confidence) / 10, np.float32)
        probabilities[int(letter)] = confidence
        pieces.append(
            Candidate(Digit(Box(40 * k, 0, 30, int(height)), probabilities), 40.0 * k, 0, 40.0 * k + 30, height)
        )
    return pieces


def paper_of(*brightness: int) -> Ink:
    """Sheets side by side, 400 px wide each, with nothing on them."""
    paper = np.repeat(np.array([brightness], np.uint8), 40, axis=1)
    return Ink(np.zeros((10, 400 * len(brightness)), np.uint8), np.zeros((10, 400), np.uint8), paper, 10)


def number_of(pieces: list[Candidate], doubtful: tuple[int, ...] = ()) -> Number:
    """The number that digits make."""
    return Number(tuple(p.digit for p in pieces if p.digit), np.zeros((4, 2), np.float32), doubtful)


def shown(numbers: list[list[Candidate]], *others: list[Candidate]) -> list[str]:
    """Texts of what is left of numbers beside other pieces."""
    everything = [piece for pieces in (*numbers, *others) for piece in pieces]
    owners = [k for k, pieces in enumerate(numbers) for _ in pieces]
    owners += [-1] * (len(everything) - len(owners))
    return [n.text for n in without_words(tuple(map(number_of, numbers)), everything, owners, paper_of(220))]


def test_on_a_page_of_numbers_all_are_shown() -> None:
    numbers = [digits("105"), digits("7"), digits("31"), digits("657", 0.6)]
    assert shown(numbers, digits("8", 0.5), letters(5)) == ["105", "7", "31", "657"]


@pytest.mark.parametrize("text", ["105", "11", "0", "50"])
def test_letters_that_nobody_can_tell_from_digits_are_no_number_among_words(text: str) -> None:
    assert shown([digits(text)], letters(30)) == []
    assert shown([digits(text)], letters(MANY - 1)) == [text]


def test_a_number_among_words_that_are_all_strangers_is_shown() -> None:
    assert shown([digits("54")], letters(30)) == ["54"]
    assert shown([digits("74")], letters(30)) == ["74"]
    assert shown([digits("7")], letters(30)) == ["7"]  # nothing else looks like a digit at all
    assert shown([digits("7", 0.95)], letters(30), digits("8", 0.7)) == []


def test_a_page_with_many_unsure_digits_shows_only_what_can_not_be_chance() -> None:
    unsure = digits("3684726", 0.7)
    assert shown([digits("7", 0.95), digits("68", 0.95)], unsure, letters(20)) == []
    assert shown([digits("2749", 0.95)], unsure, letters(20)) == ["2749"]
    assert shown([digits("9", 0.999)], unsure, letters(20)) == ["9"]  # its odds are far beyond those of all others
    assert shown([digits("9", 0.999)], digits("368", 0.7)) == ["9"]
    assert len("368") < FEW


def test_an_unsure_number_is_never_shown_among_words() -> None:
    words = [*digits("3684726", 0.7), *letters(20)]
    assert shown([digits("27493", 0.8)], words) == []
    sure = digits("27493")
    assert without_words((number_of(sure, (1,)),), [*sure, *words], [0] * 5 + [-1] * len(words), paper_of(220)) == ()


@pytest.mark.parametrize(("desk", "expected"), [(60, ["7"]), (200, [])])
def test_what_lies_beside_the_sheet_says_nothing_of_it(desk: int, expected: list[str]) -> None:
    number, beside = digits("7", 0.95), letters(30, left=450.0)
    unsure = [replace(piece, left=500.0, right=530.0) for piece in digits("68", 0.7)]
    pieces = [*number, *beside, *unsure]
    found = without_words((number_of(number),), pieces, [0] + [-1] * (len(pieces) - 1), paper_of(220, desk))
    assert [n.text for n in found] == expected


def test_small_print_says_nothing_of_large_writing() -> None:
    print_ = [*digits("3684726", 0.7, height=12), *letters(40, height=12)]
    numbers = [digits("5"), digits("10"), digits("60", 0.8)]
    assert shown(numbers, print_) == ["5", "10", "60"]
    assert shown([*numbers[:2], digits("68", 0.6)], print_) == ["5", "10"]  # but of what is likely wrong
    assert shown([digits("6", 0.95, height=12)], print_) == []


def test_odds_of_the_surest_digit_are_finite() -> None:
    assert odds(1.0) == pytest.approx(1e6)
    assert odds(0.5) == 1
    assert odds(0.0) == 0


def test_where_nothing_was_chosen_nothing_is_left() -> None:
    assert without_words((), [], [], paper_of(220)) == ()
    assert CHANCE < 1  # else one digit that is like a letter would pass
