"""A live stream as a capture, by PyAV. Knows packets and pictures, nothing of losses.

Not by cv2.VideoCapture, which squeezes every picture of a stream into the size of its first one.
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

# sent over UDP, pictures tear where a packet is lost
RTSP_OPTIONS = {"rtsp_transport": "tcp"}
# the rate that a stream claims to have is of no use here, and looking for it costs a second
OPTIONS = {"fpsprobesize": "0"}
MICROSECONDS = 1_000_000
# pictures that lay there already when it was opened come without a wait, and stop coming so after this time at the latest
WAIT_S, OLD_ONES_S = 0.004, 0.5
# larger pictures are decoded by two threads, which costs a frame of delay: one alone falls behind on 4K. Never in threads for the
# parts of one picture: the decoder reports no damage then
ONE_THREAD_PX = 1920 * 1088
JPEG_START = b"\xff\xd8"


class StreamCapture:
    """Frames of an address, each in its own size."""

    def __init__(self, address: str, silence_s: float, limits: LimitsSettings | None = None) -> None:
        """Waits up to `silence_s` for an answer. Raises av.FFmpegError or OSError where it does not open, or has no video.

        And SourceError where its frames are beyond the limits.
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
        """One line on why no frame can be given, where the first packet's own header says that it is too large."""
        self._packets = self._container.demux(video=0)
        self._packet: Any = None
        self._has_ended = False
        self._skipped: Any = None
        """The newest frame that was skipped as old; None once another one came."""
        self._old_until = time.perf_counter() + OLD_ONES_S

    def grab(self) -> bool:
        """Wait for the next packet; False where the stream has ended, or sends nothing."""
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
        # a frame that was skipped for a newer one is the newest if none followed
        return not self._has_ended or self._skipped is not None

    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
        """The picture in the packet, (H, W, 3) uint8 BGR; an empty one where it holds none, isn't whole, or is older."""
        if self._packet is None:
            return True, self._to_picture(self._skipped)
        frames = self._intact.decode(self._packet)
        if not frames:
            if self.refusal is None and not self._seen_whole:
                self.refusal = self._why_refused(bytes(self._packet))
            return True, NO_PICTURE
        if not self._seen_whole:
            self._seen_whole = True
            self._intact.left_out = 0  # a stream joined between two key frames is not damaged
        is_old = time.perf_counter() < self._old_until
        self._skipped = frames[-1] if is_old else None
        if is_old:
            return True, NO_PICTURE
        picture = self._to_picture(frames[-1])
        self._intact.left_out += picture.size == 0
        return True, picture

    def _why_refused(self, packet: bytes) -> str | None:
        """Why a picture that is a file of its own, as in MJPEG, is refused: such a stream has no size when it is opened."""
        if not packet.startswith(JPEG_START):
            return None
        try:
            read_header(packet, self._name, self._limits)
        except SourceError as error:
            return str(error)
        return None

    @property
    def left_out(self) -> int:
        """Frames that were damaged, or built on damaged ones, since the first whole one."""
        return self._intact.left_out if self._seen_whole else 0

    def release(self) -> None:
        """Close the connection."""
        self._container.close()


def options_for(address: str, silence_s: float) -> dict[str, str]:
    """FFmpeg options for the address: it waits at most `silence_s` without an answer.

    By its own clock: PyAV's time limits ask Python for the time, ten times a second, from inside of FFmpeg, and so a thread that
    waits for a camera which hangs may crash a program that ends meanwhile.
    """
    silence = str(round(silence_s * MICROSECONDS))
    options = OPTIONS | stream_options()
    if scheme_of(address) in ("rtsp", "rtsps"):
        return options | RTSP_OPTIONS | {"timeout": silence}
    return options | {"rw_timeout": silence}
