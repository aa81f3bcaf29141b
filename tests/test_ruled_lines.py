"""Ruled lines go out of the ink, and the strokes that cross them stay whole."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from live.api.networks import open_reader
from live.core.settings import OverlaySettings, RegionSettings, Settings
from live.drawing.explain.pages import explain
from live.drawing.explain.parts import SKY
from live.reading.line_segments import Sizes
from live.reading.outlines import find_outlines
from live.reading.reader import PageReader
from live.reading.ruled_lines import without_ruled_lines, writing_height
from live.reading.runs import find_runs
from live.reading.straight_lines import LineSearch
from models.classifier import load_classifier
from scripts.pages.drawn_page import DigitShapes

SETTINGS = RegionSettings()
SHAPE = (480, 800)
TEXTS = ("3528", "6094", "2853")


def cleared(mask: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The mask without lines."""
    return without_ruled_lines(mask, find_outlines(mask, SETTINGS), SETTINGS)


def turned(point: tuple[float, float], angle_deg: float) -> tuple[int, int]:
    """A point turned about the middle of the page."""
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    x, y = point[0] - SHAPE[1] / 2, point[1] - SHAPE[0] / 2
    return round(x * cos - y * sin + SHAPE[1] / 2), round(x * sin + y * cos + SHAPE[0] / 2)


def writing(angle_deg: float = 0.0) -> NDArray[np.uint8]:
    """Strokes of digits 50 px tall: rows of 8s and 7s, with room between."""
    mask = np.zeros(SHAPE, np.uint8)
    for y in (120, 220, 320):
        for x in range(150, 640, 60):
            for text, x0, y0, x1, y1 in (("8", x, y, x + 30, y + 24), ("8", x, y + 24, x + 30, y + 50)):
                box = [turned(p, angle_deg) for p in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))]
                cv2.polylines(mask, [np.array(box, np.int32)], text == "8", 255, 4)
    return mask


def lines(angle_deg: float, thickness: int, bend: float = 0.0) -> NDArray[np.uint8]:
    """A grid whose level lines lie through the writing's feet."""
    mask = np.zeros(SHAPE, np.uint8)
    for y in (70, 160, 260, 360):
        way = [turned((x, y + bend * ((x - 400) / 300) ** 2), angle_deg) for x in range(100, 701, 20)]
        cv2.polylines(mask, [np.array(way, np.int32)], False, 255, thickness)
    for x in (100, 255, 435, 700):
        cv2.line(mask, turned((x, 70), angle_deg), turned((x, 360), angle_deg), 255, thickness)
    return mask


@pytest.mark.parametrize(
    ("angle_deg", "thickness"), [(0, 1), (0, 2), (4, 1), (4, 2), (-9, 1), (-9, 2), (17, 1), (17, 2), (30, 2)]
)
def test_lines_go_and_strokes_that_cross_them_stay(angle_deg: float, thickness: int) -> None:
    strokes, grid = writing(angle_deg), lines(angle_deg, thickness)
    left = cleared(cv2.bitwise_or(strokes, grid))
    only_lines = (grid > 0) & (cv2.dilate(strokes, np.ones((5, 5), np.uint8)) == 0)
    assert np.count_nonzero(left[only_lines]) < 0.06 * np.count_nonzero(only_lines)
    assert np.count_nonzero(left[strokes > 0]) > 0.93 * np.count_nonzero(strokes)


def test_a_sheet_that_bends_bends_its_lines() -> None:
    strokes, grid = writing(), lines(0, 3, bend=8)
    left = cleared(cv2.bitwise_or(strokes, grid))
    only_lines = (grid > 0) & (cv2.dilate(strokes, np.ones((5, 5), np.uint8)) == 0)
    assert np.count_nonzero(left[only_lines]) < 0.06 * np.count_nonzero(only_lines)


def test_writing_without_lines_is_left_as_it_is() -> None:
    for angle in (0, 20):
        strokes = writing(angle)
        assert cleared(strokes) is strokes
    assert cleared(np.zeros((50, 60), np.uint8)).shape == (50, 60)


@pytest.mark.parametrize("height", [120, 300])
def test_the_strokes_of_large_digits_are_no_lines(height: int) -> None:
    mask = np.zeros(SHAPE, np.uint8)
    for k, x in enumerate((200, 420, 600)):  # a 1, and two 7s with a bar
        cv2.line(mask, (x, 100), (x - 10, 100 + height), 255, 4)
        if k:
            cv2.line(mask, (x - height // 2, 100), (x, 100), 255, 4)
            cv2.line(mask, (x - 40, 100 + height // 2), (x + 20, 100 + height // 2), 255, 4)
    assert cleared(mask) is mask
    cv2.rectangle(mask, (20, 20), (32, 31), 255, -1)  # a blot says nothing of the writing
    assert cleared(mask) is mask


def test_strokes_that_stand_in_a_row_are_no_line() -> None:
    mask = np.zeros(SHAPE, np.uint8)
    for x in range(100, 700, 50):  # dashes on one way, with paper between them
        cv2.line(mask, (x, 200), (x + 30, 200), 255, 4)
    cv2.rectangle(mask, (60, 60), (740, 420), 255, 3)
    left = cleared(mask)
    assert np.count_nonzero(left[190:211, 90:720]) == np.count_nonzero(mask[190:211, 90:720])
    assert np.count_nonzero(left) < 0.5 * np.count_nonzero(mask)  # but the box is gone


def test_short_runs_are_told_column_by_column() -> None:
    mask = np.zeros((20, 10), np.uint8)
    mask[5:8, 2], mask[5:12, 4] = 255, 255  # of 3 px, and of 7
    runs = find_runs(mask).up_to(3)
    assert (runs.column.tolist(), runs.top.tolist(), runs.length.tolist()) == ([2], [5], [3])
    assert LineSearch(mask, runs, Sizes(10, 3, 5)).lines() is None
    assert len(find_runs(np.zeros((20, 30), np.uint8)).top) == 0


@given(hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, max_side=20)))
def test_runs_are_what_a_walk_down_each_column_finds(inked: NDArray[np.bool_]) -> None:
    mask = np.where(inked, 255, 0).astype(np.uint8)
    for picture in (mask, np.ascontiguousarray(mask.T).T):
        runs = find_runs(picture)
        found = set(zip(runs.column.tolist(), runs.top.tolist(), runs.bottom.tolist(), strict=True))
        walked = set()
        for x, column in enumerate(np.pad(inked, ((1, 1), (0, 0))).T):
            starts = [y for y in range(len(column)) if column[y] and not column[y - 1]]
            walked |= {(x, y - 1, y - 1 + column[y:].tolist().index(False)) for y in starts}
        assert found == walked
        assert len(runs.top) == len(walked)


def test_the_writing_s_height_is_not_that_of_what_holds_it() -> None:
    digits = [[100 + 40 * k, 100, 25, 40] for k in range(6)]
    box, line, desk = [80, 80, 300, 90], [90, 150, 280, 10], [0, 300, 400, 200]
    assert writing_height(np.array([*digits, box, line, desk], np.int32), (500, 800)) == 40
    assert writing_height(np.array([line], np.int32), (500, 800)) == 0


def form(digits: DigitShapes) -> NDArray[np.uint8]:
    """A form: numbers with a digit in each box, all of them on its lines. (H, W, 3) uint8."""
    page = np.full((720, 1280), 225, np.uint8)
    for row, text in enumerate(TEXTS):
        top = 120 + 180 * row
        cv2.rectangle(page, (200, top), (200 + 70 * len(text), top + 84), 70, 2)
        for k, digit in enumerate(text):
            x = 200 + 70 * k
            cv2.line(page, (x, top), (x, top + 84), 70, 2)
            shape = cv2.resize(digits.images[digits.labels == int(digit)][row], (76, 76), interpolation=cv2.INTER_CUBIC)
            part = page[top + 16 : top + 92, x - 2 : x + 74]  # over the line below, and beside it
            np.minimum(part, 225 - (shape.astype(np.float64) * 0.75).astype(np.uint8), out=part)
    return cv2.cvtColor(page, cv2.COLOR_GRAY2BGR)


def test_numbers_that_stand_on_the_lines_of_a_form_are_read(
    digit_shapes: DigitShapes, monkeypatch: pytest.MonkeyPatch
) -> None:
    classifier = load_classifier(threads=2)
    page = form(digit_shapes)
    trace = open_reader(Settings(), classifier).trace(page)
    assert [n.text for n in trace.reading.numbers] == list(TEXTS)
    seen = explain(page, trace, OverlaySettings())["1-ink"]
    assert (seen == SKY.line).all(axis=2).sum() > 1000, "what was taken out is shown"
    monkeypatch.setattr("live.reading.reader.without_ruled_lines", lambda mask, *_: mask)
    assert not set(TEXTS) & {n.text for n in PageReader(classifier, Settings()).read(page).numbers}
