"""Live frames: the newest first however slow the reader, back after a loss, and an end that never hangs."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest
from numpy.typing import NDArray

from live.capture import addresses, stream_device
from live.capture.device_session import Capture, Device
from live.capture.live_source import MOST_HUNG, LiveSource
from live.capture.sources import FrameSource, open_source
from live.core.errors import SourceError
from live.core.settings import CameraSettings
from scripts.measure.mjpeg_camera import MjpegCamera, read_stamp, stamped
from tests.rtsp_server import rtsp_camera
from tests.stamped_files import SIZE, make_video

SETTINGS = CameraSettings(open_timeout_s=5, stall_s=1)


@pytest.fixture
def camera() -> Iterator[MjpegCamera]:
    with MjpegCamera() as stand_in:
        yield stand_in


def watch(address: str, give_up_s: float | None = None) -> FrameSource:
    settings = msgspec.structs.replace(SETTINGS, give_up_s=give_up_s)
    return open_source(address, settings, realtime=None, headless=True)


def test_thirty_frames_a_second_are_read_as_they_come(camera: MjpegCamera) -> None:
    with watch(camera.address) as source:
        frames = iter(source)
        rates = []
        for _ in range(5):  # what else the machine does only takes from it
            last = first = next(frames)
            while last.captured_at - first.captured_at < 2:
                last = next(frames)
            rates.append((last.index - first.index) / (last.captured_at - first.captured_at))
            if rates[-1] == pytest.approx(30, rel=0.2):
                break
        assert rates[-1] == pytest.approx(30, rel=0.2), rates
        assert source.fps == pytest.approx(30, rel=0.2)


def test_a_slow_reader_gets_the_newest_frame_and_no_growing_delay(camera: MjpegCamera) -> None:
    behind = []
    stamps = []
    with watch(camera.address) as source:
        for frame in source:
            behind.append(camera.sent - read_stamp(frame.image))
            stamps.append(read_stamp(frame.image))
            if len(behind) == 20:
                break
            time.sleep(0.1)
    assert stamps == sorted(set(stamps)), "never one frame twice, never back"
    assert stamps[-1] - stamps[0] > 40, "about three frames came for each that was read"
    # one that queued would be 40 frames behind by now
    assert np.median(behind[10:]) <= 4
    assert max(behind[5:]) <= 12


def test_captured_at_is_the_moment_of_capture(camera: MjpegCamera) -> None:
    moments: dict[
        int, tuple[float, float]
    ] = {}  # of each stamp: when its packet was there, and when its decoding began

    class Noting:
        def __init__(self, capture: Capture) -> None:
            self._capture = capture
            self._grabbed_at = 0.0

        def grab(self) -> bool:
            grabbed = self._capture.grab()
            self._grabbed_at = time.perf_counter()
            return grabbed

        def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
            began = time.perf_counter()
            done, picture = self._capture.retrieve()
            if picture.size:
                moments[read_stamp(picture)] = self._grabbed_at, began
            return done, picture

        def release(self) -> None:
            self._capture.release()

    device = stream_device.stream_device(camera.address, SETTINGS)

    def noting() -> Capture | None:
        capture = device.open()
        return None if capture is None else Noting(capture)

    with LiveSource(replace(device, open=noting)) as source:
        for _, frame in zip(range(5), source, strict=False):
            grabbed_at, decoding_at = moments[read_stamp(frame.image)]
            assert grabbed_at <= frame.captured_at <= decoding_at
            time.sleep(0.05)  # the newest frame has been there for a while when it is asked for


def test_a_camera_that_was_killed_and_comes_back_is_read_again(camera: MjpegCamera) -> None:
    with watch(camera.address) as source:
        frames = iter(source)
        before = next(frames)
        camera.stop()
        back = threading.Timer(0.8, camera.start)
        back.start()
        lost = []
        after = source.poll()
        while after is None or read_stamp(after.image) <= read_stamp(before.image) + 20:
            after = source.poll()
            lost.append(source.lost_s)
        back.join()
        seconds = [lost_s for lost_s in lost if lost_s is not None]
        assert seconds == sorted(seconds)
        assert seconds[-1] > 0.5
        assert source.lost_s is None
        assert after.captured_at > before.captured_at
        assert after.index > before.index
    assert camera.viewers == 2


def test_a_camera_that_hangs_times_out_and_is_opened_anew(camera: MjpegCamera) -> None:
    with watch(camera.address) as source:
        frames = iter(source)
        next(frames)
        camera.stall()
        threading.Timer(1.5, camera.resume).start()
        waits = 0
        while camera.viewers == 1:
            waits += source.poll() is None
        assert waits > 5, "keys are answered meanwhile"
        assert source.lost_s is None or source.lost_s > 0.9
        next(frames)
        assert source.lost_s is None


def test_closing_a_hung_camera_is_quick(camera: MjpegCamera) -> None:
    patient = replace_timeout(60)
    source = open_source(camera.address, patient, realtime=None, headless=True)
    camera.stall()
    time.sleep(0.1)
    began = time.perf_counter()
    source.close()
    assert time.perf_counter() - began < 2
    assert list(source) == []


def replace_timeout(seconds: float) -> CameraSettings:
    return CameraSettings(open_timeout_s=5, stall_s=seconds)


@pytest.mark.parametrize(("stall_s", "lost_s"), [(100.0, 0.0), (0.3, 1.0)], ids=["read", "opened-anew"])
def test_a_program_ends_at_once_while_its_camera_hangs(camera: MjpegCamera, stall_s: float, lost_s: float) -> None:
    script = """
import sys
from live.core.settings import CameraSettings
from live.capture.sources import open_source
stall_s, lost_s = map(float, sys.argv[2:])
settings = CameraSettings(open_timeout_s=100, stall_s=stall_s)
with open_source(sys.argv[1], settings, realtime=None, headless=True) as source:
    print(next(iter(source)).index, flush=True)
    sys.stdin.readline()
    while (source.lost_s or 0) < lost_s:
        source.poll()
"""
    with subprocess.Popen(
        [sys.executable, "-c", script, camera.address, str(stall_s), str(lost_s)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[1],
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline().strip().isdecimal()
        camera.stall()
        time.sleep(0.2)
        began = time.perf_counter()
        _, errors = program.communicate("\n", timeout=30)
        assert time.perf_counter() - began < 10
    assert program.returncode == 0
    assert errors == ""


@pytest.mark.parametrize("piece_bytes", [8192, 10_000_000], ids=["piece by piece", "all at once"])
def test_a_tcp_stream_is_read_until_it_ends(tmp_path: Path, piece_bytes: int) -> None:
    film = make_video(tmp_path / "film.ts", frames=40).read_bytes()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def send() -> None:
            with server.accept()[0] as viewer:
                for start in range(0, len(film), piece_bytes):
                    viewer.sendall(film[start : start + piece_bytes])
                    time.sleep(0.01)
            server.close()

        threading.Thread(target=send, daemon=True).start()
        stamps: list[int] = []
        # that it ended is told by its end: on a busy machine the thread that reads it may well wait for its turn for a second
        patient = CameraSettings(open_timeout_s=60, stall_s=60, give_up_s=0.3)
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with open_source(address, patient, realtime=None, headless=True) as source:
            assert (source.width, source.height) == SIZE
            with pytest.raises(SourceError, match="is gone and did not come back"):
                stamps.extend(read_stamp(frame.image) for frame in source)
    assert stamps == sorted(set(stamps))
    assert stamps[-1] == 39


def test_a_stream_that_ends_for_good_is_an_error_in_one_line(
    camera: MjpegCamera, capfd: pytest.CaptureFixture[str]
) -> None:
    with watch(camera.address, give_up_s=0.5) as source:
        camera.stop()
        with pytest.raises(SourceError, match="is gone and did not come back in") as caught:
            for _ in source:
                pass
    assert camera.address in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_an_address_that_refuses_is_told_at_once(camera: MjpegCamera, capfd: pytest.CaptureFixture[str]) -> None:
    camera.stop()
    address = camera.address.replace("http://", "http://joe:swordfish@")
    began = time.perf_counter()
    with pytest.raises(SourceError, match="did not open") as caught:
        watch(address)
    assert time.perf_counter() - began < 4
    assert "swordfish" not in str(caught.value)
    assert "joe" not in str(caught.value)
    assert camera.address in str(caught.value)
    assert capfd.readouterr() == ("", "")


def test_an_address_that_never_sends_times_out(camera: MjpegCamera) -> None:
    camera.stall()
    quick = CameraSettings(open_timeout_s=0.5, stall_s=0.5)
    began = time.perf_counter()
    with pytest.raises(SourceError, match="sent no picture"):
        open_source(camera.address, quick, realtime=None, headless=True)
    assert time.perf_counter() - began < 5


def test_a_password_opens_the_camera_and_is_never_shown(camera: MjpegCamera) -> None:
    camera.password = "joe:swordfish"
    with watch(camera.address.replace("http://", "http://joe:swordfish@")) as source:
        assert source.name == camera.address
        assert next(iter(source)).source == camera.address
    with pytest.raises(SourceError, match="password"):
        watch(camera.address)


def test_what_lay_there_when_a_camera_was_opened_is_not_taken_for_new() -> None:
    with rtsp_camera() as camera:
        with watch(camera.address) as source:
            opened_at = time.perf_counter()
            frames = iter(source)
            while time.perf_counter() - opened_at < 0.5:
                last = next(frames)
            assert source.captured <= 30 * (last.captured_at - opened_at) + 12
        assert source.captured > 3


def test_an_rtsp_camera_that_is_switched_off_and_on_is_read_again(capfd: pytest.CaptureFixture[str]) -> None:
    with rtsp_camera() as camera, watch(camera.address) as source:
        assert (source.width, source.height) == SIZE
        frames = iter(source)
        first = [next(frames) for _ in range(10)][-1]
        assert np.ptp(first.image) > 200, "the ball is white on black"
        camera.stop()
        while source.lost_s is None:
            source.poll()
        camera.start()
        again = next(frames)
        assert again.captured_at > first.captured_at
        assert again.image.shape == first.image.shape
        assert source.lost_s is None
    assert capfd.readouterr() == ("", "")


class Scripted:
    """A capture that gives what it was told to, then fails as a pulled cable does."""

    def __init__(self, pictures: list[NDArray[np.generic]]) -> None:
        self.pictures = pictures
        self.released_by: str | None = None

    def grab(self) -> bool:
        return bool(self.pictures)

    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
        picture = self.pictures.pop(0)
        return picture.size > 0, picture  # type: ignore[return-value]

    def release(self) -> None:
        self.released_by = threading.current_thread().name


def scripted_feed(*captures: Capture | None) -> Device:
    waiting = list(captures)
    return Device(
        name="bench camera",
        open=lambda: waiting.pop(0) if waiting else None,
        failure_reason=lambda: "Nothing there. Plug it in.",
        first_frame_s=5,
        stall_s=5,
        give_up_s=1.5,
    )


def test_grey_and_16_bit_cameras_are_read_too() -> None:
    infrared = Scripted([np.full((4, 6), 65535, np.uint16)])
    with LiveSource(scripted_feed(infrared)) as source:
        frame = next(iter(source))
        assert frame.image.shape == (4, 6, 3)
        assert frame.image.max() == 255
        assert (source.width, source.height) == (6, 4)


def test_a_capture_is_released_by_the_thread_that_reads_it() -> None:
    pulled = Scripted([np.zeros((4, 6, 3), np.uint8), np.zeros((0, 0, 3), np.uint8)])
    again = Scripted([np.ones((4, 8, 3), np.uint8)])
    with LiveSource(scripted_feed(pulled, None, again)) as source:
        first = next(iter(source))
        with pytest.raises(SourceError, match="bench camera is gone"):
            list(source)
    assert first.image.shape[1] in (6, 8)
    assert source.width == 8
    assert pulled.released_by == again.released_by == "capture bench camera"


def test_what_never_opens_is_told_in_the_feeds_own_words() -> None:
    with pytest.raises(SourceError, match=r"Nothing there\. Plug it in\."):
        LiveSource(scripted_feed(None))


class Hung:
    """A capture whose driver hangs in the middle of a frame, until the test lets it go."""

    def __init__(self, free: threading.Event) -> None:
        self.free = free
        self.released = threading.Event()
        self._first = True

    def grab(self) -> bool:
        if not self._first:
            self.free.wait(60)
        self._first = False
        return True

    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
        return True, np.zeros((4, 6, 3), np.uint8)

    def release(self) -> None:
        self.released.set()


def test_a_driver_that_hangs_is_left_to_itself_and_opened_anew() -> None:
    free = threading.Event()
    hung, again = Hung(free), Scripted([np.ones((4, 8, 3), np.uint8)])
    device = replace(scripted_feed(hung, again), stall_s=0.2, give_up_s=10)
    with LiveSource(device) as source:
        assert next(iter(source)).image.shape[1] == 6
        began = time.perf_counter()
        frame = next(iter(source))
        assert frame.image.shape[1] == 8
        assert frame.index == 1
        assert time.perf_counter() - began < 8
        assert not hung.released.is_set()
        free.set()  # it answers at last: its frame is no longer wanted
        assert hung.released.wait(10)
        assert source.captured == 2


def test_drivers_that_hang_for_ever_do_not_pile_up() -> None:
    free = threading.Event()
    opened: list[Hung] = []

    def open_hung() -> Hung:
        if opened:
            free.wait(60)
        opened.append(Hung(free))
        return opened[-1]

    device = replace(scripted_feed(), open=open_hung, stall_s=0.02, first_frame_s=0.02, give_up_s=None)
    before = threading.active_count()
    # the first one has to give its frame in time on a busy machine too
    with LiveSource(replace(device, first_frame_s=20)) as source:
        assert source.poll() is not None
        source._device = device
        end = time.monotonic() + 3
        most = 0
        while time.monotonic() < end:
            assert source.poll(0.01) is None
            most = max(most, threading.active_count() - before)
    assert 1 < most <= MOST_HUNG + 1
    free.set()


def test_noise_in_place_of_pictures_is_a_loss_as_any_other(
    camera: MjpegCamera, capfd: pytest.CaptureFixture[str]
) -> None:
    with watch(camera.address) as source:
        next(iter(source))
        camera.corrupt()
        while source.lost_s is None:
            source.poll()
        camera.recover()
        good = next(frame for frame in source if camera.sent - read_stamp(frame.image) in range(20))
        assert good.image.shape == stamped(0).shape
    assert capfd.readouterr() == ("", "")


def test_another_size_in_mid_stream_is_simply_another_size(camera: MjpegCamera) -> None:
    with watch(camera.address) as source:
        next(iter(source))
        camera.size = (320, 480)
        frame = next(frame for frame in source if frame.size != SIZE)
        assert frame.size == (320, 480)
        assert (source.width, source.height) == (320, 480)
        assert camera.sent - read_stamp(frame.image) in range(-1, 20)


@pytest.mark.parametrize(
    ("address", "suffix"), [("http://h/a.MP4?x=.avi", ".mp4"), ("http://h.mp4", ""), ("http://h/v", "")]
)
def test_the_suffix_of_an_address_is_that_of_its_path(address: str, suffix: str) -> None:
    assert addresses.file_suffix(address) == suffix


def test_an_unknown_kind_of_address_is_told() -> None:
    with pytest.raises(SourceError, match="must begin with http, https, rtsp") as caught:
        watch("ftp://joe:swordfish@host/clip.mp4")
    assert "swordfish" not in str(caught.value)
