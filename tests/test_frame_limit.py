"""Frames of videos and streams beyond the limit are refused by their headers, and the others are read."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest

from live.capture.sources import DEMO_CLIP, FrameSource, open_source
from live.core.errors import SourceError
from live.core.settings import CameraSettings, LimitsSettings
from scripts.measure.mjpeg_camera import MjpegCamera

SETTINGS = CameraSettings(open_timeout_s=5, stall_s=2)
HALF = LimitsSettings(megapixels=0.5)


def video(size: tuple[int, int], count: int = 5) -> bytes:
    """H.264 in a transport stream, which may follow one of another size."""
    content = io.BytesIO()
    with av.open(content, "w", format="mpegts") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for k in range(count):
            frame = av.VideoFrame.from_ndarray(np.full((size[1], size[0], 3), 20 * k, np.uint8), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return content.getvalue()


def opened(address: object) -> FrameSource:
    return open_source(str(address), SETTINGS, realtime=False, headless=True, limits=HALF)


def test_a_video_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.ts"
    path.write_bytes(video((1280, 960)))
    with pytest.raises(SourceError, match=r"large\.ts has 1280x960 px .* limits\.megapixels"):
        opened(path)


def test_a_video_that_grows_beyond_the_limit_is_read_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "grows.ts"
    path.write_bytes(video((640, 480)) + video((1280, 960)))
    with opened(path) as source:
        assert {frame.size for frame in source} == {(640, 480)}


def test_frames_of_a_stream_beyond_the_limit_are_left_out() -> None:
    with MjpegCamera(size=(640, 480)) as camera, opened(camera.address) as source:
        assert next(iter(source)).size == (640, 480)
        camera.size = (1280, 960)
        late = [source.poll(0.1) for _ in range(8)]
        assert all(frame is None or frame.size == (640, 480) for frame in late)
        camera.size = (320, 240)
        found = (source.poll(0.1) for _ in range(100))
        assert any(frame is not None and frame.size == (320, 240) for frame in found)


def test_a_stream_of_frames_beyond_the_limit_does_not_open() -> None:
    # the real cause, and the setting; not that it did not open
    told = pytest.raises(SourceError, match=r"/video has more than the 0.5 megapixels .* limits\.megapixels")
    with MjpegCamera(size=(1280, 960)) as camera, told:
        opened(camera.address)


def test_a_codec_that_nobody_knows_is_told(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(DEMO_CLIP.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(SourceError, match="can't be decoded here"):
        open_source(str(clip), CameraSettings(), realtime=False, headless=True)
