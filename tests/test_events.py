"""What happened from one frame to the next: numbers appear, change and leave."""

from __future__ import annotations

import time
from datetime import datetime

import pytest

from live.core.records import Frame
from live.core.results import FrameResult, TrackedNumber
from live.outputs.events import Event, EventFinder
from tests.results import number_at, paper, reading_of

PAGE = paper((64, 48))


def result(time: float, *numbers: tuple[int, str], index: int = 0, confirmed: bool = True) -> FrameResult:
    """A frame at `time`, seconds, with these track ids and texts."""
    tracked = tuple(
        TrackedNumber(track_id, number_at(text, (20 * track_id, 10)), 3, time, time, confirmed)
        for track_id, text in numbers
    )
    return FrameResult(Frame(PAGE, index, time, "camera 0"), tracked, reading_of(PAGE, 0))


def told(events: list[Event]) -> list[tuple[str, int, str]]:
    """Kind, track id and text of each event."""
    return [(event.kind, event.tracked.track_id, event.tracked.number.text) for event in events]


def test_a_digit_that_becomes_clear_is_a_change_and_a_guess_that_does_is_none() -> None:
    finder = EventFinder()
    assert told(finder.events(result(1.0, (1, "12?4")))) == [("appeared", 1, "1284")]
    (clear,) = finder.events(result(1.1, (1, "1284")))
    assert (clear.kind, clear.tracked.number.shown) == ("changed", "1284")
    (doubtful,) = finder.events(result(1.2, (1, "1?84")))
    assert (doubtful.kind, doubtful.tracked.number.shown) == ("changed", "1?84")
    assert finder.events(result(1.3, (1, "1?84"))) == []


def test_a_number_appears_changes_and_leaves() -> None:
    finder = EventFinder()
    assert finder.events(result(50.0)) == []
    assert told(finder.events(result(50.1, (1, "12")))) == [("appeared", 1, "12")]
    assert finder.events(result(50.2, (1, "12"))) == []
    assert told(finder.events(result(50.3, (1, "17"), (2, "9")))) == [("changed", 1, "17"), ("appeared", 2, "9")]
    (left,) = finder.events(result(50.4, (2, "9")))
    assert (left.kind, left.tracked.number.text, left.source) == ("left", "17", "camera 0")
    assert left.time == pytest.approx(0.4), "seconds since the first frame"


def test_what_is_not_confirmed_has_not_happened() -> None:
    assert EventFinder().events(result(1.0, (1, "12"), confirmed=False)) == []


def test_nothing_leaves_when_the_page_is_turned() -> None:
    finder = EventFinder()
    finder.events(result(0.0, (1, "12")))
    finder.turn_page()
    assert told(finder.events(result(2.0, (2, "34")))) == [("appeared", 2, "34")]


def test_an_event_knows_the_wall_clock_in_milliseconds_with_its_offset() -> None:
    before = time.time()
    (event,) = EventFinder().events(result(50.0, (1, "12")))
    assert before - 1e-3 <= event.clock.timestamp() <= time.time()
    read = datetime.fromisoformat(event.iso)
    assert read.utcoffset() == event.clock.utcoffset() is not None
    assert abs(read.timestamp() - event.clock.timestamp()) < 1e-3
