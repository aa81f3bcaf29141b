"""Decodes packets and returns only intact frames; knows no file and no pixels.

Most frames of a video are predicted from earlier ones, so damage persists until the next key frame, long after the decoder has
stopped reporting it. A damaged frame, and all frames decoded after it up to the next key frame, are skipped and counted.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.video.stream import VideoStream

# These are FFmpeg's numbers of the predicted picture types, P and B.
BUILT_ON_OTHERS = (2, 3)
# This is the largest number of frames by which H.264 and HEVC reorder frames between decoding and display.
MOST_REORDERED = 16
# Without this option, the MJPEG decoder returns a damaged picture as if it were intact.
GIVE_UP = {"mjpeg": {"err_detect": "explode"}}
# After this number of failures at the start, strict decoding is turned off: a camera's pictures may be merely non-standard.
IN_VAIN = 3
# These decoders return no frames before the first key frame of a stream that was joined between two key frames.
START_BY_THEMSELVES = frozenset({"h264", "hevc"})


class _Waiting(NamedTuple):
    """A decoded frame that is held back until the earlier packets have been decoded."""

    order: int
    """Index of its packet, in decoding order."""
    place: int
    """Index of the frame, in display order."""
    frame: VideoFrame


class IntactFrames:
    """The intact frames of one stream, in display order."""

    def __init__(self, stream: VideoStream) -> None:
        """The decoder must not use slice threads: with them, it reports no damage."""
        self.left_out = 0
        """The number of frames skipped so far because they, or a reference frame of theirs, were damaged."""
        self._codec = stream.codec_context
        self._usual_options = dict(self._codec.options)
        self._codec.options = {**self._usual_options, **GIVE_UP.get(self._codec.name, {})}
        self._starts_itself = self._codec.name in START_BY_THEMSELVES
        self._orders: dict[int, int] = {}  # pts -> order of the packets that have not been decoded to a frame yet
        self._packets = 0
        self._frames = 0
        self._keys: list[tuple[int, int]] = []  # order and place of the latest key frames
        self._damage: list[int] = []  # order of the damaged packets since the oldest of these key frames
        self._waiting: deque[_Waiting] = deque()

    @property
    def decoded(self) -> int:
        """The number of decoded frames, intact or not."""
        return self._frames

    def decode(self, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
        """The intact frames that a packet completes; None or an empty packet flushes the decoder and the waiting frames."""
        import av

        order, self._packets = self._packets, self._packets + 1
        is_last = packet is None or packet.size == 0
        if packet is not None and not is_last:
            if packet.pts is not None:
                self._orders[packet.pts] = order
            if packet.is_corrupt:
                self._damage.append(order)
        try:
            frames = self._codec.decode(packet)
        except (av.error.FFmpegError, OSError):
            self._lose(order)
            frames = []
        for frame in frames:
            self._take(frame, order)
        return self._released(every=is_last)

    def _lose(self, order: int) -> None:
        """Record a decoding error. With frame threads, it belongs to an earlier packet: the oldest one without a frame."""
        if self._orders:
            first = min(self._orders, key=self._orders.__getitem__)
            order = self._orders.pop(first)
        self._damage.append(order)
        self.left_out += 1
        if self._codec.name in GIVE_UP and self._frames == 0 and self.left_out == IN_VAIN:
            from av import VideoCodecContext

            codec = VideoCodecContext.create(self._codec.name, "r")
            assert isinstance(codec, VideoCodecContext)
            self._codec = codec
            self._codec.options = self._usual_options
            self.left_out = 0

    def _take(self, frame: VideoFrame, newest: int) -> None:
        """Append a decoded frame to the queue."""
        order = newest if frame.pts is None else self._orders.pop(frame.pts, newest)
        place, self._frames = self._frames, self._frames + 1
        if frame.is_corrupt:
            self._damage.append(order)
        if frame.key_frame or frame.pict_type not in BUILT_ON_OTHERS:
            # the previous key frame still applies to frames that are decoded after this one and displayed before it
            self._keys = [*self._keys[-2:], (order, place)]
            self._damage = [damaged for damaged in self._damage if damaged >= self._keys[0][0]]
        self._orders = {pts: other for pts, other in self._orders.items() if other > order - MOST_REORDERED}
        self._waiting.append(_Waiting(order, place, frame))

    def _released(self, *, every: bool) -> list[VideoFrame]:
        """Remove from the queue the frames whose earlier packets are all decoded, and return the intact ones."""
        sound = []
        while self._waiting:
            waiting = self._waiting[0]
            if not every and any(order < waiting.order for order in self._orders.values()):
                break
            self._waiting.popleft()
            is_whole = self._is_whole(waiting)
            if is_whole:
                sound.append(waiting.frame)
            elif is_whole is not None:
                self.left_out += 1
        return sound

    def _is_whole(self, waiting: _Waiting) -> bool | None:
        """Whether a frame and its reference frames are intact; None if the stream was joined and no key frame came yet."""
        keys = [order for order, place in self._keys if order <= waiting.order and place <= waiting.place]
        if not keys and not self._starts_itself and not self._damage:
            return None
        begin = max(keys, default=-1)
        return not any(begin <= damaged <= waiting.order for damaged in self._damage)
