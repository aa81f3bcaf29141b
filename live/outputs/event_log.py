"""Write down what was read, and when: events as JSON lines or CSV, and a line a frame. Knows no picture, finds no event."""

from __future__ import annotations

import errno
import io
import json
import os
import stat
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from live.core.errors import OutputError
from live.core.fields import frame_fields, tracked_fields
from live.core.file_names import claim
from live.core.results import FrameResult
from live.outputs.csv_rows import csv_row
from live.outputs.events import Event

LOG_SUFFIXES = (".jsonl", ".csv")
COLUMNS = (
    "time", "clock", "event", "source", "track_id", "shown", "text", "confidence", "quad", "digit_text", "value",
    "expected", "format",
)  # fmt: skip
CAN_NOT_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EROFS)
"""Error numbers of fsync on a pipe or device that has no disk."""


class TextFile:
    """A new text file of whole lines. Opened at its first line: a run without frames leaves none.

    Where another program has moved the file away or deleted it, as logrotate does, it goes on in a new one of that name, and
    where it was emptied, at its beginning.
    """

    def __init__(self, path: Path, *, head: str = "", durable: bool = False) -> None:
        """head: what each new file begins with. durable: each line is on the disk once it is written, not with the system alone.

        Raises OutputError where it can't be written, as far as that can be checked in advance.
        """
        self.path = claim(path)
        self.news: str | None = None
        """A message that another program moved or emptied the file, or None; the caller that reports it sets it to None."""
        self._head = head
        self._durable = durable
        self._whole = 0  # bytes of the file when it was last written to
        self._is_file = False  # no pipe and no device
        self._file: io.FileIO | None = None

    def __enter__(self) -> Self:
        """Nothing to do: the file opens with its first line."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self._close()

    @property
    def is_open(self) -> bool:
        """Whether the file is there."""
        return self._file is not None

    def write(self, text: str) -> None:
        """Write whole lines; a kill at any time leaves every line whole that was written before.

        Raises OutputError, on a full disk for one: what had room of this text is taken out again. Raises it too where the file
        was moved or deleted together with its folder.
        """
        try:
            if self._file is None:
                claim(self.path)  # another run may have begun one of that name
                self._open()
            elif self._is_file:
                self._follow()
            self._write_whole(text.encode("utf-8", "backslashreplace"))
            if self._durable:
                self._to_disk()
        except OSError as error:
            raise OutputError(f"{self.path} can't be written: {error.strerror}.") from error

    def _open(self) -> None:
        """Open the file, unbuffered, so that nothing is left that closing would write. Raises OSError."""
        self._close()
        self._file = io.FileIO(self.path, "a")  # at its end, wherever another program puts that
        state = os.fstat(self._file.fileno())
        self._is_file, self._whole = stat.S_ISREG(state.st_mode), state.st_size
        if not (self._is_file and self._whole):
            self._write_whole(self._head.encode())

    def _follow(self) -> None:
        """Reopen the file where its name is gone (logrotate), and start it again where it was emptied. Raises OSError."""
        assert self._file is not None
        ours = os.fstat(self._file.fileno())
        try:
            named = self.path.stat()
        except FileNotFoundError:
            named = None
        if named is None or not os.path.samestat(ours, named):
            if named is not None and named.st_size and ours.st_nlink:
                return  # something else has the name, such as another run's log: ours goes on under the name that it has now
            what = "moved away" if ours.st_nlink else "deleted"
            self._open()
            self.news = f"{self.path} was {what} by another program: it goes on in a new file of that name."
        elif ours.st_size < self._whole:
            self._whole = ours.st_size
            if not self._whole:
                self._write_whole(self._head.encode())

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

    def _close(self) -> None:
        """Close the file, if it is open."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # a write error was reported already
                file.close()

    def _to_disk(self) -> None:
        """Flush the system's buffers to disk. Raises OSError."""
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
        self._as_csv = path.suffix.lower() == ".csv"
        super().__init__(path, head=csv_row(COLUMNS) if self._as_csv else "", durable=True)

    def add(self, events: Sequence[Event]) -> None:
        """Write the events of one frame; the file is there from the first frame on, whatever happened in it."""
        if not self.is_open:
            self.write("")
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
        fields = frame_fields(result, result.numbers, frame.captured_at - self._start)
        self.write(json.dumps(fields) + "\n")
