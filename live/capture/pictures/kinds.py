"""Detects a file's format by its first bytes, with advice if it is no picture; knows no decoder and ignores the name."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

HEAD_BYTES = 4096
"""The format is detected from this number of bytes at the start of a file."""

PICTURE_SUFFIXES: frozenset[str] = frozenset(
    {
        ".avif",
        ".bmp",
        ".dib",
        ".gif",
        ".heic",
        ".heif",
        ".hif",
        ".j2k",
        ".jfif",
        ".jp2",
        ".jpe",
        ".jpeg",
        ".jpg",
        ".jpx",
    }
    | {".pbm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"}
)
RAW_SUFFIXES = frozenset(
    {".arw", ".cr2", ".cr3", ".dng", ".nef", ".nrw", ".orf", ".pef", ".raf", ".raw", ".rw2", ".srw"}
)
PHOTO_SUFFIXES = PICTURE_SUFFIXES | RAW_SUFFIXES | {".svg", ".psd"}
"""These are the suffixes that people expect of a picture, supported or not."""

# These are the first bytes of the supported formats; HEIC and AVIF are detected by the brands in the `ftyp` box.
SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG2000"),
    (b"\xff\x4f\xff\x51", "JPEG2000"),
)
AVIF_BRANDS = frozenset({b"avif", b"avis"})
HEIF_BRANDS = frozenset(
    {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs", b"mif1", b"msf1", b"mif2"}
)
PNM = re.compile(rb"P[1-6][\s#]")
BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
"""These are the possible sizes of a BMP's second header, bytes; the two letters BM alone would match text files."""

VIDEOS: tuple[tuple[bytes, int], ...] = (
    (b"\x1aE\xdf\xa3", 0),  # Matroska, WebM
    (b"FLV\x01", 0),
    (b"0&\xb2u\x8ef\xcf\x11", 0),  # WMV
    (b"\x00\x00\x01\xba", 0),  # MPEG
    (b"\x00\x00\x01\xb3", 0),
    (b"OggS", 0),
    (b"moov", 4),
    (b"mdat", 4),
    (b"wide", 4),
)
RAWS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\x00", b"FOVb")
ARCHIVES = (b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ", b"(\xb5/\xfd")
OFFICE_MARKS = (b"[Content_Types].xml", b"word/", b"xl/", b"ppt/", b"mimetypeapplication/vnd.o")
WEB_PAGES = (b"<!doctype html", b"<html", b"<head", b"<body")
OTHER_PICTURES = (
    b"\x00\x00\x01\x00",
    b"\x00\x00\x02\x00",
    b"8BPS",
    b"%!PS",
    b"v/1\x01",
    b"qoif",
    b"\xff\x0a",
    b"gimp xcf",
)
TS_PACKET = 188

LFS = "is a Git LFS pointer, not the picture itself. Fetch that with: git lfs pull"
WEB_PAGE = "is a web page (HTML), no picture. Download the picture itself: save it from the browser."
SVG = "is an SVG drawing, which can't be read. Export it as PNG."
PDF = "is a PDF. Make pictures of its pages first, as with: pdftoppm -r 200 -png FILE.pdf page"
RAW = "is a raw photograph, which can't be read. Save it as JPEG in the camera's or another photo program."
OFFICE = "is an office document, no picture. Save the pictures in it, or its pages, as JPEG or PNG."
ARCHIVE = "is an archive. Unpack it, and read the folder."
OTHER_PICTURE = "is a kind of picture that can't be read. Export it as PNG."
TEXT = "is a text, no picture. Give a JPEG, PNG, HEIC, TIFF, WebP, AVIF, GIF or BMP file."
DAMAGED = "is no picture that can be read, or it is damaged. Save it again as JPEG or PNG."
SPOKEN = {"HEIF": "HEIC", "JPEG2000": "JPEG 2000", "WEBP": "WebP", "PPM": "PNM"}
"""These formats have another common name than Pillow's."""


def damaged(picture: str) -> str:
    """The error for a picture of that format that can't be decoded, as text to follow the name."""
    return f"is a {SPOKEN.get(picture, picture)} picture by its first bytes, but damaged. Copy it, or save it as JPEG, again."


@dataclass(frozen=True, slots=True)
class Kind:
    """The detected kind of a file."""

    picture: str | None
    """Pillow's name of the format if it is a supported picture, else None."""
    advice: str = ""
    """What it is instead and what to do, as text to follow the name."""
    is_video: bool = False
    """Whether `--source` can play it."""


def kind_of(head: bytes, name: str) -> Kind:
    """The kind of a file. head: its first `HEAD_BYTES` bytes, or all. name: as the user gave it."""
    picture = picture_format(head)
    if picture is not None:
        return Kind(picture)
    if is_video(head):
        return Kind(None, f"is a video. --source {shlex.quote(name)} reads it.", is_video=True)
    return Kind(None, other_advice(head))


def picture_format(head: bytes) -> str | None:
    """Pillow's name of the format if it is a supported picture, else None."""
    if is_raw(head):
        return None
    brands = brands_of(head)
    tests = (
        *((head.startswith(signature), name) for signature, name in SIGNATURES),
        (head[:4] == b"RIFF" and head[8:12] == b"WEBP", "WEBP"),
        (head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in BMP_HEADERS, "BMP"),
        (PNM.match(head) is not None, "PPM"),
        (not brands.isdisjoint(AVIF_BRANDS), "AVIF"),
        (not brands.isdisjoint(HEIF_BRANDS), "HEIF"),
    )
    return next((name for is_it, name in tests if is_it), None)


def brands_of(head: bytes) -> set[bytes]:
    """The brands in the `ftyp` box of an ISO media file; empty for other files. Source: ISO/IEC 14496-12, 4.3."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}


def is_video(head: bytes) -> bool:
    """Whether the bytes are the start of a video or audio file that FFmpeg can play."""
    if any(head[at : at + len(mark)] == mark for mark, at in VIDEOS):
        return True
    if head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"AVIX"):
        return True
    if len(head) > 2 * TS_PACKET and head[0] == head[TS_PACKET] == head[2 * TS_PACKET] == ord("G"):
        return True
    return bool(brands_of(head)) and head[8:12] != b"crx "


def other_advice(head: bytes) -> str:
    """What a file is that is neither picture nor video, and what to do, as text to follow the name."""
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    tests = (
        (head.startswith(b"version https://git-lfs"), LFS),
        (text.startswith(WEB_PAGES) or b"<html" in text[:1024], WEB_PAGE),
        (b"<svg" in text, SVG),
        (b"%PDF-" in head[:1024], PDF),
        (is_raw(head), RAW),
        (head.startswith(ARCHIVES) and any(mark in head for mark in OFFICE_MARKS), OFFICE),
        (head.startswith(ARCHIVES), ARCHIVE),
        (head.startswith(OTHER_PICTURES), OTHER_PICTURE),
        (is_text(head), TEXT),
    )
    return next((advice for is_it, advice in tests if is_it), DAMAGED)


def is_raw(head: bytes) -> bool:
    """Whether the bytes are the start of a raw photograph whose format is not based on TIFF."""
    return head.startswith(RAWS) or head[8:11] == b"CR\x02" or head[4:12] == b"ftypcrx "


def is_text(head: bytes) -> bool:
    """Whether the bytes are text: UTF-8 without control characters, or UTF-16 with a byte order mark."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head):
        return False
    try:
        head[:-4].decode("utf-8")  # the last character may be cut
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 8
    return True
