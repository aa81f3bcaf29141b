"""A page that lies still is read now and then, one that moves or changes at once."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.tracking.change_detection import SETTLED_S, ChangeDetector
from scripts.pages.drawn_page import DrawnPage

FPS = 30
REREAD_S = 0.2


@pytest.fixture
def page(drawn_pages: dict[str, DrawnPage]) -> NDArray[np.uint8]:
    """A page as a camera shows it."""
    return drawn_pages["office"].image


def noisy(image: NDArray[np.uint8], rng: np.random.Generator, sigma: float) -> NDArray[np.uint8]:
    """What a sensor makes of the same scene in another frame."""
    return np.clip(image + rng.normal(0, sigma, image.shape), 0, 255).astype(np.uint8)


def shifted(image: NDArray[np.uint8], px: float) -> NDArray[np.uint8]:
    """The page a little to the right."""
    matrix = np.array([[1, 0, px], [0, 1, 0]], np.float64)
    return cv2.warpAffine(image, matrix, image.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)


def settled(page: NDArray[np.uint8]) -> tuple[ChangeDetector, float]:
    """One that has seen the page long enough, and the time of the last frame read."""
    detector = ChangeDetector(REREAD_S)
    now = 0.0
    while detector.must_read(page, now):
        now += 1 / FPS
    return detector, now


@pytest.mark.parametrize("sigma", [0, 3, 8, 14])
def test_noise_alone_is_no_change(page: NDArray[np.uint8], sigma: float) -> None:
    rng = np.random.default_rng(1)
    detector = ChangeDetector(REREAD_S)
    read = [detector.must_read(noisy(page, rng, sigma), frame / FPS) for frame in range(2 * FPS)]
    assert all(read[: int(SETTLED_S * FPS)]), "evidence is gathered first"
    assert sum(read[FPS:]) == pytest.approx(1 / REREAD_S, abs=1)


def test_a_page_that_moves_by_a_px_is_read_at_once(page: NDArray[np.uint8]) -> None:
    detector, now = settled(page)
    assert detector.must_read(shifted(page, 1), now + 0.01)
    assert detector.must_read(shifted(page, 1), now + 0.02), "and until it has come to rest again"


def test_a_digit_that_is_written_is_seen_at_once(page: NDArray[np.uint8]) -> None:
    detector, now = settled(page)
    written = page.copy()
    cv2.line(written, (300, 300), (304, 330), (90, 80, 80), 2)
    assert detector.must_read(written, now + 0.01)


def test_light_that_fades_slowly_is_read_in_its_turn(page: NDArray[np.uint8]) -> None:
    detector, now = settled(page)
    for frame in range(FPS):
        detector.must_read((page * (1 - 0.001 * frame)).astype(np.uint8), now + frame / FPS)
    assert detector.must_read((page * 0.8).astype(np.uint8), now + 1)


def test_another_size_and_an_earlier_time_are_another_picture(page: NDArray[np.uint8]) -> None:
    detector, now = settled(page)
    assert detector.must_read(page[:-16], now + 0.01)
    detector, _ = settled(page)
    assert detector.must_read(page, 0.0)


def test_zero_reads_every_frame(page: NDArray[np.uint8]) -> None:
    detector = ChangeDetector(0.0)
    assert all(detector.must_read(page, frame / FPS) for frame in range(3 * FPS))


def test_a_picture_of_one_px_is_no_error() -> None:
    assert ChangeDetector(REREAD_S).must_read(np.zeros((1, 1, 3), np.uint8), 0.0)
