"""Video files as people have them: turned and mirrored, damaged, of one frame, under any name; none opens anything else."""

from __future__ import annotations

import functools
import gc
import http.server
import itertools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.capture import decoded_frames
from live.capture.decoded_frames import UprightPictures
from live.capture.sources import DEMO_CLIP, open_source
from live.capture.streams import StreamCapture
from live.capture.video_files import VideoFile
from live.core.errors import SourceError
from live.core.records import Frame
from live.core.settings import CameraSettings
from scripts.measure.mjpeg_camera import read_stamp, stamped
from tests.damaged_files import CODECS, hit, laid_out, make_clip, with_matrix
from tests.program import PATIENCE_S, ROOT
from tests.stamped_files import SIZE, make_video

CASES = Path(__file__).parents[2] / "shared" / "bench" / "cases" / "video"
QUICK = CameraSettings(open_timeout_s=2, stall_s=2)
SIGNS = (1, -1)
MATRICES = [(a, 0, 0, d) for a in SIGNS for d in SIGNS] + [(0, b, c, 0) for b in SIGNS for c in SIGNS]


def numcam(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "live", *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip


def opened(path: Path | str) -> VideoFile:
    return VideoFile(str(path), Path(path).name, paced=False)


@pytest.mark.parametrize("matrix", MATRICES)
def test_every_display_matrix_is_followed(tmp_path: Path, matrix: tuple[int, int, int, int]) -> None:
    upright = np.full((240, 320, 3), 128, np.uint8)
    upright[:80, :80] = (0, 0, 255)
    upright[:80, 240:] = (0, 255, 0)
    upright[160:, :80] = (255, 0, 0)
    stored = laid_out(upright, matrix)
    clip = tmp_path / "clip.mp4"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.height, stream.width = stored.shape[:2]
        stream.pix_fmt = "yuv420p"
        for _ in range(2):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(stored, format="bgr24")))
        container.mux(stream.encode(None))
    with opened(with_matrix(clip, matrix)) as source:
        assert (source.width, source.height) == (320, 240)
        frames = list(source)
    assert len(frames) == 2
    for frame in frames:
        assert np.abs(frame.image.astype(int) - upright)[::10, ::10].mean() < 6


def test_a_matrix_that_shows_nothing_is_passed_over(tmp_path: Path) -> None:
    clip = make_video(tmp_path / "clip.mp4", frames=2)
    with opened(with_matrix(clip, (0, 0, 0, 0))) as source:
        assert [read_stamp(frame.image) for frame in source] == [0, 1]


def test_a_video_of_one_frame_is_a_still_picture(tmp_path: Path) -> None:
    with opened(make_video(tmp_path / "one.mp4", frames=1)) as source:
        assert source.still
        assert len(list(source)) == 1
    with opened(make_video(tmp_path / "two.mp4", frames=2)) as source:
        assert not source.still


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("suffix", [".ts", ".mkv"])
def test_a_clip_without_damage_loses_nothing(tmp_path: Path, codec: str, suffix: str) -> None:
    if codec == "mjpeg" and suffix == ".ts":
        pytest.skip("MPEG-TS holds no MJPEG")
    with opened(make_clip(tmp_path / f"clip{suffix}", codec)) as source:
        assert [read_stamp(frame.image) for frame in source] == list(range(36))
        assert source.left_out == 0


@pytest.mark.parametrize("codec", CODECS)
def test_damaged_frames_are_left_out_and_counted(tmp_path: Path, codec: str) -> None:
    clip = make_clip(tmp_path / "clip.mkv", codec)
    with opened(clip) as source:
        whole = [frame.image for frame in source]
    spoilt = left_out = given = before = 0
    for seed in range(4):
        damaged = hit(clip, seed, hits=8 if codec == "mjpeg" else 3)
        with av.open(str(damaged)) as container:  # as FFmpeg gives them by itself
            for packet in container.demux(video=0):
                try:
                    before += sum(is_spoilt(UprightPictures()(frame), whole) for frame in packet.decode())
                except av.error.FFmpegError:
                    continue
        try:
            with opened(damaged) as source:
                for frame in source:
                    given += 1
                    spoilt += is_spoilt(frame.image, whole)
                left_out += source.left_out
        except SourceError:
            continue
    assert given > 20, "what is whole is read"
    assert left_out > 0
    # a byte hit inside of MPEG-2 and MPEG-4 may give another picture that is as well formed; inside of MJPEG it often does
    # of H.264 nearly always none passes; once in a run on busy cores one did, so that a tenth of what FFmpeg gives is allowed
    assert spoilt <= (before // 10 if codec.startswith("h264") else before - 1 if codec == "mjpeg" else before // 3)


def is_spoilt(picture: NDArray[np.uint8], whole: list[NDArray[np.uint8]]) -> bool:
    """Whether a picture looks otherwise than the undamaged one with the same stamp."""
    stamp = read_stamp(picture)
    if stamp >= len(whole):
        return True
    change = cv2.absdiff(picture, whole[stamp]).max(axis=2)
    return float(cv2.resize(change, (40, 30), interpolation=cv2.INTER_AREA).max()) > 30


def test_what_was_begun_with_damage_is_read_from_the_next_key_frame_on(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.ts", "h264")
    data = bytearray(clip.read_bytes())
    data[1500:3000] = bytes(1500)
    clip.write_bytes(data)
    with opened(clip) as source:
        stamps = [read_stamp(frame.image) for frame in source]
        assert source.left_out > 0
    assert stamps[0] % 12 == 0
    assert stamps[-1] == 35


def test_the_damage_is_told_once_and_summed_up(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.ts", "h264")
    data = bytearray(clip.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 3000] = bytes(3000)
    clip.write_bytes(data)
    done = numcam("--headless", "--source", "clip.ts", folder=tmp_path)
    assert done.returncode == 0
    assert done.stderr.count("clip.ts is damaged") == 1
    assert "damaged and left out" in done.stdout


@pytest.mark.skipif(not CASES.is_dir(), reason="../shared/bench isn't there")
def test_the_cases_are_read_as_a_player_shows_them(tmp_path: Path) -> None:
    sheet = ["1789", "2026", "3", "31415", "407", "5092", "660", "86"]
    for name in ("hflip", "vflip", "one", "fps1", "fps1_3"):
        done = numcam("--headless", "--source", str(CASES / f"{name}.mp4"), folder=tmp_path)
        assert sorted(line.split()[2] for line in done.stdout.splitlines() if "read " in line and "%" in line) == sheet
    done = numcam("--headless", "--source", str(CASES / "hit0.ts"), folder=tmp_path)
    assert done.returncode == 1
    assert "hit0.ts is damaged" in done.stderr
    assert done.stdout == ""


ODD_NAMES = [
    "clip-17:45.mp4",
    "http:foo.mp4",
    "concat:a.mp4",
    "data:b",
    "pipe:",
    "-",
    "C:x.mp4",
    "file:c.mp4",
    "%03d.mp4",
]


@pytest.mark.skipif(os.name == "nt", reason="Windows allows no colon in a name")
@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_file_is_opened_whatever_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    made = make_video(tmp_path / "made.mp4", frames=3)
    made.rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    for address in (name, f"./{name}", str(tmp_path / name)):
        with open_source(address, QUICK, realtime=False, headless=True) as source:
            assert [read_stamp(frame.image) for frame in source] == [0, 1, 2]


@pytest.mark.skipif(os.name == "nt", reason="Windows allows no colon in a name")
def test_pictures_folders_and_recordings_may_have_a_colon_too(tmp_path: Path) -> None:
    folder = tmp_path / "http:scans"
    folder.mkdir()
    picture = stamped(7, SIZE)
    (folder / "page-17:45.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    for address in ("http:scans", "http:scans/page-17:45.png"):
        done = numcam("--headless", "--source", address, "--record", "r-17:45.mp4", folder=tmp_path)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "r-17:45.mp4").stat().st_size > 0
    with opened(tmp_path / "r-17:45.mp4") as source:
        assert len(list(source)) >= 1


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[tuple[str, list[str]]]:
    """The folder `tmp_path` over HTTP, and what was asked of it."""
    paths: list[str] = []

    class Noting(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            paths.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Noting, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", paths
        server.shutdown()


def test_a_file_that_names_others_opens_none_of_them(tmp_path: Path, asked: tuple[str, list[str]]) -> None:
    server, paths = asked
    make_video(tmp_path / "secret.ts", frames=5)
    texts = {
        "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n",
        "ffconcat": "ffconcat version 1.0\nfile {}\n",
        "sdp": "v=0\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\na=control:{}\n",
        "mp4": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{}\n#EXT-X-ENDLIST\n",
    }
    for (suffix, text), target in itertools.product(texts.items(), ("secret.ts", f"{server}/secret.ts")):
        (tmp_path / f"list.{suffix}").write_text(text.format(target))
        with pytest.raises(SourceError, match="is a playlist"):
            open_source(str(tmp_path / f"list.{suffix}"), QUICK, realtime=False, headless=True)
    assert paths == []


def test_a_stream_may_be_a_playlist_but_reads_no_file_of_this_machine(
    tmp_path: Path, asked: tuple[str, list[str]]
) -> None:
    server, paths = asked
    piece = make_video(tmp_path / "piece.ts", frames=30)
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.2,\n{}\n#EXT-X-ENDLIST\n"
    (tmp_path / "good.m3u8").write_text(text.format("piece.ts"))
    capture = StreamCapture(f"{server}/good.m3u8", 2)
    assert capture.grab()
    capture.release()
    assert "/piece.ts" in paths
    for name, target in (("bad", f"file:{piece}"), ("worse", f"file://{piece}"), ("worst", f"concat:{piece}")):
        (tmp_path / f"{name}.m3u8").write_text(text.format(target))
        with pytest.raises(SourceError, match="did not open, or sent no picture"):
            open_source(f"{server}/{name}.m3u8", QUICK, realtime=False, headless=True)


def test_frames_that_were_read_are_not_held() -> None:
    gc.collect()
    gc.disable()  # what is held in a circle stays until it is looked for
    try:
        with open_source("demo", CameraSettings(), realtime=False, headless=True) as source:
            read = sum(1 for _ in source)
        held = sum(isinstance(item, av.VideoFrame) for item in gc.get_objects())
    finally:
        gc.enable()
    assert read > 100
    assert held < 20


def failing_at(places: set[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the conversion of these frames of the built-in clip (30 a second) fail as FFmpeg lets it fail."""
    convert = decoded_frames.to_picture

    def convert_most(frame: av.VideoFrame, matrix: decoded_frames.Matrix) -> NDArray[np.uint8]:
        if round(float(frame.time) * 30) in places:
            raise OSError(22, "Invalid argument")
        return convert(frame, matrix)

    monkeypatch.setattr(decoded_frames, "to_picture", convert_most)


@pytest.mark.parametrize("places", [{0}, {2, 3}], ids=["the first", "two"])
def test_frames_that_can_not_be_converted_count_as_damaged(places: set[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Damage may give a decoded frame a size or colours of which FFmpeg makes no picture."""
    failing_at(places, monkeypatch)
    frames: list[Frame] = []
    with opened(DEMO_CLIP) as video:
        while len(frames) < 10:
            frame = video.poll()
            frames += [] if frame is None else [frame]
        assert video.left_out == len(places)
    assert [frame.index for frame in frames] == list(range(10))
    assert all(frame.image.shape == (720, 1280, 3) for frame in frames)


def test_a_video_of_which_no_frame_can_be_converted_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    failing_at(set(range(1000)), monkeypatch)
    with pytest.raises(SourceError, match="not one of its frames is whole"):
        opened(DEMO_CLIP)
