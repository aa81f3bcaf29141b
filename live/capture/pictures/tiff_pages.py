"""Lists the pages of a TIFF by its directories (IFDs); decodes no pixels."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

# These are tags of TIFF 6.0, and of DNG, which is based on TIFF.
SUBFILE, WIDTH, HEIGHT, BITS, MAKE, ORIENTATION, SAMPLES, TILE_WIDTH, TILE_HEIGHT, SUB_DIRECTORIES, DNG = WANTED = (
    254, 256, 257, 258, 271, 274, 277, 322, 323, 330, 50706,
)  # fmt: skip
MOST_ENTRIES = 4096  # A directory with more entries than this is rejected; those of cameras have about a hundred.
COPIES = 4  # A page may have this number of directories: its own, and those of smaller copies.
REDUCED, MASK = 1, 4  # These bits of SUBFILE mean a smaller copy of another page, and a transparency mask.
SHORT, LONG, LONG8 = 3, 4, 16
SIZES = {SHORT: "H", LONG: "I", LONG8: "Q"}
Tags = dict[int, int]


@dataclass(frozen=True, slots=True)
class TiffPage:
    """One page of a TIFF."""

    index: int
    """Index of its directory in the file, from 0."""
    directory: int
    """Offset of that directory in the file, bytes."""
    size: tuple[int, int]
    """Width and height, px."""
    block: int
    """The smallest number of pixels that are decoded at once: those of a tile; 0 without tiles."""
    is_deep_colour: bool
    """Whether it has several channels of more than 8 bits, which Pillow doesn't support."""


def tiff_pages(content: bytes, most: int) -> list[TiffPage]:
    """The pages of a TIFF or BigTIFF, up to `most` + 1. Smaller copies of pages, and masks, are skipped.

    Raises ValueError if it is a raw photograph, struct.error if no directory can be read.
    """
    pages: list[TiffPage] = []
    for index, (directory, tags) in enumerate(islice(directories(content), COPIES * (most + 1))):
        if index == 0 and is_raw(tags):
            raise ValueError("raw")
        if index and tags.get(SUBFILE, 0) & (REDUCED | MASK):
            continue
        pages.append(
            TiffPage(
                index,
                directory,
                (tags.get(WIDTH, 0), tags.get(HEIGHT, 0)),
                tags.get(TILE_WIDTH, 0) * tags.get(TILE_HEIGHT, 0),
                tags.get(BITS, 1) > 8 and tags.get(SAMPLES, 1) > 1,
            )
        )
        if len(pages) > most:
            break
    return pages


def is_raw(tags: Tags) -> bool:
    """Whether a TIFF's first directory is that of a raw photograph: DNG, or a thumbnail with the raw data in a sub-IFD."""
    return DNG in tags or (SUB_DIRECTORIES in tags and MAKE in tags and tags.get(SUBFILE, 0) & REDUCED > 0)


def beginning_with(content: bytes, directory: int) -> bytes:
    """The same TIFF with that directory first. Otherwise a decoder would walk through all earlier pages."""
    order, is_big = byte_order(content)
    at, offset = (8, "Q") if is_big else (4, "I")
    place = struct.pack(f"{order}{offset}", directory)
    return b"".join([content[:at], place, memoryview(content)[at + len(place) :]])


def byte_order(content: bytes) -> tuple[str, bool]:
    """The byte order of a TIFF as a `struct` prefix, and whether it is a BigTIFF."""
    order = {b"II": "<", b"MM": ">"}[content[:2]]
    (version,) = struct.unpack_from(f"{order}H", content, 2)
    return order, version == 43


def directories(content: bytes) -> Iterator[tuple[int, Tags]]:
    """The offset and the wanted tags of each directory, in the order of the file.

    Ends at a damaged or repeated directory.
    """
    order, is_big = byte_order(content)
    at, entry, count, offset = (8, 20, "Q", "Q") if is_big else (4, 12, "H", "I")
    (start,) = struct.unpack_from(f"{order}{offset}", content, at)
    seen: set[int] = set()
    while start and start not in seen:
        seen.add(start)
        try:
            (entries,) = struct.unpack_from(f"{order}{count}", content, start)
            first = start + struct.calcsize(count)
            end = first + entries * entry
            (following,) = struct.unpack_from(f"{order}{offset}", content, end) if end < len(content) else (0,)
            if entries > MOST_ENTRIES:
                raise struct.error("no directory")
        except struct.error:
            if len(seen) == 1:
                raise
            return
        yield start, tags_in(content, range(first, end, entry), order)
        start = following


def tags_in(content: bytes, entries: range, order: str) -> Tags:
    """The first value of each wanted tag. entries: the offsets of the entries; the step is the size of an entry."""
    count, inline = ("Q", 8) if entries.step == 20 else ("I", 4)
    tags: Tags = {}
    for at in entries:
        if at + entries.step > len(content):
            break
        tag, kind, values = struct.unpack_from(f"{order}HH{count}", content, at)
        if tag not in WANTED:
            continue
        place = at + entries.step - inline
        if kind == SHORT and values * 2 > inline:  # stored elsewhere, at this offset
            (place,) = struct.unpack_from(f"{order}{count}", content, place)
        form = f"{order}{SIZES.get(kind, 'B')}"
        tags[tag] = struct.unpack_from(form, content, place)[0] if place + struct.calcsize(form) <= len(content) else 0
    return tags
