"""The Python API for frames that follow each other: files, folders, a real camera stream, threads, and how a stream ends."""

from __future__ import annotations

import gc
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

import numcam
from live.api.stream import address_of
from live.core.results import TrackedNumber
from models.classifier import Classifier, load_classifier
from scripts.benchmark import page_of
from scripts.docs_build.schema_records import Frame
from scripts.measure.mjpeg_camera import MjpegCamera
from tests.program import log_rows
from tests.program import numcam as program
from tests.rtsp_server import rtsp_camera
from tests.stamped_files import make_pictures, make_video
from tests.xvfb_display import wait_for

PATIENT = {"camera": {"open_timeout_s": 60.0, "give_up_s": 1.0}}
"""A busy machine takes its time until the first picture."""


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    """Loaded once for all streams here."""
    return load_classifier(threads=1)


@cache
def page(size: tuple[int, int]) -> NDArray[np.uint8]:
    """A page of five digits; size: (width, height)."""
    return page_of(*size, 5, seed=1)


def page_video(path: Path, frames: int) -> Path:
    """A video of that page, which lies still."""
    return make_video(path, frames, paint=lambda _, size: page(size))


@pytest.fixture
def camera() -> Iterator[MjpegCamera]:
    """A camera that looks at that page."""
    with MjpegCamera(fps=10, size=(640, 480)) as stand_in:
        stand_in.paint = lambda _, size: page(size)
        yield stand_in


def capture_threads() -> list[str]:
    """The threads that hold a device open."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("capture ")]


def texts(numbers: tuple[TrackedNumber, ...]) -> list[str]:
    """What is shown."""
    return sorted(number.shown for number in numbers)


def test_a_video_gives_every_frame_in_its_order(tmp_path: Path, classifier: Classifier) -> None:
    clip = page_video(tmp_path / "clip.mp4", 12)
    frames = list(numcam.stream(clip, classifier=classifier))
    assert [frame.index for frame in frames] == list(range(12))
    assert [frame.time for frame in frames] == pytest.approx([0.04 * index for index in range(12)])
    assert {frame.source for frame in frames} == {"clip.mp4"}
    assert frames[0].image.shape == (360, 640, 3)
    shown = frames[-1].numbers
    assert shown
    assert texts(shown) == texts(tuple(number for frame in frames for number in frame.new))
    assert all(number.track_id > 0 and 0 < number.confidence <= 1 for number in shown)
    assert shown[0].quad.shape == (4, 2)
    assert len(shown[0].digits) == len(shown[0].text)
    assert np.not_equal(frames[-1].annotate(), frames[-1].image).any()
    assert repr(frames[-1]).startswith("<StreamFrame 11 of 'clip.mp4', 0.44 s, ")
    for frame in frames:
        fields = msgspec.convert(json.loads(json.dumps(frame.to_dict())), Frame, strict=True)
        assert [number.shown for number in fields.numbers] == [number.shown for number in frame.numbers]


@pytest.mark.slow
def test_its_events_are_those_of_the_log(tmp_path: Path) -> None:
    with program(tmp_path, "--headless", "--source", "demo", "--max-frames", "80", "--log", "l.jsonl") as run:
        assert run.wait(240) == 0
    seen = []
    for frame in numcam.stream("demo"):
        kinds = (("appeared", frame.new), ("changed", frame.changed), ("left", frame.left))
        seen += [
            (round(frame.time, 3), kind, number.track_id, number.shown, round(number.confidence, 4))
            for kind, numbers in kinds
            for number in numbers
        ]
        if frame.index == 79:
            break
    names = ("time", "event", "track_id", "shown", "confidence")
    logged = [tuple(row[name] for name in names) for row in log_rows(tmp_path / "l.jsonl")]
    assert logged
    assert sorted(seen) == sorted(logged)


def test_each_picture_of_a_folder_is_read_for_itself(tmp_path: Path, classifier: Classifier) -> None:
    folder = make_pictures(tmp_path / "pages", 3)
    (folder / "cut.png").write_bytes((folder / "page0.png").read_bytes()[:300])
    notes: list[str] = []
    frames = list(numcam.stream(folder, classifier=classifier, on_note=notes.append))
    assert [frame.source for frame in frames if frame.source != "cut.png"] == ["page0.png", "page1.png", "page2.png"]
    for frame in frames:
        assert frame.new == frame.numbers
        assert frame.left == frame.changed == ()
    assert [note for note in notes if "cut.png" in note]


def test_a_break_closes_the_camera(camera: MjpegCamera, classifier: Classifier) -> None:
    stream = numcam.stream(camera.address, classifier=classifier, settings=PATIENT)
    assert capture_threads() == [f"capture {camera.address}"]
    for frame in stream:
        if frame.new:
            break
    assert frame.numbers
    assert stream.ended
    wait_for(lambda: not capture_threads())
    assert list(stream) == []


def test_a_stream_closes_by_itself_however_it_is_left(camera: MjpegCamera, classifier: Classifier) -> None:
    options: dict[str, Any] = {"classifier": classifier, "settings": PATIENT}
    with pytest.raises(ZeroDivisionError):
        for _ in numcam.stream(camera.address, **options):
            raise ZeroDivisionError
    wait_for(lambda: not capture_threads())
    with numcam.stream(camera.address, **options) as stream:
        wait_for(stream.fetch)
        assert stream.take().index >= 0
        with pytest.raises(ValueError, match="fetch"):
            stream.take()
    wait_for(lambda: not capture_threads())
    stream = numcam.stream(camera.address, **options)
    assert capture_threads()
    del stream
    gc.collect()
    wait_for(lambda: not capture_threads())


def test_a_camera_that_is_gone_for_good_is_an_error(camera: MjpegCamera, classifier: Classifier) -> None:
    notes: list[str] = []
    stream = numcam.stream(camera.address, classifier=classifier, settings=PATIENT, on_note=notes.append)
    with pytest.raises(numcam.SourceError, match="is gone and did not come back"):
        for _ in stream:
            camera.stop()
    assert notes == [f"{camera.address} is gone: waiting for it to come back."]
    assert stream.ended
    wait_for(lambda: not capture_threads())


def test_a_real_stream_server(classifier: Classifier) -> None:
    with rtsp_camera() as served:
        for frame in numcam.stream(served.address, classifier=classifier, settings=PATIENT):
            if frame.index >= 5:
                break
        assert frame.image.shape == (360, 640, 3)
        assert frame.source == served.address
        wait_for(lambda: not capture_threads())


def test_two_streams_in_threads_see_what_one_sees(tmp_path: Path, classifier: Classifier) -> None:
    clip = page_video(tmp_path / "clip.mp4", 20)

    def seen(_: int) -> list[dict[str, Any]]:
        return [frame.to_dict() for frame in numcam.stream(clip, classifier=classifier)]

    alone = seen(0)
    assert any(frame["numbers"] for frame in alone)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(seen, range(2))) == [alone, alone]


def test_what_can_not_be_opened_is_an_error_of_numcam(tmp_path: Path) -> None:
    with pytest.raises(numcam.SourceError, match="There is no file or folder"):
        numcam.stream(tmp_path / "none.mp4")
    with pytest.raises(numcam.SettingsError):
        numcam.stream("demo", settings={"camera": {"widht": 1}})
    with pytest.raises(numcam.NumcamError):
        numcam.stream("demo", settings={"model": {"path": str(tmp_path / "none.onnx")}})


def test_a_number_is_a_camera_and_a_path_never_is() -> None:
    assert address_of(0) == address_of("0") == "0"
    assert address_of(Path("0")) != "0"
    assert Path(address_of(Path("0"))) == Path("0")
    assert address_of(Path("/a/b.mp4")) == str(Path("/a/b.mp4"))
    assert address_of("rtsp://camera/1") == "rtsp://camera/1"
    with pytest.raises(TypeError):
        address_of(1.5)  # type: ignore[arg-type]
