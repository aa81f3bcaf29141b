"""The pages that a TIFF holds, by their directories alone. Knows TIFF's tags, decodes no pixel."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

# tags of TIFF 6.0 and of the DNG standard, which is a TIFF
SUBFILE, WIDTH, HEIGHT, BITS, MAKE, ORIENTATION, SAMPLES, TILE_WIDTH, TILE_HEIGHT, SUB_DIRECTORIES, DNG = WANTED = (
    254, 256, 257, 258, 271, 274, 277, 322, 323, 330, 50706,
)  # fmt: skip
MOST_ENTRIES = 4096  # of a directory; those of cameras have some hundred
COPIES = 4  # directories that a page may have: itself, and smaller copies
REDUCED, MASK = 1, 4  # bits of SUBFILE: a smaller copy of another page, and which of its px are to be seen
SHORT, LONG, LONG8 = 3, 4, 16
SIZES = {SHORT: "H", LONG: "I", LONG8: "Q"}
Tags = dict[int, int]


@dataclass(frozen=True, slots=True)
class TiffPage:
    """One page."""

    index: int
    """Which directory of the file it is, from 0."""
    directory: int
    """Where that directory is in the file, bytes from its beginning."""
    size: tuple[int, int]
    """Width and height, px."""
    block: int
    """How many px are decoded at once at least: those of a tile, where it has tiles."""
    is_deep_colour: bool
    """Whether it is in colour with more than 8 bits each, which Pillow has no form for."""


def tiff_pages(content: bytes, most: int) -> list[TiffPage]:
    """The pages of a TIFF or BigTIFF, up to `most` and one more. Small copies of pages, and masks, are left out.

    Raises ValueError where it is a camera's raw photograph, struct.error where no directory can be read.
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
    """Whether a TIFF's first directory is that of a raw photograph: DNG, or a small copy with the real one below it."""
    return DNG in tags or (SUB_DIRECTORIES in tags and MAKE in tags and tags.get(SUBFILE, 0) & REDUCED > 0)


def beginning_with(content: bytes, directory: int) -> bytes:
    """The same TIFF with that directory as its first. A decoder walks over all earlier pages to reach a later one."""
    order, is_big = byte_order(content)
    at, offset = (8, "Q") if is_big else (4, "I")
    place = struct.pack(f"{order}{offset}", directory)
    return b"".join([content[:at], place, memoryview(content)[at + len(place) :]])


def byte_order(content: bytes) -> tuple[str, bool]:
    """The byte order of a TIFF as `struct` names it, and whether it is a BigTIFF."""
    order = {b"II": "<", b"MM": ">"}[content[:2]]
    (version,) = struct.unpack_from(f"{order}H", content, 2)
    return order, version == 43


def directories(content: bytes) -> Iterator[tuple[int, Tags]]:
    """Each directory's place in the file, and its wanted tags, in the order of the file.

    Ends where one is damaged or comes a second time.
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
    """The first value of each wanted tag among the entries at these places, each as long as the step from one to the next."""
    count, inline = ("Q", 8) if entries.step == 20 else ("I", 4)
    tags: Tags = {}
    for at in entries:
        if at + entries.step > len(content):
            break
        tag, kind, values = struct.unpack_from(f"{order}HH{count}", content, at)
        if tag not in WANTED:
            continue
        place = at + entries.step - inline
        if kind == SHORT and values * 2 > inline:  # they stand elsewhere
            (place,) = struct.unpack_from(f"{order}{count}", content, place)
        form = f"{order}{SIZES.get(kind, 'B')}"
        tags[tag] = struct.unpack_from(form, content, place)[0] if place + struct.calcsize(form) <= len(content) else 0
    return tags
