"""Pages drawn to be hard: numbers in other light, paper, ink and sizes, digits that touch; and pages that hold no number."""

from __future__ import annotations

from collections import Counter
from typing import Any

import cv2
import numpy as np
import pytest

from live.api.networks import open_reader
from live.core.settings import Settings
from live.reading.orientation import OrientedPageReader
from live.reading.reader import PageReader
from models.classifier import load_classifier
from scripts.pages.drawn_page import DigitShapes, DrawnPage, draw_page
from scripts.pages.page_style import PageStyle

YELLOW, RED, GREEN, BLUE = (150, 226, 240), (44, 36, 170), (60, 110, 40), (150, 60, 24)
HARD: dict[str, dict[str, Any]] = {
    "in the dark, under a shadow": {"exposure": 0.4, "shadow": 0.6, "noise_sigma": 6.0, "vignetting": 0.5},
    "red on yellow paper": {"paper_colour": YELLOW, "ink_colour": RED, "pen": "ballpoint", "cast": (0.85, 1.0, 1.1)},
    "green on squared paper": {"paper": "grid", "ink_colour": GREEN, "pen": "ballpoint"},
    "pencil on ruled paper, tilted": {"paper": "ruled", "pen": "pencil", "ink_colour": (92, 88, 86), "tilt": 0.25},
    "pencil, on a dark desk": {
        "pen": "pencil",
        "ink_colour": (68, 82, 93),
        "desk": "fabric",
        "desk_colour": (50, 48, 41),
        "tilt": 0.2,
    },
    "broad marker": {"pen": "marker", "thickness": 1.8, "digit_height_px": 90.0},
    "thin, with what is on the back": {"pen": "ballpoint", "thickness": 0.1, "ink_colour": BLUE, "show_through": 0.2},
    "small": {"digit_height_px": 18.0, "max_digits": 60},
    "huge": {"digit_height_px": 300.0, "page_share": 1.0},
    "from the side": {"perspective": 0.9, "tilt": -0.2},
    "blurred": {"blur_px": 1.6, "digit_height_px": 44.0},
}
NO_ROOM = ["0" * 300]  # a number for which no sheet has a place is not written
SILENT: dict[str, dict[str, Any]] = {
    "printed words": {"printed_words": 16},
    "ruled paper": {"paper": "ruled", "printed_words": 4},
    "squared paper": {"paper": "grid"},
    "a margin": {"paper": "margin"},
    "written words": {"written_words": 16},
    "words in pencil on squared paper": {"paper": "grid", "pen": "pencil", "written_words": 12},
    "dark, noisy words": {"written_words": 10, "exposure": 0.35, "noise_sigma": 7.0, "blur_px": 1.0},
    "a sheet on a desk with things": {"objects": 4, "page_share": 0.35},
}


@pytest.fixture(scope="module")
def reader() -> OrientedPageReader:
    """A reader that looks at each page from all sides."""
    classifier = load_classifier(threads=2)
    return OrientedPageReader(open_reader(Settings(), classifier), remembers=False)


@pytest.mark.parametrize("kind", SILENT)
@pytest.mark.parametrize("seed", [0, 1])
def test_nothing_is_read_where_no_number_is_written(
    kind: str, seed: int, reader: OrientedPageReader, digit_shapes: DigitShapes
) -> None:
    rng = np.random.default_rng([seed, 7])
    style = PageStyle(shadow=0.5 * seed, tilt=float(np.radians(rng.normal(0, 6))), **SILENT[kind])
    page = draw_page(digit_shapes, rng, style, NO_ROOM)
    assert page.numbers == ()
    assert [number.text for number in reader.read(page.image).numbers] == []


def read_right(page: DrawnPage, texts: list[str]) -> float:
    """Share of a page's whole numbers that are among the texts."""
    true = Counter(number.text for number in page.numbers if not number.cut)
    return (true & Counter(texts)).total() / max(true.total(), 1)


@pytest.mark.parametrize("kind", HARD)
def test_numbers_are_read_in_other_light_paper_ink_and_sizes(
    kind: str, reader: OrientedPageReader, digit_shapes: DigitShapes
) -> None:
    shares = []
    for seed in (0, 1):
        page = draw_page(digit_shapes, np.random.default_rng([seed, 11]), PageStyle(**HARD[kind]))
        shares.append(read_right(page, [number.text for number in reader.read(page.image).numbers]))
    assert np.mean(shares) > 0.75, kind


@pytest.mark.parametrize(("tall", "thickness"), [(150, 1.6), (220, 1.0), (220, 1.6), (320, 0.5), (320, 1.0)])
def test_a_number_that_fills_the_frame_is_read(
    tall: int, thickness: float, reader: OrientedPageReader, digit_shapes: DigitShapes
) -> None:
    style = PageStyle(
        width=640,
        height=480,
        digit_height_px=float(tall),
        thickness=thickness,
        pen="marker",
        page_share=1.3,
        noise_sigma=2.0,
    )
    read = []
    for seed, text in enumerate(["7", "42", "3", "58", "9", "2"]):
        page = draw_page(digit_shapes, np.random.default_rng([seed, 5]), style, [text])
        if page.numbers and not page.numbers[0].cut:
            read.append([number.text for number in reader.read(page.image).numbers] == [text])
    assert len(read) >= 3
    assert np.mean(read) > 0.8


@pytest.mark.parametrize("enlarged", [1, 3])
def test_a_picture_cut_close_around_a_number_is_read(
    enlarged: int, reader: OrientedPageReader, digit_shapes: DigitShapes
) -> None:
    style = PageStyle(shadow=0.3, noise_sigma=2.0, thickness=0.8)
    page = draw_page(digit_shapes, np.random.default_rng(12), style)
    read = []
    for number in page.numbers:
        if number.cut or len(number.text) < 3:
            continue
        low, high = number.quad.min(axis=0), number.quad.max(axis=0)
        margin = 0.2 * (high - low)[1]
        (left, top), (right, bottom) = (low - margin).astype(int), (high + margin).astype(int)
        cut = cv2.resize(
            page.image[top:bottom, left:right], None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_CUBIC
        )
        read.append([n.text for n in reader.read(np.asarray(cut, np.uint8)).numbers] == [number.text])
    assert len(read) >= 10
    assert np.mean(read) > 0.85


def test_digits_that_touch_are_read_at_once(digit_shapes: DigitShapes) -> None:
    classifier = load_classifier(threads=2)
    readers = PageReader(classifier, Settings()), open_reader(Settings(), classifier)
    shares = []
    for seed in range(4):
        style = PageStyle(digit_gap=-0.15, digit_height_px=40.0, blur_px=1.0, max_digits=80)
        page = draw_page(digit_shapes, np.random.default_rng([seed, 13]), style)
        shares.append([read_right(page, [n.text for n in r.read(page.image).numbers]) for r in readers])
    apart, at_once = np.mean(shares, axis=0)
    assert at_once > apart + 0.05
