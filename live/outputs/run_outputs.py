"""What a run hands out: recordings, logs, snapshots, numbers to commands and clipboard. Knows no window and no camera."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.atomic_files import write_file
from live.core.errors import OutputError
from live.core.fields import picture_fields
from live.core.file_names import timestamped
from live.core.results import FrameResult
from live.core.settings import Settings
from live.outputs.clipboard import Clipboard
from live.outputs.event_log import EventLog, FrameLog, TextFile
from live.outputs.events import Event
from live.outputs.number_command import NumberCommand
from live.outputs.recording import DATED_SUFFIX, Recording, is_folder, recording_path

Say = Callable[[str], None]


class Outputs:
    """All files of one run, and the other receivers of its events. Use as a context manager: every ending closes them."""

    def __init__(self, settings: Settings, say: Say) -> None:
        """Makes ready what is asked for; files appear with the first frame. Raises OutputError, CommandError, SettingsError.

        say: is given a line where something goes wrong that is no reason to end the run.
        """
        self._settings = settings
        self._say = say
        self._stack = ExitStack()
        self._recording: Recording | None = None
        self.files: list[Path] = []
        """Every file written so far."""
        self.has_failed = False
        """Whether a log or a recording was stopped by an error."""
        self._log = None if settings.log is None else self._stack.enter_context(EventLog(Path(settings.log)))
        self._frame_log = (
            None if settings.log_frames is None else self._stack.enter_context(FrameLog(Path(settings.log_frames)))
        )
        self._listeners: list[NumberCommand | Clipboard] = []
        if settings.on_number is not None:
            self._listeners.append(NumberCommand(settings.on_number, say))
        if settings.clipboard:
            self._listeners.append(Clipboard(say))
        if settings.record is not None:
            self._recording = Recording(recording_path(settings.record), settings.recording, say)

    def __enter__(self) -> Self:
        """Begin to listen for numbers; files open with their first frame."""
        for listener in self._listeners:
            self._stack.enter_context(listener)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every file, also where closing one fails."""
        with self._stack:
            self._close_recording()

    def stop_waiting(self) -> None:
        """A signal ends the run: commands and clipboard aren't waited for."""
        for listener in self._listeners:
            listener.patience_s = 0.0

    def add(self, result: FrameResult, events: Sequence[Event]) -> None:
        """Log one frame, and pass its events on. A log that can't be written is not used again."""
        if self._log is not None and not self._is_written(self._log, partial(self._log.add, events)):
            self._log = None
        if self._frame_log is not None and not self._is_written(self._frame_log, partial(self._frame_log.add, result)):
            self._frame_log = None
        for listener in self._listeners:
            listener.add(events)

    def _is_written(self, file: TextFile, write: Callable[[], None]) -> bool:
        """Whether `write` succeeded; reports an error. Adds a new file to `files`."""
        try:
            write()
        except OutputError as error:
            self._say(f"{error} Reading goes on without it.")
            self.has_failed, written = True, False
        else:
            written = True
        if file.news is not None:
            self._say(file.news)
            file.news = None
        if file.is_open and file.path not in self.files:
            self.files.append(file.path)
        return written

    @property
    def is_recording(self) -> bool:
        """Whether pictures are wanted."""
        return self._recording is not None

    def recorded_s(self, now: float) -> float | None:
        """Seconds recorded so far at time `now` (seconds of `captured_at`); None where nothing is being recorded."""
        return None if self._recording is None else self._recording.seconds(now)

    def record(self, picture: NDArray[np.uint8], captured_at: float) -> None:
        """Add an annotated picture to the recording, if one goes on. A write error is reported and stops it."""
        if self._recording is None:
            return
        try:
            self._recording.write(picture, captured_at)
        except OutputError as error:
            self._say(f"{error} Reading goes on without it.")
            self.has_failed = True
            self._close_recording()

    def start_recording(self) -> Path:
        """Record from the next picture on, in a file named by the time; returns its path. Raises OutputError."""
        wanted = self._settings.record
        path = recording_path(wanted) if wanted is not None and is_folder(wanted) else timestamped(DATED_SUFFIX)
        self._recording = Recording(path, self._settings.recording, self._say)
        return path

    def stop_recording(self) -> list[Path]:
        """Close the recording; returns its files, none where it holds nothing. Raises OutputError."""
        try:
            return self._close_recording()
        except OutputError:
            self.has_failed = True
            raise

    def _close_recording(self) -> list[Path]:
        """Close the recording, if one goes on; returns its files. Raises OutputError."""
        recording, self._recording = self._recording, None
        if recording is None:
            return []
        try:
            recording.close()
        finally:
            self.files += recording.files
        return recording.files

    def snapshot(self, results: Sequence[FrameResult], picture: NDArray[np.uint8]) -> Path:
        """Write the annotated picture, and what was read as JSON beside it; returns its path. Raises OutputError.

        results: of each source that the picture shows; of several, the JSON holds a list.
        """
        path = timestamped(".png")
        pictures = [
            picture_fields(result.frame.source, result.frame.size, [tracked.number for tracked in result.shown])
            | {"left_out": result.reading.left_out}
            for result in results
        ]
        fields = pictures[0] if len(pictures) == 1 else {"sources": pictures}
        contents = {path: cv2.imencode(".png", picture)[1].tobytes()}
        contents[path.with_suffix(".json")] = (json.dumps(fields) + "\n").encode()
        for file, content in contents.items():
            write_file(file, content)
            self.files.append(file)
        return path
