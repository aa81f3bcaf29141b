"""What happened to the numbers from one frame to the next: appeared, changed, left. Knows no file and no other program."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from live.core.records import Frame
from live.core.results import FrameResult, TrackedNumber

EventKind = Literal["appeared", "changed", "left"]


def _now() -> datetime:
    """The wall clock, with its offset from UTC."""
    return datetime.now().astimezone()


@dataclass(frozen=True, eq=False)
class Event:
    """Something that happened to a shown number."""

    kind: EventKind
    time: float
    """Seconds since the first frame."""
    source: str
    """Which picture or camera it was seen in."""
    tracked: TrackedNumber
    clock: datetime = field(default_factory=_now)
    """When Numcam found it, on the wall clock, with its offset from UTC."""

    @property
    def iso(self) -> str:
        """`clock` as ISO 8601 with milliseconds and offset: 2026-01-31T17:45:02.123+01:00."""
        return self.clock.isoformat(timespec="milliseconds")


class FirstFrame:
    """The first frame of a run, from which the events of all its sources are timed."""

    def __init__(self) -> None:
        self._captured_at: float | None = None

    def start(self, frame: Frame) -> float:
        """When the run began, seconds of `captured_at`: with this frame, if there was none before."""
        if self._captured_at is None:
            self._captured_at = frame.captured_at
        return self._captured_at


class EventFinder:
    """Compares each frame of one source with the one before: which numbers appeared, changed or left."""

    def __init__(self, first: FirstFrame | None = None) -> None:
        """first: shared by the sources of a run; None: events are timed from the first frame that is given here."""
        self._shown: dict[int, TrackedNumber] = {}
        self._first = first or FirstFrame()

    def turn_page(self) -> None:
        """Another picture follows: what was shown does not leave, it is simply not in that one."""
        self._shown = {}

    def events(self, result: FrameResult) -> list[Event]:
        """What happened in this frame: numbers that appeared or changed by their ids, then those that left."""
        frame = result.frame
        start = self._first.start(frame)
        now = {tracked.track_id: tracked for tracked in result.shown}
        happened: list[tuple[EventKind, TrackedNumber]] = []
        for track_id, tracked in now.items():
            before = self._shown.get(track_id)
            if before is None:
                happened.append(("appeared", tracked))
            elif before.number.shown != tracked.number.shown:
                happened.append(("changed", tracked))
        happened += [("left", tracked) for track_id, tracked in self._shown.items() if track_id not in now]
        self._shown = now
        return [Event(kind, frame.captured_at - start, frame.source, tracked) for kind, tracked in happened]
