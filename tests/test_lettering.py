"""Letters, panels and round corners, as they land on pictures."""

from __future__ import annotations

import numpy as np
import pytest

from live.drawing.lettering import Letters, panel, rounded, rounded_corners, width_of, write

BLACK = (0, 0, 0)


def written(text: str, letters: Letters) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is drawn with the first letter's foot at (50, 100)."""
    picture = np.full((150, 600, 3), 255, np.uint8)
    write(picture, text, (50, 100), letters)
    rows, columns = np.nonzero((picture < 200).any(axis=2))
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


@pytest.mark.parametrize("bold", [False, True])
@pytest.mark.parametrize("size", [9, 12, 30, 60])
def test_letters_are_as_wide_as_said_and_stand_on_their_line(size: int, bold: bool) -> None:
    left, top, right, bottom = written("860964", Letters(size, BLACK, bold))
    assert right - left <= width_of("860964", size, bold=bold) <= right - left + max(3, size // 3)
    assert 50 <= left <= 50 + size / 5
    assert abs(bottom - 100) <= 2
    assert 0.5 * size < bottom - top < size


def test_bold_letters_hold_more_ink() -> None:
    def ink(bold: bool) -> int:
        picture = np.full((60, 200, 3), 255, np.uint8)
        write(picture, "4711", (10, 40), Letters(20, BLACK, bold))
        return int((255 - picture).sum())

    assert ink(True) > 1.2 * ink(False)


def test_no_zero_is_struck_through() -> None:
    """A zero with a stroke in it reads as an 8 where it is small."""
    picture = np.full((150, 100, 3), 255, np.uint8)
    write(picture, "0", (20, 110), Letters(100, BLACK))
    rows, columns = np.nonzero((picture < 128).any(axis=2))
    middle = picture[(rows.min() + rows.max()) // 2, (columns.min() + columns.max()) // 2]
    assert (middle > 250).all()


@pytest.mark.parametrize("letter", "·×…éßж")
def test_letters_beyond_ascii_are_in_the_typeface(letter: str) -> None:
    def shape(text: str) -> bytes:
        picture = np.full((60, 60, 3), 255, np.uint8)
        write(picture, text, (10, 40), Letters(30, BLACK))
        return picture.tobytes()

    assert shape(letter) not in (shape("\U0010fffd"), shape(" "), shape("?"))


def test_no_text_has_no_width_and_draws_nothing() -> None:
    picture = np.zeros((20, 20, 3), np.uint8)
    write(picture, "", (5, 15), Letters(12, (255, 255, 255)))
    assert width_of("", 12) == 0
    assert not picture.any()


def test_a_text_may_leave_the_picture() -> None:
    picture = np.zeros((20, 20, 3), np.uint8)
    for place in ((-30, 10), (15, 15), (5, -5), (5, 60)):
        write(picture, "4711", place, Letters(14, (255, 255, 255), bold=True))
    assert picture.any()


def test_a_rectangle_has_round_corners_and_full_sides() -> None:
    picture = np.zeros((60, 100, 3), np.uint8)
    rounded(picture, (10, 10), (80, 40), (255, 255, 255))
    filled = picture[..., 0] == 255
    assert filled[30, 11:88].all()
    assert filled[11:48, 50].all()
    assert not filled[10, 10]
    assert not picture[:8].any()
    assert not picture[52:].any()


@pytest.mark.parametrize("corner", [(-20, -20), (90, 50), (-200, 0), (300, 300), (0, -100)])
def test_a_panel_darkens_only_what_is_in_the_picture(corner: tuple[int, int]) -> None:
    picture = np.full((60, 100, 3), 200, np.uint8)
    panel(picture, corner, (60, 40))
    touched = corner in ((-20, -20), (90, 50))
    assert (picture < 150).any() == touched
    assert picture.max() == 200


def test_corners_never_reach_beyond_half_a_side() -> None:
    quad = np.array([[[0, 0], [10, 0], [10, 4], [0, 4]], [[0, 0], [0, 0], [0, 0], [0, 0]]], np.float32)
    outlines = rounded_corners(quad, np.array([100, 5], np.float32))
    assert np.isfinite(outlines).all()
    assert outlines[0].min() >= 0
    assert (outlines[0] <= [10, 4]).all()
    assert np.allclose(outlines[1], 0)
