"""Makes FFmpeg reject video frames above the size limit by their headers; knows no pixels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from live.capture.pictures.headers import MEGA, too_many_pixels
from live.core.settings import LimitsSettings

if TYPE_CHECKING:
    from av.video.stream import VideoStream


def probing_options(limits: LimitsSettings) -> dict[str, str]:
    """FFmpeg options for opening a file or address: FFmpeg decodes a few frames while it probes the content."""
    return {"max_pixels": str(max(1, int(limits.megapixels * MEGA)))}


def limit_frames(stream: VideoStream, limits: LimitsSettings) -> None:
    """Make decoding fail for a frame above the limit, before memory is allocated. Call before decoding the first frame."""
    stream.codec_context.options = {**stream.codec_context.options, **probing_options(limits)}


def why_unreadable(stream: VideoStream, name: str, limits: LimitsSettings) -> str | None:
    """One line if the stream's frames are above the limit or its codec is unknown; else None."""
    if stream.codec_context is None:
        return f"{name} holds a video of a kind that can't be decoded here. Save it as H.264 and try again."
    size = (stream.codec_context.width, stream.codec_context.height)
    return too_many_pixels(name, size, limits) if size[0] * size[1] > limits.megapixels * MEGA else None
