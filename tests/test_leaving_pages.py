"""A sheet that is pulled away: its blurred numbers never become others. Stories by hand, and the built-in clip at every pace."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import live
from live.api.networks import open_classifier, open_reader
from live.capture.video_files import VideoFile
from live.core.records import Number
from live.core.settings import Settings, TrackingSettings
from live.reading.orientation import OrientedPageReader
from live.tracking import change_detection
from live.tracking.change_detection import ChangeDetector, thumbnail_of
from live.tracking.frame_interval import FrameInterval
from live.tracking.tracker import NumberTracker
from scripts.make_demo import TEXTS
from tests.test_tracker import DIGIT_HEIGHT, Story, number
from tests.test_video_files import numcam

FAST_PX = 18 * DIGIT_HEIGHT / 30
"""Px a frame that a page flies at which goes away at eighteen heights of its numbers a second, as in the built-in clip."""
RATES = range(1, 13)
Seen = list[tuple[float, tuple[int, int], tuple[Number, ...], NDArray[np.uint8]]]
"""Of each frame: its time, its size, what was read in it, its thumbnail."""


def held(story: Story, frames: int = 20) -> None:
    story.frame(number("31415"), number("2026", 100, 300), times=frames)
    assert story.shown == ["31415", "2026"]


def flown(frame: int) -> float:
    """How far down a page is after so many frames of flight, px."""
    return 100 + FAST_PX * frame


def test_a_number_that_was_read_at_rest_keeps_its_text_in_flight() -> None:
    story = Story()
    held(story)
    for frame in range(1, 4):
        story.frame(number("31415", 100, flown(frame)), number("2026", 100, 200 + flown(frame)))
    for frame in range(4, 14):
        story.frame(number("11111", 100, flown(frame)), number("2026", 100, 200 + flown(frame)))
        assert story.shown == ["31415", "2026"]


def test_what_is_read_on_a_page_that_flew_off_is_never_shown() -> None:
    story = Story()
    held(story)
    for frame in range(1, 4):
        story.frame(number("31415", 100, flown(frame)), number("2026", 100, 200 + flown(frame)))
    story.frame(times=4)  # nothing can be read
    assert story.shown == []
    for frame in range(8, 20):
        story.frame(number("11111", 100, flown(frame)))
        assert story.shown == []


def test_the_next_sheet_is_shown_as_soon_as_it_slows_down() -> None:
    story = Story()
    held(story)
    for frame in range(1, 4):
        story.frame(number("31415", 100, flown(frame)), number("2026", 100, 200 + flown(frame)))
    story.frame(times=4)
    story.frame(number("407", 500, 100), number("660", 500, 300), times=4)
    assert story.shown == ["407", "660"]


def test_a_sheet_that_is_brought_in_is_shown_in_flight() -> None:
    story = Story()
    for frame in range(3):
        story.frame(number("31415", 100, flown(frame)), number("2026", 100, 200 + flown(frame)))
    assert story.shown == ["31415", "2026"]


def test_a_wrong_number_in_flight_is_put_right_once_the_page_slows_down() -> None:
    story = Story()
    for frame in range(6):
        story.frame(number("11111", 100, flown(frame)), number("2026", 100, 200 + flown(frame)))
    story.frame(number("31415", 100, flown(5)), number("2026", 100, 200 + flown(5)), times=15)
    assert story.shown == ["31415", "2026"]


@pytest.fixture(scope="module")
def clip() -> Seen:
    """The built-in clip, each frame read once."""
    settings = Settings()
    classifier = open_classifier(settings)
    reader = OrientedPageReader(open_reader(settings, classifier))
    with VideoFile(str(Path(live.__file__).with_name("demo.mp4")), "demo", paced=False) as source:
        return [
            (frame.captured_at, frame.size, reader.read(frame.image).numbers, thumbnail_of(frame.image))
            for frame in source
        ]


def told(seen: Seen, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Every text that is shown at any time, with the frames in which it is."""
    monkeypatch.setattr(change_detection, "thumbnail_of", lambda thumbnail: thumbnail)
    tracking = TrackingSettings()
    tracker, still, rhythm = NumberTracker(tracking), ChangeDetector(tracking.reread_s), FrameInterval()
    texts: Counter[str] = Counter()
    for captured_at, size, numbers, thumbnail in seen:
        interval_s = rhythm.interval_s(captured_at)
        if still.must_read(thumbnail, captured_at, interval_s):
            tracked = tracker.update(numbers, captured_at, size, interval_s)
        texts.update(one.number.shown for one in tracked if one.confirmed)
    return texts


@pytest.mark.slow
@pytest.mark.parametrize("every", RATES)
def test_the_clip_shows_its_eight_numbers_and_no_other_at_any_rate(
    clip: Seen, every: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for offset in range(every):
        assert set(told(clip[offset::every], monkeypatch)) == set(TEXTS), (
            f"every {every}th frame from the {offset}th on"
        )


@pytest.mark.slow
def test_the_clip_shows_no_other_number_where_frames_are_missed_at_random(
    clip: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(4)
    for share in (0.8, 0.5, 0.3, 0.2):
        for _ in range(6):
            taken = [frame for frame in clip if rng.random() < share]
            assert set(told(taken, monkeypatch)) == set(TEXTS)


@pytest.mark.slow
@pytest.mark.parametrize("pace", [(), ("--realtime",)], ids=["as fast as can be", "at its own speed"])
def test_a_run_on_the_clip_reports_its_eight_numbers_and_no_other(tmp_path: Path, pace: tuple[str, ...]) -> None:
    done = numcam("--headless", "--source", "demo", "--log", "read.jsonl", *pace, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (tmp_path / "read.jsonl").read_text().splitlines()]
    assert {row["shown"] for row in rows} == set(TEXTS)
    assert sorted(row["shown"] for row in rows if row["event"] == "appeared") == sorted(TEXTS)
