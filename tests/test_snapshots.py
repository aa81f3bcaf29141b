"""Snapshot addresses: a picture that is fetched again and again, from a real server, within bounds of time and size."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest

from live.capture.frame_source import FrameSource
from live.capture.sources import open_source
from live.core.errors import SourceError
from live.core.settings import CameraSettings, LimitsSettings
from scripts.measure.mjpeg_camera import read_stamp, stamped
from scripts.pages.drawn_page import DigitShapes, PageStyle, draw_page
from tests.stamped_files import SIZE
from tests.test_video_files import numcam

SETTINGS = CameraSettings(open_timeout_s=3, stall_s=2, snapshot_every_s=0.2)
HUGE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (30_000).to_bytes(4, "big") * 2 + b"\x08\0\0\0\0" + bytes(40)


class Camera:
    """A server with many addresses; every picture has its own number stamped into it."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None, float]] = []
        """Path, Authorization and time of each request."""
        self.broken = False
        self.spoilt = False
        self.picture: bytes | None = None
        """Sent in place of stamped ones."""
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera.answer(self)

            def log_message(self, *_: Any) -> None:
                """Silent."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

        self.server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.host = f"127.0.0.1:{self.server.server_address[1]}"

    def address(self, path: str, user: str = "") -> str:
        return f"http://{user}{self.host}{path}"

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path, given = request.path.partition("?")[0], request.headers.get("Authorization")
        self.asked.append((path, given, time.monotonic()))
        number = len(self.asked)
        body = self.picture or cv2.imencode(".jpg", stamped(number, SIZE))[1].tobytes()
        body = {"/huge.png": HUGE, "/large.jpg": body + bytes(3_000_000)}.get(path, body)
        kind = {"/octet": "application/octet-stream", "/page": "text/html"}.get(path, "image/jpeg")
        status, headers = self.refusal(path, given)
        if self.spoilt:
            body = body[:100]
        self.send(request, status, {"Content-Type": kind, **headers}, body if status == 200 else b"", path)

    def refusal(self, path: str, given: str | None) -> tuple[int, dict[str, str]]:
        """The status of the answer, 200 where nothing is to be refused, and what belongs to it."""
        if self.broken or path == "/gone":
            return 404, {}
        leads_to = {
            "/moved": "/snap.jpg",
            "/moved.jpg": "/snap.jpg",
            "/away.jpg": f"http://localhost:{self.host.partition(':')[2]}/snap.jpg",
            "/round.jpg": "/round.jpg",
            "/file.jpg": "file:///etc/hostname",
            "/ftp.jpg": f"ftp://{self.host}/snap.jpg",
        }
        if path in leads_to:
            return 302, {"Location": leads_to[path]}
        if path == "/private.jpg" and given != "Basic " + base64.b64encode(b"joe:sword/fish").decode():
            return 401, {"WWW-Authenticate": 'Basic realm="camera"'}
        if path == "/digest.jpg" and not (given or "").startswith('Digest username="joe"'):
            return 401, {"WWW-Authenticate": 'Digest realm="camera", nonce="abc", qop="auth"'}
        return 200, {}

    def send(
        self, request: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes, path: str
    ) -> None:
        try:
            request.send_response(status)
            for name, value in headers.items():
                request.send_header(name, value)
            if path not in ("/drip.jpg", "/endless.jpg"):
                request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            if path == "/drip.jpg":
                for place in range(200):
                    request.wfile.write(body[place : place + 1])
                    time.sleep(0.1)
            while path == "/endless.jpg":
                request.wfile.write(bytes(100_000))
            request.wfile.write(body)
        except OSError:  # the viewer has left
            return


@pytest.fixture
def camera() -> Iterator[Camera]:
    stand_in = Camera()
    yield stand_in
    stand_in.server.shutdown()
    stand_in.server.server_close()


def watch(address: str, limits: LimitsSettings | None = None, **changes: Any) -> FrameSource:
    settings = msgspec.structs.replace(SETTINGS, **changes)
    return open_source(address, settings, realtime=None, headless=True, limits=limits)


@pytest.mark.parametrize("path", ["/snap.jpg", "/snap.JPG?size=2", "/cam", "/octet", "/moved", "/moved.jpg"])
def test_a_picture_is_fetched_again_and_again(camera: Camera, path: str) -> None:
    with watch(camera.address(path)) as source:
        frames = [frame for frame, _ in zip(source, range(4), strict=False)]
        assert source.live
        assert not source.still
        assert source.fps == pytest.approx(5)
        assert (source.width, source.height) == SIZE
    stamps = [read_stamp(frame.image) for frame in frames]
    assert all(a < b for a, b in pairwise(stamps))
    assert all(a.captured_at < b.captured_at for a, b in pairwise(frames))


def test_the_rate_is_the_setting(camera: Camera) -> None:
    with watch(camera.address("/snap.jpg"), snapshot_every_s=0.5) as source:
        frames = [frame for frame, _ in zip(source, range(5), strict=False)]
    # the first one was there when it was opened
    assert frames[4].captured_at - frames[0].captured_at >= 4 * 0.5 - 0.2
    assert len(camera.asked) <= 6


def test_a_long_interval_is_no_loss(camera: Camera) -> None:
    with watch(camera.address("/snap.jpg"), snapshot_every_s=1.5, stall_s=0.3, open_timeout_s=1) as source:
        for _ in zip(source, range(2), strict=False):
            assert source.lost_s is None
        for _ in range(20):
            source.poll()
            assert source.lost_s is None


def test_a_camera_that_answers_with_errors_is_lost_and_comes_back(camera: Camera) -> None:
    with watch(camera.address("/snap.jpg")) as source:
        first = next(iter(source))
        camera.broken = True
        while source.lost_s is None:
            source.poll()
        camera.broken = False
        again = next(iter(source))
        assert read_stamp(again.image) > read_stamp(first.image)
        assert again.captured_at > first.captured_at


def test_a_damaged_picture_is_left_out_and_counted(camera: Camera) -> None:
    with watch(camera.address("/snap.jpg")) as source:
        next(iter(source))
        camera.spoilt = True
        while source.left_out < 2:
            assert source.poll() is None or source.left_out == 0
        camera.spoilt = False
        assert next(iter(source)).size == SIZE


def test_a_user_and_password_are_sent_to_the_camera_alone_and_never_shown(camera: Camera) -> None:
    address = camera.address("/private.jpg", "joe:sword%2Ffish@")
    with watch(address) as source:
        assert next(iter(source)).source == camera.address("/private.jpg")
    with watch(camera.address("/digest.jpg", "joe:swordfish@")) as source:
        assert next(iter(source)).size == SIZE
    camera.asked.clear()
    with watch(camera.address("/away.jpg", "joe:swordfish@")) as source:
        next(iter(source))
    assert {given for path, given, _ in camera.asked if path == "/snap.jpg"} == {None}
    with pytest.raises(SourceError, match="asks for a user and a password") as caught:
        watch(camera.address("/private.jpg", "joe:swordfish@"))
    assert "swordfish" not in str(caught.value)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/gone", "is not there"),
        ("/page", "holds neither a stream nor a picture"),
        ("/file.jpg", "isn't of the web"),
        ("/ftp.jpg", "isn't of the web"),
        ("/round.jpg", "leads round in a circle"),
        ("/huge.png", "limits.megapixels"),
        ("/large.jpg", "limits.picture_megabytes"),
        ("/endless.jpg", "limits.picture_megabytes"),
    ],
)
def test_what_is_no_picture_or_too_large_is_told_in_one_line(camera: Camera, path: str, reason: str) -> None:
    with pytest.raises(SourceError) as caught:
        watch(camera.address(path), LimitsSettings(picture_megabytes=2))
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_that_drips_is_given_up(camera: Camera) -> None:
    began = time.monotonic()
    with pytest.raises(SourceError):
        watch(camera.address("/drip.jpg"), open_timeout_s=0.5, stall_s=0.5)
    assert time.monotonic() - began < 15


def test_a_run_tells_what_is_on_the_page(camera: Camera, digit_shapes: DigitShapes, tmp_path: Path) -> None:
    page = draw_page(digit_shapes, np.random.default_rng(1), PageStyle(), ["2026", "407"])
    camera.picture = cv2.imencode(".jpg", page.image)[1].tobytes()
    done = numcam(
        "--headless", "--source", camera.address("/cam"), "--set", "camera.snapshot_every_s=0.5", "--max-frames", "3",
        folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert sorted(line.split()[2] for line in done.stdout.splitlines() if " read " in line and "%" in line) == [
        "2026",
        "407",
    ]
