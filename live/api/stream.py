"""Reads a camera, a file or an address frame by frame, as the Python API; opens no window and prints nothing."""

from __future__ import annotations

import os
import weakref
from collections.abc import Iterator
from pathlib import PurePath
from types import TracebackType
from typing import Self

from live.api.frame_reader import FrameReader
from live.api.networks import as_numcam_error, open_classifier, open_reader
from live.api.reader import SettingsSource, as_settings
from live.api.source_session import OnNote, SourceSession, ignore
from live.api.stream_frame import StreamFrame
from live.capture.frame_source import WAKE_EVERY_S
from live.capture.sources import open_source
from live.core.settings import OverlaySettings
from live.expected.expectation import Expectation
from live.outputs.events import EventFinder, FirstFrame
from live.reading.orientation import OrientedPageReader
from models.classifier import Classifier


class Stream:
    """The frames of one source, read in order. Created by `stream`.

        for frame in numcam.stream("clip.mp4"):
            for number in frame.new:
                print(number.track_id, number.text)

    It is closed at the end of a loop, on `break`, on an exception, at the end of a `with` block, or when it is garbage collected.
    A stream is not thread-safe; different threads may use different streams at the same time.
    """

    def __init__(
        self,
        session: SourceSession,
        reader: FrameReader,
        overlay: OverlaySettings | None = None,
        first: FirstFrame | None = None,
    ) -> None:
        """Use `stream` to create a stream.

        Args:
            session: The source.
            reader: Reads its frames.
            overlay: How `StreamFrame.annotate` draws.
            first: The common time origin of several streams; None: this stream's first frame.
        """
        self.session = session
        """The source and its state."""
        self.reader = reader
        """The reader of its frames."""
        self._overlay = overlay or OverlaySettings()
        self._first = first or FirstFrame()
        self._events = EventFinder(self._first)
        self._rounds = session.rounds
        self._close = weakref.finalize(self, session.close)

    @property
    def name(self) -> str:
        """The name of its source."""
        return self.session.name

    @property
    def ended(self) -> bool:
        """Whether there are no more frames."""
        return self.session.ended

    def fetch(self, wait_s: float = WAKE_EVERY_S) -> bool:
        """Wait for the next frame; whether there is one to `take`. It is not read yet.

        Args:
            wait_s: The timeout, seconds.

        Raises:
            SourceError: The source is permanently lost.
        """
        self.session.fetch(wait_s)
        return self.session.waiting is not None

    def take(self) -> StreamFrame:
        """Read the frame that was fetched.

        Raises:
            ValueError: No frame was fetched.
        """
        frame = self.session.take()
        if self.session.rounds != self._rounds:
            self._rounds = self.session.rounds
            self.reader.new_page()
        result = self.reader.read(frame)
        if self.session.still:
            self._events.turn_page()
        events = self._events.events(result)
        return StreamFrame(result, frame.captured_at - self._first.start(frame), tuple(events), self._overlay)

    def close(self) -> None:
        """Close the source; there are no more frames. May be called more than once."""
        self._close()

    def __iter__(self) -> Iterator[StreamFrame]:
        """Every frame of a file, or always the newest frame of a camera. The stream is closed at the end.

        Raises:
            SourceError: The source is permanently lost.
        """
        try:
            while not self.ended:
                if self.fetch():
                    yield self.take()
        finally:
            self.close()

    def __enter__(self) -> Self:
        """Return the stream, which is open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the stream."""
        self.close()


def stream(
    source: int | str | os.PathLike[str] = 0,
    *,
    settings: SettingsSource | None = None,
    classifier: Classifier | None = None,
    realtime: bool | None = None,
    on_note: OnNote | None = None,
) -> Stream:
    """Open a camera, a video, a picture, a folder of pictures or an address, and read it frame by frame.

    Args:
        source: A camera's number, a path, or a value of `--source`: `rtsp://...`, `demo`, `auto`.
        settings: As for `Reader`; the settings of sources, window and files are ignored.
        classifier: As for `Reader`.
        realtime: Whether files are played at their own speed, with frames skipped if reading takes longer. None: by the settings,
            whose default is every frame, as fast as possible. Cameras and streams always yield the newest frame.
        on_note: Called with each line for the user, such as a lost camera or a damaged picture.

    Raises:
        SourceError: No frame can be read; during iteration, a camera is permanently lost.
        SettingsError: A setting is unknown or out of its range, or what is expected can't be used.
        NumcamError: A network can't be loaded.
    """
    wanted, tell = as_settings(settings), on_note or ignore
    expectation = Expectation.of(wanted)
    with as_numcam_error():
        reader = open_reader(wanted, open_classifier(wanted, tell) if classifier is None else classifier, expectation)
    opened = open_source(
        address_of(source),
        wanted.camera,
        realtime=wanted.realtime if realtime is None else realtime,
        headless=True,
        limits=wanted.limits,
    )
    oriented = OrientedPageReader(reader, remembers=not opened.still)
    made = Stream(
        SourceSession(opened, tell),
        FrameReader(oriented, wanted, still=opened.still, fps=opened.fps, expectation=expectation),
        wanted.overlay,
    )
    for note in (*(expectation.notes if expectation else ()), opened.note):
        if note is not None:
            tell(note)
    return made


def address_of(source: int | str | os.PathLike[str]) -> str:
    """The source as a value of `--source`. Raises TypeError."""
    if isinstance(source, int):
        return str(source)
    path = os.fspath(source)
    if not isinstance(path, str):
        raise TypeError(f"a source is a number, a path or an address, not {type(source).__name__}")
    # Path("0") is a file, but "0" is a camera
    return path if isinstance(source, str) or PurePath(path).is_absolute() else f"{os.curdir}{os.sep}{path}"
