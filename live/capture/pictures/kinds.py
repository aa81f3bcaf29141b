"""What a file is, by its first bytes, and what to do where it is no picture. Knows no decoder, and trusts no file's name."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

HEAD_BYTES = 4096
"""So many of a file's first bytes tell what it is."""

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
"""Names of what a person takes for a picture, whether Numcam reads it or not."""

# the first bytes of what is read; HEIC and AVIF are told by the brands behind `ftyp`
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
"""Sizes that the second header of a BMP has, bytes: two letters alone would take any text for one."""

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
"""Formats that people call otherwise than Pillow does."""


def damaged(picture: str) -> str:
    """What is wrong with a picture of that format that can't be decoded, to be put after its name."""
    return f"is a {SPOKEN.get(picture, picture)} picture by its first bytes, but damaged. Copy it, or save it as JPEG, again."


@dataclass(frozen=True, slots=True)
class Kind:
    """What a file is."""

    picture: str | None
    """The format, by Pillow's name, where it is a picture that Numcam reads; else None."""
    advice: str = ""
    """What it is instead and what to do, to be put after its name."""
    is_video: bool = False
    """Whether `--source` plays it."""


def kind_of(head: bytes, name: str) -> Kind:
    """What a file is whose first `HEAD_BYTES` bytes (or all of them) are these. name: as a person gave it."""
    picture = picture_format(head)
    if picture is not None:
        return Kind(picture)
    if is_video(head):
        return Kind(None, f"is a video. --source {shlex.quote(name)} reads it.", is_video=True)
    return Kind(None, other_advice(head))


def picture_format(head: bytes) -> str | None:
    """The format of a picture that Numcam reads, by Pillow's name; None for all else."""
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
    """The brands that an ISO media file names behind `ftyp`; none where it is none. Source: ISO/IEC 14496-12, 4.3."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end - 3, 4))}


def is_video(head: bytes) -> bool:
    """Whether the bytes begin a video, or a sound, that FFmpeg would play."""
    if any(head[at : at + len(mark)] == mark for mark, at in VIDEOS):
        return True
    if head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"AVIX"):
        return True
    if len(head) > 2 * TS_PACKET and head[0] == head[TS_PACKET] == head[2 * TS_PACKET] == ord("G"):
        return True
    return bool(brands_of(head)) and head[8:12] != b"crx "


def other_advice(head: bytes) -> str:
    """What a file is that is neither picture nor video, and what to do, to be put after its name."""
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
    """Whether the bytes begin a camera's raw photograph, of those that are no TIFF besides."""
    return head.startswith(RAWS) or head[8:11] == b"CR\x02" or head[4:12] == b"ftypcrx "


def is_text(head: bytes) -> bool:
    """Whether the bytes are text: UTF-8, or UTF-16 with its mark, without control characters."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", head):
        return False
    try:
        head[:-4].decode("utf-8")  # the last letter may be cut
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 8
    return True
