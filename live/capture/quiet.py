"""Suppresses the terminal output of libraries, as Numcam has its own messages; knows no source."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

import cv2

_catching = threading.RLock()
"""The lock is held while stderr is redirected for the whole process; two threads could restore it in the wrong order."""
MOST_CAUGHT = 10_000  # At most this number of bytes is kept; the first few lines suffice.


@cache
def silence_opencv() -> None:
    """Turn off the logs of OpenCV and its FFmpeg once, unless the user has set OPENCV_LOG_LEVEL.

    Otherwise a missing camera, a refused connection or a damaged picture prints several lines to stderr.
    """
    if "OPENCV_LOG_LEVEL" in os.environ:
        return
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    # OpenCV reads it when its FFmpeg is first used; -8 is AV_LOG_QUIET
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


class Caught:
    """The text that libraries wrote to stderr."""

    text = ""


@contextmanager
def quiet_stderr() -> Iterator[Caught]:
    """Capture what libraries write to the stderr descriptor, bypassing sys.stderr.

    One thread at a time can capture; others wait.
    """
    with _catching, _caught_stderr() as caught:
        yield caught


@contextmanager
def _caught_stderr() -> Iterator[Caught]:
    """`quiet_stderr` without the lock."""
    caught = Caught()
    try:
        kept = os.dup(2)
    except OSError:  # there is no stderr
        yield caught
        return
    try:
        read, write = _channel()
    except OSError:  # no space for the temporary file on Windows
        os.close(kept)
        yield caught
        return
    try:
        os.dup2(write, 2)
        yield caught
    finally:
        os.dup2(kept, 2)
        with suppress(OSError):  # nothing was written
            if read == write:
                os.lseek(read, 0, os.SEEK_SET)
            caught.text = os.read(read, MOST_CAUGHT).decode("utf-8", "replace")
        for end in {kept, read, write}:
            os.close(end)


def _channel() -> tuple[int, int]:
    """A non-blocking pair of descriptors: the first reads what is written to the second. Raises OSError."""
    if os.name == "nt":  # pipes block there
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by its descriptor
        end = os.dup(file.fileno())
        file.close()
        return end, end
    ends = os.pipe()  # not a file, so that a full disk doesn't matter; output beyond the pipe's capacity is lost
    for end in ends:
        os.set_blocking(end, False)
    return ends
