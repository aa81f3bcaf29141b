"""A source's lane and the wall of all lanes, with sources made by hand."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from live.core.errors import SourceError
from live.core.records import Frame, Reading
from live.core.settings import Settings
from live.drawing.overlay import SURE
from live.reading.orientation import TurningReader
from live.run.source_session import Lane, fetch_from
from tests.lanes_by_hand import ToldSource, lane_of, wall_of
from tests.results import drawn_in, number_at, paper, reading_of, result_of


class OneNumberReader:
    """Reads 4711 in the middle of whatever it is given."""

    def read(self, image: NDArray[np.uint8], mark: Any) -> Reading:
        """One number."""
        mark("read")
        height, width = image.shape[:2]
        return replace(reading_of(image, 2), numbers=(number_at("4711", (width // 3, height // 2)),))


def lane_with(source: ToldSource, said: list[str] | None = None, **options: Any) -> Lane:
    """A lane on a source made by hand, with ids of its own unless others are given."""
    reader = cast("TurningReader", OneNumberReader())
    say = (said if said is not None else []).append
    return Lane(source, reader, Settings(), options.pop("track_ids", count(1)), say, **options)


def frame(index: int, seconds: float, size: tuple[int, int] = (320, 240)) -> Frame:
    """A white page."""
    return Frame(paper(size), index, seconds, "camera 0")


def taken(lane: Lane, *frames: Frame) -> list[tuple[int, str]]:
    """Ids and texts that are shown once the lane has taken these frames."""
    cast("ToldSource", lane.source).frames.extend(frames)
    for _ in frames:
        lane.fetch(0)
        result = lane.take()
    return [(tracked.track_id, tracked.number.text) for tracked in result.shown]


def test_a_loss_and_a_return_are_said_once_and_the_number_stays_the_same() -> None:
    said: list[str] = []
    source = ToldSource()
    lane = lane_with(source, said)
    assert taken(lane, *(frame(index, index / 30) for index in range(8))) == [(1, "4711")]
    assert lane.fps > 0
    for source.gone_s in (3.0, 4.0, 15.0):
        lane.fetch(0)
    assert lane.trouble == "camera 0 is gone: waiting for it to come back, 15 s"
    assert lane.fps == 0
    assert not drawn_in(lane.picture(), SURE.chip).any(), "greyed"
    source.gone_s = None
    assert taken(lane, frame(8, 15.2)) == [(1, "4711")]
    assert said == ["camera 0 is gone: waiting for it to come back.", "camera 0 is back after 15 s."]
    assert drawn_in(lane.picture(), SURE.chip).any()


def test_another_size_is_another_page() -> None:
    lane = lane_with(ToldSource())
    assert taken(lane, *(frame(index, index / 30) for index in range(8))) == [(1, "4711")]
    assert taken(lane, *(frame(index, index / 30, (640, 480)) for index in range(8, 16))) == [(2, "4711")]
    assert lane.picture().shape == (480, 640, 3)


def test_what_was_given_up_is_told_and_never_asked_again() -> None:
    class Broken(ToldSource):
        def poll(self, _wait_s: float = 0.0) -> Frame | None:
            raise SourceError("camera 0 is gone and did not come back in 5 s. Check it.")

    broken, other = lane_with(Broken()), lane_with(ToldSource("camera 1"))
    assert fetch_from([broken, other], 0) == ([], [broken])
    assert broken.ended
    assert broken.failure is not None
    assert broken.trouble == "camera 0 was given up"
    cast("ToldSource", other.source).frames.append(frame(0, 0.0))
    assert fetch_from([broken, other], 0) == ([other], [])


def test_files_read_as_fast_as_can_be_go_on_together() -> None:
    slow, fast = ToldSource("10 fps"), ToldSource("30 fps")
    slow.frames = [frame(index, index / 10) for index in range(3)]
    fast.frames = [frame(index, index / 30) for index in range(7)]
    lanes = [lane_with(slow), lane_with(fast)]
    order = []
    while slow.frames or fast.frames or any(lane.waiting for lane in lanes):
        for source in (slow, fast):
            source.closed = source.closed or not source.frames
        order += [(lane.take().frame.captured_at, lane.name) for lane in fetch_from(lanes, 0)[0]]
    assert len(order) == 10
    times = [seconds for seconds, _ in order]
    assert times == pytest.approx(sorted(times))
    assert [name for seconds, name in order if seconds < 0.15] == [
        "10 fps",
        "30 fps",
        "30 fps",
        "30 fps",
        "10 fps",
        "30 fps",
        "30 fps",
    ]


def test_files_beside_cameras_run_on_the_cameras_clock() -> None:
    source = ToldSource("clip.mp4")
    lane = lane_with(source, on_wall_clock=True)
    taken(lane, frame(0, 100.0))
    assert lane.result is not None
    assert lane.result.frame.captured_at == pytest.approx(time.perf_counter(), abs=60)
    began = lane.result.frame.captured_at
    taken(lane, frame(1, 100.5))
    assert lane.result.frame.captured_at == pytest.approx(began + 0.5)


def test_ids_are_never_given_twice_in_a_run() -> None:
    ids = count(1)
    lanes = [lane_with(ToldSource(name), track_ids=ids) for name in ("camera 0", "camera 1")]
    seen = [taken(lane, *(frame(index, index / 30) for index in range(8))) for lane in lanes]
    assert seen == [[(1, "4711")], [(2, "4711")]]


def test_a_lane_alone_is_its_own_picture() -> None:
    lane = lane_of(result_of(paper(), number_at("407", (60, 100)), inputs=3))
    wall = wall_of(lane)
    assert wall.picture() is lane.picture(), "nothing is copied"
    assert lane.result is not None
    assert wall.reading() is lane.result.reading
    assert wall.time() == 1.0
    assert wall.age_s() is None


def test_a_wall_shows_all_and_greys_what_is_lost() -> None:
    result = result_of(paper((320, 240)), number_at("407", (60, 100)), inputs=3)
    sources = [ToldSource(f"camera {place}", (320, 240)) for place in range(3)]
    wall = wall_of(*(lane_of(result, source) for source in sources[:2]), lane_of(None, sources[2]))
    whole = wall.picture()
    assert whole.shape == (484, 644, 3)
    halves = [drawn_in(half, SURE.chip).any() for half in (whole[:240, :320], whole[:240, 324:], whole[244:, :320])]
    assert halves == [True, True, False]
    sources[1].gone_s = 2.0
    greyed = wall.picture()
    assert [drawn_in(half, SURE.chip).any() for half in (greyed[:240, :320], greyed[:240, 324:])] == [True, False]
    assert wall.reading().ink.shape == whole.shape[:2]
    assert len(wall.reading().inputs) == 6
    assert wall.time() == pytest.approx(time.perf_counter(), abs=60), "the clock runs on"


def test_the_wall_knows_what_was_dropped_and_how_old_the_oldest_is() -> None:
    lanes = [lane_of(result_of(paper())), lane_of(result_of(paper()))]
    lanes[0].taken = 5
    lanes[1].taken, lanes[1].waiting = 6, frame(6, 0.0)
    assert wall_of(*lanes).dropped == 2
    now = time.perf_counter()
    for lane, age_s in zip(lanes, (0.1, 0.3), strict=True):
        cast("ToldSource", lane.source).live = True
        assert lane.result is not None
        lane.result = replace(lane.result, frame=replace(lane.result.frame, captured_at=now - age_s))
    oldest_s = wall_of(*lanes).age_s()
    assert oldest_s is not None
    assert 0.3 <= oldest_s < 30
