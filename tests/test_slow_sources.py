"""Frames that come seldom: what is on the page is shown all the same, and held no longer than its source's rhythm asks for."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import pytest

from live.core.settings import TrackingSettings
from live.tracking.change_detection import ChangeDetector
from live.tracking.tracker import NumberTracker
from tests.fake_streams import ToldSource, frame, stream_of, taken
from tests.results import paper
from tests.test_tracker import number


def shown_by_frame(times: Sequence[float]) -> list[bool]:
    """Whether the number on the page is shown, frame by frame."""
    stream = stream_of(ToldSource())
    return [taken(stream, frame(index, seconds)) == [(1, "4711")] for index, seconds in enumerate(times)]


@pytest.mark.parametrize("gap_s", [1 / 1.33, 1.0, 10.0, 60.0])
def test_a_slow_source_shows_its_numbers_and_keeps_their_ids(gap_s: float) -> None:
    shown = shown_by_frame([gap_s * index for index in range(8)])
    assert shown[3:] == [True] * 5


def test_intervals_may_vary() -> None:
    gaps = np.random.default_rng(1).uniform(3, 10, 30)
    assert all(shown_by_frame(list(accumulate(gaps, initial=0.0)))[4:])


def test_a_file_that_says_how_slow_it_is_shows_its_numbers_with_the_second_frame() -> None:
    source = ToldSource()
    source.fps = 1.0
    stream = stream_of(source)
    assert taken(stream, frame(0, 0.0)) == []
    assert taken(stream, frame(1, 1.0)) == [(1, "4711")]


def test_a_camera_on_a_busy_machine_goes_on_as_it_slows_down() -> None:
    times = list(accumulate([1 / 30] * 20 + [1.0] * 8, initial=0.0))
    shown = shown_by_frame(times)
    assert all(shown[2:21])
    assert all(shown[-4:])


def test_a_pause_is_forgotten_over_as_before() -> None:
    tracker = NumberTracker(TrackingSettings())
    for index in range(10):
        seen = tracker.update([number("4711")], index / 30, None, 1 / 30)
    assert [tracked.confirmed for tracked in seen] == [True]
    assert tracker.update([], 5.0, None, 1 / 30) == ()
    (again,) = tracker.update([number("4711")], 5.0 + 1 / 30, None, 1 / 30)
    assert not again.confirmed
    assert again.first_seen == again.last_seen == 5.0 + 1 / 30


def test_what_leaves_a_slow_source_is_gone_after_a_few_frames() -> None:
    tracker = NumberTracker(TrackingSettings())
    for second in range(4):
        (seen,) = tracker.update([number("4711")], float(second), None, 1.0)
    assert seen.confirmed
    assert (seen.first_seen, seen.last_seen) == (0.0, 3.0), "times are told as they are"
    held = [len(tracker.update([], float(second), None, 1.0)) for second in range(4, 8)]
    assert held == [1, 1, 0, 0]


def test_at_an_ordinary_rate_nothing_is_stretched() -> None:
    rng = np.random.default_rng(3)
    plain, told = NumberTracker(TrackingSettings()), NumberTracker(TrackingSettings())
    for index in range(200):
        read = [number(str(rng.choice([4711, 471, 4111])), 100 + 2 * index, 100)] if rng.random() < 0.7 else []
        first = plain.update(read, index / 30)
        second = told.update(read, index / 30, None, 1 / 30)
        assert [(t.track_id, t.number.text, t.confirmed, t.last_seen) for t in first] == [
            (t.track_id, t.number.text, t.confirmed, t.last_seen) for t in second
        ]


def test_a_page_that_came_to_rest_is_read_for_longer_by_a_slow_source() -> None:
    detector = ChangeDetector(reread_s=30.0)
    read = [detector.must_read(paper(), float(second), 1.0) for second in range(6)]
    assert read == [True, True, True, False, False, False]
