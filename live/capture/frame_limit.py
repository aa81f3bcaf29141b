"""The limit for the frames of videos and streams: FFmpeg refuses larger ones by their headers. Knows no pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from live.capture.pictures.headers import MEGA, too_many_pixels
from live.core.settings import LimitsSettings

if TYPE_CHECKING:
    from av.video.stream import VideoStream


def probing_options(limits: LimitsSettings) -> dict[str, str]:
    """Options to open an address or a file with: FFmpeg decodes a few frames to see what is in it."""
    return {"max_pixels": str(max(1, int(limits.megapixels * MEGA)))}


def limit_frames(stream: VideoStream, limits: LimitsSettings) -> None:
    """Have decoding a frame beyond the limit fail before memory is made for it; to be called before the first is decoded."""
    stream.codec_context.options = {**stream.codec_context.options, **probing_options(limits)}


def why_unreadable(stream: VideoStream, name: str, limits: LimitsSettings) -> str | None:
    """One line where the stream says that its frames are beyond the limit, or have an unknown codec; else None."""
    if stream.codec_context is None:
        return f"{name} holds a video of a kind that can't be decoded here. Save it as H.264 and try again."
    size = (stream.codec_context.width, stream.codec_context.height)
    return too_many_pixels(name, size, limits) if size[0] * size[1] > limits.megapixels * MEGA else None
