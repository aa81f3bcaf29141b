"""Opens the streams of a run and polls them in turn; reads and shows nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count

from live.api.frame_reader import FrameReader
from live.api.networks import open_reader
from live.api.source_session import OnNote, SourceSession
from live.api.stream import Stream
from live.capture.sources import DEMO_NAME, may_be_live, open_source
from live.core.errors import SourceError
from live.core.settings import Settings
from live.expected.expectation import Expectation
from live.outputs.events import FirstFrame
from live.reading.orientation import OrientedPageReader
from models.classifier import Classifier

TAKE_TURNS_S = 0.004
"""Each of several sources is polled for this number of seconds; it is short so that no source delays the others."""
SAME_TIME_S = 0.0005
"""Frames of two files whose times differ by at most this number of seconds, a rounding error, count as simultaneous."""


@contextmanager
def open_streams(
    settings: Settings, classifier: Classifier, on_note: OnNote, check: Callable[[], None], *, headless: bool
) -> Iterator[list[Stream]]:
    """Context manager that opens every source of the run, and closes them at the end.

    If files are read along with cameras, they are played at their own speed, and their times are converted to the cameras'
    clock. With a window, the built-in clip is repeated. check: raises KeyboardInterrupt to end a reading.
    Raises SourceError, SettingsError and ModelError.
    """
    several = len(settings.sources) > 1
    realtime = True if several and any(map(may_be_live, settings.sources)) else settings.realtime
    on_wall_clock = several and (not headless if realtime is None else realtime)
    open_one = partial(
        open_source, settings=settings.camera, limits=settings.limits, realtime=realtime, headless=headless
    )
    expectation = Expectation.of(settings)
    for note in expectation.notes if expectation else ():
        on_note(note)
    reader, track_ids, first = open_reader(settings, classifier, expectation), count(1), FirstFrame()
    with ExitStack() as stack:
        streams = []
        for address in settings.sources:
            source = stack.enter_context(open_one(address))
            if source.note is not None:
                on_note(source.note)
            reopen = partial(open_one, "demo") if source.name == DEMO_NAME and not headless else None
            session = SourceSession(source, on_note, reopen=reopen, on_wall_clock=on_wall_clock)
            oriented = OrientedPageReader(reader, remembers=not source.still)
            frames = FrameReader(oriented, settings, source.still, source.fps, track_ids, check, expectation)
            streams.append(Stream(session, frames, settings.overlay, first))
            stack.callback(streams[-1].close)
        yield streams


def fetch_from(streams: Sequence[Stream], wait_s: float) -> tuple[list[Stream], list[Stream]]:
    """Poll every stream for its next frame. Returns those with a frame to take now, and those that were permanently lost.

    Files that are read at full speed are synchronised by their timestamps.
    """
    open_streams = [stream for stream in streams if not stream.ended]
    lost = []
    for stream in open_streams:
        try:
            stream.fetch(wait_s if len(open_streams) == 1 else TAKE_TURNS_S)
        except SourceError:
            lost.append(stream)
    sessions = [stream.session for stream in open_streams]
    times = [None if session.waiting is None else session.waiting.captured_at for session in sessions]
    waiting = [(time, stream) for time, stream in zip(times, open_streams, strict=True) if time is not None]
    if waiting and not any(session.on_wall_clock for session in sessions):
        if any(session.waiting is None and not session.ended for session in sessions):
            return [], lost
        first = min(time for time, _ in waiting)
        waiting = [(time, stream) for time, stream in waiting if time <= first + SAME_TIME_S]
    return [stream for _, stream in waiting], lost
