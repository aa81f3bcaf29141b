"""What happened to the numbers from one frame to the next: appeared, changed, left. Knows no file and no other program."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from live.core.records import FrameResult, TrackedNumber

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


class EventFinder:
    """Compares each frame with the one before: which numbers appeared, changed or left."""

    def __init__(self, start: float | None = None) -> None:
        """start: the time, seconds of `captured_at`, from which events are timed; None: the first frame's."""
        self._shown: dict[int, TrackedNumber] = {}
        self.start = start

    def turn_page(self) -> None:
        """Another picture follows: what was shown does not leave, it is simply not in that one."""
        self._shown = {}

    def events(self, result: FrameResult) -> list[Event]:
        """What happened in this frame: numbers that appeared or changed by their ids, then those that left."""
        frame = result.frame
        if self.start is None:
            self.start = frame.captured_at
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
        return [Event(kind, frame.captured_at - self.start, frame.source, tracked) for kind, tracked in happened]
