"""The slopes of a page's lines: one for the page, and others for lines of their own."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.core.settings import RegionSettings
from live.reading.slopes import text_line_angles

SETTINGS = RegionSettings()
Contours = list[NDArray[np.int32]]


def lines(center: tuple[int, int], slope_deg: float, texts: tuple[int, ...]) -> Contours:
    """Boxes of 24x40 px, lines of so many, 90 px apart, around a place."""
    cos, sin = np.cos(np.radians(slope_deg)), np.sin(np.radians(slope_deg))
    turn = np.array([[cos, sin], [-sin, cos]])
    contours = []
    for row, count in enumerate(texts):
        for k in range(count):
            corner = np.array([34 * (k - count / 2), 90 * (row - len(texts) / 2)])
            box = corner + np.array([[0, 0], [24, 0], [24, 40], [0, 40]])
            contours.append(np.rint(box @ turn + center).astype(np.int32)[:, None])
    return contours


def slopes_of(*blocks: Contours) -> tuple[float, list[NDArray[np.float64]]]:
    """Degrees: the page's slope, and those of the pieces of each block."""
    main, slopes = text_line_angles([contour for block in blocks for contour in block], SETTINGS)
    ends = np.cumsum([len(block) for block in blocks])[:-1]
    return float(np.degrees(main)), np.split(np.degrees(slopes), ends)


@pytest.mark.parametrize("slope", [-45, -40, -20, 0, 10, 30, 45])
def test_any_slope_up_to_45_degrees_is_found_for_all_pieces(slope: float) -> None:
    main, (own,) = slopes_of(lines((640, 360), slope, (6, 5, 7)))
    assert main == pytest.approx(slope, abs=2)
    assert (own == main).all()


def test_lines_at_slopes_of_their_own_are_found_beside_the_pages() -> None:
    main, (page, falling, rising) = slopes_of(
        lines((400, 300), 5, (7, 6, 7, 5)), lines((1000, 250), 38, (5, 4)), lines((1000, 650), -30, (6,))
    )
    assert main == pytest.approx(5, abs=2)
    assert (page == main).all()
    assert falling == pytest.approx(38, abs=4)
    assert rising == pytest.approx(-30, abs=4)


def test_the_bar_of_a_digit_goes_with_its_line() -> None:
    bar = np.array([[990, 646], [1006, 646], [1006, 649], [990, 649]], np.int32)[:, None]
    _, (_, rising, own) = slopes_of(lines((400, 300), 0, (7, 6, 7)), lines((1000, 650), -35, (6,)), [bar])
    assert rising == pytest.approx(-35, abs=4)
    assert own == pytest.approx(rising[:1])


def test_two_pieces_askew_and_none_at_all_are_taken_as_the_page_lies() -> None:
    main, (page, two) = slopes_of(lines((400, 300), 0, (7, 6)), lines((1000, 650), -35, (2,)))
    assert main == 0
    assert not page.any()
    assert not two.any()
    none, slopes = text_line_angles([], SETTINGS)
    assert none == 0
    assert slopes.shape == (0,)
    assert cv2.boundingRect(lines((0, 0), 0, (1,))[0])[2:] == (25, 41)  # what these boxes are to the reader
