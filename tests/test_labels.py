"""Where labels go: in the frame, on their own number, off ink and off each other where that can be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from live.core.settings import OverlaySettings
from live.drawing.labels import Crowd, LabelMemory, label_of, label_sizes, place_labels

SETTINGS = OverlaySettings()
Rect = tuple[float, float, float, float]


def box(x: float, y: float, width: float, height: float) -> list[list[float]]:
    return [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]


def crowd_of(*boxes: list[list[float]], frame: tuple[int, int] = (1280, 720)) -> Crowd:
    quads = np.array(boxes, np.float32)
    return Crowd(*frame, quads, np.concatenate([quads.min(axis=1), quads.max(axis=1)], axis=1))


def rects_of(texts: list[str], crowd: Crowd, habits: list[int | None] | None = None) -> list[Rect]:
    """Left, top, right, bottom of each label."""
    talls = (crowd.quads[:, 3, 1] - crowd.quads[:, 0, 1]).tolist()
    frame = crowd.width, crowd.height
    choices = [label_sizes(text, 0.97, tall, frame, SETTINGS) for text, tall in zip(texts, talls, strict=True)]
    placed = place_labels(choices, crowd, habits or [None] * len(texts))
    return [(x, y, x + label.width, y + label.height) for label, (x, y), _ in placed]


def overlap(a: Rect | NDArray[np.float32], b: Rect | NDArray[np.float32]) -> float:
    """Area that two rectangles share, px²."""
    return max(0.0, float(min(a[2], b[2]) - max(a[0], b[0]))) * max(0.0, float(min(a[3], b[3]) - max(a[1], b[1])))


def test_a_label_stands_on_its_number() -> None:
    (left, top, _, bottom), *_ = rects_of(["1234"], crowd_of(box(300, 300, 200, 60)))
    assert left == 300
    assert 295 <= bottom <= 300
    assert top < bottom


def test_on_a_sloped_line_it_touches_the_edge_and_hides_no_ink() -> None:
    for fall in (-60, 60):
        quad = [[300.0, 300.0], [600.0, 300.0 + fall], [600.0, 360.0 + fall], [300.0, 360.0]]
        (left, top, right, bottom), *_ = rects_of(["1234567"], crowd_of(quad, frame=(1280, 720)))
        edge = [300 + fall * (x - 300) / 300 for x in (left, right)]
        assert bottom <= min(edge)
        assert top < bottom
        assert min(edge) - bottom < 4


def test_at_the_top_of_the_frame_it_goes_elsewhere() -> None:
    crowd = crowd_of(box(300, 0, 200, 60))
    (rect,) = rects_of(["1234"], crowd)
    assert overlap(rect, crowd.ink[0]) == 0


def test_it_does_not_stand_on_the_number_above() -> None:
    crowd = crowd_of(box(300, 200, 200, 60), box(300, 266, 200, 60))
    for rect in rects_of(["1234", "5678"], crowd):
        assert all(overlap(rect, ink) == 0 for ink in crowd.ink)


def test_a_page_of_a_hundred_small_digits_keeps_its_ink_free() -> None:
    boxes = [box(100 + 220 * column, 60 + 44 * row, 76, 22) for row in range(14) for column in range(5)]
    crowd = crowd_of(*boxes)
    rects = rects_of(["4711"] * len(boxes), crowd)
    hidden = sum(overlap(rect, ink) for rect in rects for ink in crowd.ink)
    assert hidden == 0
    assert sum(overlap(a, b) for i, a in enumerate(rects) for b in rects[:i]) == 0


def test_the_labels_of_hundreds_of_numbers_keep_off_each_other() -> None:
    boxes = [box(30 + 60 * column, 50 + 56 * row, 30, 16) for row in range(12) for column in range(20)]
    rects = rects_of(["12345"] * len(boxes), crowd_of(*boxes))
    assert min(right - left for left, _, right, _ in rects) > 60, "neighbours can't both stand above their numbers"
    assert sum(overlap(a, b) for i, a in enumerate(rects) for b in rects[:i]) == 0


def test_where_there_is_little_room_a_smaller_label_is_taken() -> None:
    frame = (1280, 720)
    number = box(300, 300, 100, 60)
    walls = [box(180, 200, 400, 78), box(180, 366, 400, 100), box(404, 280, 200, 84), box(100, 280, 196, 84)]
    crowd = crowd_of(number, *walls, frame=frame)
    full, small = label_sizes("1234", 0.97, 60, frame, SETTINGS)
    choices = [(full, small)] + [label_sizes("1", 0.97, 20, frame, SETTINGS)] * len(walls)
    label, _, _ = place_labels(choices, crowd, [None] * len(choices))[0]
    assert label == small
    assert small.note == ""
    assert small.height < full.height


def test_a_label_stays_where_it_was_while_that_is_about_as_good() -> None:
    crowd = crowd_of(box(300, 300, 200, 60))
    choices = [label_sizes("12", 0.97, 60, (1280, 720), SETTINGS)]
    for spot in (1, 3, 5):
        assert place_labels(choices, crowd, [spot])[0][2] == spot
    # a number has come where it was
    crowded = crowd_of(box(300, 300, 200, 60), box(502, 290, 200, 80))
    assert place_labels(choices * 2, crowded, [3, None])[0][2] != 3


def test_the_memory_forgets_numbers_that_are_gone() -> None:
    memory = LabelMemory()
    memory.remember({1: 4, 2: 0})
    assert (memory.spot_of(1), memory.spot_of(2), memory.spot_of(3)) == (4, 0, None)
    memory.remember({2: 3})
    assert (memory.spot_of(1), memory.spot_of(2)) == (None, 3)


@pytest.mark.parametrize(
    ("confidence", "note"),
    [(0.974, "97 %"), (0.97, "97 %"), (0.999, "99 %"), (1.0, "99 %"), (0.0, "0 %"), (0.58, "58 %")],
)
def test_confidence_is_told_and_never_rounded_up(confidence: float, note: str) -> None:
    assert label_sizes("12", confidence, 60, (1280, 720), SETTINGS)[0].note == note
    assert label_sizes("12", confidence, 60, (1280, 720), OverlaySettings(confidence=False))[0].note == ""


def test_sizes_follow_the_number_and_the_frame() -> None:
    def size(tall: float, frame: tuple[int, int]) -> int:
        return label_sizes("12", 0.9, tall, frame, SETTINGS)[0].size

    assert size(20, (1280, 720)) < size(60, (1280, 720)) < size(100, (1280, 720)) == size(400, (1280, 720))
    assert size(300, (3840, 2160)) >= 3 * size(100, (1280, 720)) - 1
    assert size(60, (3840, 2160)) < 40, "a small number is not buried in a large frame"
    assert size(30, (320, 240)) >= 11, "and can be read in a small one"
    larger = label_sizes("12", 0.9, 60, (1280, 720), OverlaySettings(text_scale=2.0))[0]
    assert larger.size == pytest.approx(2 * size(60, (1280, 720)), abs=1)


def test_the_text_is_larger_than_the_confidence_and_both_fit() -> None:
    label = label_of("860964", "97 %", 30)
    assert label.note_size < label.size < label.height
    assert label.width > label_of("860964", "", 30).width > label_of("8609", "", 30).width


quads = st.tuples(
    st.floats(-200, 900), st.floats(-200, 700), st.floats(1, 500), st.floats(1, 300), st.floats(-0.7, 0.7)
).map(
    lambda b: [
        [b[0], b[1]],
        [b[0] + b[2], b[1] + b[4] * b[2]],
        [b[0] + b[2], b[1] + b[4] * b[2] + b[3]],
        [b[0], b[1] + b[3]],
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(quads, st.text("0123456789", min_size=1, max_size=12)), min_size=1, max_size=8))
def test_wherever_numbers_are_no_label_leaves_the_frame(numbers: list[tuple[list[list[float]], str]]) -> None:
    frame = (320, 240)
    crowd = crowd_of(*(quad for quad, _ in numbers), frame=frame)
    for left, top, right, bottom in rects_of([text for _, text in numbers], crowd):
        assert 0 <= left < right <= frame[0]
        assert 0 <= top < bottom <= frame[1]
