"""Streams and views with a source made by hand: what is known of it, and whether it is lost, is what the test says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from live.api.frame_reader import FrameReader
from live.api.source_session import SourceSession
from live.api.stream import Stream
from live.capture.frame_source import WAKE_EVERY_S, Source
from live.core.records import Frame, Reading
from live.core.results import FrameResult
from live.core.settings import Settings
from live.reading.orientation import OrientedPageReader
from live.run.mosaic import Mosaic
from live.run.source_view import SourceView
from tests.results import number_at, paper, reading_of


class ToldSource(Source):
    """Gives no frame by itself."""

    def __init__(self, name: str = "camera 0", size: tuple[int, int] = (640, 480)) -> None:
        super().__init__(name)
        self.width, self.height = size
        self.fps: float | None = None
        self.gone_s: float | None = None
        self.frames: list[Frame] = []
        self.closed = False
        self.live = False

    @property
    def lost_s(self) -> float | None:
        """As told."""
        return self.gone_s

    @property
    def captured(self) -> int:
        """As many as a camera would have counted."""
        return 7

    @property
    def ended(self) -> bool:
        """Whether it was closed."""
        return self.closed

    def poll(self, _wait_s: float = WAKE_EVERY_S) -> Frame | None:
        """The next of the frames that it was given."""
        return self.frames.pop(0) if self.frames else None

    def close(self) -> None:
        """No more frames."""
        self.closed = True


class OneNumberReader:
    """Reads 4711 in the middle of whatever it is given."""

    def read(self, image: NDArray[np.uint8], mark: Any) -> Reading:
        """One number."""
        mark("read")
        height, width = image.shape[:2]
        return replace(reading_of(image, 2), numbers=(number_at("4711", (width // 3, height // 2)),))


def stream_of(source: ToldSource, said: list[str] | None = None, **options: Any) -> Stream:
    """A stream of a source made by hand, whose ids count from 1 unless others are given."""
    note = (said if said is not None else []).append
    reader = FrameReader(
        cast("OrientedPageReader", OneNumberReader()),
        Settings(),
        fps=source.fps,
        track_ids=options.pop("track_ids", None),
    )
    return Stream(SourceSession(source, note, **options), reader)


def frame(index: int, seconds: float, size: tuple[int, int] = (320, 240)) -> Frame:
    """A white page."""
    return Frame(paper(size), index, seconds, "camera 0")


def taken(stream: Stream, *frames: Frame) -> list[tuple[int, str]]:
    """Ids and texts that are shown once the stream has taken these frames."""
    cast("ToldSource", stream.session.source).frames.extend(frames)
    for _ in frames:
        stream.fetch(0)
        newest = stream.take()
    return [(tracked.track_id, tracked.text) for tracked in newest.numbers]


def view_of(result: FrameResult | None, source: ToldSource | None = None) -> SourceView:
    """The view of a source that has given two frames, and this is known of the newest."""
    session = SourceSession(source or ToldSource())
    session._times.extend((0.0, 0.1))
    view = SourceView(session, Settings().overlay)
    if result is not None:
        view.show(result)
    return view


def mosaic_of(*views: SourceView) -> Mosaic:
    """These views side by side."""
    return Mosaic(views)
