"""The streams of a run: opened together, asked in turn. Knows how several sources go side by side, reads and shows nothing."""

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
from live.outputs.events import FirstFrame
from live.reading.orientation import OrientedPageReader
from models.classifier import Classifier

TAKE_TURNS_S = 0.004
"""Seconds that each of several sources is waited for before the next is asked: short, so that none holds up the others."""
SAME_TIME_S = 0.0005
"""Seconds by which the times of two files' frames may differ to count as one time: less than times are rounded by."""


@contextmanager
def open_streams(
    settings: Settings, classifier: Classifier, on_note: OnNote, check: Callable[[], None], *, headless: bool
) -> Iterator[list[Stream]]:
    """Every source of the run, open; closed in the end. Raises SourceError, and ModelError.

    Of several, files come at their own speed beside cameras, and their times are laid on the cameras' clock. Where a person
    is looking on, the built-in clip is played again and again. check: raises KeyboardInterrupt where a reading is to end.
    """
    several = len(settings.sources) > 1
    realtime = True if several and any(map(may_be_live, settings.sources)) else settings.realtime
    on_wall_clock = several and (not headless if realtime is None else realtime)
    open_one = partial(
        open_source, settings=settings.camera, limits=settings.limits, realtime=realtime, headless=headless
    )
    reader, track_ids, first = open_reader(settings, classifier), count(1), FirstFrame()
    with ExitStack() as stack:
        streams = []
        for address in settings.sources:
            source = stack.enter_context(open_one(address))
            if source.note is not None:
                on_note(source.note)
            reopen = partial(open_one, "demo") if source.name == DEMO_NAME and not headless else None
            session = SourceSession(source, on_note, reopen=reopen, on_wall_clock=on_wall_clock)
            oriented = OrientedPageReader(reader, remembers=not source.still)
            frames = FrameReader(oriented, settings, source.still, source.fps, track_ids, check)
            streams.append(Stream(session, frames, settings.overlay, first))
            stack.callback(streams[-1].close)
        yield streams


def fetch_from(streams: Sequence[Stream], wait_s: float) -> tuple[list[Stream], list[Stream]]:
    """Ask every stream for its next frame: which have one to be taken now, and which were given up.

    Files that are read as fast as can be go on together, by the times in the files.
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
