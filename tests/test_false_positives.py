"""Impostors: pieces of lines, outlines of dark things, digits unlike the page's others."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.core.records import Box, Digit, Number
from live.core.settings import GroupingSettings
from live.reading.decoding import Candidate
from live.reading.false_positives import (
    MANY_PIECES,
    evenness,
    goes_on,
    is_of_another_size,
    is_part_of_a_line,
    is_texture,
    on_paper,
    open_sides,
    stroke_darkness,
    without_cut_outs,
    without_false_positives,
    without_line_pieces,
)
from live.reading.ink import Ink

SETTINGS = GroupingSettings()


def ink_of(darkness: NDArray[np.uint8], limit: int = 50) -> Ink:
    """Ink on even paper; darker than `limit` is ink."""
    return Ink(darkness, cv2.compare(darkness, limit, cv2.CMP_GT), np.full((40, 60), 220, np.uint8), 10)


def bar(darkness: NDArray[np.uint8], box: Box, level: int) -> None:
    """A filled bar."""
    darkness[box.y : box.bottom, box.x : box.right] = level


def digit(label: int, box: Box, confidence: float = 0.97, other: int = 10) -> Digit:
    """A digit believed with this confidence; else it is the `other`, which may be none."""
    probabilities = np.zeros(11, np.float32)
    probabilities[[label, other]] = confidence, 1 - confidence
    return Digit(box, probabilities)


def candidate(label: int, box: Box) -> Candidate:
    """A digit where it stands."""
    return Candidate(digit(label, box), box.x, box.y, box.right, box.bottom)


def number(digits: list[Digit]) -> Number:
    """A number of these digits."""
    return Number(tuple(digits), np.zeros((4, 2), np.float32))


@pytest.fixture
def page() -> tuple[NDArray[np.uint8], list[Box]]:
    """Six dark digits' worth of ink, 40 px high, and where they are."""
    darkness = np.zeros((400, 600), np.uint8)
    boxes = [Box(50 + 40 * k, 100, 20, 40) for k in range(6)]
    for box in boxes:
        bar(darkness, box, 160)
    return darkness, boxes


def test_a_stroke_that_ends_does_not_go_on_and_a_line_does() -> None:
    darkness = np.zeros((400, 600), np.uint8)
    one, piece = Box(100, 100, 8, 60), Box(300, 100, 8, 60)
    bar(darkness, one, 150)
    bar(darkness, Box(300, 40, 8, 200), 46)  # a pale line, of which one part is dark enough to be ink
    bar(darkness, piece, 90)
    ink = ink_of(darkness)
    assert not goes_on(ink, one)
    assert goes_on(ink, piece)
    assert not goes_on(ink, Box(500, 300, 5, 5))  # no ink at all


def test_pieces_of_a_line_are_taken_out_and_the_page_s_own_ones_stay(page: tuple[NDArray[np.uint8], list[Box]]) -> None:
    darkness, boxes = page
    real, pale = Box(400, 100, 6, 40), Box(20, 90, 6, 60)
    bar(darkness, real, 160)
    bar(darkness, pale, 70)
    pieces = [candidate(k + 2, box) for k, box in enumerate(boxes)] + [candidate(1, real), candidate(1, pale)]
    kept = without_line_pieces(pieces, ink_of(darkness))
    assert [p.digit.box for p in kept if p.digit is not None and p.digit.label == 1] == [real]
    assert len(kept) == 7
    few = pieces[-3:]
    assert without_line_pieces(few, ink_of(darkness)) == few  # too few others to tell


@pytest.mark.parametrize(
    ("box", "level", "confidence", "other", "stays"),
    [
        (Box(400, 300, 20, 40), 160, 0.97, 10, True),
        (Box(400, 300, 20, 40), 160, 0.75, 10, False),  # it may be no digit, and nothing beside it says otherwise
        (Box(400, 300, 20, 40), 160, 0.75, 9, True),  # surely a digit, if not surely this one
        (Box(400, 300, 20, 40), 70, 0.97, 10, True),  # a paler pen
        (Box(400, 250, 60, 120), 160, 0.97, 10, False),  # three times as tall
    ],
)
def test_a_lone_digit_must_look_like_the_others(
    page: tuple[NDArray[np.uint8], list[Box]], box: Box, level: int, confidence: float, other: int, stays: bool
) -> None:
    darkness, boxes = page
    bar(darkness, box, level)
    long = number([digit(k + 2, b) for k, b in enumerate(boxes)])
    lone = number([digit(4, box, confidence, other)])
    kept = without_false_positives((long, lone), ink_of(darkness), SETTINGS)
    assert kept == ((long, lone) if stays else (long,))


def test_lone_digits_tell_the_page_s_size_too(page: tuple[NDArray[np.uint8], list[Box]]) -> None:
    darkness, boxes = page
    small = number([digit(k + 2, b) for k, b in enumerate(boxes)])
    large = tuple(number([digit(4, Box(40 * k, 200, 60, 120))]) for k in range(7))
    assert without_false_positives((small, *large), ink_of(darkness), SETTINGS) == (small, *large)
    assert without_false_positives((small, *large[:2]), ink_of(darkness), SETTINGS) == (small,)
    assert without_false_positives((small, *large[:2]), ink_of(darkness), SETTINGS, [is_part_of_a_line]) == (
        small,
        *large[:2],
    )


def test_a_lone_one_that_goes_on_is_part_of_a_line() -> None:
    darkness = np.zeros((400, 600), np.uint8)
    bar(darkness, Box(300, 40, 8, 200), 46)
    bar(darkness, Box(300, 100, 8, 60), 90)
    numbers = (number([digit(1, Box(300, 100, 8, 60))]),)
    assert without_false_positives(numbers, ink_of(darkness), SETTINGS) == ()
    assert without_false_positives(numbers, ink_of(darkness), SETTINGS, [is_of_another_size]) == numbers
    assert without_false_positives((number([digit(7, Box(300, 100, 8, 60))]),), ink_of(darkness), SETTINGS) != ()


def test_the_outline_of_a_dark_thing_is_no_digit() -> None:
    darkness = np.zeros((400, 600), np.uint8)
    box = Box(200, 100, 100, 100)
    cv2.ellipse(darkness, (250, 150), (48, 48), 0, 0, 360, 160, 4)
    ink = ink_of(darkness)
    assert on_paper((number([digit(0, box)]),), ink)
    ink.paper[13:17, 23:27] = 40  # what lies inside is dark
    assert evenness(ink, box) < 0.3
    assert on_paper((number([digit(0, box)]),), ink) == ()


def test_a_number_off_paper_is_none_and_one_across_a_shadow_s_edge_stays() -> None:
    ink = ink_of(np.zeros((400, 600), np.uint8))
    first, second = digit(1, Box(200, 100, 20, 40)), digit(7, Box(230, 100, 20, 40))
    ink.paper[:, 24:] = 60  # the dark begins under the second
    numbers = (number([first, second]),)
    assert on_paper(numbers, ink) == numbers
    ink.paper[12:, :] = 60  # under both
    assert on_paper(numbers, ink) == ()


def test_darkness_of_a_stroke() -> None:
    darkness = np.zeros((400, 600), np.uint8)
    bar(darkness, Box(10, 10, 20, 20), 120)
    assert stroke_darkness(ink_of(darkness), Box(5, 5, 40, 40)) == pytest.approx(120)
    assert stroke_darkness(ink_of(darkness), Box(300, 300, 4, 4)) == 0


def test_long_numbers_are_left_alone() -> None:
    ink = ink_of(np.zeros((400, 600), np.uint8))
    numbers = (number([digit(1, Box(0, 0, 5, 5)), digit(1, Box(9, 0, 5, 5))]),)
    assert without_false_positives(numbers, ink, SETTINGS) == numbers


def ink_cut_out(*strokes: Box, level: int, seen: Box) -> Ink:
    """Strokes of one darkness, of which only what lies inside a box was taken for ink."""
    darkness = np.zeros((400, 600), np.uint8)
    for stroke in strokes:
        bar(darkness, stroke, level)
    ink = ink_of(darkness)
    mask = np.zeros_like(ink.mask)
    mask[seen.y : seen.bottom, seen.x : seen.right] = ink.mask[seen.y : seen.bottom, seen.x : seen.right]
    return Ink(darkness, mask, ink.paper, ink.step)


def test_a_piece_cut_out_of_squared_paper_is_no_digit() -> None:
    seven = Box(200, 100, 40, 60)
    lines = Box(0, 100, 600, 4), Box(236, 0, 4, 400)
    ink = ink_cut_out(*lines, level=80, seen=seven)
    lone, pair = number([digit(7, seven)]), number([digit(7, seven), digit(7, seven)])
    assert open_sides(lone, ink) == 4
    assert without_cut_outs((lone, pair), ink) == ()
    long = number([digit(7, seven)] * 4)
    assert without_cut_outs((long,), ink) == (long,)  # so many in a row are no accident


def test_a_digit_on_squared_paper_whose_lines_are_paler_stays() -> None:
    seven = Box(200, 100, 40, 60)
    ink = ink_cut_out(Box(0, 100, 600, 2), Box(236, 0, 2, 400), level=80, seen=seven)
    bar(ink.darkness, Box(200, 102, 40, 6), 180)
    bar(ink.darkness, Box(230, 102, 6, 58), 180)
    ink.mask[:] = cv2.compare(ink.darkness, 90, cv2.CMP_GT)
    lone = number([digit(7, seven)])
    assert open_sides(lone, ink) == 0
    assert without_cut_outs((lone,), ink) == (lone,)


def test_two_digits_that_touch_a_neighbour_on_one_side_stay() -> None:
    box = Box(200, 100, 40, 60)
    ink = ink_cut_out(Box(205, 120, 395, 10), level=120, seen=box)
    pair = number([digit(4, box), digit(2, box)])
    assert open_sides(pair, ink) == 0  # of two, both sides would have to be open
    assert without_cut_outs((pair, number([digit(4, box)])), ink) == (pair,)


def test_many_pieces_that_are_nearly_all_ones_are_a_texture_and_a_few_may_be_somebodys() -> None:
    def number_of(text: str) -> Number:
        return number([digit(int(character), Box(0, 0, 5, 5)) for character in text])

    grain = tuple(number_of("11") for _ in range(20))
    assert is_texture(grain, MANY_PIECES)
    assert not is_texture(grain, MANY_PIECES - 1)
    assert not is_texture((*grain, *(number_of("4072") for _ in range(4))), MANY_PIECES)
    assert is_texture((), MANY_PIECES)  # and nothing is lost by it
