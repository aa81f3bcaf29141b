"""Write annotated pictures as a video that plays in real time and survives a crash. Knows no numbers.

H.264 in fragmented MP4, a fragment a frame: what was written before a power cut plays. Each frame has its real time, so an
uneven camera is played back as uneven as it was. `recording.py` handles a change of the picture's size.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.errors import OutputError
from live.core.file_names import check_place, claim
from live.core.settings import RecordingSettings

if TYPE_CHECKING:
    import av

TICKS_PER_S = 90_000
FRAGMENTS = {"movflags": "frag_every_frame+empty_moov+default_base_moof", "flush_packets": "1"}
CONTAINERS: dict[str, dict[str, str]] = {
    ".mp4": FRAGMENTS,
    ".mov": FRAGMENTS,
    ".mkv": {"flush_packets": "1", "cluster_time_limit": "0"},
}
ENCODER = {"preset": "ultrafast", "tune": "zerolatency", "g": "60"}  # a key frame every 60: players can seek
BT601 = 6  # SMPTE 170M in FFmpeg's lists
LIMITED_RANGE = 1
LAST_FRAME_S = 0.08
"""Longest duration of the last frame, in seconds; otherwise it lasts as long as the frame before it."""


class Recorder:
    """One video file. It opens with its first frame, so that a run without frames leaves no file."""

    def __init__(self, path: Path, settings: RecordingSettings) -> None:
        """path: ends in .mp4, .mov or .mkv. Raises OutputError where it can't be written; nothing is written yet."""
        if path.suffix.lower() not in CONTAINERS:
            raise OutputError(f"A recording ends in {', '.join(CONTAINERS)}; {path.name} does not.")
        check_place(path)
        self.path = path
        self.frames = 0
        """How many pictures the file holds."""
        self._settings = settings
        self._shape: tuple[int, int] = (0, 0)  # height and width of its pictures, px
        self._start = self._due = 0.0
        self._last_tick = -1
        self._file: int | None = None  # the same file, looked at and cut beside PyAV
        self._whole = 0  # bytes up to the end of the last frame that was written
        self._container: av.container.OutputContainer | None = None
        self._stream: Any = None
        self._ended = False

    def __enter__(self) -> Self:
        """Nothing to do: the file opens with its first frame."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def fits(self, picture: NDArray[np.uint8]) -> bool:
        """Whether a (H, W, 3) picture has the size of this file, which its first picture gives it."""
        return self.frames == 0 or picture.shape[:2] == self._shape

    def write(self, picture: NDArray[np.uint8], captured_at: float) -> None:
        """Add a picture. What comes faster than `max_fps` is thinned out, and what isn't later than the last one is left out.

        picture: (H, W, 3) uint8 BGR, all of one size. captured_at: seconds. Raises OutputError, on a full disk for one, or where
        the file was deleted: what was written before stays whole. Raises ValueError once it has ended, and for another size.
        """
        if self._ended:
            raise ValueError(f"the recording {self.path} has ended")
        if not self.fits(picture):
            raise ValueError(f"the recording {self.path} is of {self._shape}, not {picture.shape[:2]}")
        import av  # here, not above: it costs start-up time, and most runs record nothing

        tick = round((captured_at - self._start) * TICKS_PER_S) if self.frames else 0
        if tick <= self._last_tick or not self._is_due(captured_at):
            return
        try:
            if self._container is None:
                self._open(picture, captured_at)
            frame = av.VideoFrame.from_ndarray(_as_i420(picture), format="yuv420p")
            frame.pts, frame.time_base = tick, Fraction(1, TICKS_PER_S)
            longest = round(LAST_FRAME_S * TICKS_PER_S)
            self._mux(frame, min(tick - self._last_tick, longest) if self.frames else longest)
            self._look_after()
        except (OSError, av.FFmpegError) as error:
            self._end()
            raise OutputError(
                f"{self.path} can't be recorded{' any further' * (self.frames > 0)}: {_reason(error)}."
            ) from error
        self._last_tick = tick
        self.frames += 1

    def close(self) -> None:
        """Write what is still held back, and close the file; closing twice is ordinary. Raises OutputError."""
        if self._ended or self._container is None:
            self._ended = True
            return
        import av

        try:
            self._mux(None)
            self._container.close()
            self._container = None
        except (OSError, av.FFmpegError) as error:
            raise OutputError(f"The end of {self.path} can't be written: {_reason(error)}.") from error
        finally:
            self._end()

    def _is_due(self, captured_at: float) -> bool:
        """Whether `max_fps` leaves room for a picture of that time, on the average and not only since the last one."""
        period = 1 / self._settings.max_fps
        if self.frames and captured_at < self._due - period / 4:  # cameras jitter
            return False
        self._due = max(self._due, captured_at - period) + period if self.frames else captured_at + period
        return True

    def _open(self, picture: NDArray[np.uint8], captured_at: float) -> None:
        """Open the file for pictures of this size."""
        import av

        self._shape = height, width = picture.shape[:2]
        self._start = captured_at
        claim(self.path)
        # "file:" keeps a colon in the name from being taken for a protocol's
        self._container = av.open(f"file:{self.path}", "w", options=CONTAINERS[self.path.suffix.lower()])
        stream = self._container.add_stream("libx264", rate=Fraction(30))
        stream.width, stream.height = width + width % 2, height + height % 2  # H.264 in 4:2:0 has even sides
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS_PER_S)
        stream.codec_context.options = {**ENCODER, "crf": str(self._settings.crf)}
        # OpenCV converts by BT.601 in the limited range: players must be told, or reds turn orange
        stream.codec_context.color_range = LIMITED_RANGE
        stream.codec_context.colorspace = BT601
        stream.codec_context.color_primaries = BT601
        stream.codec_context.color_trc = BT601
        self._stream = stream

    def _mux(self, frame: av.VideoFrame | None, ticks: int = 0) -> None:
        """Encode a frame (None: the last ones held back) and write it; `ticks`: its duration, if it is the last one."""
        assert self._container is not None
        for packet in self._stream.encode(frame):
            packet.duration = ticks
            self._container.mux(packet)

    def _look_after(self) -> None:
        """Record the size of the intact file. Raises OSError where the file was deleted."""
        if self._file is None:
            self._file = os.open(self.path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        state = os.fstat(self._file)
        if state.st_nlink == 0:
            raise FileNotFoundError(errno.ENOENT, "it has been deleted")
        self._whole = state.st_size

    def _end(self) -> None:
        """Release the file and ignore errors from closing it; truncate what a failed write left at its end."""
        import av

        self._ended = True
        container, self._container = self._container, None
        with suppress(OSError, av.FFmpegError):  # the first error was reported already
            if container is not None:
                container.close()
        file, self._file = self._file, None
        with suppress(OSError):
            if file is not None and container is not None:
                os.ftruncate(file, self._whole)
            elif container is not None and self.frames == 0:
                self.path.unlink()
        if file is not None:
            os.close(file)


def _as_i420(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) BGR -> (h * 3 / 2, w) planes of I420; an odd side is made even by its last row or column once more."""
    height, width = picture.shape[:2]
    if height % 2 or width % 2:
        picture = cv2.copyMakeBorder(picture, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE)
    # OpenCV's conversion costs a sixth of PyAV's
    return cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)


def _reason(error: Exception) -> str:
    """Why, in a few words."""
    return str(getattr(error, "strerror", None) or error).strip().rstrip(".") or type(error).__name__
