"""Encode a picture in the format that its file's suffix names, and write it. Knows no number and draws nothing."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.atomic_files import write_file
from live.core.errors import OutputError


def write_picture(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write a picture (H, W, 3) uint8 BGR whole or not at all; an earlier file is kept beside it. Raises OutputError."""
    write_file(path, encode_picture(path, picture))


def encode_picture(path: Path | str, picture: NDArray[np.uint8]) -> bytes:
    """The picture (H, W, 3) uint8 BGR in the format of `path`'s suffix. Raises OutputError where that can't hold it.

    path: a file, or its suffix alone (`.png`).
    """
    suffix = path.suffix if isinstance(path, Path) else path
    if not suffix:
        raise OutputError(f"{path} has no suffix that tells a picture's format. Name it {path}.png, for one.")
    height, width = picture.shape[:2]
    try:
        is_encoded, content = cv2.imencode(suffix.lower(), picture)
    except cv2.error:
        is_encoded, content = False, np.zeros(0, np.uint8)
    if not is_encoded:  # a WebP has 16,383 px at most, a JPEG 65,535
        raise OutputError(f"{path} can't be written: no {suffix} holds {width}x{height} px. Give the picture as .png.")
    return bytes(content.tobytes())
