"""Ink and paper: in shadow, in vignetting, under noise, with thin and thick strokes."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.core.settings import InkSettings
from live.reading.ink import (
    blurredness,
    even_light,
    find_ink,
    ink_mask,
    measure_levels,
    pen_level,
    sharpen,
)
from live.reading.paper import SMALL_SIDE_PX, cell_px, find_paper, window_cells

SETTINGS = InkSettings()


def page(size: tuple[int, int], stroke: int, ink: int = 60) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """A white page with a few strokes, and the truth: both (H, W) uint8, truth 255 where ink is."""
    height, width = size
    truth = np.zeros(size, np.uint8)
    for k in range(5):
        x = int(width * (0.15 + 0.17 * k))
        cv2.line(truth, (x, height // 3), (x + height // 12, 2 * height // 3), 255, stroke)
    return np.where(truth > 0, ink, 235).astype(np.uint8), truth


def in_light(gray: NDArray[np.uint8], light: NDArray[np.float64], noise: float = 2.0) -> NDArray[np.uint8]:
    """The page under a light field (H, W) of shares, with sensor noise, as BGR."""
    rng = np.random.default_rng(4)
    lit = gray * light + rng.normal(0, noise, gray.shape)
    return cv2.cvtColor(np.clip(lit, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)


def agreement(mask: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    """Intersection over union of the ink found and the ink that is there."""
    return float(((mask > 0) & (truth > 0)).sum() / ((mask > 0) | (truth > 0)).sum())


@pytest.mark.parametrize(
    ("size", "stroke"), [((480, 640), 4), ((480, 640), 24), ((720, 1280), 5), ((720, 1280), 40), ((2160, 3840), 12)]
)
def test_thin_and_thick_strokes_at_any_frame_size(size: tuple[int, int], stroke: int) -> None:
    gray, truth = page(size, stroke)
    ink = find_ink(in_light(gray, np.ones(size)), SETTINGS)
    assert ink.mask.shape == size
    assert set(np.unique(ink.mask)) <= {0, 255}
    assert agreement(ink.mask, truth) > 0.8


def test_a_soft_shadow_and_a_vignette_leave_no_ink_of_their_own() -> None:
    gray, truth = page((720, 1280), 8)
    y, x = np.mgrid[:720, :1280]
    light = (
        1 - 0.5 / (1 + np.exp((x - 500 - y / 3) / 25)) - 0.35 * (((x - 640) / 640) ** 2 + ((y - 360) / 360) ** 2) / 2
    )
    assert agreement(find_ink(in_light(gray, light), SETTINGS).mask, truth) > 0.8


def test_a_bare_page_has_next_to_no_ink_however_noisy() -> None:
    for noise in (0.0, 3.0, 10.0):
        bare = in_light(np.full((480, 640), 200, np.uint8), np.ones((480, 640)), noise)
        assert (find_ink(bare, SETTINGS).mask > 0).mean() < 0.002


def test_pale_ruled_lines_beside_dark_ink_are_not_ink() -> None:
    gray, truth = page((720, 1280), 8)
    gray[100:700:60] = np.minimum(gray[100:700:60], 210)
    assert agreement(find_ink(in_light(gray, np.ones(gray.shape)), SETTINGS).mask, truth) > 0.8


def test_pencil_is_ink_where_nothing_darker_is_about() -> None:
    gray, truth = page((720, 1280), 6, ink=180)
    assert agreement(find_ink(in_light(gray, np.ones(gray.shape)), SETTINGS).mask, truth) > 0.7


def test_pencil_is_ink_under_strong_noise() -> None:
    gray, truth = page((480, 640), 6, ink=175)
    assert agreement(find_ink(in_light(gray, np.ones(gray.shape), 18.0), SETTINGS).mask, truth) > 0.75


def test_darkness_is_a_share_of_the_paper_not_of_the_light() -> None:
    gray, truth = page((480, 640), 10, ink=100)
    bright, dim = (
        even_light(g, find_paper(g, 2, SETTINGS.paper_window)) for g in (gray, (gray * 0.6).astype(np.uint8))
    )
    inside = cv2.erode(truth, np.ones((5, 5))) > 0
    assert abs(float(bright[inside].mean()) - float(dim[inside].mean())) < 6


def test_input_is_left_alone() -> None:
    image = in_light(page((240, 320), 4)[0], np.ones((240, 320)))
    before = image.copy()
    find_ink(image, SETTINGS)
    np.testing.assert_array_equal(image, before)


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (7, 9)])
def test_tiny_pictures_are_ordinary(size: tuple[int, int]) -> None:
    ink = find_ink(np.full((*size, 3), 128, np.uint8), SETTINGS)
    assert ink.mask.shape == size


def test_levels_of_a_frame() -> None:
    rng = np.random.default_rng(0)
    noisy = np.clip(rng.normal(20, 12, (300, 300)), 0, 255).astype(np.uint8)
    even = np.full((300, 300), 200, np.uint8)
    calm = measure_levels(np.zeros((300, 300), np.uint8), SETTINGS, even)
    assert calm.floor() == pytest.approx(255 * SETTINGS.min_contrast)
    loud = measure_levels(noisy, SETTINGS, even)
    assert loud.floor() > loud.floor_around() > calm.floor()  # noise alone is no ink
    assert calm.floor_around() == 0
    darkness = np.zeros((100, 100), np.uint8)
    assert pen_level(darkness, 20) == 0
    darkness[:10] = 40
    darkness[50:60] = 180
    assert pen_level(darkness, 20) == pytest.approx(180, abs=2)
    assert (ink_mask(darkness, 60, SETTINGS)[50:60] == 255).all()


def test_a_dark_desk_is_no_pen() -> None:
    gray, _ = page((720, 1280), 6)
    pale = np.clip(255 - (255 - gray.astype(float)) / 3, 0, 255).astype(np.uint8)  # pencil
    floors = []
    for desk in (235, 20):
        framed = np.full(gray.shape, desk, np.uint8)
        framed[60:660, 110:1170] = pale[60:660, 110:1170]
        paper = find_paper(framed, 4, SETTINGS.paper_window)
        floors.append(measure_levels(even_light(framed, paper), SETTINGS, paper).pen_floor)
    assert floors[1] < 1.5 * floors[0]


def test_a_blurred_page_is_sharpened_and_a_crisp_one_is_left_alone() -> None:
    gray, truth = page((720, 1280), 6)
    crisp = in_light(gray, np.ones(gray.shape), noise=0.5)
    blurred = cv2.GaussianBlur(crisp, (0, 0), 4)
    levels = [
        measure_levels(even_light(g, paper), SETTINGS, paper)
        for g in (cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY) for picture in (crisp, blurred))
        for paper in (find_paper(g, 4, SETTINGS.paper_window),)
    ]
    assert blurredness(levels[0]) < 0.3
    assert blurredness(levels[1]) == 1
    off = InkSettings(sharpening=0)
    assert agreement(find_ink(blurred, SETTINGS).mask, truth) > agreement(find_ink(blurred, off).mask, truth)
    darkness = even_light(gray, find_paper(gray, 4, SETTINGS.paper_window))
    np.testing.assert_array_equal(sharpen(darkness, 0.0), darkness)


@pytest.mark.parametrize("side", [100_000, 1_048_576])
def test_windows_of_a_long_strip_stay_those_of_a_large_picture(side: int) -> None:
    """They grow with the longer side; the work in them grew with its square, for minutes."""
    step = cell_px((17, side))
    assert step <= cell_px((9000, 12_000))
    assert window_cells((1, side // step), 0.1) <= window_cells((720, 1280), 0.1)


def test_windows_of_any_picture_within_the_limits_are_as_ever() -> None:
    for longer in (320, 479, 480, 1280, 4032, 10_000, 12_000):
        step = cell_px((longer * 3 // 4, longer))
        assert step == max(1, round(longer / SMALL_SIDE_PX))
        assert window_cells((1, longer // step), 0.1) == max(3, int(max(longer // step, SMALL_SIDE_PX) * 0.1)) | 1
