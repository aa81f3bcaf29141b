"""Write down what was read, and when: events as JSON lines or CSV, and a line a frame. Knows no picture."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TextIO

from live.errors import OutputError
from live.output_files import claim
from live.records import FrameResult, TrackedNumber
from live.reports import tracked_fields

LOG_SUFFIXES = (".jsonl", ".csv")
EventKind = Literal["appeared", "changed", "left"]
COLUMNS = ("time", "clock", "event", "source", "track_id", "text", "confidence", "quad")


@dataclass(frozen=True, eq=False)
class Event:
    """Something that happened to a shown number."""

    kind: EventKind
    time: float
    """Seconds since the first frame."""
    source: str
    """Which picture or camera it was seen in."""
    tracked: TrackedNumber


class EventFinder:
    """Compares each frame with the one before: which numbers appeared, changed or left."""

    def __init__(self) -> None:
        self._shown: dict[int, TrackedNumber] = {}
        self._start: float | None = None

    def turn_page(self) -> None:
        """Another picture follows: what was shown does not leave, it is simply not in that one."""
        self._shown = {}

    def events(self, result: FrameResult) -> list[Event]:
        """What happened in this frame: numbers that appeared or changed by their ids, then those that left."""
        frame = result.frame
        if self._start is None:
            self._start = frame.captured_at
        now = {tracked.track_id: tracked for tracked in result.shown}
        happened: list[tuple[EventKind, TrackedNumber]] = []
        for track_id, tracked in now.items():
            before = self._shown.get(track_id)
            if before is None:
                happened.append(("appeared", tracked))
            elif before.number.text != tracked.number.text:
                happened.append(("changed", tracked))
        happened += [("left", tracked) for track_id, tracked in self._shown.items() if track_id not in now]
        self._shown = now
        return [Event(kind, frame.captured_at - self._start, frame.source, tracked) for kind, tracked in happened]


class TextFile:
    """A new text file that is on disk after each line. Opened at its first line: a run without frames leaves none."""

    def __init__(self, path: Path) -> None:
        """Raises OutputError where it can't be written, as far as that can be told before."""
        self.path = claim(path)
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        """Nothing to do: the file opens with its first line."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        if self._file is not None:
            with suppress(OSError):  # what a full disk did not take has been told already
                self._file.close()

    @property
    def is_open(self) -> bool:
        """Whether the file is there."""
        return self._file is not None

    def write(self, text: str) -> None:
        """Write and flush. Raises OutputError, on a full disk for one."""
        try:
            if self._file is None:
                self._file = self.path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
            self._file.write(text)
            self._file.flush()
        except OSError as error:
            raise OutputError(f"{self.path} can't be written: {error.strerror}.") from error


class EventLog(TextFile):
    """`--log`: one line an event, as JSON or CSV by the file's suffix."""

    def __init__(self, path: Path) -> None:
        """path: ends in .jsonl or .csv. Raises OutputError."""
        if path.suffix.lower() not in LOG_SUFFIXES:
            raise OutputError(f"A log ends in {' or '.join(LOG_SUFFIXES)}; {path.name} does not.")
        super().__init__(path)
        self._as_csv = path.suffix.lower() == ".csv"

    def add(self, events: Sequence[Event]) -> None:
        """Write the events of one frame; the file is there from the first frame on, whatever happened in it."""
        if not self.is_open:
            self.write(csv_row(COLUMNS) if self._as_csv else "")
        for event in events:
            line = {
                "time": round(event.time, 3),
                "clock": datetime.now().astimezone().isoformat(timespec="milliseconds"),
                "event": event.kind,
                "source": event.source,
                **tracked_fields(event.tracked),
            }
            if self._as_csv:
                self.write(csv_row([json.dumps(line[name]) if name == "quad" else line[name] for name in COLUMNS]))
            else:
                self.write(json.dumps(line) + "\n")


class FrameLog(TextFile):
    """`--log-frames`: one line a frame with every number in it, shown (`confirmed`) or not yet."""

    def __init__(self, path: Path) -> None:
        """Raises OutputError."""
        super().__init__(path)
        self._start: float | None = None

    def add(self, result: FrameResult) -> None:
        """Write one frame; its time is in seconds since the first."""
        frame = result.frame
        if self._start is None:
            self._start = frame.captured_at
        numbers = [tracked_fields(tracked) | {"confirmed": tracked.confirmed} for tracked in result.numbers]
        line = {"frame": frame.index, "time": round(frame.captured_at - self._start, 4), "numbers": numbers}
        self.write(json.dumps(line) + "\n")


def csv_row(values: Sequence[Any]) -> str:
    """One row of CSV (RFC 4180), its end included."""
    row = io.StringIO()
    csv.writer(row).writerow(values)
    return row.getvalue()
