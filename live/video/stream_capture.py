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

from live.errors import SourceError
from live.masking import without_secrets
from live.settings import LimitsSettings
from live.video.addresses import scheme_of
from live.video.clips import to_picture
from live.video.frame_limit import limit_frames, probing_options, why_too_large

# sent over UDP, pictures tear where a packet is lost
RTSP_OPTIONS = {"rtsp_transport": "tcp"}
# the rate that a stream claims to have is of no use here, and looking for it costs a second
OPTIONS = {"fpsprobesize": "0"}
MICROSECONDS = 1_000_000
# pictures that lay there already when it was opened come without a wait, and stop coming so after this time at the latest
WAIT_S, OLD_ONES_S = 0.004, 0.5
# larger pictures are decoded by two threads, which costs a frame of delay: one alone falls behind on 4K
ONE_THREAD_PX = 1920 * 1088
NOT_YET: NDArray[np.uint8] = np.empty((0, 0, 3), np.uint8)


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
        too_large = why_too_large(self._container.streams.video[0], without_secrets(address), limits)
        if too_large is not None:
            self._container.close()
            raise SourceError(too_large)
        limit_frames(self._container.streams.video[0], limits)
        codec = self._container.streams.video[0].codec_context
        codec.thread_type = "SLICE" if codec.width * codec.height <= ONE_THREAD_PX else "AUTO"
        codec.thread_count = 2
        self._packets = self._container.demux(video=0)
        self._packet: Any = None
        self._old_until = time.perf_counter() + OLD_ONES_S

    def grab(self) -> bool:
        """Wait for the next packet; False where the stream has ended, or sends nothing."""
        asked_at = time.perf_counter()
        try:
            self._packet = next(self._packets, None)
        except (av.FFmpegError, OSError):
            return False
        if time.perf_counter() - asked_at > WAIT_S:
            self._old_until = -math.inf
        return self._packet is not None

    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
        """The picture in the packet, (H, W, 3) uint8 BGR; an empty one where it holds none, is damaged, or is older."""
        assert self._packet is not None
        try:
            frames = self._packet.decode()
        except (av.FFmpegError, OSError):
            frames = []
        is_old = time.perf_counter() < self._old_until
        return True, to_picture(frames[-1]) if frames and not is_old else NOT_YET

    def release(self) -> None:
        """Close the connection."""
        self._container.close()


def options_for(address: str, silence_s: float) -> dict[str, str]:
    """How FFmpeg is to wait for the address: in vain no longer than `silence_s`.

    By its own clock: PyAV's time limits ask Python for the time, ten times a second, from inside of FFmpeg, and so a thread that
    waits for a camera which hangs may crash a program that ends meanwhile.
    """
    silence = str(round(silence_s * MICROSECONDS))
    if scheme_of(address) in ("rtsp", "rtsps"):
        return OPTIONS | RTSP_OPTIONS | {"timeout": silence}
    return OPTIONS | {"rw_timeout": silence}
