"""Decodes pictures page by page to upright 8-bit BGR; knows no camera, video or window.

The header is checked before decoding (`headers.py`). OpenCV decodes JPEG, PNG, WebP, BMP and similar formats, and deep colours.
Pillow and pillow-heif decode TIFF, GIF, AVIF and HEIC, and the rest of damaged pictures.
"""

from __future__ import annotations

import struct
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live.capture.pictures.bit_depth import to_8_bit, to_bgr
from live.capture.pictures.file_bytes import read_bytes
from live.capture.pictures.headers import Header, PageHeader, check_pages, pillow, read_header
from live.capture.pictures.kinds import damaged
from live.capture.pictures.tiff_pages import beginning_with, directories
from live.capture.quiet import quiet_stderr
from live.core.errors import SourceError
from live.core.page_name import shown_name
from live.core.settings import LimitsSettings

__all__ = ["Page", "decode_picture", "read_pages", "read_picture", "to_8_bit", "to_bgr"]

LIMITS = LimitsSettings()
ORIENTATION_TAG = 0x0112
SIGNS_OF_DAMAGE = ("premature end", "bad Huffman")
"""These libjpeg warnings mean missing or wrong data; it has other warnings for intact files."""
RAGGED_PX = (
    16  # This is the largest height of a JPEG's blocks, px; the last block of a truncated file may be incomplete.
)
CUT_SHORT = "is damaged or was cut short: what is left of it was read."

# The table maps the EXIF orientation to a rotation and a horizontal flip after it.
TURNS: dict[int, tuple[int | None, bool]] = {
    2: (None, True),
    3: (cv2.ROTATE_180, False),
    4: (cv2.ROTATE_180, True),
    5: (cv2.ROTATE_90_CLOCKWISE, True),
    6: (cv2.ROTATE_90_CLOCKWISE, False),
    7: (cv2.ROTATE_90_COUNTERCLOCKWISE, True),
    8: (cv2.ROTATE_90_COUNTERCLOCKWISE, False),
}


@dataclass(frozen=True, eq=False)
class Page:
    """One page of a picture file."""

    name: str
    """The file name as given, with `#2` for the second of several pages."""
    number: int
    """The page number, from 1."""
    pages: int
    """The number of pages in the file."""
    image: NDArray[np.uint8] | None
    """(H, W, 3) uint8 BGR, upright; None if the page can't be read."""
    problem: str | None = None
    """One line if the page can't be read, or only in part."""
    note: str | None = None
    """One line on the part of the file that is deliberately not read."""


def read_picture(path: Path, limits: LimitsSettings = LIMITS) -> NDArray[np.uint8]:
    """Read the first page of a picture: (H, W, 3) uint8 BGR, upright by EXIF; alpha is composited over white or black.

    path: any valid file name, in any script; `-` is stdin. Raises SourceError with one line, also if the picture is truncated.
    """
    return decode_picture(read_bytes(path, limits), shown_name(path), limits)


def decode_picture(content: bytes, name: str, limits: LimitsSettings = LIMITS) -> NDArray[np.uint8]:
    """Decode the first page of a picture's bytes like `read_picture`. name: used in messages. Raises SourceError."""
    page = next(decode_pages(content, name, limits))
    if page.image is None or page.problem is not None:
        raise SourceError(page.problem or f"{name} can't be read.")
    return page.image


def read_pages(path: Path, limits: LimitsSettings = LIMITS, *, name: str | None = None) -> Iterator[Page]:
    """Every page of a picture file in order, including damaged ones; `-` is stdin.

    name: the name of the pages, if not the whole path. Raises SourceError, with the whole path, if the file can't be read at
    all or is above the limits.
    """
    shown = shown_name(path)
    yield from decode_pages(read_bytes(path, limits), shown, limits, name=name or shown)


def decode_pages(
    content: bytes, path: str, limits: LimitsSettings, *, name: str | None = None, wanted: Container[int] | None = None
) -> Iterator[Page]:
    """Every page of a picture's bytes. path: its name in errors. name: its name in the pages, if different.

    wanted: the numbers of the pages to decode, from 1; None: all.
    Raises SourceError if there is no picture, or it is above the limits.
    """
    header = read_header(content, path, limits)
    pages = len(header.pages)
    for number, page in enumerate(header.pages, start=1):
        if wanted is not None and number not in wanted:
            continue
        place = f"#{number}" if pages > 1 else ""
        page_name = f"{name or path}{place}"
        try:
            image, is_whole = decoded(content, header, page, limits)
        except SourceError:
            yield Page(page_name, number, pages, None, f"{path}{place} {damaged(header.format)}")
            continue
        problem = None if is_whole else f"{path}{place} {CUT_SHORT}"
        note = f"{path} {header.note}" if header.note else None
        yield Page(page_name, number, pages, image, problem, note)


def decoded(content: bytes, header: Header, page: PageHeader, limits: LimitsSettings) -> tuple[NDArray[np.uint8], bool]:
    """A page's picture (H, W, 3) uint8 BGR, upright, and whether it is complete. Raises SourceError if no row is intact."""
    if page.index:
        content = beginning_with(content, page.directory)
    picture, orientation, is_whole = None, 1, True
    if page.is_for_opencv:
        picture, orientation, is_whole = by_opencv(content, page)
    if picture is None:
        picture, orientation, is_whole = by_pillow(content, header, limits)
    # header and decoder may disagree about the size
    check_pages(Header(header.format, (PageHeader((picture.shape[1], picture.shape[0])),)), "The picture", limits)
    return upright(to_bgr(picture), orientation), is_whole


def by_opencv(content: bytes, page: PageHeader) -> tuple[NDArray[np.generic] | None, int, bool]:
    """The page at full depth, (H, W) or (H, W, C), or None; its orientation; and whether it is complete."""
    encoded = np.frombuffer(content, np.uint8)
    kinds: Sequence[int] = ()
    metadata: Sequence[NDArray[np.uint8]] = ()
    try:
        with quiet_stderr() as caught:  # libjpeg reports missing data only there
            if page.index:
                _, pictures = cv2.imdecodemulti(encoded, cv2.IMREAD_UNCHANGED, range=(0, 1))
                picture = pictures[0] if pictures else None
            else:
                picture, kinds, metadata = cv2.imdecodeWithMetadata(encoded, cv2.IMREAD_UNCHANGED)
    except cv2.error:  # above OpenCV's own pixel limit, or out of memory
        return None, 1, True
    if picture is None or picture.size == 0:
        return None, 1, True
    is_whole = not any(sign in caught.text for sign in SIGNS_OF_DAMAGE)
    return np.asarray(picture), page.orientation or exif_orientation(kinds, metadata), is_whole


def by_pillow(content: bytes, header: Header, limits: LimitsSettings) -> tuple[NDArray[np.generic], int, bool]:
    """The page (H, W) or (H, W, C) BGR, its orientation, and whether it is complete; a truncated page is read in part.

    Raises SourceError if no row is intact.
    """
    try:
        if header.opened is not None:
            return in_bgr(np.asarray(header.opened)), 1, True
        try:
            return *loaded(content, header, limits), True
        except (OSError, SyntaxError, ValueError):
            pixels, orientation = loaded(content, header, limits, make_do=True)
    except Exception as error:  # with a damaged picture, the libraries may raise any exception
        raise SourceError(damaged(header.format)) from error
    rows = rows_there(pixels)
    if rows == 0:
        raise SourceError(damaged(header.format))
    return pixels[:rows], orientation, False


def rows_there(pixels: NDArray[np.generic]) -> int:
    """The number of intact rows of a truncated picture: those above the empty rows, minus the last, incomplete blocks.

    A number that is cut off must touch the picture's edge, like a number at the edge of a camera's frame.
    """
    lines = pixels.reshape(pixels.shape[0], -1)
    filled = np.flatnonzero((lines != lines[-1, -1]).any(axis=1))
    if filled.size == 0:
        return 0
    is_ragged = filled[-1] + 1 < len(lines)
    return max(1, int(filled[-1]) + 1 - RAGGED_PX * is_ragged)


def loaded(
    content: bytes, header: Header, limits: LimitsSettings, *, make_do: bool = False
) -> tuple[NDArray[np.generic], int]:
    """The first page decoded by Pillow, (H, W) or (H, W, C) BGR, and its orientation. make_do: accept truncated data."""
    from PIL import ImageFile

    with pillow(limits) as image, image.open(BytesIO(content), formats=[header.format]) as opened:
        before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, make_do
        try:
            with quiet_stderr():  # Pillow's libtiff writes to stderr
                opened.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before
        # Pillow has already applied that of a TIFF
        orientation = 1 if header.format == "TIFF" else opened.getexif().get(ORIENTATION_TAG, 1)
        if opened.mode in ("L", "I", "F", "I;16", "I;16B", "I;16L", "RGB", "RGBA"):
            return in_bgr(np.asarray(opened)), orientation
        has_alpha = opened.mode in ("LA", "La", "PA", "RGBa") or "transparency" in opened.info
        return in_bgr(np.asarray(opened.convert("RGBA" if has_alpha else "RGB"))), orientation


def in_bgr(pixels: NDArray[np.generic]) -> NDArray[np.generic]:
    """Grey, RGB or RGBA in OpenCV's channel order."""
    if pixels.ndim == 2 or pixels.shape[2] < 3:
        return pixels
    return np.concatenate([pixels[:, :, 2::-1], pixels[:, :, 3:]], axis=2)


def exif_orientation(kinds: Sequence[int], metadata: Sequence[NDArray[np.uint8]]) -> int:
    """Orientation 1 to 8 from the metadata that OpenCV returned; 1 (upright) if it is missing or damaged."""
    for kind, block in zip(kinds, metadata, strict=False):
        if kind == cv2.IMAGE_METADATA_EXIF:
            return orientation_in(bytes(np.asarray(block, dtype=np.uint8).ravel()))
    return 1


def orientation_in(exif: bytes) -> int:
    """Orientation 1 to 8 from an EXIF block, which is a TIFF without pixels. Source: EXIF 2.32."""
    try:
        _, first = next(directories(exif.removeprefix(b"Exif\x00\x00")), (0, {}))
    except (KeyError, struct.error):  # truncated: the picture is read without its orientation
        return 1
    orientation = first.get(ORIENTATION_TAG, 1)
    return orientation if 1 <= orientation <= 8 else 1


def upright(picture: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Apply the EXIF orientation 1 to 8 to the picture (H, W, 3)."""
    turn, mirrored = TURNS.get(orientation, (None, False))
    if turn is not None:
        picture = np.asarray(cv2.rotate(picture, turn), dtype=np.uint8)
    return np.ascontiguousarray(picture[:, ::-1]) if mirrored else picture
