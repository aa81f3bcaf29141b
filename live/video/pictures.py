"""Still pictures as the reader wants them: upright, 8 bits, BGR. Knows no camera, video or window."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live.errors import SourceError
from live.video.quiet import silence_opencv

PICTURE_SUFFIXES: frozenset[str] = frozenset(
    {".bmp", ".dib", ".jpe", ".jpeg", ".jpg", ".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"}
)
APPLE_SUFFIXES = frozenset({".heic", ".heif"})
KNOWN_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*")
ORIENTATION_TAG = 0x0112

# EXIF orientation -> (turn, mirror left to right afterwards)
TURNS: dict[int, tuple[int | None, bool]] = {
    2: (None, True),
    3: (cv2.ROTATE_180, False),
    4: (cv2.ROTATE_180, True),
    5: (cv2.ROTATE_90_CLOCKWISE, True),
    6: (cv2.ROTATE_90_CLOCKWISE, False),
    7: (cv2.ROTATE_90_COUNTERCLOCKWISE, True),
    8: (cv2.ROTATE_90_COUNTERCLOCKWISE, False),
}


def read_picture(path: Path) -> NDArray[np.uint8]:
    """Read one picture: (H, W, 3) uint8 BGR, upright as EXIF says; 16-bit and grey are brought to that, alpha over white.

    Any name that the system allows will do, in any script. Raises SourceError in one line.
    """
    silence_opencv()
    if path.suffix.lower() in APPLE_SUFFIXES:
        raise SourceError(f"{path}: HEIC pictures can't be read. Save it as JPEG or PNG and try again.")
    try:
        encoded = np.fromfile(path, dtype=np.uint8)  # imread can't open every Unicode name on Windows
    except FileNotFoundError:
        raise SourceError(f"There is no picture {path}. Check the name and the folder.") from None
    except OSError as error:
        raise SourceError(f"The picture {path} can't be read: {error.strerror or error}.") from error
    if encoded.size == 0:
        raise SourceError(f"The picture {path} is empty (0 bytes). Save or copy it again.")
    try:
        picture, kinds, metadata = cv2.imdecodeWithMetadata(encoded, cv2.IMREAD_UNCHANGED)
    except cv2.error:  # more pixels than OpenCV agrees to hold, or memory that is not there
        picture = None
    if picture is None or picture.size == 0:
        raise SourceError(f"{path} is no picture that can be read, or it is damaged. Save it again as JPEG or PNG.")
    return upright(to_bgr(np.asarray(picture)), exif_orientation(kinds, metadata))


def to_bgr(picture: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Any picture that OpenCV decodes, (H, W) or (H, W, 1 to 4), as (H, W, 3) uint8 BGR; alpha is laid over white."""
    deep = to_8_bit(picture)
    if deep.ndim == 2:
        deep = deep[:, :, np.newaxis]
    if deep.shape[2] in (1, 2):
        grey = [deep[:, :, :1]] * 3
        deep = np.concatenate([*grey, deep[:, :, 1:]], axis=2)
    if deep.shape[2] == 3:
        return np.ascontiguousarray(deep)
    cover = deep[:, :, 3:].astype(np.uint16)
    over_white = (deep[:, :, :3] * cover + 255 * (255 - cover) + 127) // 255
    return over_white.astype(np.uint8)


def to_8_bit(picture: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Values of any depth as 0 to 255: whole numbers by their type's range, floats by 1 or by their own maximum."""
    if picture.dtype == np.uint8:
        return picture.astype(np.uint8, copy=False)
    values = np.nan_to_num(picture.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0)
    if np.issubdtype(picture.dtype, np.integer):
        most = float(np.iinfo(picture.dtype.name).max)
    else:
        most = max(1.0, float(values.max(initial=0.0)))
    return np.clip(np.rint(values * (255.0 / most)), 0, 255).astype(np.uint8)


def exif_orientation(kinds: Sequence[int], metadata: Sequence[NDArray[np.uint8]]) -> int:
    """Orientation 1 to 8 out of the metadata that OpenCV found; 1, upright, where there is none or it is damaged."""
    for kind, block in zip(kinds, metadata, strict=False):
        if kind == cv2.IMAGE_METADATA_EXIF:
            return orientation_in(bytes(np.asarray(block, dtype=np.uint8).ravel()))
    return 1


def orientation_in(exif: bytes) -> int:
    """Orientation 1 to 8 in an EXIF block. Source: EXIF 2.32, the first image file directory of its TIFF header."""
    exif = exif.removeprefix(b"Exif\x00\x00")
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (entries,) = struct.unpack_from(f"{order}H", exif, start)
        for entry in range(entries):
            tag, _, _, orientation = struct.unpack_from(f"{order}HHIH", exif, start + 2 + 12 * entry)
            if tag == ORIENTATION_TAG:
                return orientation if 1 <= orientation <= 8 else 1
    except struct.error:  # cut short: a picture lying on its side is better than none
        return 1
    return 1


def upright(picture: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """The picture (H, W, 3) as it was seen, by its EXIF orientation 1 to 8."""
    turn, mirrored = TURNS.get(orientation, (None, False))
    if turn is not None:
        picture = np.asarray(cv2.rotate(picture, turn), dtype=np.uint8)
    return np.ascontiguousarray(picture[:, ::-1]) if mirrored else picture


def is_picture(path: Path) -> bool:
    """Whether the file is to be read as a picture: by its first bytes, whatever its name, else by its suffix."""
    try:
        with path.open("rb") as file:
            beginning = file.read(12)
    except OSError:
        beginning = b""
    if beginning.startswith(KNOWN_BEGINNINGS) or (beginning[:4] == b"RIFF" and beginning[8:] == b"WEBP"):
        return True
    return path.suffix.lower() in PICTURE_SUFFIXES | APPLE_SUFFIXES


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder, not of the folders in it, in natural order: 2 before 10.

    Hidden files are left out. Raises SourceError where there is no picture or the folder can't be read.
    """
    try:
        found = [
            path
            for path in folder.iterdir()
            if path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".") and path.is_file()
        ]
    except FileNotFoundError:
        raise SourceError(f"There is no folder {folder}. Check its name.") from None
    except OSError as error:
        raise SourceError(f"The folder {folder} can't be read: {error.strerror or error}.") from error
    if not found:
        raise SourceError(f"The folder {folder} holds no pictures. Put JPEG, PNG, BMP, TIFF or WebP files there.")
    return sorted(found, key=natural_order)


def natural_order(path: Path) -> tuple[list[int | str], str]:
    """A key to sort by: runs of digits count as numbers, capitals as small letters; the name itself settles ties."""
    # re.split puts what it split by, the digits, at every second place: int and str never meet
    pieces: list[int | str] = list(re.split(r"([0-9]+)", path.name.casefold()))
    pieces[1::2] = [int(digits) for digits in pieces[1::2]]
    return pieces, path.name
