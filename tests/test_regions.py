"""Regions: outlines kept by size, extents and slopes of lines, ink laid upright."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from live.core.settings import RegionSettings
from live.reading.ink import Ink
from live.reading.outlines import find_contours, find_outlines
from live.reading.regions import along, back, measure, tight, upright, upright_each
from live.reading.slopes import text_line_angles

SETTINGS = RegionSettings()


def ink_of(mask: NDArray[np.uint8]) -> Ink:
    """Ink whose darkness is even."""
    return Ink((mask > 0).astype(np.uint8) * 150, mask, np.full_like(mask, 220), 1)


def contours_of(mask: NDArray[np.uint8]) -> list[NDArray[np.int32]]:
    """Outlines of what may be a digit."""
    return find_contours(find_outlines(mask, SETTINGS), mask.shape, SETTINGS).contours


def row_of_bars(angle_deg: float, count: int = 8) -> NDArray[np.uint8]:
    """Upright bars on a line of this slope."""
    mask = np.zeros((600, 900), np.uint8)
    slope = np.tan(np.radians(angle_deg))
    for row in (0, 170):
        for k in range(count):
            x = 200 + 55 * k
            y = int(200 + row + slope * (x - 450))
            cv2.rectangle(mask, (x, y), (x + 20, y + 50), 255, -1)
    return mask


@pytest.mark.parametrize("angle_deg", [-30, -12, 0, 7, 25])
def test_the_slope_of_lines_is_found(angle_deg: float) -> None:
    contours = contours_of(row_of_bars(angle_deg))
    assert np.degrees(text_line_angles(contours, SETTINGS)[0]) == pytest.approx(angle_deg, abs=2)


def test_a_few_pieces_have_no_slope() -> None:
    assert text_line_angles([], SETTINGS)[0] == 0
    mask = np.zeros((100, 100), np.uint8)
    cv2.rectangle(mask, (10, 10), (20, 40), 255, -1)
    assert text_line_angles(contours_of(mask), SETTINGS)[0] == 0


@given(st.floats(-1.0, 1.0), st.floats(-500, 500), st.floats(-500, 500))
@settings(max_examples=50, deadline=None)
def test_turning_back_undoes_turning(angle: float, x: float, y: float) -> None:
    point = np.array([[x, y]], np.float32)
    np.testing.assert_allclose(back(along(point, angle), angle), point, atol=1e-2)


def test_what_touches_the_edge_or_fills_the_frame_or_is_a_speck_is_left_out() -> None:
    mask = np.zeros((200, 300), np.uint8)
    cv2.rectangle(mask, (0, 50), (20, 90), 255, -1)  # cut by the frame
    cv2.rectangle(mask, (40, 5), (290, 190), 255, 2)  # the edge of a sheet
    cv2.rectangle(mask, (100, 80), (115, 120), 255, -1)  # the one to keep, inside the sheet
    mask[150, 200] = 255
    contours = contours_of(mask)
    assert [cv2.boundingRect(contour) for contour in contours] == [(100, 80, 16, 41)]


def test_nothing_is_ordinary() -> None:
    assert contours_of(np.zeros((50, 50), np.uint8)) == []
    assert measure([], 0.3) == []


def test_a_sloped_bar_is_laid_upright_alone() -> None:
    mask = np.zeros((300, 300), np.uint8)
    bar = cv2.boxPoints(((150, 150), (20, 90), 20)).astype(np.int32)
    cv2.fillConvexPoly(mask, bar, 255)
    cv2.circle(mask, (215, 150), 8, 255, -1)  # a neighbour inside the same crop
    ink = ink_of(mask)
    angle = float(np.radians(20))
    components = measure(contours_of(ink.mask), angle)
    tall = max(components, key=lambda c: c.height)
    assert tall.width == pytest.approx(21, abs=3)
    assert tall.height == pytest.approx(91, abs=3)
    piece = upright(ink, [tall], angle)
    bounds = tight(piece.ink)
    assert bounds is not None
    height, width = piece.ink[bounds].shape
    assert (width, height) == (pytest.approx(21, abs=3), pytest.approx(91, abs=3))
    assert piece.left + bounds[1].start == pytest.approx(tall.left, abs=2)
    assert piece.top + bounds[0].start == pytest.approx(tall.top, abs=2)
    assert piece.ink.max() == 255


@pytest.mark.parametrize("angle", [0.0, 0.3])
def test_many_pieces_are_laid_upright_as_each_would_be_alone(angle: float) -> None:
    mask = np.zeros((300, 500), np.uint8)
    for k in range(6):
        cv2.line(mask, (60 + 40 * k, 200), (110 + 40 * k, 100), 255, 7)  # slanted: their boxes overlap
    cv2.circle(mask, (420, 150), 50, 255, 4)
    cv2.line(mask, (420, 130), (420, 170), 255, 6)  # inside the ring
    ink = ink_of(mask)
    components = measure(contours_of(ink.mask), angle)
    assert len(components) == 8
    groups = [*([component] for component in components), components[:2]]
    for group, piece in zip(groups, upright_each(ink, groups), strict=True):
        alone = upright(ink, group, angle)
        np.testing.assert_array_equal(piece.ink, alone.ink)
        assert (piece.left, piece.top) == (alone.left, alone.top)
    assert upright_each(ink, []) == []


def test_tight_is_none_without_ink() -> None:
    assert tight(np.zeros((5, 5), np.uint8)) is None


def test_the_darker_half_of_a_stroke_becomes_black() -> None:
    mask = np.zeros((60, 60), np.uint8)
    mask[10:50, 20:30], mask[10:50, 24:26] = 60, 100  # mean of all 68, of what is darker 100
    ink = Ink(mask, cv2.compare(mask, 0, cv2.CMP_GT), np.full_like(mask, 220), 1)
    piece = upright(ink, measure(contours_of(ink.mask), 0.0), 0.0)
    assert piece.ink.max() == 255
    assert piece.ink[20, 20 - int(piece.left)] == round(60 * 255 / 100)
