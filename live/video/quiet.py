"""Keep OpenCV's own chatter off the terminal: what goes wrong is told in Numcam's words. Knows no source."""

from __future__ import annotations

import os
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
