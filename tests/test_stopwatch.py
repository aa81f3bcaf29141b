"""The stopwatch: stages in order, what comes again adds up."""

from __future__ import annotations

import time

import pytest

from live.api.stopwatch import Stopwatch


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that is set by hand: its first entry, seconds."""
    now = [100.0]
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    return now


def test_each_stage_takes_what_passed_since_the_one_before(clock: list[float]) -> None:
    stopwatch = Stopwatch()
    clock[0] += 0.005
    stopwatch("ink")
    clock[0] += 0.002
    stopwatch("classify")
    clock[0] += 0.001
    stopwatch("ink")
    assert stopwatch.timings() == pytest.approx({"ink": 6.0, "classify": 2.0})
    assert list(stopwatch.timings()) == ["ink", "classify"]


def test_what_is_given_away_does_not_change_any_more(clock: list[float]) -> None:
    stopwatch = Stopwatch()
    before = stopwatch.timings()
    clock[0] += 1.0
    stopwatch("ink")
    assert before == {}
