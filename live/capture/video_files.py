"""Reads video files frame by frame with their timestamps; knows no camera, thread or window."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from live.capture.containers import open_file, open_web_file
from live.capture.decoded_frames import UprightPictures
from live.capture.frame_limit import limit_frames, why_unreadable
from live.capture.frame_source import WAKE_EVERY_S, Source
from live.capture.intact_frames import IntactFrames
from live.capture.pace import Pace
from live.core.errors import SourceError
from live.core.records import Frame
from live.core.settings import LimitsSettings

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer

# The suffix distinguishes only addresses of files from those of live streams; local files are detected by content.
VIDEO_SUFFIXES = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".webm"})
UNKNOWN_RATE_FPS = 30.0


class VideoFile(Source):
    """The frames of a video in order, with its display matrix applied.

    `captured_at` is the frame's time in the file, seconds from the first frame, and always increases. If paced, frames are
    played at that speed and late ones are skipped, as with a camera; else every frame is returned as fast as it is read. A
    truncated video is played to its end. Damaged frames, and those predicted from them, are skipped. A video of one frame is a
    still picture.
    """

    def __init__(
        self,
        address: str,
        name: str,
        *,
        paced: bool,
        timeouts_s: tuple[float, float] | None = None,
        limits: LimitsSettings | None = None,
    ) -> None:
        """address: a path, or an address with open and read `timeouts_s`. SourceError if it has no readable frame."""
        super().__init__(name)
        self._pace = Pace(paced)
        self._to_picture = UprightPictures()
        self._index = 0
        limits = limits or LimitsSettings()
        if timeouts_s is None:
            self._container = open_file(address, name, limits)
        else:
            self._container = open_web_file(address, name, limits, timeouts_s)
        stream = self._container.streams.video[0]
        unreadable = why_unreadable(stream, name, limits)
        if unreadable is not None:
            self._container.close()
            raise SourceError(unreadable)
        limit_frames(stream, limits)
        # with slice threads, the decoder reports no damage
        stream.thread_type = "FRAME"
        rate = stream.average_rate or stream.guessed_rate
        self.fps = float(rate) if rate else None
        self._intact = IntactFrames(stream)
        self._decoded = timed(decoded(self._container, self._intact), 1 / (self.fps or UNKNOWN_RATE_FPS))
        self._ahead: deque[tuple[float, VideoFrame]] = deque(islice(self._decoded, 2))
        """The next frame and, during a poll, the one after it."""
        if self.ended:
            self.close()
            raise SourceError(_why_nothing(name, limits, self._intact))
        self.still = len(self._ahead) == 1
        self.height, self.width = self._first_size()
        if self.ended:
            self.close()
            raise SourceError(_why_nothing(name, limits, self._intact))

    @property
    def captured(self) -> int:
        """The number of frames so far, returned or skipped as late."""
        return self._index

    @property
    def left_out(self) -> int:
        """The number of frames skipped so far because they, or a reference frame of theirs, were damaged."""
        return self._intact.left_out

    @property
    def ended(self) -> bool:
        """Whether the file has ended."""
        return not self._ahead

    def poll(self, wait_s: float = WAKE_EVERY_S) -> Frame | None:
        """The frame that is due now; late frames are skipped."""
        if self.ended:
            return None
        self._pace.arrive(self._ahead[0][0])
        self._look_ahead()
        while len(self._ahead) > 1 and self._pace.is_late(self._ahead[1][0]):
            self._drop()
            self._look_ahead()
        frame = None
        seconds, decoded_frame = self._ahead[0]
        if self._pace.is_due(seconds, wait_s):
            image = self._to_picture(decoded_frame)
            if image.size:
                frame = Frame(image=image, index=self._index, captured_at=seconds, source=self.name)
                self._drop()
            else:
                self._leave_out()
        self._pace.leave()
        return frame

    def _first_size(self) -> tuple[int, int]:
        """Height and width of the first frame that can be converted, px; the frames before it are skipped."""
        while self._ahead:
            first = self._to_picture(self._ahead[0][1])
            if first.size:
                return first.shape[0], first.shape[1]
            self._leave_out()
            self._look_ahead()
        return 0, 0

    def close(self) -> None:
        """Close the file."""
        self._ahead.clear()
        self._container.close()

    def _look_ahead(self) -> None:
        """Decode until two frames are available, or the file ends."""
        self._ahead.extend(islice(self._decoded, 2 - len(self._ahead)))

    def _leave_out(self) -> None:
        """Skip a frame that can't be converted: it counts as damaged."""
        self._ahead.popleft()
        self._intact.left_out += 1

    def _drop(self) -> None:
        """Advance to the next frame."""
        self._ahead.popleft()
        self._index += 1


def _why_nothing(name: str, limits: LimitsSettings, intact: IntactFrames) -> str:
    """One line for a video without a readable frame."""
    if intact.decoded:
        lost = f"not one of its frames is whole ({intact.left_out} left out)"
        return f"{name} is damaged: {lost}. Copy it again, or try another file."
    return (
        f"{name} holds no picture that can be read, or none of up to {limits.megapixels:g} megapixels "
        "(limits.megapixels). See in another program whether it plays."
    )


def decoded(container: InputContainer, intact: IntactFrames) -> Iterator[VideoFrame]:
    """Every intact frame: damaged frames are skipped and counted; a truncated file ends the video."""
    import av

    packets = container.demux(video=0)
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError:  # truncated
            yield from intact.decode(None)
            return
        if packet is None:
            return
        yield from intact.decode(packet)


def timed(frames: Iterator[VideoFrame], usual_s: float) -> Iterator[tuple[float, VideoFrame]]:
    """Each frame with its time from the first one, seconds; `usual_s` is added if its timestamp doesn't increase."""
    start: float | None = None
    before = -usual_s
    for frame in frames:
        own = float(frame.time) if frame.pts is not None else math.nan
        if start is None:
            start = own if math.isfinite(own) else 0.0
        seconds = own - start
        if not seconds > before:  # no timestamp, or a decreasing one, as in joined recordings
            seconds = before + usual_s
        before = seconds
        yield seconds, frame
