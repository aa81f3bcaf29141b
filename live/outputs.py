"""The files a run writes: recordings, logs, snapshots. Knows results and pictures, no window and no camera."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from live.errors import OutputError
from live.event_log import Event, EventFinder, EventLog, FrameLog, TextFile
from live.output_files import timestamped
from live.records import FrameResult
from live.reports import picture_fields
from live.settings import Settings
from live.video.recorder import Recorder


class Outputs:
    """All files of one run. Use as a context manager: every ending closes them."""

    def __init__(self, settings: Settings) -> None:
        """Makes ready what is asked for; files appear with the first frame. Raises OutputError."""
        self._settings = settings
        self._stack = ExitStack()
        self._finder = EventFinder()
        self._recorder: Recorder | None = None
        self._recorded_from = 0.0
        self.files: list[Path] = []
        """Every file written so far."""
        self._log = None if settings.log is None else self._stack.enter_context(EventLog(Path(settings.log)))
        self._frame_log = (
            None if settings.log_frames is None else self._stack.enter_context(FrameLog(Path(settings.log_frames)))
        )
        if settings.record is not None:
            self._recorder = Recorder(Path(settings.record), settings.recording)

    def __enter__(self) -> Self:
        """Nothing to do: files open with their first frame."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every file, also where closing one fails."""
        with self._stack:
            self.stop_recording()

    def add(self, result: FrameResult) -> list[Event]:
        """Log one frame; returns what happened in it. Raises OutputError."""
        events = self._finder.events(result)
        if self._log is not None:
            self._log.add(events)
            self._note(self._log)
        if self._frame_log is not None:
            self._frame_log.add(result)
            self._note(self._frame_log)
        return events

    def turn_page(self) -> None:
        """Another picture follows, which has nothing to do with the one before."""
        self._finder.turn_page()

    def _note(self, file: TextFile) -> None:
        """Remember a file that is there now."""
        if file.path not in self.files:
            self.files.append(file.path)

    @property
    def is_recording(self) -> bool:
        """Whether pictures are wanted."""
        return self._recorder is not None

    def recorded_s(self, now: float) -> float | None:
        """Seconds recorded so far at time `now` (seconds of `captured_at`); None where nothing is being recorded."""
        if self._recorder is None:
            return None
        return now - self._recorded_from if self._recorder.frames else 0.0

    def record(self, picture: NDArray[np.uint8], captured_at: float) -> None:
        """Add an annotated picture to the recording, if one goes on. Raises OutputError."""
        if self._recorder is None:
            return
        first = self._recorder.frames == 0
        self._recorder.write(picture, captured_at)
        if first:
            self._recorded_from = captured_at
            self.files.append(self._recorder.path)

    def start_recording(self) -> Path:
        """Record from the next picture on, under a name that tells the time; returns it. Raises OutputError."""
        self._recorder = Recorder(timestamped(".mp4"), self._settings.recording)
        return self._recorder.path

    def stop_recording(self) -> Path | None:
        """Close the recording; returns its path where it holds anything. Raises OutputError."""
        recorder, self._recorder = self._recorder, None
        if recorder is None:
            return None
        recorder.close()
        return recorder.path if recorder.frames else None

    def snapshot(self, result: FrameResult, picture: NDArray[np.uint8]) -> Path:
        """Write the annotated picture, and what was read as JSON beside it; returns its path. Raises OutputError."""
        path = timestamped(".png")
        height, width = result.frame.image.shape[:2]
        fields = picture_fields(result.frame.source, (width, height), [tracked.number for tracked in result.shown])
        try:
            path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
            self.files.append(path)
            path.with_suffix(".json").write_text(json.dumps(fields) + "\n", encoding="utf-8")
            self.files.append(path.with_suffix(".json"))
        except OSError as error:
            raise OutputError(f"The snapshot {path} can't be written: {error.strerror}.") from error
        return path
