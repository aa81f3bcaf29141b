"""What is drawn: frames, labels and digit boxes, at every size of frame, mirrored, and nothing where nothing is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from live.core.records import Frame, Number, Reading
from live.core.results import FrameResult
from live.core.settings import OverlaySettings
from live.drawing.labels import LabelMemory
from live.drawing.overlay import CASING, DOUBTFUL, SURE, UNSURE, Tone, draw, tone_of
from tests.results import changed, drawn_in, number_at, paper, result_of

SETTINGS = OverlaySettings()


def count(picture: NDArray[np.uint8], colour: tuple[int, int, int]) -> int:
    """How many px have that very colour."""
    return int(drawn_in(picture, colour).sum())


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance by WCAG 2, 0 to 1, of a BGR colour."""
    blue, green, red = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: tuple[int, int, int], b: tuple[int, int, int]) -> float:
    """Contrast by WCAG 2, 1 to 21."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_nothing_read_is_the_frame_itself_but_not_the_same_array() -> None:
    image = np.random.default_rng(0).integers(0, 255, (48, 64, 3), np.uint8)
    picture = draw(result_of(image), SETTINGS)
    assert np.array_equal(picture, image)
    assert not np.shares_memory(picture, image)
    assert np.array_equal(draw(result_of(image), SETTINGS, mirrored=True), image[:, ::-1])


def test_what_is_not_confirmed_is_not_shown() -> None:
    image = paper()
    assert np.array_equal(draw(result_of(image, number_at("12", (200, 200)), confirmed=False), SETTINGS), image)


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_input_is_never_drawn_on(mirrored: bool) -> None:
    image = paper()
    image.flags.writeable = False
    draw(result_of(image, number_at("12", (200, 200))), SETTINGS, mirrored=mirrored)
    assert (image == 230).all()


def test_a_number_is_framed_and_labelled_and_its_ink_left_alone() -> None:
    image = paper()
    drawn = changed(image, draw(result_of(image, number_at("123", (200, 200))), OverlaySettings(digit_boxes=False)))
    assert not drawn[202:238, 202:276].any(), "inside the frame"
    assert drawn[190:200, 196:284].any(axis=1).sum() >= 3, "above"
    assert drawn[200:240, 190:200].any(), "left"
    assert drawn[200:240, 282:294].any(), "right"
    assert drawn[241:250, 240].any(), "below"
    assert drawn[160:192, 200:250].sum() > 500, "the label"
    assert not drawn[:150].any()
    assert not drawn[260:].any()


@pytest.mark.parametrize(
    ("confidence", "tone"),
    [(0.99, SURE), (0.85, SURE), (0.84, UNSURE), (0.6, UNSURE), (0.59, DOUBTFUL), (0.0, DOUBTFUL)],
)
def test_colours_tell_the_confidence(confidence: float, tone: Tone) -> None:
    assert tone_of(confidence) is tone
    if confidence:
        number = number_at("77", (200, 200), confidence=confidence + 1e-4)
        picture = draw(result_of(paper(), number), OverlaySettings(digit_boxes=False))
        assert count(picture, tone.chip) > 300
        assert count(picture, tone.line) > 50
        assert not any(count(picture, other.chip) for other in (SURE, UNSURE, DOUBTFUL) if other is not tone)


def test_a_question_mark_has_a_tone_of_its_own_and_its_number_is_never_a_sure_one() -> None:
    plain = OverlaySettings(digit_boxes=False, confidence=False)
    for confidence, tone in ((0.99, UNSURE), (0.7, UNSURE), (0.5, DOUBTFUL)):
        told = draw(result_of(paper(), number_at("1284", (200, 200), 80, confidence=confidence)), plain)
        doubtful = draw(result_of(paper(), number_at("12?4", (200, 200), 80, confidence=confidence)), plain)
        assert count(told, tone.doubtful) == 0
        assert count(doubtful, tone.doubtful) > 15
        assert count(doubtful, tone.chip) > 300
        assert count(doubtful, SURE.chip) == 0
        letters = np.flatnonzero(drawn_in(doubtful, tone.text).any(axis=0))
        mark = np.flatnonzero(drawn_in(doubtful, tone.doubtful).any(axis=0))
        assert letters.min() < mark.min() < mark.max() < letters.max(), "between the digits, on none of them"
        assert not np.isin(mark, letters).any()


def test_a_sign_in_doubt_is_a_question_mark_too_and_signs_are_framed_as_digits_are() -> None:
    plain = OverlaySettings(digit_boxes=False, confidence=False)
    told = draw(result_of(paper(), number_at("12.4", (200, 200), 80, confidence=0.99)), plain)
    doubtful = draw(result_of(paper(), number_at("12!4", (200, 200), 80, confidence=0.99)), plain)
    assert count(told, SURE.chip) > 300
    assert count(told, SURE.doubtful) == 0
    assert count(doubtful, UNSURE.doubtful) > 15
    assert count(doubtful, SURE.chip) == 0
    image, number = paper(), number_at("12.4", (200, 200), 80)
    box = number.signs[0].box
    framed = changed(
        draw(result_of(image, number), plain), draw(result_of(image, number), OverlaySettings(confidence=False))
    )
    assert framed[box.y + 10 : box.bottom - 10, box.x - 2 : box.x + 2].any()


@pytest.mark.parametrize("text", ["3.000", "24/12", "-42", "50%", "17:45", "+8", "1,5"])
def test_every_sign_is_in_the_label(text: str) -> None:
    number = number_at(text, (200, 200), 80)
    bare = Number(number.digits, number.quad)
    assert bare.shown != number.shown
    drawn = [
        draw(result_of(paper(), one), OverlaySettings(digit_boxes=False, confidence=False)) for one in (number, bare)
    ]
    assert count(drawn[0], SURE.text) > count(drawn[1], SURE.text)


@pytest.mark.parametrize("tone", [SURE, UNSURE, DOUBTFUL])
def test_every_label_can_be_read_and_every_frame_seen(tone: Tone) -> None:
    assert contrast(tone.text, tone.chip) >= 4.5
    assert contrast(tone.doubtful, tone.chip) >= 3.5
    dark_desk, white_paper = (30, 34, 38), (245, 245, 245)
    assert max(contrast(tone.line, dark_desk), contrast(CASING, dark_desk)) >= 3
    assert contrast(tone.line, white_paper) >= 2


def test_tones_differ_in_lightness_too() -> None:
    """So that they can be told apart without telling red from green."""
    assert contrast(SURE.chip, UNSURE.chip) > 2
    assert contrast(DOUBTFUL.chip, UNSURE.chip) > 2
    # sure and doubtful are about as light; the blue in the green one is what red-green blindness leaves
    assert abs(SURE.chip[0] - DOUBTFUL.chip[0]) > 50


def test_digit_boxes_can_be_left_out() -> None:
    image = paper()
    result = result_of(image, number_at("123", (200, 200), height=80))
    with_boxes = changed(image, draw(result, SETTINGS))[204:276, 204:340]
    without = changed(image, draw(result, OverlaySettings(digit_boxes=False)))[204:276, 204:340]
    assert with_boxes.any()
    assert not without.any()


def test_the_confidence_can_be_left_out() -> None:
    image = paper()
    result = result_of(image, number_at("123", (200, 200)))
    shorter = changed(image, draw(result, OverlaySettings(confidence=False)))
    assert shorter.sum() < changed(image, draw(result, SETTINGS)).sum()


def test_mirrored_the_number_moves_and_its_text_does_not_turn() -> None:
    image = paper()
    number = number_at("1234", (40, 200))
    right_way = draw(result_of(image, number), SETTINGS)
    mirrored = draw(result_of(image, number), SETTINGS, mirrored=True)
    width = image.shape[1]
    columns = np.flatnonzero(changed(image, mirrored)[210:230].any(axis=0))
    plain = np.flatnonzero(changed(image, right_way)[210:230].any(axis=0))
    assert columns.min() == pytest.approx(width - 1 - plain.max(), abs=1)
    assert columns.max() == pytest.approx(width - 1 - plain.min(), abs=1)
    chips = [drawn_in(picture, SURE.chip) for picture in (right_way, mirrored)]
    labels = []
    for picture, chip in zip((right_way, mirrored), chips, strict=True):
        rows, cols = np.nonzero(chip)
        labels.append(picture[rows.min() : rows.max() + 1, cols.min() : cols.max() + 1])
    assert np.array_equal(labels[0], labels[1]), "the label is the same, letter by letter"


@pytest.mark.parametrize("size", [(1, 1), (2, 40), (64, 48), (320, 240), (640, 480), (1920, 1080), (3840, 2160)])
def test_every_size_of_frame_works(size: tuple[int, int]) -> None:
    width, height = size
    tall = max(1, height // 8)
    numbers = [number_at("0123456789", (width // 4, height // 3), tall), number_at("5", (width - 2, height - 2), tall)]
    image = paper(size)
    for mirrored in (False, True):
        picture = draw(result_of(image, *numbers), SETTINGS, mirrored=mirrored)
        assert picture.shape == image.shape
        assert picture.dtype == np.uint8
        assert changed(image, picture).any()


def test_lines_are_no_hairlines_in_a_large_frame() -> None:
    image = paper((3840, 2160))
    picture = draw(result_of(image, number_at("77", (1000, 1000), 300)), OverlaySettings(digit_boxes=False))
    column = drawn_in(picture, SURE.line)[1290:1340, 1100]
    assert column.sum() >= 4


@pytest.mark.parametrize("text_scale", [0.1, 10.0])
def test_a_text_of_any_scale_is_drawn(text_scale: float) -> None:
    image = paper((320, 240))
    picture = draw(result_of(image, number_at("123456", (100, 100))), OverlaySettings(text_scale=text_scale))
    assert count(picture, SURE.chip) > 20


def test_numbers_partly_or_wholly_outside_the_frame() -> None:
    image = paper()
    outside = [number_at("12", corner) for corner in ((-500, 100), (630, 470), (100, -30), (2000, 2000), (-20, -20))]
    assert draw(result_of(image, *outside), SETTINGS).shape == image.shape


def test_a_sloped_number_is_framed_along_its_line() -> None:
    image = paper()
    picture = draw(result_of(image, number_at("123456", (200, 200), slope=0.3)), OverlaySettings(digit_boxes=False))
    line = drawn_in(picture, SURE.line)
    assert line[238:252, 210:230].any(), "the left end of its lower edge"
    assert line[280:300, 340:360].any(), "the right end, further down"
    assert not line[256:272, 330:360].any(), "nothing between its edges"


def test_with_a_memory_a_label_stays_while_its_number_trembles() -> None:
    image = paper()
    memory = LabelMemory()
    # there is room to the right alone, then above as well
    above = number_at("8888888", (180, 150))
    draw(result_of(image, number_at("12", (200, 200)), above), SETTINGS, memory=memory)
    spot = memory.spot_of(1)
    assert spot not in (None, 0)
    free = draw(result_of(image, number_at("12", (201, 200))), SETTINGS, memory=memory)
    assert memory.spot_of(1) == spot
    assert memory.spot_of(2) is None
    fresh = draw(result_of(image, number_at("12", (201, 200))), SETTINGS)
    assert not np.array_equal(free, fresh)


def test_too_much_ink_is_told_on_the_picture() -> None:
    frame = Frame(np.full((720, 1280, 3), 200, np.uint8), 0, 0.0, "camera 0")
    whole = Reading((), np.zeros((720, 1280), np.uint8), np.zeros((0, 28, 28, 1), np.float32))
    told = draw(FrameResult(frame, (), replace(whole, left_out=7)), OverlaySettings())
    assert (draw(FrameResult(frame, (), whole), OverlaySettings()) == frame.image).all()
    changed = np.argwhere((told != frame.image).any(axis=2))
    assert len(changed) > 1000
    assert changed[:, 0].max() < 100  # at the top, where it hides least
