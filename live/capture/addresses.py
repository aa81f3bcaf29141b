"""Parses the scheme and the file suffix of an address; opens nothing."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

SCHEMES = ("http", "https", "rtsp", "rtsps", "udp", "tcp")


def is_address(text: str) -> bool:
    """Whether the text is an address rather than a file name."""
    return "://" in text


def scheme_of(address: str) -> str:
    """The scheme in lower case: `http` for `HTTP://camera/video`."""
    return address.partition("://")[0].lower()


def file_suffix(address: str) -> str:
    """The suffix in lower case: `.mp4` for `https://host/clip.MP4?size=2`; empty if the path has none."""
    path = re.split(r"[?#]", address.partition("://")[2], maxsplit=1)[0].partition("/")[2]
    return PurePosixPath(path).suffix.lower()
