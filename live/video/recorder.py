"""Write annotated pictures as a video that plays at the speed of life and survives a crash. Knows no numbers.

H.264 in fragmented MP4, a fragment a frame: what was written before a power cut plays. Each frame has its real time, so an
uneven camera is played back as uneven as it was.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from live.errors import OutputError
from live.output_files import claim
from live.settings import RecordingSettings

if TYPE_CHECKING:
    import av

TICKS_PER_S = 90_000
CONTAINERS: dict[str, dict[str, str]] = {
    ".mp4": {"movflags": "frag_every_frame+empty_moov+default_base_moof", "flush_packets": "1"},
    ".mov": {"movflags": "frag_every_frame+empty_moov+default_base_moof", "flush_packets": "1"},
    ".mkv": {"flush_packets": "1", "cluster_time_limit": "500"},
}


class Recorder:
    """One video file. Opened at its first frame, so that a run without frames leaves no file."""

    def __init__(self, path: Path, settings: RecordingSettings) -> None:
        """path: ends in .mp4, .mov or .mkv. Raises OutputError where it can't be written; nothing is written yet."""
        if path.suffix.lower() not in CONTAINERS:
            raise OutputError(f"A recording ends in {', '.join(CONTAINERS)}; {path.name} does not.")
        self.path = claim(path)
        self.frames = 0
        self._settings = settings
        self._size = (0, 0)
        self._start = self._last = 0.0
        self._container: av.container.OutputContainer | None = None
        self._stream: Any = None

    def __enter__(self) -> Self:
        """Nothing to do: the file opens with its first frame."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def write(self, picture: NDArray[np.uint8], captured_at: float) -> None:
        """Add a picture. Frames closer than `max_fps` allows, or out of order, are left out.

        picture: (H, W, 3) uint8 BGR; a size other than the first one's is fitted into it. captured_at: seconds.
        Raises OutputError, on a full disk for one.
        """
        import av  # here, not above: it costs start-up time, and most runs record nothing

        if self.frames and captured_at - self._last < 0.98 / self._settings.max_fps:
            return
        try:
            if self._container is None:
                self._open(picture, captured_at)
            frame = av.VideoFrame.from_ndarray(_as_i420(picture, self._size), format="yuv420p")
            frame.pts = round((captured_at - self._start) * TICKS_PER_S)
            frame.time_base = Fraction(1, TICKS_PER_S)
            self._mux(frame)
        except (OSError, av.FFmpegError) as error:
            self._give_up()
            raise OutputError(f"{self.path} can't be recorded any further: {_reason(error)}.") from error
        self._last = captured_at
        self.frames += 1

    def close(self) -> None:
        """Write what is still held back, and close the file; closing twice is ordinary."""
        if self._container is None:
            return
        import av

        try:
            self._mux(None)
        except (OSError, av.FFmpegError) as error:
            raise OutputError(f"The end of {self.path} can't be written: {_reason(error)}.") from error
        finally:
            self._give_up()

    def _open(self, picture: NDArray[np.uint8], captured_at: float) -> None:
        """Open the file for pictures of this size."""
        import av

        height, width = picture.shape[:2]
        self._size = (max(2, width + width % 2), max(2, height + height % 2))  # H.264 in 4:2:0 has even sides
        self._start = captured_at
        self._container = av.open(str(self.path), "w", options=CONTAINERS[self.path.suffix.lower()])
        stream = self._container.add_stream("libx264", rate=Fraction(30))
        stream.width, stream.height = self._size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, TICKS_PER_S)
        stream.codec_context.options = {"preset": "ultrafast", "tune": "zerolatency", "crf": str(self._settings.crf)}
        # OpenCV converts by BT.601 in the limited range: players must be told, or reds turn orange
        stream.codec_context.color_range = 1
        stream.codec_context.colorspace = 6
        stream.codec_context.color_primaries = 6
        stream.codec_context.color_trc = 6
        self._stream = stream

    def _mux(self, frame: av.VideoFrame | None) -> None:
        """Encode a frame (None: the last ones held back) and write it."""
        assert self._container is not None
        for packet in self._stream.encode(frame):
            self._container.mux(packet)

    def _give_up(self) -> None:
        """Close the file whatever happens."""
        container, self._container = self._container, None
        if container is not None:
            try:
                container.close()
            except OSError:  # the error that led here has been told already
                return


def _as_i420(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """(H, W, 3) BGR -> (h * 3 / 2, w) planes of I420 at `size` (w, h): the picture scaled down if need be, on black."""
    width, height = size
    h, w = picture.shape[:2]
    if (w, h) != size:
        if w > width or h > height or (w < width - 1 and h < height - 1):
            scale = min(width / w, height / h)
            w, h = max(1, round(w * scale)), max(1, round(h * scale))
            picture = cv2.resize(picture, (w, h), interpolation=cv2.INTER_AREA)
        left, top = (width - w) // 2, (height - h) // 2
        border = cv2.BORDER_REPLICATE if width - w <= 1 and height - h <= 1 else cv2.BORDER_CONSTANT
        picture = cv2.copyMakeBorder(picture, top, height - h - top, left, width - w - left, border)
    # OpenCV's conversion costs a sixth of PyAV's
    return cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420)


def _reason(error: Exception) -> str:
    """Why, in a few words."""
    return str(getattr(error, "strerror", None) or error).strip().rstrip(".") or type(error).__name__
