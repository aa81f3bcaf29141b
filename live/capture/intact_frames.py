"""Decode packets, and let only frames through that are whole. Knows packets and frames, no file and no picture.

Most frames of a video are built on earlier ones, so that damage stays in the picture until the next key frame, long after the
decoder has stopped reporting it. What is damaged, and what was decoded after it, is left out and counted.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.video.stream import VideoStream

# FFmpeg's numbers of frames that are built on others (P and B)
BUILT_ON_OTHERS = (2, 3)
# frames, at most, that H.264 and HEVC decode earlier and show later
MOST_REORDERED = 16
# this decoder shows what it could make of a damaged picture as if it were whole, unless it is told to give up
GIVE_UP = {"mjpeg": {"err_detect": "explode"}}
# failures from the start after which the decoder is strict no longer: a camera may send pictures that are only unusual
IN_VAIN = 3
# these decoders hold back by themselves what was begun in the middle
START_BY_THEMSELVES = frozenset({"h264", "hevc"})


class _Waiting(NamedTuple):
    """A decoded frame that waits for those which were decoded before it."""

    order: int
    """Its place among the packets."""
    place: int
    """Its place among the frames as they are shown."""
    frame: VideoFrame


class IntactFrames:
    """The frames of one stream that are whole, in the order in which they are shown."""

    def __init__(self, stream: VideoStream) -> None:
        """Damage is noticed where the decoder's own care for it is on: not in several threads for the parts of one picture."""
        self.left_out = 0
        """Frames that were damaged, or built on damaged ones, so far."""
        self._codec = stream.codec_context
        self._usual_options = dict(self._codec.options)
        self._codec.options = {**self._usual_options, **GIVE_UP.get(self._codec.name, {})}
        self._starts_itself = self._codec.name in START_BY_THEMSELVES
        self._orders: dict[int, int] = {}  # of packets whose frames haven't come yet, by their times
        self._packets = 0
        self._frames = 0
        self._keys: list[tuple[int, int]] = []  # order and place of the newest key frames
        self._damage: list[int] = []  # where packets were found damaged, since the oldest of these key frames
        self._waiting: deque[_Waiting] = deque()

    @property
    def decoded(self) -> int:
        """Frames that the decoder gave, whole or not."""
        return self._frames

    def decode(self, packet: Packet[VideoStream] | None) -> list[VideoFrame]:
        """The sound frames that a packet brings; None or an empty packet, as the last one is, brings all that wait."""
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
        """A packet can't be decoded at all. With several threads it is an earlier one than this: the oldest that is missing."""
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
        """Put a decoded frame in the row of those that wait."""
        order = newest if frame.pts is None else self._orders.pop(frame.pts, newest)
        place, self._frames = self._frames, self._frames + 1
        if frame.is_corrupt:
            self._damage.append(order)
        if frame.key_frame or frame.pict_type not in BUILT_ON_OTHERS:
            # the one before counts for frames that were decoded after this one and are shown before it
            self._keys = [*self._keys[-2:], (order, place)]
            self._damage = [damaged for damaged in self._damage if damaged >= self._keys[0][0]]
        self._orders = {pts: other for pts, other in self._orders.items() if other > order - MOST_REORDERED}
        self._waiting.append(_Waiting(order, place, frame))

    def _released(self, *, every: bool) -> list[VideoFrame]:
        """The frames of which all is known by now, without the damaged ones."""
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
        """Whether nothing that a frame is built on is damaged; None where the stream was joined before a key frame."""
        keys = [order for order, place in self._keys if order <= waiting.order and place <= waiting.place]
        if not keys and not self._starts_itself and not self._damage:
            return None
        begin = max(keys, default=-1)
        return not any(begin <= damaged <= waiting.order for damaged in self._damage)
