"""Streams by their address: http(s), rtsp, udp, tcp. Knows how to open one and how to name it without its password."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import cv2

from live.settings import CameraSettings
from live.video.capture import Capture, Feed

SCHEMES = ("http", "https", "rtsp", "rtsps", "udp", "tcp")
GIVE_UP_S = 30.0
# each decoding thread holds one frame back; one alone falls behind on 4K
DECODING_THREADS = 2
SECRET = re.compile(r"(?i)\b([a-z_-]*(?:pass|pwd|token|secret|auth|key)[a-z_-]*)=[^&/?#]*")


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


def without_password(address: str) -> str:
    """The address as it may be shown and logged: no user, no password, no token.

    Cameras take passwords before the host, in the query and even in the path.
    """
    scheme, mark, rest = address.partition("://")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    if "@" in authority:
        rest = rest[authority.rindex("@") + 1 :]
    elif "@" in rest and not re.fullmatch(r"(\[[^]]*\]|[^:]*)(:\d*)?", authority):
        rest = rest[rest.rindex("@") + 1 :]  # a password with an unescaped / in it
    return scheme + mark + SECRET.sub(r"\1=***", rest)


def stream_feed(address: str, settings: CameraSettings) -> Feed:
    """The stream at an address; timeouts are open parameters, the only way in which OpenCV obeys them."""
    name = without_password(address)

    def open_stream() -> Capture | None:
        capture = open_capture(address, settings)
        if capture.isOpened():
            return capture
        capture.release()
        return None

    return Feed(
        name=name,
        open=open_stream,
        why_not=lambda: (
            f"{name} did not open, or sent no picture. "
            "Check the address, the network and the camera's password, or try --source 0."
        ),
        first_frame_s=settings.open_timeout_s + settings.read_timeout_s,
        give_up_s=GIVE_UP_S,
    )


def open_capture(address: str, settings: CameraSettings) -> cv2.VideoCapture:
    """OpenCV's own FFmpeg on the address, with the timeouts of the settings."""
    parameters = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        round(settings.open_timeout_s * 1000),
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        round(settings.read_timeout_s * 1000),
        cv2.CAP_PROP_N_THREADS,
        DECODING_THREADS,
    ]
    return cv2.VideoCapture(address, cv2.CAP_FFMPEG, parameters)
