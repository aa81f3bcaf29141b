"""Write down what was read, and when: events as JSON lines or CSV, and a line a frame. Knows no picture."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, TextIO

from live.errors import OutputError
from live.output_files import claim
from live.records import FrameResult, TrackedNumber

LOG_SUFFIXES = (".jsonl", ".csv")
EventKind = Literal["appeared", "changed", "left"]
COLUMNS = ("time", "clock", "event", "track_id", "text", "confidence", "quad")


@dataclass(frozen=True, eq=False)
class Event:
    """Something that happened to a shown number."""

    kind: EventKind
    time: float
    """Seconds since the first frame."""
    tracked: TrackedNumber


class EventFinder:
    """Compares each frame with the one before: which numbers appeared, changed or left."""

    def __init__(self) -> None:
        self._shown: dict[int, TrackedNumber] = {}
        self._start: float | None = None

    def events(self, result: FrameResult) -> list[Event]:
        """What happened in this frame, in reading order of the frame."""
        if self._start is None:
            self._start = result.frame.captured_at
        time = result.frame.captured_at - self._start
        now = {tracked.track_id: tracked for tracked in result.shown}
        found = []
        for track_id, tracked in now.items():
            before = self._shown.get(track_id)
            if before is None:
                found.append(Event("appeared", time, tracked))
            elif before.number.text != tracked.number.text:
                found.append(Event("changed", time, tracked))
        found += [Event("left", time, tracked) for track_id, tracked in self._shown.items() if track_id not in now]
        self._shown = now
        return found


class TextFile:
    """A new text file that is on disk after each line."""

    def __init__(self, path: Path) -> None:
        """Raises OutputError where it can't be written."""
        self.path = claim(path)
        try:
            self._file: TextIO = path.open("w", encoding="utf-8", newline="")
        except OSError as error:
            raise OutputError(f"{path} can't be written: {error.strerror}.") from error

    def __enter__(self) -> Self:
        """Already open."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the file."""
        self._file.close()

    def write(self, text: str) -> None:
        """Write and flush. Raises OutputError, on a full disk for one."""
        try:
            self._file.write(text)
            self._file.flush()
        except OSError as error:
            raise OutputError(f"{self.path} can't be written any further: {error.strerror}.") from error


class EventLog(TextFile):
    """`--log`: one line an event, as JSON or CSV by the file's suffix."""

    def __init__(self, path: Path) -> None:
        """path: ends in .jsonl or .csv. Raises OutputError."""
        if path.suffix.lower() not in LOG_SUFFIXES:
            raise OutputError(f"A log ends in .jsonl or .csv, {path.name} does not.")
        super().__init__(path)
        self._as_csv = path.suffix.lower() == ".csv"
        if self._as_csv:
            self._write_row(COLUMNS)

    def add(self, event: Event) -> None:
        """Write one event."""
        line = {
            "time": round(event.time, 3),
            "clock": datetime.now().astimezone().isoformat(timespec="milliseconds"),
            "event": event.kind,
            **number_fields(event.tracked),
        }
        if self._as_csv:
            self._write_row([json.dumps(line[name]) if name == "quad" else line[name] for name in COLUMNS])
        else:
            self.write(json.dumps(line) + "\n")

    def _write_row(self, row: Any) -> None:
        """One row of CSV."""
        csv.writer(_Line(self)).writerow(row)


class _Line:
    """What csv.writer writes into."""

    def __init__(self, target: TextFile) -> None:
        self._target = target

    def write(self, text: str) -> None:
        """Hand a finished row on."""
        self._target.write(text)


class FrameLog(TextFile):
    """`--log-frames`: one line a frame with every number in it, shown (`confirmed`) or not yet."""

    def add(self, result: FrameResult) -> None:
        """Write one frame."""
        numbers = [number_fields(tracked) | {"confirmed": tracked.confirmed} for tracked in result.numbers]
        line = {"frame": result.frame.index, "time": round(result.frame.captured_at, 4), "numbers": numbers}
        self.write(json.dumps(line) + "\n")


def number_fields(tracked: TrackedNumber) -> dict[str, Any]:
    """Track id, text, confidence (0 to 1) and quad (px) as plain values."""
    number = tracked.number
    return {
        "track_id": tracked.track_id,
        "text": number.text,
        "confidence": round(number.confidence, 4),
        "quad": number.quad.astype(float).round(1).tolist(),
    }
