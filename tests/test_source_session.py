"""A source's session and its stream, with sources made by hand."""

from __future__ import annotations

import time
from itertools import count
from typing import cast

import pytest

from live.core.errors import SourceError
from live.core.records import Frame
from live.run.run_streams import fetch_from
from tests.fake_streams import ToldSource, frame, stream_of, taken


def test_a_loss_and_a_return_are_said_once_and_the_number_stays_the_same() -> None:
    said: list[str] = []
    source = ToldSource()
    stream = stream_of(source, said)
    assert taken(stream, *(frame(index, index / 30) for index in range(8))) == [(1, "4711")]
    assert stream.session.fps > 0
    for source.gone_s in (3.0, 4.0, 15.0):
        stream.fetch(0)
    assert stream.session.trouble == "camera 0 is gone: waiting for it to come back, 15 s"
    assert stream.session.fps == 0
    source.gone_s = None
    assert taken(stream, frame(8, 15.2)) == [(1, "4711")]
    assert said == ["camera 0 is gone: waiting for it to come back.", "camera 0 is back after 15 s."]


def test_another_size_is_another_page() -> None:
    stream = stream_of(ToldSource())
    assert taken(stream, *(frame(index, index / 30) for index in range(8))) == [(1, "4711")]
    assert taken(stream, *(frame(index, index / 30, (640, 480)) for index in range(8, 16))) == [(2, "4711")]


def test_what_was_given_up_is_told_and_never_asked_again() -> None:
    class Broken(ToldSource):
        def poll(self, _wait_s: float = 0.0) -> Frame | None:
            raise SourceError("camera 0 is gone and did not come back in 5 s. Check it.")

    broken, other = stream_of(Broken()), stream_of(ToldSource("camera 1"))
    assert fetch_from([broken, other], 0) == ([], [broken])
    assert broken.ended
    assert broken.session.failure is not None
    assert broken.session.trouble == "camera 0 was given up"
    cast("ToldSource", other.session.source).frames.append(frame(0, 0.0))
    assert fetch_from([broken, other], 0) == ([other], [])


def test_files_read_as_fast_as_can_be_go_on_together() -> None:
    slow, fast = ToldSource("10 fps"), ToldSource("30 fps")
    slow.frames = [frame(index, index / 10) for index in range(3)]
    fast.frames = [frame(index, index / 30) for index in range(7)]
    streams = [stream_of(slow), stream_of(fast)]
    order = []
    while slow.frames or fast.frames or any(stream.session.waiting for stream in streams):
        for source in (slow, fast):
            source.closed = source.closed or not source.frames
        order += [(stream.take().result.frame.captured_at, stream.name) for stream in fetch_from(streams, 0)[0]]
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
    stream = stream_of(source, on_wall_clock=True)
    source.frames = [frame(0, 100.0), frame(1, 100.5)]
    times = []
    while source.frames:
        stream.fetch(0)
        times.append(stream.take().result.frame.captured_at)
    assert times[0] == pytest.approx(time.perf_counter(), abs=60)
    assert times[1] == pytest.approx(times[0] + 0.5)


def test_ids_are_never_given_twice_in_a_run() -> None:
    ids = count(1)
    streams = [stream_of(ToldSource(name), track_ids=ids) for name in ("camera 0", "camera 1")]
    seen = [taken(stream, *(frame(index, index / 30) for index in range(8))) for stream in streams]
    assert seen == [[(1, "4711")], [(2, "4711")]]
