"""Damage bytes: flip bits, truncate, move parts, falsify sizes. Knows of formats only where sizes stand."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

MOST_BYTES = 4_000_000
"""Largest size of a damaged file in bytes. Larger ones would test the disk."""
# typical boundary values of sizes, counts and offsets: the ends of 8, 16 and 32 bits, signed and unsigned, and 0
BOUNDARY_VALUES = (
    0,
    1,
    2,
    0x7F,
    0x80,
    0xFF,
    0x100,
    0x7FFF,
    0x8000,
    0xFFFF,
    0x10000,
    30_000,
    0x7FFFFFFF,
    0x80000000,
    0xFFFFFFFF,
)
PNG = b"\x89PNG\r\n\x1a\n"
HEADER_BYTES = 512
"""Sizes are falsified within this many bytes from the beginning, where most formats hold them."""


def flipped(data: bytes, rng: np.random.Generator) -> bytes:
    """A few bits turned, anywhere."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 12))):
        changed[int(rng.integers(len(changed)))] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def cut(data: bytes, rng: np.random.Generator) -> bytes:
    """The end is missing."""
    return data[: int(rng.integers(1, len(data) + 1))]


def spliced(data: bytes, rng: np.random.Generator) -> bytes:
    """Remove, repeat or move a part."""
    begin, end, place = sorted(rng.integers(0, len(data) + 1, 3).tolist())
    ways = (
        data[:begin] + data[end:],
        data[:end] + data[begin:end] + data[end:],
        data[:begin] + data[end:place] + data[begin:end] + data[place:],
    )
    return ways[int(rng.integers(3))]


def false_size(data: bytes, rng: np.random.Generator) -> bytes:
    """Overwrite a number near the beginning, where sizes, counts and offsets stand."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 4))):
        order: Literal["little", "big"] = "little" if rng.random() < 0.5 else "big"
        width = int(rng.choice((1, 2, 4)))
        place = int(rng.integers(0, max(1, min(len(data), HEADER_BYTES) - width)))
        value = int(rng.choice(BOUNDARY_VALUES)) & ((1 << 8 * width) - 1)
        changed[place : place + width] = value.to_bytes(width, order)
    return bytes(changed)


def noisy(data: bytes, rng: np.random.Generator) -> bytes:
    """Overwrite a part with noise."""
    begin = int(rng.integers(len(data)))
    length = int(rng.integers(1, 2 + len(data) // 8))
    return data[:begin] + rng.bytes(min(length, len(data) - begin)) + data[begin + length :]


DAMAGES: tuple[Callable[[bytes, np.random.Generator], bytes], ...] = (
    flipped,
    cut,
    spliced,
    false_size,
    false_size,
    noisy,
)


def damaged(data: bytes, rng: np.random.Generator, others: Sequence[bytes] = ()) -> bytes:
    """One to three kinds of damage, sometimes the end of another file. Checksums of PNG are often corrected afterwards."""
    if not data:
        return data
    if others and rng.random() < 0.08:
        other = others[int(rng.integers(len(others)))]
        data = data[: int(rng.integers(1, len(data) + 1))] + other[int(rng.integers(0, len(other))) :]
    for _ in range(int(rng.integers(1, 4))):
        if data:
            data = DAMAGES[int(rng.integers(len(DAMAGES)))](data, rng)
    return (with_right_checksums(data) if rng.random() < 0.7 else data)[:MOST_BYTES]


def with_claimed_size(data: bytes, size: tuple[int, int]) -> bytes:
    """A PNG, JPEG, GIF or BMP whose header claims another size (width, height); other data unchanged."""
    width, height = size
    if data.startswith(PNG):
        return with_right_checksums(data[:16] + struct.pack(">II", width, height) + data[24:])
    if data.startswith(b"GIF8"):
        return data[:6] + struct.pack("<HH", width & 0xFFFF, height & 0xFFFF) + data[10:]
    if data.startswith(b"BM"):
        return data[:18] + struct.pack("<ii", width & 0x7FFFFFFF, height & 0x7FFFFFFF) + data[26:]
    if data.startswith(b"\xff\xd8"):
        for marker in (b"\xff\xc0", b"\xff\xc2"):
            place = data.find(marker)
            if place > 0:
                sizes = struct.pack(">HH", height & 0xFFFF, width & 0xFFFF)
                return data[: place + 5] + sizes + data[place + 9 :]
    return data


def with_right_checksums(data: bytes) -> bytes:
    """A PNG with correct checksums, so that damage passes the first check; other data unchanged."""
    if not data.startswith(PNG):
        return data
    parts, place = [PNG], len(PNG)
    while place + 8 <= len(data):
        (length,) = struct.unpack_from(">I", data, place)
        body = data[place + 4 : place + 8 + length]
        if len(body) < 4 + length:
            break
        parts.append(data[place : place + 4] + body + struct.pack(">I", zlib.crc32(body)))
        place += 12 + length
    return b"".join(parts) + data[place:]
