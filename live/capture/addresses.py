"""Addresses of streams and pictures as text: their schemes, their suffix. Opens nothing."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

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
