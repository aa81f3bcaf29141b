"""Keep the libraries' own chatter off the terminal: what goes wrong is told in Numcam's words. Knows no source."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import cv2


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


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Send to nowhere what libraries write to stderr by themselves, past Python, meanwhile; Python has nothing to write then."""
    try:
        kept = os.dup(2)
    except OSError:  # there is none
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
