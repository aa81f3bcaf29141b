"""Stamped videos, damaged on purpose: bytes hit, packets lost, the end cut off; and display matrices written by hand."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from scripts.measure.mjpeg_camera import stamped

CODECS: dict[str, tuple[str, dict[str, str]]] = {
    "h264": ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "g": "12"}),
    "h264 with B-frames": ("libx264", {"preset": "veryfast", "g": "12", "bf": "3"}),
    "mpeg4": ("mpeg4", {"g": "12", "bf": "2"}),
    "mpeg2": ("mpeg2video", {"g": "12", "bf": "2"}),
    "mjpeg": ("mjpeg", {}),
}
SIZE = (320, 240)


def make_clip(path: Path, codec: str, frames: int = 36, lost: Sequence[int] = ()) -> Path:
    """A noisy, moving, stamped clip; packets with the numbers `lost` are left out of the file."""
    name, options = CODECS[codec]
    texture = np.random.default_rng(0).integers(0, 90, (SIZE[1] // 4, SIZE[0] // 4, 3)).astype(np.uint8)
    texture = np.kron(texture, np.ones((4, 4, 1), np.uint8))
    with av.open(str(path), "w") as container:
        stream = container.add_stream(name, rate=25, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuvj420p" if name == "mjpeg" else "yuv420p"
        stream.bit_rate = 2_000_000
        count = 0
        for number in [*range(frames), None]:
            frame = None
            if number is not None:
                picture = stamped(number, SIZE)
                picture[40:] = np.maximum(picture[40:], 90) - np.roll(texture, 3 * number, axis=1)[40:]
                frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            for packet in stream.encode(frame):
                if count not in lost:
                    container.mux(packet)
                count += 1
    return path


def hit(path: Path, seed: int, hits: int = 3) -> Path:
    """The same file with some bytes of its middle changed, beside it."""
    data, choose = bytearray(path.read_bytes()), random.Random(seed)
    for _ in range(hits):
        data[choose.randrange(len(data) // 5, 9 * len(data) // 10)] ^= choose.randrange(1, 256)
    damaged = path.with_stem(f"{path.stem}-hit{seed}")
    damaged.write_bytes(data)
    return damaged


def with_matrix(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """The same MP4 with a, b, c, d (each 1, 0 or -1) as the display matrix of its track."""
    data = bytearray(path.read_bytes())
    start = data.index(b"tkhd") + 4
    place = start + (40 if data[start] == 0 else 52)  # ISO 14496-12, 8.3.2: version 1 has 12 bytes more before it
    a, b, c, d = (part << 16 for part in matrix)
    struct.pack_into(">9i", data, place, a, b, 0, c, d, 0, 0, 0, 1 << 30)
    turned = path.with_stem(f"{path.stem}{''.join(map(str, matrix))}")
    turned.write_bytes(data)
    return turned


def laid_out(upright: NDArray[np.uint8], matrix: tuple[int, int, int, int]) -> NDArray[np.uint8]:
    """What must be stored so that a player which follows the matrix shows `upright`: px by px, by the standard's own words."""
    a, b, c, d = matrix
    height, width = upright.shape[:2]
    stored_height, stored_width = (height, width) if a else (width, height)
    y, x = np.mgrid[:stored_height, :stored_width]
    shown_x, shown_y = a * x + c * y, b * x + d * y
    return np.ascontiguousarray(upright[shown_y - shown_y.min(), shown_x - shown_x.min()])
