"""Keep the libraries' own chatter off the terminal: what goes wrong is told in Numcam's words. Knows no source."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

import cv2

_catching = threading.RLock()
"""Held while stderr is caught, which is the whole program's: two threads that put it back crosswise would lose it."""
MOST_CAUGHT = 10_000  # bytes; the first few lines tell all


@cache
def silence_opencv() -> None:
    """Turn off OpenCV's log and that of the FFmpeg inside it, once; OPENCV_LOG_LEVEL set by the user is respected.

    A camera that is not there, a refused address or a damaged picture otherwise prints several lines to stderr.
    """
    if "OPENCV_LOG_LEVEL" in os.environ:
        return
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    # read by OpenCV when its FFmpeg is used for the first time; -8 is AV_LOG_QUIET
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")


class Caught:
    """What libraries wrote to stderr by themselves."""

    text = ""


@contextmanager
def quiet_stderr() -> Iterator[Caught]:
    """Catch what libraries write to stderr by themselves, past Python, which has nothing to write meanwhile.

    One thread at a time may; others wait.
    """
    with _catching, _caught_stderr() as caught:
        yield caught


@contextmanager
def _caught_stderr() -> Iterator[Caught]:
    """`quiet_stderr`, of a thread that has it for itself."""
    caught = Caught()
    try:
        kept = os.dup(2)
    except OSError:  # there is none
        yield caught
        return
    try:
        read, write = _channel()
    except OSError:  # no room for a file, on Windows
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
    """Two descriptors: what is written to the second is read from the first. Nobody waits at either. Raises OSError."""
    if os.name == "nt":  # pipes there wait for their reader
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by its descriptor
        end = os.dup(file.fileno())
        file.close()
        return end, end
    ends = os.pipe()  # no file: a full disk is no reason to read no picture. What has no room in the pipe is lost
    for end in ends:
        os.set_blocking(end, False)
    return ends
