"""Reads a live stream with PyAV as a capture; knows no losses.

cv2.VideoCapture isn't used because it scales every picture of a stream to the size of the first one.
"""

from __future__ import annotations

import math
import time
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from live.capture.addresses import scheme_of
from live.capture.containers import stream_options
from live.capture.decoded_frames import NO_PICTURE, UprightPictures
from live.capture.frame_limit import limit_frames, probing_options, why_unreadable
from live.capture.intact_frames import IntactFrames
from live.capture.pictures.headers import read_header
from live.core.errors import SourceError
from live.core.masking import without_secrets
from live.core.settings import LimitsSettings

# RTSP uses TCP: over UDP, a lost packet damages the picture.
RTSP_OPTIONS = {"rtsp_transport": "tcp"}
# Probing for the nominal frame rate is turned off: it takes a second, and the rate isn't needed.
OPTIONS = {"fpsprobesize": "0"}
MICROSECONDS = 1_000_000
# Frames that arrive within WAIT_S seconds were buffered, and are skipped for at most OLD_ONES_S seconds after opening.
WAIT_S, OLD_ONES_S = 0.004, 0.5
# Pictures with more pixels are decoded by two frame threads, with a delay of one frame, as one thread is too slow for 4K. Slice
# threads are not used, because the decoder then reports no damage.
ONE_THREAD_PX = 1920 * 1088
JPEG_START = b"\xff\xd8"


class StreamCapture:
    """Frames of a stream, each in its own size."""

    def __init__(self, address: str, silence_s: float, limits: LimitsSettings | None = None) -> None:
        """Open the stream; `silence_s` is the timeout. Raises av.FFmpegError or OSError if that fails or there is no video.

        Raises SourceError if the frames are above the limits.
        """
        limits = limits or LimitsSettings()
        options = options_for(address, silence_s) | probing_options(limits)
        self._container = av.open(address, options=options, metadata_errors="replace")
        if not self._container.streams.video:
            self._container.close()
            raise OSError("no video")
        stream = self._container.streams.video[0]
        unreadable = why_unreadable(stream, without_secrets(address), limits)
        if unreadable is not None:
            self._container.close()
            raise SourceError(unreadable)
        limit_frames(stream, limits)
        stream.codec_context.thread_type = "FRAME"
        stream.codec_context.thread_count = 1 if stream.width * stream.height <= ONE_THREAD_PX else 2
        self._intact = IntactFrames(stream)
        self._to_picture = UprightPictures()
        self._seen_whole = False
        self._name, self._limits = without_secrets(address), limits
        self.refusal: str | None = None
        """One line if the header in the first packet has a size above the limit."""
        self._packets = self._container.demux(video=0)
        self._packet: Any = None
        self._has_ended = False
        self._skipped: Any = None
        """The newest frame that was skipped as buffered; None after the first newer frame."""
        self._old_until = time.perf_counter() + OLD_ONES_S

    def grab(self) -> bool:
        """Wait for the next packet; False if the stream has ended or timed out."""
        if self._has_ended:
            return False
        asked_at = time.perf_counter()
        try:
            self._packet = next(self._packets, None)
        except (av.FFmpegError, OSError):
            self._packet = None
        if time.perf_counter() - asked_at > WAIT_S:
            self._old_until = -math.inf
        self._has_ended = self._packet is None
        # if no frame followed, the last skipped frame is the newest one
        return not self._has_ended or self._skipped is not None

    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
        """The packet's picture, (H, W, 3) uint8 BGR; an empty one if there is none, or it is damaged or buffered."""
        if self._packet is None:
            return True, self._to_picture(self._skipped)
        frames = self._intact.decode(self._packet)
        if not frames:
            if self.refusal is None and not self._seen_whole:
                self.refusal = self._why_refused(bytes(self._packet))
            return True, NO_PICTURE
        if not self._seen_whole:
            self._seen_whole = True
            self._intact.left_out = 0  # frames before the first key frame don't count as damaged
        is_old = time.perf_counter() < self._old_until
        self._skipped = frames[-1] if is_old else None
        if is_old:
            return True, NO_PICTURE
        picture = self._to_picture(frames[-1])
        self._intact.left_out += picture.size == 0
        return True, picture

    def _why_refused(self, packet: bytes) -> str | None:
        """Why a packet that is a JPEG file is rejected: the size of an MJPEG stream is unknown when it is opened."""
        if not packet.startswith(JPEG_START):
            return None
        try:
            read_header(packet, self._name, self._limits)
        except SourceError as error:
            return str(error)
        return None

    @property
    def left_out(self) -> int:
        """The number of frames skipped since the first intact one because they, or a reference frame, were damaged."""
        return self._intact.left_out if self._seen_whole else 0

    def release(self) -> None:
        """Close the connection."""
        self._container.close()


def options_for(address: str, silence_s: float) -> dict[str, str]:
    """FFmpeg options for the address, with the timeout `silence_s`.

    FFmpeg's own timeout is used: PyAV's timeouts call Python from within FFmpeg ten times a second, so a thread that waits for
    a hung camera may crash the interpreter at exit.
    """
    silence = str(round(silence_s * MICROSECONDS))
    options = OPTIONS | stream_options()
    if scheme_of(address) in ("rtsp", "rtsps"):
        return options | RTSP_OPTIONS | {"timeout": silence}
    return options | {"rw_timeout": silence}
