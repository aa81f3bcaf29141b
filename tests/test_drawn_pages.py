"""Drawn pages: their truth is exact, they are the same for the same seed, and what is no number isn't in the truth."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.drawn_pages import main
from scripts.pages.clutter import scatter
from scripts.pages.drawn_page import (
    LEVELS,
    DigitShapes,
    DrawnPage,
    Level,
    PageStyle,
    draw_page,
    random_style,
    truth_line,
)
from scripts.pages.pen import LEAST_HALF_WIDTH_PX, LETTERS, WRITTEN_WORDS, stroke_fields, thin

BARE = PageStyle(
    page_share=1.3,
    vignetting=0.0,
    blur_px=0.0,
    noise_sigma=0.0,
    objects=0,
    jpeg_quality=100,
    ink_colour=(0, 0, 0),
    desk="plain",
    desk_colour=(250, 250, 250),
)
"""A light desk, dark ink on it, and nothing that blurs or hides: whatever is dark is a number."""


def dark(image: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(image.max(axis=2) < 110)


def inside(quads: list[NDArray[np.float32]], shape: tuple[int, ...], grow_px: int = 0) -> NDArray[np.bool_]:
    mask = np.zeros(shape[:2], np.uint8)
    for quad in quads:
        cv2.fillConvexPoly(mask, quad.round().astype(np.int32), 255)
    if grow_px:
        mask = np.asarray(cv2.dilate(mask, np.ones((2 * grow_px + 1,) * 2, np.uint8)), np.uint8)
    return np.asarray(mask > 0)


@pytest.mark.parametrize("level", LEVELS)
def test_a_page_of_each_level_has_numbers(drawn_pages: dict[str, DrawnPage], level: Level) -> None:
    page = drawn_pages[level]
    assert page.image.dtype == np.uint8
    assert page.image.shape[2] == 3
    assert page.numbers
    for number in page.numbers:
        assert number.text.isdigit()
        assert number.quad.shape == (4, 2)
        assert number.digit_quads.shape == (len(number.text), 4, 2)


@pytest.mark.parametrize("level", LEVELS)
def test_the_same_seed_draws_the_same_page(digit_shapes: DigitShapes, level: Level) -> None:
    def drawn(seed: int) -> DrawnPage:
        rng = np.random.default_rng(seed)
        return draw_page(digit_shapes, rng, random_style(rng, level))

    assert np.array_equal(drawn(3).image, drawn(3).image)
    assert truth_line(drawn(3), "a") == truth_line(drawn(3), "a")
    assert truth_line(drawn(3), "a") != truth_line(drawn(4), "a")


def test_given_texts_are_written_in_their_order(digit_shapes: DigitShapes) -> None:
    texts = ("007", "31415", "9", "2026", "88")
    page = draw_page(digit_shapes, np.random.default_rng(1), replace(BARE, page_share=0.8), texts)
    assert tuple(number.text for number in page.numbers) == texts


@pytest.mark.parametrize("style", [BARE, replace(BARE, tilt=0.2, perspective=0.6), replace(BARE, digit_height_px=24.0)])
def test_quads_hold_all_ink_and_hold_it_tightly(digit_shapes: DigitShapes, style: PageStyle) -> None:
    page = draw_page(digit_shapes, np.random.default_rng(5), style)
    ink = dark(page.image)
    quads = [number.quad for number in page.numbers]
    assert ink.sum() > 1000
    assert not (ink & ~inside(quads, ink.shape, grow_px=2)).any()
    for number in (number for number in page.numbers if not number.cut):
        own = ink & inside([number.quad], ink.shape, grow_px=2)
        points = np.stack(np.nonzero(own)[::-1], axis=1)
        far = [
            np.abs(_distance(points, a, b)).min() for a, b in zip(number.quad, np.roll(number.quad, -1, 0), strict=True)
        ]
        assert max(far) < 3.5


def _distance(points: NDArray[np.int64], a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """From the points to the line through a and b, px."""
    along = (b - a) / np.linalg.norm(b - a)
    return np.asarray((points - a) @ np.array([-along[1], along[0]]))


def test_quads_go_clockwise_from_the_top_left_and_hold_their_digits(drawn_pages: dict[str, DrawnPage]) -> None:
    for page in drawn_pages.values():
        for number in page.numbers:
            for quad in (number.quad, *number.digit_quads):
                assert cv2.contourArea(quad, oriented=True) > 0
                assert quad[0].sum() == pytest.approx(quad.sum(axis=1).min(), abs=1e-3)
            left, top = number.quad.min(axis=0) - 0.6
            right, bottom = number.quad.max(axis=0) + 0.6
            assert ((number.digit_quads >= (left, top)) & (number.digit_quads <= (right, bottom))).all()


def test_a_number_that_leaves_the_frame_is_cut(digit_shapes: DigitShapes) -> None:
    style = PageStyle(page_share=1.6, digit_height_px=40.0)
    page = draw_page(digit_shapes, np.random.default_rng(2), style)
    height, width = page.image.shape[:2]
    assert any(number.cut for number in page.numbers)
    for number in page.numbers:
        whole = (number.quad >= -0.5).all() and (number.quad <= (width - 0.5, height - 0.5)).all()
        assert number.cut is not bool(whole)
        low, high = number.quad.min(axis=0), number.quad.max(axis=0)
        assert (high > -0.5).all()
        assert (low < (width, height)).all()


def test_so_many_digits_as_asked_for(digit_shapes: DigitShapes) -> None:
    style = replace(PageStyle(), max_digits=20, digit_height_px=30.0, page_share=0.9)
    page = draw_page(digit_shapes, np.random.default_rng(0), style)
    assert sum(len(number.text) for number in page.numbers) == 20


def test_words_and_marks_keep_off_the_numbers() -> None:
    ink, printed = np.zeros((700, 1000), np.uint8), np.zeros((700, 1000), np.uint8)
    taken = [np.array([[100, y], [400, y + 9], [399, y + 60], [99, y + 51]], np.float64) for y in range(80, 600, 110)]
    style = PageStyle(printed_words=12, written_words=6, marks=12)
    scatter(ink, printed, taken, style, np.random.default_rng(0))
    on_numbers = inside([quad.astype(np.float32) for quad in taken], ink.shape, grow_px=2)
    assert printed.any()
    assert ink.any()
    assert not printed[on_numbers].any()
    assert not ink[on_numbers].any()


def test_every_written_word_can_be_written() -> None:
    assert set("".join(WRITTEN_WORDS)) <= set(LETTERS)


def test_a_hairline_is_still_a_line(digit_shapes: DigitShapes) -> None:
    cell_px = 16 / 20
    fields = stroke_fields(digit_shapes.images[::500], cell_px)
    for index in range(10):
        strokes = fields.strokes(index, thickness=0.0, least=LEAST_HALF_WIDTH_PX / cell_px)
        ink = np.asarray(strokes > 0, np.uint8)
        width_px = ink.sum() / thin(ink).sum() / fields.scale * cell_px
        assert width_px > 1.4


def test_one_pen_writes_lines_of_one_thickness(digit_shapes: DigitShapes) -> None:
    fields = stroke_fields(digit_shapes.images[::100], px_per_cell=3.0)

    def widths(thickness: float) -> NDArray[np.float64]:
        inked = [np.asarray(fields.strokes(i, thickness, 0.2) > 0, np.uint8) for i in range(50)]
        return np.array([ink.sum() / thin(ink).sum() / fields.scale for ink in inked])

    fine, broad = widths(0.2), widths(1.5)
    assert (broad > fine).all()
    assert fine.std() / fine.mean() < 0.5 * fields.half_width.std() / fields.half_width.mean()


def test_a_page_is_in_one_hand_where_writers_are_known(digit_shapes: DigitShapes) -> None:
    writers = np.arange(5000) % 7
    shapes = DigitShapes(digit_shapes.images, digit_shapes.labels, writers)
    hand = shapes.of_one_writer(np.random.default_rng(0))
    assert sorted(hand) == list(range(10))
    assert len({int(writers[index]) for indices in hand.values() for index in indices}) == 1


def test_what_a_writer_never_wrote_comes_from_others(digit_shapes: DigitShapes) -> None:
    some = np.flatnonzero(digit_shapes.labels < 3)[::100]
    writers = digit_shapes.labels[some]  # each wrote one digit only
    hand = DigitShapes(digit_shapes.images[some], digit_shapes.labels[some], writers).of_one_writer(
        np.random.default_rng(0)
    )
    assert sorted(hand) == [0, 1, 2]


def test_wrong_shapes_and_styles_are_told(digit_shapes: DigitShapes) -> None:
    with pytest.raises(ValueError, match="images must be"):
        DigitShapes(np.zeros((3, 20, 20), np.uint8), np.zeros(3, np.int64))
    with pytest.raises(ValueError, match="one label an image"):
        DigitShapes(digit_shapes.images, digit_shapes.labels[:10])
    with pytest.raises(ValueError, match="writers must be"):
        DigitShapes(digit_shapes.images, digit_shapes.labels, np.zeros(3, np.int64))
    with pytest.raises(ValueError, match="digit_height_px must be at least 8, got 3"):
        PageStyle(digit_height_px=3)
    with pytest.raises(ValueError, match="got 20x720"):
        PageStyle(width=20)
    with pytest.raises(ValueError, match="jpeg_quality"):
        PageStyle(jpeg_quality=0)
    with pytest.raises(ValueError, match="thickness"):
        PageStyle(thickness=-1.0)


def test_the_command_writes_pages_and_their_truth(digit_shapes: DigitShapes, tmp_path: Path) -> None:
    assert len(digit_shapes.labels) == 5000
    main([str(tmp_path / "pages"), "--level", "webcam", "--count", "2", "--seed", "4"])
    lines = [json.loads(line) for line in (tmp_path / "pages" / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["file"] for line in lines] == ["webcam-000.png", "webcam-001.png"]
    for line in lines:
        image = cv2.imread(str(tmp_path / "pages" / line["file"]))
        assert image is not None
        assert image.shape[:2] == (line["height"], line["width"])
        assert all(len(number["quad"]) == 4 for number in line["numbers"])
