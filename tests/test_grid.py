"""Several pictures as one: each in its cell, whole, named, and none scaled up."""

import numpy as np
import pytest

from live.drawing.grid import GAP_PX, WIDEST_PX, Grid
from live.drawing.stale_frame import BLANK, blank, stale
from tests.results import changed, drawn_in, paper


@pytest.mark.parametrize(
    ("sizes", "whole"),
    [
        ([(640, 480), (640, 480)], (1280 + GAP_PX, 480)),
        ([(1280, 720), (640, 480)], (1920 + GAP_PX, 720)),
        ([(640, 480)] * 3, (1280 + GAP_PX, 960 + GAP_PX)),
        ([(640, 480)] * 5, (1920 + 2 * GAP_PX, 960 + GAP_PX)),
    ],
)
def test_two_stand_side_by_side_and_more_in_a_grid(sizes: list[tuple[int, int]], whole: tuple[int, int]) -> None:
    grid = Grid(sizes, [f"camera {place}" for place in range(len(sizes))])
    pictures = [paper(size, shade=100 + 20 * place) for place, size in enumerate(sizes)]
    composed = grid.composed(pictures, named=False)
    assert grid.size == whole == composed.shape[1::-1]
    for place, (width, height) in enumerate(sizes):
        shade = 100 + 20 * place
        assert drawn_in(composed, (shade, shade, shade)).sum() == width * height, (
            "whole, and neither larger nor smaller"
        )
    named = grid.composed(pictures)
    assert changed(composed, named).any()
    assert not changed(composed, named)[:, :200].any(), "names stand on the right"


def test_what_is_too_large_is_scaled_down_for_players() -> None:
    grid = Grid([(3840, 2160), (1920, 1080)], ["large", "small"])
    width, height = grid.size
    assert WIDEST_PX - 3 < width <= WIDEST_PX
    composed = grid.composed([paper((3840, 2160)), paper((1920, 1080))])
    assert composed.shape == (height, width, 3)
    assert (composed[:, :100] == 230).mean() > 0.9


def test_a_picture_that_changes_its_size_stays_in_its_cell() -> None:
    grid = Grid([(640, 480), (640, 480)], ["one", "two"])
    composed = grid.composed([paper((480, 640), shade=90), paper((64, 48), shade=200)], named=False)
    assert composed.shape[1::-1] == grid.size
    rows, columns = np.nonzero(drawn_in(composed, (90, 90, 90)))
    assert (int(np.ptp(columns)) + 1, int(np.ptp(rows)) + 1) == (360, 480), "its proportions are kept"
    assert drawn_in(composed, (200, 200, 200)).sum() == 64 * 48


@pytest.mark.parametrize("size", [(1, 1), (64, 64), (640, 480), (3840, 2160)])
def test_stale_pictures_have_no_colour_and_a_line(size: tuple[int, int]) -> None:
    page = paper(size)
    page[..., 2] = 20
    before = page.copy()
    old = stale(page, "camera 0 is gone: waiting for it to come back, 12 s")
    assert np.array_equal(page, before)
    assert old.shape == page.shape
    if min(size) > 64:
        line = changed(old, np.full_like(old, old[0, 0]))
        rows, columns = np.nonzero(line)
        assert 0 < columns.min() < columns.max() < size[0] - 1, "the line is whole"
        assert abs((rows.min() + rows.max()) / 2 - size[1] / 2) < size[1] / 20
        assert np.ptp(old[0].astype(int), axis=1).max() == 0


def test_where_no_frame_has_come_yet_nothing_is_shown() -> None:
    assert blank((0, 0)).shape == (1, 1, 3)
    assert drawn_in(blank((64, 48)), BLANK).all()
