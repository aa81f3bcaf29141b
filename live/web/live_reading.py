"""Reads and tracks the frames of one connection, as the window does; knows no socket."""

from __future__ import annotations

from typing import Any

from live.api.frame_reader import FrameReader
from live.capture.pictures.pages import decode_picture
from live.core.fields import frame_fields
from live.core.records import Frame
from live.core.settings import LimitsSettings, Settings
from live.outputs.events import EventFinder
from live.reading.orientation import OrientedPageReader
from live.reading.reader import PageReader

NAME = "the frame"
"""The name of a frame in messages."""


class LiveReading:
    """The reader's memory, the tracker and the events of one connection. One thread uses it at a time."""

    def __init__(self, reader: PageReader, settings: Settings, limits: LimitsSettings) -> None:
        """limits: those of a frame."""
        self._frames = FrameReader(OrientedPageReader(reader), settings, expectation=reader.expectation)
        self._events = EventFinder()
        self._limits = limits
        self._began_at: float | None = None
        self._latest_at = 0.0

    def read(self, content: bytes, index: int, received_at: float) -> dict[str, Any]:
        """Read a frame: the fields of docs/schema/live.json but for the delay. Raises SourceError.

        content: a picture file. index: how many messages came before it. received_at: seconds on a monotonic clock.
        """
        image = decode_picture(content, NAME, self._limits)
        if self._began_at is None:
            self._began_at = received_at
        self._latest_at = max(received_at, self._latest_at)  # time never goes back for the tracker
        before = self._frames.read_anew, self._frames.reading_s
        result = self._frames.read(Frame(image, index, self._latest_at, "camera"))
        took_s = self._frames.reading_s - before[1] if self._frames.read_anew != before[0] else 0.0
        by_kind: dict[str, list[int]] = {"appeared": [], "changed": [], "left": []}
        for event in self._events.events(result):
            by_kind[event.kind].append(event.tracked.track_id)
        fields = frame_fields(result, result.shown, self._latest_at - self._began_at)
        return {
            **{name: fields[name] for name in ("frame", "time", "left_out", "numbers")},
            "width": result.frame.size[0],
            "height": result.frame.size[1],
            **by_kind,
            "read_ms": round(1000 * took_s, 1),
        }
