"""Corrupted digits: changed, of the same shape, the same for the same seed, and changed by as much as is said."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.evaluation.corruptions import CORRUPTIONS, LARGE, Corruption, moved, reinked
from scripts.pages.drawn_page import DigitShapes

BY_NAME = {corruption.name: corruption for corruption in CORRUPTIONS}
each_corruption = pytest.mark.parametrize("corruption", CORRUPTIONS, ids=lambda c: c.name)
Images = NDArray[np.uint8]


@pytest.fixture(scope="module")
def images(digit_shapes: DigitShapes) -> Images:
    """Forty digits, four of each."""
    return digit_shapes.images[::125]


@each_corruption
def test_pictures_change_and_keep_their_form(corruption: Corruption, images: Images) -> None:
    before = images.copy()
    corrupted = corruption(images)
    assert corrupted.shape == images.shape
    assert corrupted.dtype == np.uint8
    np.testing.assert_array_equal(images, before)
    changed = np.abs(corrupted.astype(int) - images).mean(axis=(1, 2))
    assert (changed > 0.5).all(), f"the least changed picture differs by {changed.min():.2f} of 255 a pixel"
    assert (corrupted.max(axis=(1, 2)) > 40).all(), "a digit is gone"


@each_corruption
def test_the_same_seed_corrupts_in_the_same_way(corruption: Corruption, images: Images) -> None:
    few = images[:5]
    np.testing.assert_array_equal(corruption(few, seed=7), corruption(few, seed=7))
    np.testing.assert_array_equal(corruption(images, seed=7)[:5], corruption(few, seed=7))


@pytest.mark.parametrize("name", sorted(BY_NAME.keys() - {"defocus blur", "thick", "thin", "faint"}))
def test_another_seed_corrupts_otherwise(name: str, images: Images) -> None:
    assert (BY_NAME[name](images[:5], seed=7) != BY_NAME[name](images[:5], seed=8)).any()


@each_corruption
def test_no_digits_are_no_work(corruption: Corruption) -> None:
    assert corruption(np.zeros((0, 28, 28), np.uint8)).shape == (0, 28, 28)


def test_names_are_different_and_severities_are_told() -> None:
    assert len(BY_NAME) == len(CORRUPTIONS) == 16
    assert all(corruption.what for corruption in CORRUPTIONS)


def test_strokes_get_as_much_wider_and_thinner_as_is_said() -> None:
    bar = np.zeros((28, 28), np.float32)
    bar[4:24, 12:16] = 1  # 4 px wide
    for change, expected in ((0.75, 5.5), (-0.75, 2.5), (-3.0, 1.0)):
        width = reinked(bar, change)[10:18].sum(axis=1).mean()
        assert width == pytest.approx(expected, abs=0.45), f"after {change} px on either side"


def test_a_map_that_changes_nothing_moves_nothing(images: Images) -> None:
    field = images[0].astype(np.float32) / np.float32(255)
    assert np.abs(moved(field, np.eye(2)) - field).mean() < 0.02  # a little softer, that is all
    shifted = moved(field, np.eye(2), (2.0, 1.0))
    assert np.abs(shifted - np.roll(field, (1, 2), axis=(0, 1))).mean() < 0.02
    half = moved(field, np.eye(2) * 0.5)
    rows, columns = np.mgrid[:28, :28]
    for axis, grid in (("y", rows), ("x", columns)):
        center = [(f * grid).sum() / f.sum() - 13.5 for f in (field, half)]
        assert center[1] == pytest.approx(center[0] / 2, abs=1 / LARGE), f"along {axis}"


def test_noise_is_as_strong_as_is_said() -> None:
    grey = np.full((40, 28, 28), 128, np.uint8)
    spread = BY_NAME["gaussian noise"](grey).std() / 255
    assert spread == pytest.approx(0.25, abs=0.02)
    stuck = BY_NAME["impulse noise"](grey) != 128
    assert stuck.mean() == pytest.approx(0.08, abs=0.01)
