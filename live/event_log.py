"""Write down what was read, and when: events as JSON lines or CSV, and a line a frame. Knows no picture, finds no event."""

from __future__ import annotations

import errno
import io
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from live.csv_rows import csv_row
from live.errors import OutputError
from live.events import Event
from live.output_files import claim
from live.records import FrameResult
from live.reports import tracked_fields

LOG_SUFFIXES = (".jsonl", ".csv")
COLUMNS = ("time", "clock", "event", "source", "track_id", "shown", "text", "confidence", "quad")
CAN_NOT_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EROFS)
"""What a pipe or a device answers that has no disk below."""


class TextFile:
    """A new text file of whole lines. Opened at its first line: a run without frames leaves none."""

    def __init__(self, path: Path, *, durable: bool = False) -> None:
        """durable: each line is on the disk itself once it is written, and not with the system alone.

        Raises OutputError where it can't be written, as far as that can be told before.
        """
        self.path = claim(path)
        self._durable = durable
        self._whole = 0  # bytes of the lines written so far
        self._has_name = False
        self._file: io.FileIO | None = None

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
        """Write whole lines; a kill at any time leaves every line whole that was written before.

        Raises OutputError, on a full disk for one: what had room of this text is taken out again. Raises it too where the file
        was deleted meanwhile: what is written then is nowhere to be found.
        """
        try:
            if self._file is None:
                self._file = io.FileIO(self.path, "w")  # unbuffered: nothing is left that closing would write
                self._has_name = os.fstat(self._file.fileno()).st_nlink > 0
            self._write_whole(text.encode("utf-8", "backslashreplace"))
            if self._durable:
                self._to_disk()
        except OSError as error:
            raise OutputError(f"{self.path} can't be written: {error.strerror}.") from error
        if self._has_name and os.fstat(self._file.fileno()).st_nlink == 0:
            raise OutputError(f"{self.path} can't be written any further: it has been deleted.")

    def _write_whole(self, data: bytes) -> None:
        """Write all of `data`, or none of it. Raises OSError."""
        assert self._file is not None
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            with suppress(OSError):  # a device or a pipe can't be cut
                self._file.truncate(self._whole)
            raise
        self._whole += len(data)

    def _to_disk(self) -> None:
        """Have the system write down what it holds. Raises OSError."""
        assert self._file is not None
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            if error.errno not in CAN_NOT_SYNC:
                raise


class EventLog(TextFile):
    """`--log`: one line an event, as JSON or CSV by the file's suffix, on disk as soon as it has happened."""

    def __init__(self, path: Path) -> None:
        """path: ends in .jsonl or .csv. Raises OutputError."""
        if path.suffix.lower() not in LOG_SUFFIXES:
            raise OutputError(f"A log ends in {' or '.join(LOG_SUFFIXES)}; {path.name} does not.")
        super().__init__(path, durable=True)
        self._as_csv = path.suffix.lower() == ".csv"

    def add(self, events: Sequence[Event]) -> None:
        """Write the events of one frame; the file is there from the first frame on, whatever happened in it."""
        if not self.is_open:
            self.write(csv_row(COLUMNS) if self._as_csv else "")
        if events:
            self.write("".join(map(self._line, events)))  # at once: a disk takes its time for each write

    def _line(self, event: Event) -> str:
        """One event as a line, its end included."""
        fields = {
            "time": round(event.time, 3),
            "clock": event.iso,
            "event": event.kind,
            "source": event.source,
            **tracked_fields(event.tracked),
        }
        if self._as_csv:
            return csv_row([json.dumps(fields[name]) if name == "quad" else fields[name] for name in COLUMNS])
        return json.dumps(fields) + "\n"


class FrameLog(TextFile):
    """`--log-frames`: one line a frame with every number in it, shown (`confirmed`) or not yet, and how much was left out."""

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
        time_s = round(frame.captured_at - self._start, 4)
        line = {"frame": frame.index, "time": time_s, "source": frame.source, "left_out": result.reading.left_out}
        line["numbers"] = numbers
        self.write(json.dumps(line) + "\n")
