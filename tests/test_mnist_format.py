"""MNIST's format: size, place, and what must not change it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import live.core.records
import models.mnist_format
from models.mnist_format import FIELD_PX, stack_mnist, to_mnist


def drawn_seven(height: int, stroke: int) -> NDArray[np.uint8]:
    """A 7 of two strokes, about `height` px high, cropped to its ink."""
    width = round(height * 0.7)
    canvas = np.zeros((height + 2 * stroke, width + 2 * stroke), np.uint8)
    cv2.line(canvas, (stroke, stroke), (width, stroke), 255, stroke, cv2.LINE_AA)
    cv2.line(canvas, (width, stroke), (width // 3, height), 255, stroke, cv2.LINE_AA)
    x, y, w, h = cv2.boundingRect(canvas)
    return canvas[y : y + h, x : x + w]


def test_longer_side_is_20_px_and_centre_of_mass_is_central() -> None:
    field = to_mnist(drawn_seven(100, 12))
    assert field.shape == (28, 28)
    assert field.dtype == np.float32
    rows, _ = np.nonzero(field > 0.05)
    assert np.ptp(rows) + 1 == 20
    moments = cv2.moments(field)
    assert moments["m10"] / moments["m00"] == pytest.approx(13.5, abs=0.6)
    assert moments["m01"] / moments["m00"] == pytest.approx(13.5, abs=0.6)
    assert field.max() == pytest.approx(1)


def test_a_wide_stroke_fills_its_width() -> None:
    field = to_mnist(np.full((4, 60), 200, np.uint8))
    assert np.count_nonzero(field.max(axis=0)) == 20
    assert np.count_nonzero(field.max(axis=1)) == 1


def test_a_lopsided_shape_is_never_cut_off() -> None:
    ink = np.zeros((40, 40), np.uint8)
    ink[:, 0] = 40
    ink[0, :] = 40
    ink[30:, 30:] = 255  # all the weight in one corner
    field = to_mnist(ink)
    rows, columns = np.nonzero(field > 0.01)
    assert np.ptp(rows) + 1 == 20
    assert np.ptp(columns) + 1 == 20


@given(st.integers(40, 160), st.floats(0.5, 2.0))
@settings(max_examples=30, deadline=None)
def test_scaling_the_ink_hardly_changes_the_field(height: int, factor: float) -> None:
    ink = drawn_seven(height, max(3, height // 9))
    scaled = cv2.resize(ink, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    # the centre of mass may round to the next px: the nearest of the nine places is compared
    field, other = to_mnist(ink), to_mnist(scaled)
    shifts = [np.roll(other, (dy, dx), (0, 1)) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]
    assert min(np.abs(field - shifted).mean() for shifted in shifts) < 0.03


@given(st.integers(32, 255))
@settings(max_examples=20, deadline=None)
def test_paler_ink_gives_the_same_field(level: int) -> None:
    ink = (drawn_seven(60, 8) > 127).astype(np.uint8)
    assert np.abs(to_mnist(ink * np.uint8(level)) - to_mnist(ink * np.uint8(255))).max() < 0.06


def test_no_ink_is_an_error() -> None:
    with pytest.raises(ValueError, match="no ink"):
        to_mnist(np.zeros((10, 10), np.uint8))
    with pytest.raises(ValueError, match="at least one pixel"):
        to_mnist(np.zeros((0, 10), np.uint8))


def test_one_pixel_is_a_field() -> None:
    assert to_mnist(np.full((1, 1), 255, np.uint8)).sum() == pytest.approx(400)


def test_a_batch_is_the_fields_of_each() -> None:
    inks = [drawn_seven(30, 4), drawn_seven(90, 9)]
    batch = stack_mnist(inks)
    assert batch.shape == (2, FIELD_PX, FIELD_PX, 1)
    np.testing.assert_array_equal(batch[1, ..., 0], to_mnist(inks[1]))
    assert stack_mnist([]).shape == (0, FIELD_PX, FIELD_PX, 1)


def test_records_and_networks_count_the_same_digits() -> None:
    assert models.mnist_format.DIGIT_CLASSES == live.core.records.DIGIT_CLASSES == len("0123456789")
