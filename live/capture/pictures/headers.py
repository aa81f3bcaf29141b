"""Reads size and pages from a picture's header, and rejects pictures above the limits; decodes no pixels."""

from __future__ import annotations

import importlib
import logging
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

from live.capture.pictures.kinds import HEAD_BYTES, RAW, damaged, kind_of
from live.capture.pictures.tiff_pages import tiff_pages
from live.core.errors import SourceError
from live.core.settings import LimitsSettings

MEGA = 1_000_000
BY_PILLOW = frozenset({"AVIF", "GIF"})
"""OpenCV could decode these formats too, but Pillow reads their header, so it also decodes them."""
# These Pillow plugins are imported by name; otherwise Pillow would import about forty plugins to find one.
PLUGINS = {
    "AVIF": "AvifImagePlugin",
    "BMP": "BmpImagePlugin",
    "GIF": "GifImagePlugin",
    "JPEG": "JpegImagePlugin",
    "JPEG2000": "Jpeg2KImagePlugin",
    "PPM": "PpmImagePlugin",
    "TIFF": "TiffImagePlugin",
    "WEBP": "WebPImagePlugin",
}
PNG_SIZE_AT = 16
_pillow = threading.RLock()
PNG_FRAME_BYTES = 26  # This is the size of the fcTL chunk before each frame of an animated PNG, in bytes.


@dataclass(frozen=True, slots=True)
class PageHeader:
    """The header of a page, read before decoding."""

    size: tuple[int, int]
    """Width and height as stored, px."""
    index: int = 0
    """Index of its directory in the file."""
    directory: int = 0
    """Offset of that directory in the file, bytes; 0 for formats other than TIFF."""
    orientation: int | None = None
    """EXIF orientation 1 to 8; None if the decoder returns it."""
    block: int = 0
    """The smallest number of pixels that are decoded at once."""
    is_for_opencv: bool = True
    """Whether OpenCV decodes it, rather than Pillow."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a picture file, read before decoding."""

    format: str
    """Pillow's name of the format."""
    pages: tuple[PageHeader, ...]
    note: str = ""
    """The part that is not read, as text to follow the name."""
    opened: Any = field(default=None, compare=False)
    """The file opened by pillow-heif, if it is a HEIF."""


def read_header(content: bytes, name: str, limits: LimitsSettings) -> Header:
    """Read the header of a picture file. Raises SourceError if it is no picture, damaged, or above the limits."""
    kind = kind_of(content[:HEAD_BYTES], name)
    if kind.picture is None:
        raise SourceError(f"{name} {kind.advice}")
    try:
        header = HEADERS.get(kind.picture, by_pillow)(content, kind.picture, limits)
    except RawPhotographError:
        raise SourceError(f"{name} {RAW}") from None
    except pillow_with_formats().DecompressionBombError:
        raise SourceError(too_many_pixels(name, None, limits)) from None
    except Exception as error:  # with a damaged header, the libraries may raise any exception
        raise SourceError(f"{name} {damaged(kind.picture)}") from error
    check_pages(header, name, limits)
    return header


class RawPhotographError(Exception):
    """The TIFF is a raw photograph."""


def png_header(content: bytes, format_name: str, _: LimitsSettings) -> Header:
    """Width and height come first in a PNG. Source: ISO/IEC 15948, 11.2.2.

    OpenCV allocates the claimed size of a chunk, 4 GB for a file of 141 bytes. It therefore decodes only files whose chunks are
    complete, and whose animation frames are no larger than the picture.
    """
    size = struct.unpack_from(">II", content, PNG_SIZE_AT)
    at, is_sound, is_animated = PNG_SIZE_AT - 8, True, False
    while is_sound and at + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        is_sound = at + 12 + length <= len(content) and (kind != b"IHDR" or at == PNG_SIZE_AT - 8)
        is_animated = is_animated or kind == b"acTL"
        if is_sound and kind == b"fcTL" and length >= PNG_FRAME_BYTES:
            width, height = struct.unpack_from(">II", content, at + 12)
            is_sound = width <= size[0] and height <= size[1]
        at += 12 + length
        if kind == b"IEND":
            break
    page = PageHeader(size, is_for_opencv=is_sound)
    return Header(format_name, (page,), "is animated: its first picture is read." * is_animated)


def tiff_header(content: bytes, format_name: str, limits: LimitsSettings) -> Header:
    """Every page of a TIFF; both decoders apply the orientation."""
    try:
        pages = tiff_pages(content, limits.pages)
    except ValueError as error:
        raise RawPhotographError from error
    found = tuple(
        PageHeader(page.size, page.index, page.directory, 1, page.block, page.is_deep_colour) for page in pages
    )
    return Header(format_name, found)


def heif_header(content: bytes, format_name: str, _: LimitsSettings) -> Header:
    """The primary picture of a HEIC; libheif applies the orientation."""
    import pillow_heif

    opened = pillow_heif.open_heif(BytesIO(content), convert_hdr_to_8bit=True)
    several = f"holds {len(opened)} pictures: the main one is read." if len(opened) > 1 else ""
    return Header(format_name, (PageHeader(opened.size, orientation=1, is_for_opencv=False),), several, opened)


def by_pillow(content: bytes, format_name: str, limits: LimitsSettings) -> Header:
    """The header as Pillow reads it; opening a picture decodes no pixels."""
    with pillow(limits) as image, image.open(BytesIO(content), formats=[format_name]) as opened:
        animated = format_name != "JPEG" and bool(getattr(opened, "is_animated", False))
        note = "is animated: its first picture is read." if animated else ""
        if animated and format_name == "GIF":
            note += " --source plays it."
        orientation = opened.getexif().get(0x0112, 1) if format_name == "AVIF" else None
        return Header(
            format_name,
            (PageHeader(opened.size, orientation=orientation, is_for_opencv=format_name not in BY_PILLOW),),
            note,
        )


HEADERS = {"PNG": png_header, "TIFF": tiff_header, "HEIF": heif_header}


@contextmanager
def pillow(limits: LimitsSettings) -> Iterator[Any]:
    """PIL.Image with Numcam's pixel limit, and with warnings and log suppressed: Numcam has its own messages.

    The limit, warnings and log are global state, so one thread at a time changes them; they are restored afterwards.
    """
    image, log, silent = pillow_with_formats(), logging.getLogger("PIL"), logging.NullHandler()
    with _pillow, warnings.catch_warnings():
        before = image.MAX_IMAGE_PIXELS, log.propagate
        warnings.simplefilter("ignore", image.DecompressionBombWarning)
        warnings.filterwarnings("ignore", module=r"PIL\..*")
        image.MAX_IMAGE_PIXELS, log.propagate = int(limits.megapixels * MEGA), False
        log.addHandler(silent)
        try:
            yield image
        finally:
            log.removeHandler(silent)
            image.MAX_IMAGE_PIXELS, log.propagate = before


@cache
def pillow_with_formats() -> Any:
    """PIL.Image with the plugins of the supported formats imported."""
    from PIL import Image

    for plugin in PLUGINS.values():
        importlib.import_module(f"PIL.{plugin}")
    return Image


def check_pages(header: Header, name: str, limits: LimitsSettings) -> None:
    """Raise SourceError if a page, the sum of all pages or their number exceeds the limits."""
    if not header.pages or any(min(page.size) <= 0 for page in header.pages[:1]):
        raise SourceError(f"{name} {damaged(header.format)}")
    if len(header.pages) > limits.pages:
        raise SourceError(
            f"{name} has more than {limits.pages} pages, so it isn't read. If it is to be: --set limits.pages=..."
        )
    total = 0
    for page in header.pages:
        pixels = max(page.size[0] * page.size[1], page.block)
        total += pixels
        if pixels > limits.megapixels * MEGA:
            raise SourceError(too_many_pixels(name, page.size, limits))
    if total > limits.total_megapixels * MEGA:
        raise SourceError(
            f"The pages of {name} have {total / MEGA:,.0f} megapixels together, more than the "
            f"{limits.total_megapixels:g} allowed, so it isn't read. If it is to be: --set limits.total_megapixels=..."
        )


def too_many_pixels(name: str, size: tuple[int, int] | None, limits: LimitsSettings) -> str:
    """One line for a picture or frame above the limit. size: width and height, px, if known."""
    has = "has" if size is None else f"has {size[0]}x{size[1]} px ({size[0] * size[1] / MEGA:,.0f} megapixels),"
    return (
        f"{name} {has} more than the {limits.megapixels:g} megapixels allowed, so it isn't read. "
        "If it is to be: --set limits.megapixels=..."
    )
