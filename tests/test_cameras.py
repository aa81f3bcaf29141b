"""Cameras: how they are asked, listed, named in errors, and that none is found quickly. Devices are stood in for."""

import time
from pathlib import Path

import cv2
import pytest

from live.capture import cameras
from live.capture.cameras import CameraInfo, camera_index, find_cameras, index_now, list_cameras, why_not_opened
from live.capture.sources import open_source
from live.core.errors import SourceError
from live.core.settings import CameraSettings

SETTINGS = CameraSettings(width=1280, height=720, fps=30, open_timeout_s=2)
USB = CameraInfo(1, "USB Camera", (), "V4L2")
BUILT_IN = CameraInfo(0, "Built-in", (), "V4L2")


class FakeDevice:
    """A camera that gives two sizes and notes in which order it was asked."""

    def __init__(self, works: bool = True) -> None:
        self.works = works
        self.asked: list[int] = []
        self.size = [640.0, 480.0]
        self.released = False

    def isOpened(self) -> bool:  # noqa: N802 - OpenCV's name
        return self.works

    def set(self, what: int, value: float) -> bool:
        self.asked.append(what)
        if what == cv2.CAP_PROP_FRAME_WIDTH:
            self.size = [1280.0, 720.0] if value >= 1280 else [640.0, 480.0]
        return True

    def get(self, what: int) -> float:
        return {cv2.CAP_PROP_FRAME_WIDTH: self.size[0], cv2.CAP_PROP_FRAME_HEIGHT: self.size[1]}.get(what, 0.0)

    def release(self) -> None:
        self.released = True


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> FakeDevice:
    fake = FakeDevice()
    monkeypatch.setattr(cv2, "VideoCapture", lambda *_: fake)
    return fake


def test_looking_for_cameras_is_quick_and_silent(capfd: pytest.CaptureFixture[str]) -> None:
    find_cameras()  # what is done once
    spent = []
    for _ in range(10):  # what else the machine does only adds to it
        began = time.perf_counter()
        found = find_cameras()
        spent.append(time.perf_counter() - began)
    assert min(spent) < 0.1
    assert all(camera.name and camera.index >= 0 for camera in found)
    assert capfd.readouterr() == ("", "")


@pytest.mark.skipif(Path("/dev/video60").exists(), reason="this machine has that many cameras")
def test_a_camera_that_is_not_there_is_told_without_noise(capfd: pytest.CaptureFixture[str]) -> None:
    began = time.perf_counter()
    with pytest.raises(SourceError, match="Camera 60 did not open") as caught:
        open_source("60", SETTINGS, realtime=None, headless=True)
    assert time.perf_counter() - began < 5
    assert "\n" not in str(caught.value)
    assert "--source" in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_mjpg_is_asked_for_before_size_and_rate(device: FakeDevice) -> None:
    assert cameras.open_device(0, SETTINGS) is not None
    assert device.asked == [
        cv2.CAP_PROP_FOURCC,
        cv2.CAP_PROP_FRAME_WIDTH,
        cv2.CAP_PROP_FRAME_HEIGHT,
        cv2.CAP_PROP_FPS,
    ]


def test_a_device_that_does_not_open_is_let_go(device: FakeDevice) -> None:
    device.works = False
    assert cameras.open_device(0, SETTINGS) is None
    assert device.released


def test_the_list_holds_the_sizes_that_are_really_given(device: FakeDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cameras, "find_cameras", lambda: [BUILT_IN, USB])
    listed = list_cameras()
    assert [(camera.index, camera.name) for camera in listed] == [(0, "Built-in"), (1, "USB Camera")]
    assert listed[0].sizes == ((640, 480), (1280, 720))
    assert device.released
    device.works = False
    assert [camera.sizes for camera in list_cameras()] == [(), ()]


@pytest.mark.parametrize(("system", "backend"), [("Linux", "V4L2"), ("Windows", "MSMF"), ("Darwin", "AVFOUNDATION")])
def test_each_system_has_its_own_way_to_its_cameras(system: str, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Found:
        def __init__(self, index: int, name: str | None) -> None:
            self.index, self.name = index, name

    monkeypatch.setattr("platform.system", lambda: system)
    monkeypatch.setattr(cameras, "enumerate_cameras", lambda _: [Found(2, "USB"), Found(0, None)])
    assert find_cameras() == [CameraInfo(0, "camera 0", (), backend), CameraInfo(2, "USB", (), backend)]


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([], "Camera 0 did not open: no camera was found. Try --source demo, or --source clip.mp4."),
        ([USB], "Camera 0 did not open. Other cameras: 1 (USB Camera). Try --source 1, or --source clip.mp4."),
        (
            [BUILT_IN, USB],
            "Camera 0 (Built-in) did not open: another program may be using it. "
            "Other cameras: 1 (USB Camera). Try --source 1, or --source clip.mp4.",
        ),
        (
            [BUILT_IN],
            "Camera 0 (Built-in) did not open: another program may be using it. Try again, or --source clip.mp4.",
        ),
    ],
)
def test_an_error_names_the_other_cameras(
    listed: list[CameraInfo], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cameras, "likely_reason", lambda _: "another program may be using it")
    assert why_not_opened(0, listed) == expected


def test_the_likely_reason_fits_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cameras.likely_reason(0)
    monkeypatch.setattr("platform.system", lambda: "Darwin")
    monkeypatch.setattr(Path, "exists", lambda _: False)
    assert "Privacy & Security" in cameras.likely_reason(0)
    monkeypatch.setattr(Path, "exists", lambda _: True)
    monkeypatch.setattr("os.access", lambda *_: False)
    assert "group `video`" in cameras.likely_reason(0)


def test_a_camera_that_comes_back_under_another_number_is_found_by_its_name() -> None:
    moved = CameraInfo(2, "USB Camera", (), "V4L2")
    assert index_now(1, "USB Camera", [BUILT_IN, USB]) == 1
    assert index_now(1, "USB Camera", [BUILT_IN, moved]) == 2
    assert index_now(1, "USB Camera", [BUILT_IN]) == 1
    assert index_now(1, None, [moved]) == 1


def test_what_names_a_camera() -> None:
    assert [camera_index(text) for text in ("0", "12", "/dev/video3")] == [0, 12, 3]
    assert [camera_index(text) for text in ("-1", "1.5", "٣", "clip.mp4", "/dev/video", "")] == [None] * 6
