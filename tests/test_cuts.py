"""Cuts: where they are tried, and the path that is chosen."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.core.records import Box
from live.core.settings import SplittingSettings
from live.reading.cuts import CUT_COST, MAX_SLICE, best_path, build_lattice, find_cuts, frame_box
from live.reading.joins import find_clusters
from live.reading.regions import Component, Upright

SETTINGS = SplittingSettings()


def touching_rings(count: int) -> NDArray[np.uint8]:
    """So many rings side by side that touch: 60 px high, tight."""
    canvas = np.zeros((60, 44 * count + 10), np.uint8)
    for k in range(count):
        cv2.ellipse(canvas, (26 + 44 * k, 30), (20, 27), 0, 0, 360, 255, 5)
    x, y, w, h = cv2.boundingRect(canvas)
    return canvas[y : y + h, x : x + w]


def test_touching_digits_have_a_cut_where_they_touch() -> None:
    ink = touching_rings(3)
    cuts = find_cuts(ink, SETTINGS)
    width = ink.shape[1]
    for expected in (width / 3, 2 * width / 3):
        assert min(abs(cut - expected) for cut in cuts) <= 4


def test_narrow_ink_is_never_cut() -> None:
    assert find_cuts(touching_rings(1)[:, :28], SETTINGS) == []
    assert find_cuts(touching_rings(2), SplittingSettings(max_cuts=0)) == []


def test_two_strokes_side_by_side_are_cut_though_they_are_narrower_than_tall() -> None:
    ink = np.zeros((60, 36), np.uint8)
    ink[:, :6] = ink[:, 30:] = 255
    ink[:6] = 255  # a 1 that touches the bar of a 7
    ink[6:12, 12:] = 0
    assert any(6 <= cut <= 30 for cut in find_cuts(ink, SETTINGS))


def test_a_flat_zero_beside_a_three_is_one_of_the_runs() -> None:
    ink = np.zeros((50, 100), np.uint8)
    cv2.ellipse(ink, (14, 25), (12, 22), 0, -120, 120, 255, 5)
    cv2.ellipse(ink, (62, 25), (35, 22), 0, 0, 360, 255, 5)
    lattice = build_lattice((0,), Upright(ink, 0.0, 0.0), 0.0, SETTINGS)
    widths = [right - left for left, _, right, _ in lattice.extents]
    assert any(70 <= width <= 80 for width in widths)


def test_the_whole_is_always_among_the_runs_and_runs_have_a_digits_width() -> None:
    lattice = build_lattice((4,), Upright(touching_rings(3), 10.0, 20.0), 0.0, SETTINGS)
    assert (0, lattice.last) in lattice.spans
    assert len(lattice.spans) == len(lattice.regions) == len(lattice.extents)
    assert lattice.extents[:, 0].min() == 10
    assert lattice.extents[:, 1].min() == 20
    for span, extent in zip(lattice.spans, lattice.extents, strict=True):
        if span != (0, lattice.last):
            assert extent[2] - extent[0] <= MAX_SLICE * 60


def test_the_bar_of_a_broad_digit_is_no_digit() -> None:
    ink = np.zeros((60, 60), np.uint8)
    ink[:6] = 255  # a 7 with a long bar
    cv2.line(ink, (54, 3), (40, 57), 255, 6)
    lattice = build_lattice((0,), Upright(ink, 0.0, 0.0), 0.0, SETTINGS)
    assert len(lattice.cuts) > 2
    assert all(bottom - top >= 30 for _, top, _, bottom in lattice.extents)


def test_ink_that_is_none_has_no_runs() -> None:
    lattice = build_lattice((0,), Upright(np.zeros((9, 9), np.uint8), 0, 0), 0.0, SETTINGS)
    assert lattice.spans == ()
    assert best_path(lattice, np.zeros(0, np.float32)) == (-np.inf, [])


def test_the_path_with_the_best_sum_wins() -> None:
    lattice = build_lattice((0,), Upright(touching_rings(2), 0.0, 0.0), 0.0, SETTINGS)
    middle = lattice.extents[:, 2].max() / 2
    halves = [
        k for k, (left, _, right, _) in enumerate(lattice.extents)
        if (left < 3 and abs(right - middle) < 5) or (abs(left - middle) < 5 and right > 2 * middle - 3)
    ]  # fmt: skip
    assert len(halves) == 2
    scores = np.full(len(lattice.spans), -5.0, np.float32)
    scores[halves] = -0.1
    total, path = best_path(lattice, scores)
    assert sorted(path) == sorted(halves)
    assert total == pytest.approx(-0.2 - CUT_COST, abs=1e-5)
    scores[lattice.spans.index((0, lattice.last))] = -0.01
    assert best_path(lattice, scores)[1] == [lattice.spans.index((0, lattice.last))]


def test_a_box_around_a_turned_extent() -> None:
    assert frame_box((10, 20, 30, 60), 0.0) == Box(10, 20, 20, 40)
    assert frame_box((10.5, 20.2, 30.1, 60.9), 0.0) == frame_box((10.5, 20.2, 30.1, 60.9), 1e-9) == Box(10, 20, 21, 41)
    turned = frame_box((0, 0, 100, 10), float(np.radians(90)))
    assert turned.width == pytest.approx(10, abs=1)
    assert turned.height == pytest.approx(100, abs=1)


def component(left: float, top: float, right: float, bottom: float) -> Component:
    """A component of which only the extent matters."""
    box = Box(int(left), int(top), max(1, int(right - left)), max(1, int(bottom - top)))
    return Component(np.zeros((1, 1, 2), np.int32), box, left, top, right, bottom)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((0, 20, 40, 80), (10, 0, 55, 12), True),  # the bar of a 5
        ((0, 0, 30, 40), (5, 44, 35, 80), True),  # an 8 broken in two
        ((0, 0, 40, 80), (60, 0, 100, 80), False),  # two digits
        ((0, 0, 40, 80), (0, 200, 40, 280), False),  # two lines
        ((0, 0, 40, 80), (20, 85, 23, 88), False),  # a speck
    ],
)
def test_which_pieces_may_be_one_digit(first: tuple[float, ...], second: tuple[float, ...], expected: bool) -> None:
    assert bool(find_clusters([component(*first), component(*second)])) is expected


def test_one_piece_has_nothing_to_join() -> None:
    assert find_clusters([component(0, 0, 10, 10)]) == []


def test_pairs_are_found_among_others_as_they_are_alone() -> None:
    rng = np.random.default_rng(0)
    corners, sizes = rng.integers(0, 200, (40, 2)), rng.integers(1, 60, (40, 2))
    pieces = [component(*corner, *(corner + size)) for corner, size in zip(corners, sizes, strict=True)]
    alone = [(i, j) for j in range(len(pieces)) for i in range(j) if find_clusters([pieces[i], pieces[j]])]
    assert len(alone) > 20
    assert sorted(find_clusters(pieces)) == sorted(alone)
