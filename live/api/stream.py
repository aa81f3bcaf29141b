"""Follow a camera, a file or an address frame by frame: the way in for Python. Opens no window and prints nothing."""

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
from live.outputs.events import EventFinder, FirstFrame
from live.reading.orientation import OrientedPageReader
from models.classifier import Classifier


class Stream:
    """The frames of one source, read one after the other. Made by `stream`.

        for frame in numcam.stream("clip.mp4"):
            for number in frame.new:
                print(number.track_id, number.text)

    A loop closes it at its end, on `break` and on an exception; so does a `with` block, and so does Python where nothing uses
    it any more. One thread at a time may use a stream; any number of streams may be used at the same time.
    """

    def __init__(
        self,
        session: SourceSession,
        reader: FrameReader,
        overlay: OverlaySettings | None = None,
        first: FirstFrame | None = None,
    ) -> None:
        """`stream` makes streams.

        Args:
            session: The source.
            reader: Reads its frames.
            overlay: How `StreamFrame.annotate` draws.
            first: The first frame of several streams, from which all of them are timed; None: this stream's own.
        """
        self.session = session
        """Its source, and how that is doing."""
        self.reader = reader
        """What reads its frames."""
        self._overlay = overlay or OverlaySettings()
        self._first = first or FirstFrame()
        self._events = EventFinder(self._first)
        self._rounds = session.rounds
        self._close = weakref.finalize(self, session.close)

    @property
    def name(self) -> str:
        """What a person would call its source."""
        return self.session.name

    @property
    def ended(self) -> bool:
        """Whether no frame will come any more."""
        return self.session.ended

    def fetch(self, wait_s: float = WAKE_EVERY_S) -> bool:
        """Wait for the next frame; whether there is one to `take`, which is not read yet.

        Args:
            wait_s: The longest wait, seconds.

        Raises:
            SourceError: The source is gone for good.
        """
        self.session.fetch(wait_s)
        return self.session.waiting is not None

    def take(self) -> StreamFrame:
        """Read the frame that was fetched.

        Raises:
            ValueError: None was.
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
        """Let go of the source: no frame comes any more. May be called again."""
        self._close()

    def __iter__(self) -> Iterator[StreamFrame]:
        """Every frame of a file; of a camera the newest each time. Closes the stream however it ends.

        Raises:
            SourceError: The source is gone for good.
        """
        try:
            while not self.ended:
                if self.fetch():
                    yield self.take()
        finally:
            self.close()

    def __enter__(self) -> Self:
        """Nothing to do: it is open."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
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
        source: A camera's number, a path, or text as the program's `--source` takes it: `rtsp://...`, `demo`, `auto`.
        settings: As for `Reader`; what they say of sources, window and files is not used.
        classifier: As for `Reader`.
        realtime: Whether files come at their own speed, with frames left out where reading takes longer. None: as the settings
            say, which by default is each frame, as fast as can be. Of cameras and streams it is always the newest frame.
        on_note: Is given a line on each thing that a person should know, such as a camera that is lost or a damaged picture.

    Raises:
        SourceError: No frame can be had; while frames are asked for, a camera is gone for good.
        SettingsError: A setting is unknown or out of its range.
        NumcamError: A network can't be loaded.
    """
    wanted, tell = as_settings(settings), on_note or ignore
    with as_numcam_error():
        reader = open_reader(wanted, open_classifier(wanted, tell) if classifier is None else classifier)
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
        FrameReader(oriented, wanted, still=opened.still, fps=opened.fps),
        wanted.overlay,
    )
    if opened.note is not None:
        tell(opened.note)
    return made


def address_of(source: int | str | os.PathLike[str]) -> str:
    """The source as `--source` takes it. Raises TypeError."""
    if isinstance(source, int):
        return str(source)
    path = os.fspath(source)
    if not isinstance(path, str):
        raise TypeError(f"a source is a number, a path or an address, not {type(source).__name__}")
    # Path("0") is a file, "0" a camera
    return path if isinstance(source, str) or PurePath(path).is_absolute() else f"{os.curdir}{os.sep}{path}"
