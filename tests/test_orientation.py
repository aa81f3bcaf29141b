"""A page that lies on its side or on its head is read as if it lay upright."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

from live.api.networks import open_reader
from live.capture.sources import open_source
from live.core.geometry import page_slope
from live.core.records import Reading
from live.core.settings import CameraSettings, Settings
from live.reading.budget import CountingClassifier
from live.reading.orientation import EVERY, OrientedPageReader
from models.classifier import Classifier, load_classifier
from scripts.pages.drawn_page import DigitShapes, DrawnPage, draw_page
from scripts.pages.page_style import PageStyle


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    """The network that comes with Numcam."""
    return load_classifier()


def reader_of(classifier: Classifier, *, remembers: bool = False) -> OrientedPageReader:
    """A reader that has seen nothing yet."""
    return OrientedPageReader(open_reader(Settings(), classifier), remembers=remembers)


def quarter(image: NDArray[np.uint8], turn: int) -> NDArray[np.uint8]:
    """The picture turned to the left by so many quarters."""
    return np.ascontiguousarray(np.rot90(image, turn))


def texts(reading: Reading) -> list[str]:
    """What was read, in reading order."""
    return [number.text for number in reading.numbers]


@pytest.mark.parametrize("level", ["clean", "office"])
@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_turned_page_is_read_as_if_it_lay_upright(
    level: str, turn: int, classifier: Classifier, drawn_pages: dict[str, DrawnPage]
) -> None:
    page = drawn_pages[level].image
    upright = reader_of(classifier).read(page)
    reading = reader_of(classifier).read(quarter(page, turn))
    assert texts(reading) == texts(upright) != []
    assert reading.ink.shape == quarter(page, turn).shape[:2]
    height, width = page.shape[:2]
    for number, same in zip(reading.numbers, upright.numbers, strict=True):
        x, y = same.quad.T  # where the upright number's corners come to lie
        expected = {1: (y, width - 1 - x), 2: (width - 1 - x, height - 1 - y), 3: (height - 1 - y, x)}[turn]
        np.testing.assert_allclose(number.quad, np.stack(expected, axis=1), atol=1e-3)
        boxes = np.array([[d.box.x, d.box.y, d.box.right, d.box.bottom] for d in number.digits])
        assert (boxes[:, 2:] > boxes[:, :2]).all()
        for box in boxes:  # and the digits lie on ink
            assert reading.ink[box[1] : box[3], box[0] : box[2]].any()


def test_a_turned_page_of_lone_digits_is_read_as_if_it_lay_upright(
    classifier: Classifier, digit_shapes: DigitShapes
) -> None:
    style = PageStyle(digit_height_px=50.0, number_gap=2.0)
    page = draw_page(digit_shapes, np.random.default_rng(5), style, list("3528604975236849"))
    upright = texts(reader_of(classifier).read(page.image))
    assert len(upright) > 12
    assert max(map(len, upright)) == 1
    for turn in (1, 2, 3):
        assert texts(reader_of(classifier).read(quarter(page.image, turn))) == upright


def full_page(digit_shapes: DigitShapes) -> NDArray[np.uint8]:
    """A page of 400 small digits."""
    style = PageStyle(digit_height_px=18.0, number_gap=1.0, noise_sigma=3.0, blur_px=0.7, max_digits=400)
    return draw_page(digit_shapes, np.random.default_rng(11), style).image


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_a_full_page_is_within_the_budget_of_a_frame_in_every_turn(
    turn: int, classifier: Classifier, digit_shapes: DigitShapes
) -> None:
    page = full_page(digit_shapes)
    upright = reader_of(classifier).read(page)
    assert sum(len(number.digits) for number in upright.numbers) > 300
    reading = reader_of(classifier).read(quarter(page, turn))
    same = Counter(texts(reading)) & Counter(texts(upright))
    assert same.total() > 0.97 * len(upright.numbers)


def test_a_full_page_that_can_not_be_read_turned_for_want_of_budget_is_not_silently_empty(
    classifier: Classifier, digit_shapes: DigitShapes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("live.reading.budget.QUESTIONS", 150.0)
    reading = reader_of(classifier).read(quarter(full_page(digit_shapes), 1))
    assert reading.left_out > 100


def test_of_a_camera_a_full_page_that_was_read_without_doubt_is_not_asked_about_turns_again(
    classifier: Classifier, digit_shapes: DigitShapes
) -> None:
    page = full_page(digit_shapes)
    asking = CountingClassifier(classifier)
    open_reader(Settings(), asking).read(page)
    plain, asking.count = asking.count, 0
    camera = reader_of(asking, remembers=True)
    counts = []
    for _ in range(3):
        camera.read(page)
        counts.append(asking.count)
        asking.count = 0
    assert counts[0] > plain
    assert counts[1:] == [plain, plain]


def test_a_page_that_lies_as_it_should_is_read_as_the_plain_reader_does(
    classifier: Classifier, drawn_pages: dict[str, DrawnPage]
) -> None:
    for page in drawn_pages.values():
        assert texts(reader_of(classifier).read(page.image)) == texts(
            open_reader(Settings(), classifier).read(page.image)
        )


def test_how_a_page_lies_is_remembered_and_never_flickers(
    classifier: Classifier, drawn_pages: dict[str, DrawnPage]
) -> None:
    page = drawn_pages["clean"].image
    reader = reader_of(classifier, remembers=True)
    expected = texts(reader.read(quarter(page, 2)))
    assert all(texts(reader.read(quarter(page, 2))) == expected for _ in range(4))
    empty = np.full_like(page, 200)
    assert all(texts(reader.read(empty)) == [] for _ in range(3))
    seen = [texts(reader.read(page)) for _ in range(EVERY + 1)]  # turned upright in the hand
    assert seen[-1] == expected


def test_a_blank_picture_has_no_numbers(classifier: Classifier) -> None:
    assert reader_of(classifier).read(np.full((120, 160, 3), 230, np.uint8)).numbers == ()


def test_lines_on_their_head_have_the_slope_of_the_same_lines_upright() -> None:
    upright = np.array([[0, 0], [100, 5], [98, 45], [-2, 40]], np.float32)
    over = upright[[2, 3, 0, 1]]
    assert page_slope([upright]) == pytest.approx(np.arctan2(5, 100), abs=1e-5)
    assert page_slope([over, over]) == pytest.approx(page_slope([upright]), abs=1e-5)


def test_a_desk_that_a_sheet_has_left_is_not_turned_about_for_a_number(classifier: Classifier) -> None:
    reader = reader_of(classifier, remembers=True)
    with open_source("demo", CameraSettings(), realtime=False, headless=True) as clip:
        read = [texts(reader.read(frame.image)) for frame in clip if frame.index >= 192]  # its last corner is leaving
    assert len(read) > 10
    assert not any(read)


@pytest.mark.parametrize("seed", [0, 5, 21, 34])
def test_a_page_of_digits_that_look_alike_on_their_head_is_read_from_the_right_side(
    seed: int, classifier: Classifier, digit_shapes: DigitShapes
) -> None:
    rng = np.random.default_rng([seed, 12])
    numbers = ["".join(rng.choice(list("0689151"), 7)) for _ in range(3)]
    page = draw_page(digit_shapes, np.random.default_rng([seed, 12]), PageStyle(digit_height_px=45.0), numbers)
    upright = texts(reader_of(classifier).read(page.image))
    assert len(set(upright) & set(numbers)) >= 1
    for turn in (1, 3):
        assert texts(reader_of(classifier).read(quarter(page.image, turn))) == upright
