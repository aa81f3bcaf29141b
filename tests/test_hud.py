"""What only the window shows, at every size: panels in the corners, help, and the view behind the scenes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from live.drawing.hud import RED, HudState, clock, debug_view, draw_help, draw_hud
from tests.results import changed, drawn_in, paper, reading_of

RUNNING = HudState(fps=(29.7,), frame_ms=8.2)
SIZES = [(64, 64), (320, 240), (640, 480), (1280, 720), (3840, 2160)]


def quarters_drawn_on(picture: NDArray[np.uint8], state: HudState) -> set[str]:
    """Which quarters of the picture draw_hud touches."""
    different = changed(picture, draw_hud(picture, state))
    middle, center = different.shape[0] // 2, different.shape[1] // 2
    quarters = {
        "top left": different[:middle, :center],
        "top right": different[:middle, center:],
        "bottom left": different[middle:, :center],
        "bottom right": different[middle:, center:],
    }
    return {name for name, quarter in quarters.items() if quarter.any()}


@pytest.mark.parametrize(
    ("state", "quarters"),
    [
        (HudState(), {"bottom right"}),
        (RUNNING, {"bottom left", "bottom right"}),
        (replace(RUNNING, recording_s=3.0), {"top left", "bottom left", "bottom right"}),
        (replace(RUNNING, paused=True), {"top left", "bottom left", "bottom right"}),
        (replace(RUNNING, mirrored=True), {"top left", "bottom left", "bottom right"}),
        (replace(RUNNING, fps=(0.0, 0.0)), {"bottom right"}),
    ],
)
def test_each_thing_has_its_corner(state: HudState, quarters: set[str]) -> None:
    assert quarters_drawn_on(paper(), state) == quarters


def test_the_middle_stays_free() -> None:
    image = paper((1280, 720))
    state = replace(RUNNING, recording_s=3.0, paused=True, mirrored=True)
    assert np.array_equal(draw_hud(image, state)[60:660], image[60:660])


def test_only_a_recording_shows_a_red_dot() -> None:
    def red(state: HudState) -> int:
        return int(drawn_in(draw_hud(paper(), state), RED).sum())

    assert red(replace(RUNNING, paused=True, mirrored=True, help=True)) == 0
    assert red(replace(RUNNING, recording_s=0.0)) > 20


def test_every_state_looks_different() -> None:
    states = [
        RUNNING, replace(RUNNING, fps=(12.0,)), replace(RUNNING, frame_ms=80.0), replace(RUNNING, recording_s=1.0),
        replace(RUNNING, recording_s=2.0), replace(RUNNING, paused=True), replace(RUNNING, mirrored=True),
        replace(RUNNING, help=True), replace(RUNNING, help=True, age_ms=40.0), replace(RUNNING, help=True, dropped=7),
        replace(RUNNING, fps=(29.7, 12.0)),
    ]  # fmt: skip
    assert len({draw_hud(paper(), state).tobytes() for state in states}) == len(states)


@pytest.mark.parametrize("size", [(1, 1), *SIZES])
def test_every_size_of_picture_works_and_none_is_drawn_on(size: tuple[int, int]) -> None:
    image = paper(size)
    image.flags.writeable = False
    state = HudState((30.0, 29.0), 8.0, 41.0, 1234, 3700.0, paused=True, mirrored=True, help=True)
    for picture in (draw_hud(image, state), draw_help(image)):
        assert picture.shape == image.shape
        assert picture.dtype == np.uint8


@pytest.mark.parametrize("size", SIZES[1:])
def test_the_help_is_whole(size: tuple[int, int]) -> None:
    image = paper(size)
    different = changed(image, draw_help(image))
    edges = [different[0], different[-1], different[:, 0], different[:, -1]]
    assert different[size[1] // 2, size[0] // 2]
    assert not any(edge.any() for edge in edges), "the panel ends before the picture does"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0:00"), (7.9, "0:07"), (75, "1:15"), (3599.9, "59:59"), (3723, "1:02:03"), (36000, "10:00:00")],
)
def test_the_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


@pytest.mark.parametrize("inputs", [0, 1, 20, 300, 2000])
@pytest.mark.parametrize("size", [(64, 64), (320, 240), (640, 480), (1280, 720), (480, 1280)])
def test_the_view_behind_the_scenes_stands_beside_the_picture(size: tuple[int, int], inputs: int) -> None:
    image = paper(size)
    view = debug_view(image, reading_of(image, inputs))
    assert view.shape[0] == image.shape[0]
    assert view.shape[1] > image.shape[1]
    assert np.array_equal(view[:, : image.shape[1]], image)


def test_ink_and_inputs_are_seen() -> None:
    image = paper((1280, 720))
    side = debug_view(image, reading_of(image, 12))[:, 1280:]
    top = side[:400]
    assert drawn_in(top, (0, 0, 0)).sum() > 10_000, "ink is black"
    assert drawn_in(top, (255, 255, 255)).sum() > 50_000, "on white"
    without = debug_view(image, reading_of(image, 0))[:, 1280:]
    strokes = [int((part[440:].min(axis=2) > 200).sum()) for part in (side, without)]
    assert strokes[0] > 12 * 300, "the strokes of twelve inputs"
    assert strokes[1] == 0


def test_all_inputs_are_shown_where_they_fit() -> None:
    image = paper((1280, 720))

    def strokes(inputs: int) -> int:
        """How many separate strokes a row through the first row of inputs and a column through the first column cross."""
        bright = debug_view(image, reading_of(image, inputs))[440:, 1280:].min(axis=2) > 128
        across = (np.diff(bright.astype(int), axis=1) == 1).sum(axis=1).max()
        down = (np.diff(bright.max(axis=1).astype(int), prepend=0) == 1).sum()
        return int(across) * int(down)

    assert strokes(7) == 7
    assert strokes(40) >= 40
