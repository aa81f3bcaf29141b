"""Reads a picture file or stdin within the size limit; knows no picture format, and never blocks on a pipe or device."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from live.core.errors import SourceError
from live.core.page_name import STDIN, STDIN_NAME
from live.core.settings import LimitsSettings

MEGABYTE = 1_000_000
FROM_A_PIPE = "A picture that comes through a pipe is read with -, as in: cat page.jpg | python -m live read -"


def read_bytes(path: Path, limits: LimitsSettings) -> bytes:
    """All bytes of a file, or of stdin if the path is `-`. Raises SourceError with one line."""
    if path == STDIN:
        return read_stdin(limits)
    try:
        look_at(path, path.stat(), limits)
        # O_NONBLOCK: a pipe may have replaced the file since the check
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            look_at(path, os.fstat(descriptor), limits)
            content = file.read(most_bytes(limits) + 1)
    except FileNotFoundError:
        raise SourceError(f"There is no picture {path}. Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        raise SourceError(f"The picture {path} can't be read: {getattr(error, 'strerror', None) or error}.") from error
    return checked(content, str(path), limits)


def look_at(path: Path, found: os.stat_result, limits: LimitsSettings) -> None:
    """Raise SourceError if this is not a regular file, or is larger than the limit."""
    if stat.S_ISDIR(found.st_mode):
        raise SourceError(f"{path} can't be read: it is a folder.")
    if not stat.S_ISREG(found.st_mode):
        what = "a pipe" if stat.S_ISFIFO(found.st_mode) else "a device"
        raise SourceError(f"{path} is {what}, no file. {FROM_A_PIPE}")
    if found.st_size > most_bytes(limits):
        raise SourceError(too_large(str(path), limits))


def read_stdin(limits: LimitsSettings) -> bytes:
    """All bytes of stdin. Raises SourceError."""
    if sys.stdin is None or sys.stdin.isatty():
        raise SourceError("- reads a picture from stdin, and there is none. Try: cat page.jpg | python -m live read -")
    try:
        content = sys.stdin.buffer.read(most_bytes(limits) + 1)
    except OSError as error:
        raise SourceError(f"stdin can't be read: {error.strerror or error}.") from error
    return checked(content, STDIN_NAME, limits)


def checked(content: bytes, name: str, limits: LimitsSettings) -> bytes:
    """Return the bytes. Raises SourceError if they are empty or exceed the limit."""
    if not content:
        raise SourceError(f"The picture {name} is empty (0 bytes). Save or copy it again.")
    if len(content) > most_bytes(limits):
        raise SourceError(too_large(name, limits))
    return content


def most_bytes(limits: LimitsSettings) -> int:
    """The largest allowed picture file, bytes."""
    return int(limits.picture_megabytes * MEGABYTE)


def too_large(name: str, limits: LimitsSettings) -> str:
    """One line for a file above the limit."""
    return (
        f"{name} is larger than {limits.picture_megabytes:g} MB, so it isn't read. "
        f"If it is to be: --set limits.picture_megabytes=..."
    )
