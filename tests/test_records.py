"""Records: right from birth, and what they say of themselves."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from live.core.records import Box, Digit, Frame, Number, Reading, Sign
from live.core.results import FrameResult, TrackedNumber

QUAD = np.array([[0, 0], [10, 0], [10, 5], [0, 5]], np.float32)


def digit(label: int, confidence: float = 0.9) -> Digit:
    """A digit believed with this confidence."""
    rest: NDArray[np.float32] = np.full(11, (1 - confidence) / 10, np.float32)
    rest[label] = confidence
    return Digit(Box(0, 0, 5, 5), rest)


def sign(symbol: str, before: int, confidence: float = 0.9) -> Sign:
    """A sign before the digit of that index."""
    return Sign(symbol, before, confidence, Box(0, 0, 2, 2))


@pytest.mark.parametrize(("width", "height", "word"), [(0, 3, "width"), (3, 0, "height"), (-1, 3, "width")])
def test_a_box_has_a_size(width: int, height: int, word: str) -> None:
    with pytest.raises(ValueError, match=f"{word} must be positive, got"):
        Box(1, 1, width, height)


def test_a_box_knows_its_sides() -> None:
    box = Box(2, 3, 10, 20)
    assert (box.right, box.bottom, box.center) == (12, 23, (7.0, 13.0))
    with pytest.raises(dataclasses.FrozenInstanceError):
        box.x = 5  # type: ignore[misc]


@pytest.mark.parametrize(
    "image", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((0, 4, 3), np.uint8)]
)
def test_a_frame_is_a_colour_picture(image: NDArray[np.uint8]) -> None:
    with pytest.raises(ValueError, match="image must"):
        Frame(image, 0, 0.0, "test")


def test_a_digit_is_the_likeliest_of_ten_never_the_eleventh_class() -> None:
    probabilities = np.array([0.05] * 10 + [0.5], np.float32)
    probabilities[7] = 0.1
    assert Digit(Box(0, 0, 1, 1), probabilities).label == 7
    assert digit(3, 0.8).confidence == pytest.approx(0.8)
    with pytest.raises(ValueError, match="C >= 10"):
        Digit(Box(0, 0, 1, 1), np.zeros(5, np.float32))


def test_a_number_keeps_its_leading_zeros_and_multiplies_its_confidences() -> None:
    number = Number((digit(0), digit(0), digit(7, 0.5)), QUAD)
    assert number.text == "007"
    assert number.confidence == pytest.approx(0.9 * 0.9 * 0.5)


def test_numbers_have_digits_and_four_corners() -> None:
    with pytest.raises(ValueError, match="at least one digit"):
        Number((), QUAD)
    with pytest.raises(ValueError, match="quad"):
        Number((digit(1),), QUAD[:3])


def test_only_confirmed_numbers_are_shown() -> None:
    number = Number((digit(1),), QUAD)
    tracked = tuple(TrackedNumber(k, number, 1, 0.0, 0.0, confirmed=bool(k % 2)) for k in range(4))
    reading = Reading((), np.zeros((2, 2), np.uint8), np.zeros((0, 28, 28, 1), np.float32))
    result = FrameResult(Frame(np.zeros((2, 2, 3), np.uint8), 0, 0.0, "test"), tracked, reading)
    assert [t.track_id for t in result.shown] == [1, 3]


def test_certainty_is_which_digit_it_is_and_not_whether() -> None:
    probabilities = np.zeros(11, np.float32)
    probabilities[[3, 8, 10]] = 0.45, 0.05, 0.5
    torn = Digit(Box(0, 0, 1, 1), probabilities)
    assert torn.confidence == pytest.approx(0.45)
    assert torn.certainty == pytest.approx(0.9)
    none = np.zeros(11, np.float32)
    none[10] = 1
    assert Digit(Box(0, 0, 1, 1), none).certainty == 0


def test_a_doubtful_digit_is_shown_as_a_question_mark() -> None:
    number = Number((digit(0), digit(7), digit(4)), QUAD, doubtful=(1,))
    assert (number.text, number.shown) == ("074", "0?4")
    assert Number((digit(0), digit(7)), QUAD).shown == "07"
    with pytest.raises(ValueError, match=r"doubtful must be places of 1 digits, got \(1,\)"):
        Number((digit(0),), QUAD, doubtful=(1,))


@pytest.mark.parametrize(
    ("digits", "signs", "text"),
    [
        ((3, 0, 0, 0), (sign(".", 1),), "3.000"),
        ((2, 4, 1, 2), (sign("/", 2),), "24/12"),
        ((4, 2), (sign("-", 0),), "-42"),
        ((5, 0), (sign("%", 2),), "50%"),
        ((3,), (sign("-", 0), sign(".", 1), sign("-", 1)), "-3.-"),
        ((1, 7), (), "17"),
    ],
)
def test_signs_stand_in_the_text_and_not_among_the_digits(
    digits: tuple[int, ...], signs: tuple[Sign, ...], text: str
) -> None:
    number = Number(tuple(map(digit, digits)), QUAD, signs=signs)
    assert (number.text, number.shown) == (text, text)
    assert number.digit_text == "".join(map(str, digits))
    assert number.confidence == pytest.approx(0.9 ** (len(digits) + len(signs)))
    tracked = TrackedNumber(1, number, 1, 0.0, 0.0, confirmed=True)
    assert (tracked.text, tracked.digit_text, tracked.signs) == (text, number.digit_text, signs)


def test_a_doubtful_sign_is_shown_as_a_question_mark() -> None:
    number = Number((digit(1), digit(2)), QUAD, (0,), (sign("-", 0), sign(".", 1), sign("%", 2)), (1,))
    assert (number.text, number.shown, number.doubts) == ("-1.2%", "-??2%", 2)


def test_signs_are_checked() -> None:
    with pytest.raises(ValueError, match="symbol must be one of"):
        sign("x", 0)
    with pytest.raises(ValueError, match="symbol must be one of"):
        sign(".,", 0)
    with pytest.raises(ValueError, match="before must be the index"):
        sign(".", -1)
    with pytest.raises(ValueError, match="confidence must be 0 to 1"):
        sign(".", 0, 1.5)
    with pytest.raises(ValueError, match=r"rise from 0 to 2 .* got \[3\]"):
        Number((digit(1), digit(2)), QUAD, signs=(sign(".", 3),))
    with pytest.raises(ValueError, match=r"rise from 0 to 2 .* got \[1, 0\]"):
        Number((digit(1), digit(2)), QUAD, signs=(sign(".", 1), sign("-", 0)))
    with pytest.raises(ValueError, match=r"doubtful_signs must be places of 1 signs, got \(1,\)"):
        Number((digit(1),), QUAD, signs=(sign(".", 1),), doubtful_signs=(1,))
