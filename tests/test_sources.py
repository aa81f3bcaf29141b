"""Every kind of source through one suite, then what only files, only addresses and only `auto` do."""

import functools
import http.server
import threading
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.capture import cameras, pace, sources
from live.capture.sources import FrameSource, open_source
from live.core.errors import SourceError
from live.core.records import Frame
from live.core.settings import CameraSettings
from scripts.measure.mjpeg_camera import MjpegCamera, read_stamp
from tests.stamped_files import SIZE, make_pictures, make_video

FRAGMENTS = {"movflags": "frag_every_frame+empty_moov"}
SETTINGS = CameraSettings(width=640, height=360, open_timeout_s=5, stall_s=2, picture_s=0.2)


def open_fast(address: str | Path) -> FrameSource:
    return open_source(str(address), SETTINGS, realtime=False, headless=True)


def open_paced(address: str | Path) -> FrameSource:
    return open_source(str(address), SETTINGS, realtime=None, headless=False)


@pytest.fixture
def camera() -> Iterator[MjpegCamera]:
    with MjpegCamera(size=SIZE) as stand_in:
        yield stand_in


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    clip = make_video(tmp_path / "demo.mp4")
    monkeypatch.setattr(sources, "DEMO_CLIP", clip)
    return clip


def plug_in(monkeypatch: pytest.MonkeyPatch, plugged: dict[int, str | None], names: dict[int, str]) -> None:
    """Stand in for this machine's cameras: index -> the address that a device opens, None for one that does not."""
    infos = [cameras.CameraInfo(index, name, (), "V4L2") for index, name in names.items()]

    def device(index: int, _: CameraSettings) -> cv2.VideoCapture | None:
        address = plugged.get(index)
        capture = cv2.VideoCapture(address, cv2.CAP_FFMPEG) if address else None
        return capture if capture is not None and capture.isOpened() else None

    monkeypatch.setattr(cameras, "find_cameras", lambda: infos)
    monkeypatch.setattr(sources, "find_cameras", lambda: infos)
    monkeypatch.setattr(cameras, "open_device", device)


@dataclass
class Backend:
    address: str
    name: str
    still: bool
    frames: int | None
    """How many come; None for what may skip or never ends."""


@pytest.fixture(
    params=["video", "paced video", "picture", "folder", "demo", "stream", "device", "auto", "video address"]
)
def backend(
    request: pytest.FixtureRequest, tmp_path: Path, camera: MjpegCamera, monkeypatch: pytest.MonkeyPatch
) -> Backend:
    kind: str = request.param
    if kind in ("auto", "device"):
        plug_in(monkeypatch, {0: camera.address}, {0: "Stand-in"})
    server: str = request.getfixturevalue("folder_server") if kind == "video address" else ""
    make_video(tmp_path / "clip.mkv")
    pages = make_pictures(tmp_path / "pages")
    return {
        "video": Backend(str(tmp_path / "clip.mkv"), "clip.mkv", False, 12),
        "paced video": Backend(str(tmp_path / "clip.mkv"), "clip.mkv", False, None),
        "picture": Backend(str(pages / "page1.png"), "page1.png", True, 1),
        "folder": Backend(str(pages), "pages", True, 3),
        "demo": Backend("demo", "built-in clip", False, 12),
        "stream": Backend(camera.address, camera.address, False, None),
        "video address": Backend(f"{server}/clip.mkv", f"{server}/clip.mkv", False, 12),
        "device": Backend("0", "camera 0", False, None),
        "auto": Backend("auto", "camera 0", False, None),
    }[kind]


@pytest.fixture
def folder_server(tmp_path: Path) -> Iterator[str]:
    """The folder `tmp_path` over HTTP."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None:
            """No lines on stderr."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=tmp_path)) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.usefixtures("demo")
def test_every_source_keeps_the_contract(backend: Backend, request: pytest.FixtureRequest) -> None:
    opener = open_paced if "paced" in request.node.name else open_fast
    with opener(backend.address) as source:
        assert source.name == backend.name
        assert (source.width, source.height) == SIZE
        assert source.still is backend.still
        assert source.fps is None or 1 < source.fps < 200
        assert source.note is None
        frames: list[Frame] = []
        for frame in source:
            frames.append(frame)
            if backend.frames is None and len(frames) == 6:
                break
        assert backend.frames is None or len(frames) == backend.frames
    assert all(frame.image.shape == (360, 640, 3) for frame in frames)
    stamps = [read_stamp(frame.image) for frame in frames]
    indices = [frame.index for frame in frames]
    times = [frame.captured_at for frame in frames]
    assert all(a < b for a, b in pairwise(indices))
    assert all(a < b for a, b in pairwise(stamps)), "never one frame twice"
    assert all(a < b for a, b in pairwise(times))
    assert next(iter(source), None) is None, "closed: nothing more comes"
    source.close()


@pytest.mark.usefixtures("demo")
def test_an_open_block_that_fails_closes_the_source(backend: Backend) -> None:
    with pytest.raises(KeyError), open_fast(backend.address) as source:
        raise KeyError("the reader's own trouble")
    assert list(source) == []


# ---- files


def test_the_times_of_a_variable_rate_stand_in_the_file(tmp_path: Path) -> None:
    clip = make_video(tmp_path / "phone.mp4", frames=8, time_ms=lambda number: 500 + number * number * 10)
    with open_fast(clip) as source:
        times = [frame.captured_at for frame in source]
    assert times == pytest.approx([number * number * 0.01 for number in range(8)], abs=1e-3)


@pytest.mark.parametrize("rotation", [90, -90, 180])
def test_a_phone_video_is_turned_upright_as_opencv_turns_it(tmp_path: Path, rotation: int) -> None:
    clip = make_video(tmp_path / "phone.mp4", frames=2, rotation=rotation)
    reference = cv2.VideoCapture(str(clip))
    expected = reference.read()[1]
    reference.release()
    with open_fast(clip) as source:
        assert (source.height, source.width) == expected.shape[:2]
        image = next(iter(source)).image
    assert np.abs(image.astype(int) - expected).mean() < 2


@pytest.mark.parametrize("pixels", ["yuv420p", "yuvj420p", "yuv444p", "gray"])
def test_colours_are_the_same_whatever_the_pixels(tmp_path: Path, pixels: str) -> None:
    colours = np.zeros((48, 64, 3), np.uint8)
    colours[:, :16], colours[:, 16:32], colours[:, 32:48], colours[:, 48:] = 255, (200, 30, 30), (40, 40, 210), 60
    with av.open(str(tmp_path / "colours.mkv"), "w") as container:
        stream = container.add_stream("ffv1" if pixels == "gray" else "mjpeg" if "j" in pixels else "libx264", rate=5)
        stream.width, stream.height, stream.pix_fmt = 64, 48, pixels
        container.mux(stream.encode(av.VideoFrame.from_ndarray(colours, format="bgr24")))
        container.mux(stream.encode(None))
    with open_fast(tmp_path / "colours.mkv") as source:
        image = next(iter(source)).image
    expected = colours
    if pixels == "gray":
        expected = cv2.cvtColor(cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    difference = np.abs(image.astype(int) - expected)
    assert np.median(difference, axis=(0, 1)).max() <= 6


def test_a_slow_reader_of_a_paced_file_skips_what_is_late(tmp_path: Path) -> None:
    clip = make_video(tmp_path / "long.mkv", frames=50)  # 2 s
    began = time.perf_counter()
    with open_paced(clip) as source:
        frames = []
        for frame in source:
            frames.append(frame)
            time.sleep(0.12)  # a quarter of what comes can be read
    took = time.perf_counter() - began
    assert 1.8 < took < 4
    assert 5 < len(frames) < 25
    assert frames[-1].index == 49, "the end is never skipped"
    assert all(frame.captured_at == pytest.approx(frame.index * 0.04, abs=2e-3) for frame in frames)
    assert all(read_stamp(frame.image) == frame.index for frame in frames)


def test_a_reader_in_no_hurry_gets_every_frame_of_an_unpaced_file(tmp_path: Path) -> None:
    clip = make_video(tmp_path / "long.mkv", frames=20)
    with open_fast(clip) as source:
        assert [read_stamp(frame.image) for frame in source] == list(range(20))


def test_a_file_waits_where_its_reader_pauses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "PAUSE_S", 0.3)
    with open_paced(make_video(tmp_path / "clip.mkv", frames=30)) as source:
        frames = iter(source)
        next(frames)
        time.sleep(1.1)
        assert next(frames).index < 20, "29 is where it would be now, had it gone on"


def test_decoding_that_is_too_slow_still_shows_something(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("live.capture.pace.time.perf_counter", lambda: now[0])
    rhythm = pace.Pace(paced=True)
    rhythm.arrive(0.0)
    now[0] += 0.2
    assert rhythm.is_late(0.1)
    now[0] += pace.LONGEST_SKIP_S
    assert not rhythm.is_late(0.2)


def test_keys_are_answered_while_a_picture_stays(tmp_path: Path) -> None:
    asked: list[Frame | None] = []
    with open_paced(make_pictures(tmp_path / "pages", 2)) as source:
        began = time.perf_counter()
        while not source.ended:
            asked.append(source.poll(0.05))
        assert time.perf_counter() - began >= 0.39, "the last picture stays as long as the others"
        assert source.poll() is None
    assert [frame.captured_at for frame in asked if frame is not None] == [0, 0.2]
    assert asked.count(None) >= 4


def test_closing_while_waiting_ends_the_show(tmp_path: Path) -> None:
    slow = CameraSettings(picture_s=600)
    with open_source(str(make_pictures(tmp_path / "pages")), slow, realtime=True, headless=True) as source:
        assert source.poll() is not None
        assert source.poll() is None
        assert not source.ended
        source.close()
        assert list(source) == []
    clip = make_video(tmp_path / "slow.mkv", frames=3, time_ms=lambda number: number * 600_000)
    with open_paced(clip) as source:
        assert source.poll() is not None
        assert source.poll() is None
        source.close()
        assert list(source) == []


@pytest.mark.parametrize("name", ["cut.mkv", "cut-fragments.mp4", "cut-index-first.mp4"])
def test_a_video_cut_short_plays_what_is_there(tmp_path: Path, name: str) -> None:
    options = {"cut.mkv": {}, "cut-fragments.mp4": FRAGMENTS, "cut-index-first.mp4": {"movflags": "faststart"}}[name]
    whole = make_video(tmp_path / f"whole-{name}", frames=30, options=options).read_bytes()
    (tmp_path / name).write_bytes(whole[: len(whole) * 2 // 3])
    with open_fast(tmp_path / name) as source:
        stamps = [read_stamp(frame.image) for frame in source]
    assert 10 < len(stamps) < 30
    assert stamps == list(range(len(stamps)))


@pytest.mark.parametrize("name", ["clip.ts", "clip.mp4"])
def test_damage_in_the_middle_costs_only_what_is_damaged(tmp_path: Path, name: str) -> None:
    content = bytearray(make_video(tmp_path / name, frames=40).read_bytes())
    middle = len(content) // 2
    content[middle : middle + 2000] = bytes(2000)
    (tmp_path / name).write_bytes(content)
    with open_fast(tmp_path / name) as source:
        frames = list(source)
    assert read_stamp(frames[-1].image) == 39
    times = [frame.captured_at for frame in frames]
    assert times == sorted(set(times))


def test_times_that_go_back_or_are_missing_are_put_right(tmp_path: Path) -> None:
    first = make_video(tmp_path / "a.ts", frames=5).read_bytes()
    (tmp_path / "joined.ts").write_bytes(first + first)  # the clock starts again in the middle
    with open_fast(tmp_path / "joined.ts") as source:
        times = [frame.captured_at for frame in source]
    # where two recordings meet, the packets don't follow one another, and the frame before counts as damaged
    assert len(times) >= 8
    assert times == sorted(set(times))
    raw = make_video(tmp_path / "raw.h264", frames=5)
    with open_fast(raw) as source:
        times = [frame.captured_at for frame in source]
    assert len(times) == 5
    assert times == sorted(set(times))


def wrong_inputs(folder: Path) -> dict[str, str]:
    """Address -> words that its error must hold."""
    (folder / "text.mp4").write_text("This is a letter, not a film.\n" * 30)
    (folder / "empty.mp4").touch()
    (folder / "empty.png").touch()
    (folder / "notes.txt").write_text("one\ntwo\n")
    (folder / "none").mkdir()
    whole = make_video(folder / "whole.mp4").read_bytes()
    (folder / "moovless.mp4").write_bytes(whole[: len(whole) // 2])
    film = make_video(folder / "film.mkv").read_bytes()
    (folder / "headless.mkv").write_bytes(film[: film.index(b"\x1f\x43\xb6\x75")])
    film = make_video(folder / "fragments.mp4", options=FRAGMENTS).read_bytes()
    (folder / "started.mp4").write_bytes(film[: film.index(b"moof") - 4])
    with wave.open(str(folder / "sound.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(1600))
    return {
        "nowhere/clip.mp4": "no file or folder",
        "whole.mpg": "Did you mean",
        "text.mp4": "no video or picture",
        "notes.txt": "no video",
        "empty.mp4": "0 bytes",
        "empty.png": "0 bytes",
        "none": "holds no pictures",
        "moovless.mp4": "cut short",
        "headless.mkv": "cut short",
        "started.mp4": "holds no picture",
        "sound.wav": "holds no video",
    }


def test_wrong_files_are_told_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name, words in wrong_inputs(tmp_path).items():
        with pytest.raises(SourceError, match=words) as caught:
            open_fast(tmp_path / name)
        assert Path(name).name in str(caught.value)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300
    assert capfd.readouterr() == ("", "")


def test_a_name_longer_than_any_is_only_missing() -> None:
    with pytest.raises(SourceError, match="no file or folder"):
        open_fast("x" * 5000)


def test_a_broken_picture_in_a_folder_is_named_once_and_the_others_go_on(tmp_path: Path) -> None:
    folder = make_pictures(tmp_path / "pages", 4)
    (folder / "page1.png").write_bytes(b"no picture")
    (folder / "page3.png").write_bytes((folder / "page3.png").read_bytes()[:60])
    (folder / "clip.mp4").write_bytes(b"\x00\x00\x00\x18ftypisom")
    with open_fast(folder) as source:
        assert [frame.index for frame in source] == [0, 1]
        remarks = source.take_remarks()
        assert source.take_remarks() == []
    assert [(Path(remark.text.split()[0]).name, remark.is_failure) for remark in remarks] == [
        ("clip.mp4", False), ("page1.png", True), ("page3.png", True),
    ]  # fmt: skip


# ---- auto and demo


@pytest.mark.usefixtures("demo")
def test_without_a_camera_auto_plays_the_clip_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch, {}, {})
    with open_source("auto", SETTINGS, realtime=False, headless=True) as source:
        assert source.name == "built-in clip"
        assert source.note is not None
        assert source.note.startswith("No camera found: playing the built-in clip.")
        assert "--source 1" in source.note
        assert len(list(source)) == 12


@pytest.mark.usefixtures("demo")
def test_auto_takes_the_first_camera_that_opens(camera: MjpegCamera, monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch, {0: None, 2: camera.address}, {0: "In use", 2: "Free"})
    with open_fast("auto") as source:
        assert source.name == "camera 2"
        assert source.note is None
    plug_in(monkeypatch, {0: None}, {0: "In use"})
    with open_fast("auto") as source:
        assert source.note is not None
        assert "No camera opened (In use)" in source.note


def test_a_missing_clip_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sources, "DEMO_CLIP", tmp_path / "demo.mp4")
    with pytest.raises(SourceError, match="Install Numcam again"):
        open_fast("demo")


def picture_of(source: FrameSource) -> NDArray[np.uint8]:
    return next(iter(source)).image


def test_a_file_may_have_any_name(tmp_path: Path) -> None:
    clip = make_video(tmp_path / "видео 数字 #1.mkv", frames=3)
    with open_fast(clip) as source:
        assert source.name == clip.name
        assert read_stamp(picture_of(source)) == 0
    upload = make_pictures(tmp_path / "up") / "page1.png"
    with open_fast(upload.rename(tmp_path / "upload.tmp")) as source:
        assert source.still
        assert read_stamp(picture_of(source)) == 1
