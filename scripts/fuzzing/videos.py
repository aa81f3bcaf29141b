"""Make videos in several containers for the fuzz command, valid and damaged. Reads none."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np

from scripts.fuzzing.case import Case, Limits
from scripts.fuzzing.damage import damaged
from scripts.fuzzing.pictures import Seeds, odd_name, page

SIZE = (320, 240)
FRAMES, FPS = 16, 24
MOST_FRAMES = 40
"""Frames that are read of a damaged video at most, since it may claim any number."""
FORMATS = (
    ("clip.mp4", "libx264"), ("clip.mkv", "libx264"), ("clip.ts", "libx264"), ("clip.mov", "libx264"), ("clip.avi", "mjpeg"),
    ("clip.mjpeg", "mjpeg"), ("clip.mpg", "mpeg2video"), ("old.avi", "mpeg4"),
)  # fmt: skip


@cache
def whole_videos() -> Seeds:
    """A short video of a slowly moving page in each format, by its name."""
    with tempfile.TemporaryDirectory() as folder:
        for name, codec in FORMATS:
            write(Path(folder) / name, codec)
        return {name: (Path(folder) / name).read_bytes() for name, _ in FORMATS}


def write(path: Path, codec: str) -> None:
    """Write one video."""
    sheet = cv2.resize(page(), (SIZE[0] + FRAMES, SIZE[1] + FRAMES), interpolation=cv2.INTER_AREA)
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=FPS)  # PyAV's type names audio and subtitles too
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.gop_size = 6
        for index in range(FRAMES):
            part = np.ascontiguousarray(sheet[index : index + SIZE[1], index : index + SIZE[0]])
            frame = av.VideoFrame.from_ndarray(part, format="bgr24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def video_case(name: str, rng: np.random.Generator, more: Sequence[tuple[str, bytes]] = ()) -> Case:
    """A video, damaged nine times out of ten, read completely or in part."""
    seeds = [*whole_videos().items(), *more]
    kind, data = seeds[int(rng.integers(len(seeds)))]
    about = kind
    if rng.random() < 0.9:
        data, about = damaged(data, rng, [other for _, other in seeds]), f"{kind}, damaged"
    file = odd_name(rng) if rng.random() < 0.2 else kind
    arguments = ["--source", f"./{file}", "--headless", "--max-frames", str(MOST_FRAMES)]
    if rng.random() < 0.3:
        arguments += ["--record", "seen.mp4", "--log", "read.csv"]
    # several messages are possible: lost frames, another size, the recording
    limits = Limits(cpu_s=1.0, memory_mb=1000.0, grows=True, complaints=12)
    return Case("videos", name, about, {file: data}, tuple(arguments), limits)
