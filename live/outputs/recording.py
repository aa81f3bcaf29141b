"""One recording from its start to its end: a file, and another one each time the picture's size changes. Encodes nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live.core.errors import OutputError
from live.core.file_names import timestamped, unused
from live.core.settings import RecordingSettings
from live.outputs.recorder import Recorder

Say = Callable[[str], None]
DATED_SUFFIX = ".mp4"


def is_folder(name: str) -> bool:
    """Whether `--record` names a folder: an existing one, or a new one (marked by a trailing slash)."""
    return name.endswith(("/", os.sep)) or (name != "" and Path(name).is_dir())


def recording_path(name: str) -> Path:
    """The file that `--record` means: in a folder, which is made where there is none, a new one named by the time.

    Raises OutputError where the folder can't be made.
    """
    path = Path(name)
    if not is_folder(name):
        return path
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {path} for recordings can't be made: {error.strerror}.") from error
    return timestamped(DATED_SUFFIX, path)


class Recording:
    """What one `--record`, or one press of a key, writes. Nothing is ever scaled: another size goes into a file of its own.

    A picture is encoded on a thread of its own while the next one is read; a write error is raised with the next one.
    """

    def __init__(self, path: Path, settings: RecordingSettings, say: Say) -> None:
        """path: of the first file. say: is given a line where another one begins. Raises OutputError, as Recorder does."""
        self._recorder = Recorder(path, settings)
        self._path = path
        self._settings = settings
        self._say = say
        self._began_at: float | None = None
        self._encoder = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recording")
        self._encoding: Future[None] | None = None
        self.files: list[Path] = []
        """Those that hold a picture."""

    def seconds(self, now: float) -> float:
        """How long it has been going on at time `now`, seconds of `captured_at`."""
        return 0.0 if self._began_at is None else now - self._began_at

    def write(self, picture: NDArray[np.uint8], captured_at: float) -> None:
        """Add an annotated picture, which is not to be drawn on after: (H, W, 3) uint8 BGR, and its time in seconds.

        Waits for the one before. Raises OutputError where that one could not be written.
        """
        self._settle()
        self._encoding = self._encoder.submit(self._encode, picture, captured_at)
        if self._began_at is None:
            self._began_at = captured_at

    def close(self) -> None:
        """Write what is still to be written, and close the file. Raises OutputError."""
        try:
            self._settle()
        finally:
            self._encoder.shutdown()
            self._recorder.close()

    def _settle(self) -> None:
        """Wait until the picture before is written. Raises OutputError where it could not be."""
        if self._encoding is not None:
            wait([self._encoding])  # Ctrl+C may come here: it is still waited for then, when the recording is closed
            encoding, self._encoding = self._encoding, None
            encoding.result()

    def _encode(self, picture: NDArray[np.uint8], captured_at: float) -> None:
        """Write a picture, into another file where it has another size. Raises OutputError."""
        if not self._recorder.fits(picture):
            self._go_on_for(picture)
        self._recorder.write(picture, captured_at)
        if self._recorder.path not in self.files[-1:]:
            self.files.append(self._recorder.path)

    def _go_on_for(self, picture: NDArray[np.uint8]) -> None:
        """End this file, and begin another one for pictures of that size. Raises OutputError."""
        self._recorder.close()
        height, width = picture.shape[:2]
        path = unused(self._path)
        self._recorder = Recorder(path, self._settings)
        self._say(f"The picture is {width}x{height} px from here on: the recording goes on in {path}.")
