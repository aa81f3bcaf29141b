"""The built-in clip: a short one made anew and read back, its truth, and the one that is shipped."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

import live
from scripts import make_demo
from scripts.make_demo import STYLE, TEXTS, Clip, film, hand_path, make_clip
from scripts.pages.drawn_page import DigitShapes
from scripts.pages.hand_held_sheet import HandHeldSheet, draw_hand_held
from scripts.pages.sheet import draw_sheet

SHORT = Clip(seconds=3.0, fps=10, style=replace(STYLE, width=640, height=360, digit_height_px=33.0))
SHIPPED = Path(live.__file__).with_name("demo.mp4")


def decoded(path: Path) -> list[NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        return [np.asarray(frame.to_ndarray(format="bgr24"), np.uint8) for frame in container.decode(video=0)]


@pytest.fixture(scope="module")
def made(digit_shapes: DigitShapes, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A short clip and its truth."""
    assert len(digit_shapes.labels)
    folder = tmp_path_factory.mktemp("clip")
    make_clip(SHORT, folder / "clip.mp4", folder / "truth.jsonl")
    return folder / "clip.mp4", json.loads((folder / "truth.jsonl").read_text(encoding="utf-8"))


def test_the_clip_has_every_frame(made: tuple[Path, dict[str, Any]]) -> None:
    path, truth = made
    frames = decoded(path)
    assert len(frames) == SHORT.frames == 30
    assert all(frame.shape == (360, 640, 3) for frame in frames)
    assert truth["file"] == "clip.mp4"
    assert truth["fps"] == 10
    assert [frame["frame"] for frame in truth["frames"]] == list(range(30))


def test_the_sheet_is_brought_in_held_and_taken_away(made: tuple[Path, dict[str, Any]]) -> None:
    path, truth = made
    assert all(tuple(number["text"] for number in frame["numbers"]) == TEXTS for frame in truth["frames"])
    in_view = [sum(not number.get("cut", False) for number in frame["numbers"]) for frame in truth["frames"]]
    assert in_view[0] == in_view[-1] == 0
    assert in_view[14:18] == [len(TEXTS)] * 4
    frames = decoded(path)
    assert frames[15][40:200, 200:440].mean() > frames[0][40:200, 200:440].mean() + 50  # paper before the desk


def test_truth_lies_on_the_ink(made: tuple[Path, dict[str, Any]]) -> None:
    path, truth = made
    gray = decoded(path)[16].mean(axis=2)
    for number in truth["frames"][16]["numbers"]:
        quad = np.array(number["quad"])
        (left, top), (right, bottom) = quad.min(axis=0).astype(int), quad.max(axis=0).astype(int)
        inside = gray[top : bottom + 1, left : right + 1]
        paper = np.median(gray[top - 9 : bottom + 10, left - 9 : right + 10])
        assert (inside < paper - 50).mean() > 0.06  # ink within
        assert (gray[top - 5 : top - 3, left:right] > paper - 30).all()  # and none right above
        assert (gray[bottom + 4 : bottom + 6, left:right] > paper - 30).all()


def test_the_same_seed_makes_the_same_frames(digit_shapes: DigitShapes) -> None:
    def first_frames() -> list[NDArray[np.uint8]]:
        rng = np.random.default_rng(SHORT.seed)
        held = draw_hand_held(draw_sheet(digit_shapes, rng, SHORT.style, TEXTS, make_demo.DETAIL), rng)
        moves = hand_path(rng, SHORT, held)
        return list(film(rng, SHORT, held, moves[14:16]))

    for one, other in zip(first_frames(), first_frames(), strict=True):
        assert np.array_equal(one, other)


def test_the_hand_is_unsteady_but_never_jerks(digit_shapes: DigitShapes) -> None:
    clip = Clip()
    rng = np.random.default_rng(clip.seed)
    sheet = draw_sheet(digit_shapes, rng, clip.style, TEXTS, scale=0.5)
    held = HandHeldSheet(np.zeros((9, 9, 4), np.float32), sheet, (20, 20))
    path = np.array([move @ (*held.middle, 1) for move in hand_path(rng, clip, held)])
    middle = path[:, :2] / path[:, 2:]
    steps = np.linalg.norm(np.diff(middle, axis=0), axis=1)
    held_still = steps[60:150]
    assert 0.05 < held_still.mean() < 3
    assert held_still.max() < 6
    assert np.abs(np.diff(steps)).max() < 15


def test_the_command_writes_the_clip(digit_shapes: DigitShapes, tmp_path: Path) -> None:
    assert len(digit_shapes.labels)
    make_demo.main(["--output", str(tmp_path / "a.mp4"), "--seconds", "0.1"])
    assert len(decoded(tmp_path / "a.mp4")) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]


def test_the_shipped_clip_is_small_and_plays_anywhere() -> None:
    assert SHIPPED.stat().st_size < 3_000_000
    with av.open(str(SHIPPED)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert (stream.codec_context.width, stream.codec_context.height) == (1280, 720)
        assert stream.average_rate == Fraction(30)
        assert 6 <= stream.frames / 30 <= 8
