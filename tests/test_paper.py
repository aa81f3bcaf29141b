"""The paper under strokes: narrow ones, wide ones, and what is dark but no stroke."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from live.reading.paper import SMALL_SIDE_PX, cell_px, find_paper, window_cells

SHARE, STEP = 0.06, 2  # the reader's own, of a frame of 640x480
WINDOW = 19  # cells
PAPER, PEN = 220, 60


def page(size: tuple[int, int] = (480, 640)) -> np.ndarray:
    """Bare paper, (H, W) uint8."""
    return np.full(size, PAPER, np.uint8)


def darkest(gray: np.ndarray, *, wide: bool = True) -> int:
    """Of the paper that is found."""
    return int(find_paper(gray, STEP, SHARE, wide=wide).min())


@pytest.mark.parametrize("thick", [6, 20, 30])
def test_paper_is_seen_under_narrow_strokes(thick: int) -> None:
    gray = page()
    cv2.line(gray, (200, 120), (400, 360), PEN, thick)
    assert darkest(gray, wide=False) > 0.95 * PAPER


@pytest.mark.parametrize("thick", [40, 60, 90])
def test_paper_is_seen_under_strokes_wider_than_the_window(thick: int) -> None:
    gray = page()
    cv2.line(gray, (250, 120), (380, 360), PEN, thick)
    assert darkest(gray, wide=False) < 0.5 * PAPER
    assert darkest(gray) > 0.9 * PAPER


def test_parts_of_a_wide_stroke_that_are_just_narrow_enough_leave_no_trace() -> None:
    gray = page()
    outline = np.array([[250, 100], [300, 100], [290, 380], [262, 380]], np.int32)  # from 50 px wide to 28
    cv2.fillConvexPoly(gray, outline, PEN)
    assert darkest(gray) > 0.9 * PAPER


def test_a_desk_beside_the_sheet_is_no_stroke() -> None:
    gray = page()
    gray[:, :60] = 40
    paper = find_paper(gray, STEP, SHARE)
    assert paper[:, :15].max() < 100
    np.testing.assert_array_equal(paper, find_paper(gray, STEP, SHARE, wide=False))


def test_a_shadow_is_no_stroke() -> None:
    gray = page()
    cv2.ellipse(gray, (320, 240), (60, 160), 20, 0, 360, int(0.6 * PAPER), cv2.FILLED)
    gray = cv2.GaussianBlur(gray, (0, 0), 5)
    np.testing.assert_array_equal(find_paper(gray, STEP, SHARE), find_paper(gray, STEP, SHARE, wide=False))


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (3, 2), (7, 90)])
def test_tiny_pictures_have_paper(size: tuple[int, int]) -> None:
    assert find_paper(page(size), 1, SHARE).shape == size


def test_a_small_picture_has_as_wide_a_window_as_a_large_one() -> None:
    assert window_cells((180, SMALL_SIDE_PX), SHARE) == WINDOW
    assert window_cells((40, 128), SHARE) == WINDOW
    assert window_cells((360, 2 * SMALL_SIDE_PX), SHARE) == 2 * WINDOW + 1
    assert window_cells((180, SMALL_SIDE_PX), 0.001) == 3
    assert window_cells((40, 128), SHARE, least_side=1) == 7
    assert [cell_px(shape) for shape in ((40, 128), (480, 640), (3000, 4000))] == [1, 2, 12]
