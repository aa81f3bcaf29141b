"""Video files, frame by frame, with the times that stand in the file. Knows no camera, thread or window."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from live.errors import SourceError
from live.records import Frame
from live.settings import LimitsSettings
from live.video.frame_limit import limit_frames, probing_options, why_too_large
from live.video.frame_source import WAKE_EVERY_S, Source
from live.video.pace import Pace

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer

# only where an address may also be a live stream; a file on disk is looked into, whatever its name
VIDEO_SUFFIXES = frozenset({".avi", ".m4v", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".webm"})
UNKNOWN_RATE_FPS = 30.0
# FFmpeg's numbers: colours of standard television or unknown, which is what OpenCV's fast conversion takes for granted
TELEVISION_COLOURS = (2, 5, 6)
FULL_RANGE = 2
# FFmpeg reads some texts as pictures of a terminal
TEXT_FORMATS = frozenset({"tty"})


class VideoFile(Source):
    """The frames of a video in order, turned as the file says.

    `captured_at` is the frame's own time in the file, seconds from its first frame, never going back. Paced, frames
    come at that speed and late ones are skipped, as with a camera; else every frame comes as fast as it is read.
    A video that was cut short is played as far as it goes.
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
        """address: a path, or an address with open and read `timeouts_s`. SourceError where it holds no picture."""
        super().__init__(name)
        self._pace = Pace(paced)
        self._index = 0
        limits = limits or LimitsSettings()
        self._container = open_container(address, name, timeouts_s, limits)
        stream = self._container.streams.video[0]
        too_large = why_too_large(stream, name, limits)
        if too_large is not None:
            self._container.close()
            raise SourceError(too_large)
        limit_frames(stream, limits)
        stream.thread_type = "AUTO"
        rate = stream.average_rate or stream.guessed_rate
        self.fps = float(rate) if rate else None
        self._decoded = timed(decoded(self._container), 1 / (self.fps or UNKNOWN_RATE_FPS))
        self._ahead: deque[tuple[float, VideoFrame]] = deque(islice(self._decoded, 1))
        """The frame that is next and, where one is asked for, the one after it."""
        if self.ended:
            self.close()
            raise SourceError(
                f"{name} holds no picture that can be read, or none of up to {limits.megapixels:g} megapixels "
                "(limits.megapixels). See in another program whether it plays."
            )
        first = to_picture(self._ahead[0][1])
        self.height, self.width = first.shape[:2]

    @property
    def captured(self) -> int:
        """How many are over, given or left out."""
        return self._index

    @property
    def ended(self) -> bool:
        """Whether the file has ended."""
        return not self._ahead

    def poll(self, wait_s: float = WAKE_EVERY_S) -> Frame | None:
        """The frame that is due now, those that are late left out."""
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
            image = to_picture(decoded_frame)
            frame = Frame(image=image, index=self._index, captured_at=seconds, source=self.name)
            self._drop()
        self._pace.leave()
        return frame

    def close(self) -> None:
        """Close the file."""
        self._ahead.clear()
        self._container.close()

    def _look_ahead(self) -> None:
        """Have two frames at hand, as far as there are two."""
        self._ahead.extend(islice(self._decoded, 2 - len(self._ahead)))

    def _drop(self) -> None:
        """Go on to the next frame."""
        self._ahead.popleft()
        self._index += 1


def open_container(
    address: str, name: str, timeouts_s: tuple[float, float] | None, limits: LimitsSettings
) -> InputContainer:
    """PyAV's container with at least one video stream in it. Raises SourceError."""
    import av  # a tenth of a second that cameras and pictures need not pay

    try:
        container = av.open(address, options=probing_options(limits), timeout=timeouts_s, metadata_errors="replace")
    except (av.error.FFmpegError, OSError) as error:
        reason = (
            "is no video or picture that can be read, or was cut short before it could be finished"
            if isinstance(error, av.error.InvalidDataError | av.error.EOFError)
            else f"can't be opened: {error.strerror}"
        )
        raise SourceError(f"{name} {reason}. Try another file, or --source demo.") from error
    if not container.streams.video or container.format.name in TEXT_FORMATS:
        container.close()
        raise SourceError(f"{name} holds no video. Try another file, or --source demo.")
    return container


def decoded(container: InputContainer) -> Iterator[VideoFrame]:
    """Every frame that can be decoded: damaged ones are left out, and the video ends where its file breaks off."""
    import av

    packets = container.demux(video=0)
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError:  # cut short
            return
        if packet is None:
            return
        try:
            yield from packet.decode()
        except av.error.FFmpegError:  # one damaged frame
            continue


def timed(frames: Iterator[VideoFrame], usual_s: float) -> Iterator[tuple[float, VideoFrame]]:
    """Each frame with its own time from the first one, seconds; `usual_s` later where the file names no later time."""
    start: float | None = None
    before = -usual_s
    for frame in frames:
        own = float(frame.time) if frame.pts is not None else math.nan
        if start is None:
            start = own if math.isfinite(own) else 0.0
        seconds = own - start
        if not seconds > before:  # no time, or one that goes back, as where recordings were joined
            seconds = before + usual_s
        before = seconds
        yield seconds, frame


def to_picture(frame: VideoFrame) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 BGR, turned upright as a phone notes it beside the video."""
    even = frame.width % 2 == 0 and frame.height % 2 == 0
    television = frame.colorspace in TELEVISION_COLOURS and frame.color_range != FULL_RANGE
    if even and television and frame.format.name == "yuv420p":
        # the same picture in a fifth of the time
        image = cv2.cvtColor(frame.to_ndarray(), cv2.COLOR_YUV2BGR_I420)
    else:
        image = frame.to_ndarray(format="bgr24")
    turn = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, -90: cv2.ROTATE_90_CLOCKWISE}.get(frame.rotation)
    if abs(frame.rotation) == 180:
        turn = cv2.ROTATE_180
    return np.asarray(image if turn is None else cv2.rotate(image, turn), dtype=np.uint8)
