"""How far apart a source's frames are, and what is no slow source: a pause, a camera that was lost."""

from __future__ import annotations

from itertools import accumulate

import pytest

from live.tracking.frame_interval import FrameInterval, stretch


def last_interval(*gaps_s: float, fps: float | None = None) -> float:
    rhythm = FrameInterval(fps)
    for captured_at in accumulate(gaps_s, initial=3.0):
        interval_s = rhythm.interval_s(captured_at)
    return interval_s


@pytest.mark.parametrize("gap_s", [1 / 30, 1.0, 10.0, 60.0])
def test_a_steady_source_tells_its_interval(gap_s: float) -> None:
    assert last_interval(*[gap_s] * 3) == pytest.approx(gap_s)


def test_a_pause_is_no_slow_source() -> None:
    usual = [1 / 30] * 3
    assert last_interval(*usual, 60.0, 1 / 30) == pytest.approx(1 / 30)
    assert last_interval(*usual, 60.0) == pytest.approx(1 / 30)
    assert last_interval(60.0) == 0, "one gap tells nothing"
    assert last_interval(60.0, 1 / 30) == pytest.approx(1 / 30)
    assert last_interval(1 / 30, 60.0) == pytest.approx(1 / 30)


def test_what_a_file_says_is_believed_until_its_frames_tell() -> None:
    assert last_interval(fps=0.5) == 2
    assert last_interval(2.0, fps=0.5) == 2
    assert last_interval(0.04, 0.04, fps=0.5) == pytest.approx(0.04)


def test_a_source_that_becomes_slow_or_quick_is_noticed() -> None:
    assert last_interval(*[1 / 30] * 20, 1.0, 1.0, 1.0) == 1
    assert last_interval(*[1.0] * 20, *[1 / 30] * 3) == pytest.approx(1 / 30)


def test_times_are_stretched_by_slow_sources_alone() -> None:
    assert stretch(0.0) == stretch(1 / 30) == stretch(0.2) == 1
    assert stretch(1.0) == pytest.approx(5)
