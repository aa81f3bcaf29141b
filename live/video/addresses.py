"""Streams by their address: http(s), rtsp, udp, tcp. Knows how to open one, and its name without secrets from masking.py."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from live.errors import SourceError
from live.masking import without_secrets
from live.settings import CameraSettings, LimitsSettings
from live.video.feeds import Capture, Feed

SCHEMES = ("http", "https", "rtsp", "rtsps", "udp", "tcp")


def is_address(text: str) -> bool:
    """Whether the text is an address and not a file's name."""
    return "://" in text


def scheme_of(address: str) -> str:
    """`http` of `HTTP://camera/video`."""
    return address.partition("://")[0].lower()


def file_suffix(address: str) -> str:
    """`.mp4` of `https://host/clip.MP4?size=2`; empty where the path has none."""
    path = re.split(r"[?#]", address.partition("://")[2], maxsplit=1)[0].partition("/")[2]
    return PurePosixPath(path).suffix.lower()


def stream_feed(address: str, settings: CameraSettings, limits: LimitsSettings | None = None) -> Feed:
    """The stream at an address."""
    name = without_secrets(address)

    refusals: list[str] = []

    def open_stream() -> Capture | None:
        from av import FFmpegError  # here, not above: a tenth of a second that cameras need not pay

        from live.video.stream_capture import StreamCapture

        try:
            return StreamCapture(address, max(settings.open_timeout_s, settings.stall_s), limits)
        except SourceError as error:
            refusals.append(str(error))
            return None
        except (FFmpegError, OSError):  # what the user is told covers all of them
            return None

    return Feed(
        name=name,
        open=open_stream,
        why_not=lambda: (
            refusals[-1]
            if refusals
            else f"{name} did not open, or sent no picture. "
            "Check the address, the network and the camera's password, or try --source 0."
        ),
        first_frame_s=settings.open_timeout_s + settings.stall_s,
        stall_s=settings.stall_s,
        give_up_s=settings.give_up_s,
        left_out=lambda capture: getattr(capture, "left_out", 0),
    )
