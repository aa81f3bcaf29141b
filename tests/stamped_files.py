"""Small videos and pictures with the frame's number stamped into them. Knows nothing of Numcam."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.measure.mjpeg_camera import stamped

SIZE = (640, 360)


def make_video(
    path: Path,
    frames: int = 12,
    time_ms: Callable[[int], int] = lambda number: number * 40,
    rotation: int | None = None,
    options: dict[str, str] | None = None,
    paint: Callable[[int, tuple[int, int]], NDArray[np.uint8]] = stamped,
) -> Path:
    """A stamped H.264 video, `time_ms` the time of each frame; or one of other pictures, by frame and size (w, h)."""
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream("libx264", rate=25, options={"preset": "ultrafast", "g": "5", "bf": "0"})
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        if rotation is not None:
            stream.set_display_rotation(rotation)
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(paint(number, SIZE), format="bgr24")
            frame.pts, frame.time_base = time_ms(number), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def make_pictures(folder: Path, count: int = 3) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"page{number}.png").write_bytes(cv2.imencode(".png", stamped(number, SIZE))[1].tobytes())
    return folder
