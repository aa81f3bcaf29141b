"""The real server, asked over real sockets: pictures, live frames, who is let in, bad input, and how it ends."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import ssl
import struct
import time
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from jsonschema import Draft202012Validator

from tests.browser import Served, served
from tests.program import ROOT

websockets = pytest.importorskip("websockets.sync.client", reason="the extra `web` is not installed")
from websockets.exceptions import ConnectionClosed, InvalidStatus  # noqa: E402 - known to be there from here on

GOOD = ROOT / "docs" / "images" / "tips" / "good.jpg"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests that leave it as it was."""
    with served(tmp_path_factory.mktemp("serve")) as running:
        yield running
        assert [line for line in running.lines if "Traceback" in line or "failed inside" in line] == []
        assert running.process.poll() is None


def ask(
    server: Served, method: str, path: str, body: bytes = b"", /, **headers: str
) -> tuple[int, Any, dict[str, str]]:
    """One request: status, JSON or bytes, headers in lower case."""
    connection = http.client.HTTPConnection(*server.place, timeout=30)
    try:
        connection.request(method, path, body or None, {name.replace("_", "-"): text for name, text in headers.items()})
        answer = connection.getresponse()
        content = answer.read()
        found = {name.lower(): text for name, text in answer.getheaders()}
        is_json = found.get("content-type") == "application/json" and "content-encoding" not in found
        return answer.status, json.loads(content) if is_json and content else content, found
    finally:
        connection.close()


def as_form(content: bytes, name: str) -> tuple[bytes, str]:
    """A form with one file, and its content type."""
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode()
    return head + content + b"\r\n--x--\r\n", "multipart/form-data; boundary=x"


def line_of(answer: tuple[int, Any, dict[str, str]], status: int) -> str:
    """The one line of a refusal with this status."""
    assert answer[0] == status, answer
    line: str = answer[1]["error"]
    assert "\n" not in line
    return line


def test_a_picture_is_read_by_the_schema_as_a_form_and_as_the_body(server: Served) -> None:
    body, kind = as_form(GOOD.read_bytes(), "good.jpg")
    status, page, headers = ask(server, "POST", "/api/read", body, Content_Type=kind)
    assert (status, page["source"], page["width"]) == (200, "good.jpg", 800)
    schema = json.loads((ROOT / "docs" / "schema" / "page.json").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(page)) == []
    assert {"660", "407"} <= {number["text"] for number in page["numbers"]}
    assert headers["cache-control"] == "no-store"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    again = ask(server, "POST", "/api/read", GOOD.read_bytes())[1]
    assert again == {**page, "source": "picture"}


def test_health_model_figures_and_description(server: Served) -> None:
    health = ask(server, "GET", "/api/health")[1]
    assert health["ready"] is True
    assert health["models"] == ["digits", "lines"]
    assert ask(server, "GET", "/api/model")[1]["card"]["network"] == "numcam"
    figures = ask(server, "GET", "/metrics")[1].decode()
    assert 'numcam_readings_total{kind="picture"}' in figures
    paths = ask(server, "GET", "/openapi.json")[1]["paths"]
    assert {"/api/read", "/api/health", "/api/model", "/metrics"} <= set(paths)


def test_stages_and_workbook(server: Served) -> None:
    stages = ask(server, "POST", "/api/explain", GOOD.read_bytes())[1]["stages"]
    assert [stage["name"] for stage in stages][::5] == ["1-ink", "6-numbers"]
    sheets = {"sheets": [{"name": "a/b", "rows": [["012", "=1+1"]]}]}
    status, book, _ = ask(server, "POST", "/api/table", json.dumps(sheets).encode())
    assert (status, book[:2]) == (200, b"PK")
    assert "table" in line_of(ask(server, "POST", "/api/table", b'{"sheets": 3}'), 422)


def test_the_page_is_small_and_every_file_is_there(server: Served) -> None:
    listed = ask(server, "GET", "/files.js")[1].decode().split("FILES = ")[1].rstrip(";\n")
    first_load = 0
    for name in json.loads(listed):
        status, content, _ = ask(server, "GET", name, Accept_Encoding="gzip")
        assert status == 200, name
        first_load += len(content) if not name.endswith(".onnx") else 0
    assert first_load < 300_000
    _, page, headers = ask(server, "GET", "/")
    assert b"<script>" not in page
    assert ask(server, "GET", "/", If_None_Match=headers["etag"])[0] == 304
    for path in ("/../config.yaml", "/%2e%2e/%2e%2e/config.yaml", "//etc/passwd", "/index.html/", "/live/"):
        line_of(ask(server, "GET", path), 404)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:8765"}, 421),
        ({"Host": ""}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_foreign_hosts_and_origins_are_refused(server: Served, headers: dict[str, str], status: int) -> None:
    line_of(ask(server, "GET", "/api/health", b"", **headers), status)
    line_of(ask(server, "POST", "/api/read", GOOD.read_bytes(), **headers), status)


def test_the_names_of_this_machine_are_let_in(server: Served) -> None:
    port = server.place[1]
    for host in (f"localhost:{port}", f"127.0.0.1:{port}", "[::1]:1", socket.gethostname()):
        assert ask(server, "GET", "/api/health", Host=host, Origin=f"http://{host}")[0] == 200, host


def bomb() -> bytes:
    """A PNG of 30000 x 30000 px in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def test_bad_pictures_are_told_in_one_line(server: Served) -> None:
    line_of(ask(server, "POST", "/api/read", b"<html>no picture</html>"), 422)
    assert "damaged" in line_of(ask(server, "POST", "/api/read", GOOD.read_bytes()[:9000]), 422)
    began = time.monotonic()
    assert "megapixels" in line_of(ask(server, "POST", "/api/read", bomb()), 422)
    assert time.monotonic() - began < 5
    line_of(ask(server, "POST", "/api/read"), 400)
    line_of(ask(server, "POST", "/api/read", b"x", Content_Type="multipart/form-data"), 400)
    line_of(ask(server, "POST", "/api/read", b"--x\r\nbroken", Content_Type="multipart/form-data; boundary=x"), 400)
    line_of(ask(server, "POST", "/api/read?page=0", GOOD.read_bytes()), 422)
    line_of(ask(server, "POST", "/api/read?page=2", GOOD.read_bytes()), 422)
    line_of(ask(server, "DELETE", "/api/read"), 405)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\\\..\\\\boot.ini", "boot.ini"),
        ("<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
        ("\x1b[31mred\u202e.jpg", "\\x1b[31mred\\u202e.jpg"),
    ],
)
def test_names_of_pictures_are_only_shown(server: Served, name: str, shown: str) -> None:
    body, kind = as_form(GOOD.read_bytes(), name)
    status, page, headers = ask(server, "POST", "/api/read", body, Content_Type=kind)
    assert (status, page["source"]) == (200, shown)
    assert headers["content-type"] == "application/json"
    assert headers["x-content-type-options"] == "nosniff"


def test_too_many_bytes_are_refused_before_they_are_sent(server: Served) -> None:
    with socket.create_connection(server.place, timeout=10) as connection:
        head = "POST /api/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n"
        connection.sendall(head.encode())
        assert connection.recv(1000).startswith(b"HTTP/1.1 413 ")
    with socket.create_connection(server.place, timeout=30) as connection:  # announced by nobody
        connection.sendall(b"POST /api/read HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(OSError):  # it is closed while we still write
            for _ in range(400):
                connection.sendall(b"100000\r\n" + bytes(0x100000) + b"\r\n")


def frames(count: int) -> list[bytes]:
    """Frames of the built-in clip at 640 px, as JPEG."""
    capture = cv2.VideoCapture(str(ROOT / "live" / "demo.mp4"))
    found: list[bytes] = []
    while len(found) < count:
        _, frame = capture.read()
        found.append(cv2.imencode(".jpg", cv2.resize(frame, (640, 360)))[1].tobytes())
    capture.release()
    return found


def live(server: Served, **options: Any) -> Any:
    """A live connection."""
    host, port = server.place
    return websockets.connect(f"ws://{host}:{port}/api/live", compression=None, max_size=None, **options)


def test_frames_in_numbers_out(server: Served) -> None:
    appeared: dict[int, str] = {}
    with live(server) as connection:
        for index, frame in enumerate(frames(75)):
            connection.send(frame)
            answer = json.loads(connection.recv(timeout=20))
            assert (answer["frame"], answer["width"], answer["height"]) == (index, 640, 360)
            texts = {number["track_id"]: number["shown"] for number in answer["numbers"]}
            appeared |= {track: texts[track] for track in answer["appeared"]}
    schema = json.loads((ROOT / "docs" / "schema" / "live.json").read_text(encoding="utf-8"))
    assert list(Draft202012Validator(schema).iter_errors(answer)) == []
    assert {"407", "31415"} <= set(appeared.values())
    assert len(set(appeared)) == len(appeared)


def test_ten_thousand_messages_at_once_are_one_frame_or_few(server: Served) -> None:
    with live(server) as connection:
        frame = frames(1)[0]
        try:
            for _ in range(10_000):
                connection.send(frame)
        except ConnectionClosed as closed:
            assert closed.rcvd is not None
            assert closed.rcvd.code == 1008
            return
        with pytest.raises(ConnectionClosed):
            for _ in range(10_000):
                connection.recv(timeout=10)
    assert ask(server, "GET", "/api/health")[1]["live_connections"] == 0


@pytest.mark.parametrize(("message", "code"), [("a text", 1003), (bytes(5_000_000), 1009)])
def test_what_is_no_frame_ends_the_connection(server: Served, message: str | bytes, code: int) -> None:
    with live(server) as connection, pytest.raises(ConnectionClosed) as closed:
        connection.send(message)
        connection.recv(timeout=10)
    # a connection that is closed while we still write is reset, and its reason lost
    assert (closed.value.rcvd.code if closed.value.rcvd else 1009) == code


def test_a_gigabyte_that_is_announced_is_refused_at_once(server: Served) -> None:
    with live(server) as connection:
        connection.socket.sendall(b"\x82\xff" + struct.pack(">Q", 2**30) + b"mask")
        with pytest.raises(ConnectionClosed) as closed:
            connection.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def test_a_frame_that_cannot_be_read_is_told_and_the_next_one_is_read(server: Served) -> None:
    good = frames(1)[0]
    with live(server) as connection:
        for bad in (b"no picture", good[:2000], bomb(), b""):
            connection.send(bad)
            assert json.loads(connection.recv(timeout=10))["error"]
        connection.send(good)
        assert "numbers" in json.loads(connection.recv(timeout=10))


def test_a_foreign_page_opens_no_live_connection(server: Served) -> None:
    with pytest.raises(InvalidStatus) as refused, live(server, origin="http://evil.example"):
        pass
    assert refused.value.response.status_code == 403


def test_clients_that_go_away_leave_nothing_behind(server: Served) -> None:
    for frame in frames(8):
        with suppress(ConnectionClosed, OSError), live(server) as connection:
            connection.send(frame)
            connection.socket.shutdown(socket.SHUT_RDWR)  # without a word
    for _ in range(50):
        health = ask(server, "GET", "/api/health")[1]
        if health["live_connections"] == 0:
            break
        time.sleep(0.1)
    assert (health["live_connections"], health["waiting"]) == (0, 0)


def test_a_slow_client_does_not_slow_another(server: Served) -> None:
    one = frames(1)[0]
    with live(server) as slow, live(server) as quick:
        slow.send(one)  # and never takes its answer
        began = time.monotonic()
        for frame in frames(10):
            quick.send(frame)
            quick.recv(timeout=10)
        assert time.monotonic() - began < 10


def test_beyond_this_machine_a_token_and_https_are_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with served(tmp_path, "--host", "0.0.0.0", "--self-signed") as server:
        assert server.address.startswith("https://")
        assert len(server.token) >= 20
        assert any("█" in line for line in server.lines)
        context = ssl.create_default_context(cafile=str(tmp_path / "data" / "numcam" / "certificate.pem"))
        assert (tmp_path / "data" / "numcam" / "key.pem").stat().st_mode & 0o077 == 0

        def https(method: str, path: str, body: str | None = None, **headers: str) -> http.client.HTTPResponse:
            connection = http.client.HTTPSConnection("localhost", server.place[1], context=context, timeout=20)
            with closing(connection):
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                answer.read()
            return answer

        assert https("GET", "/").status == 200
        assert https("GET", "/api/health").status == 401
        assert https("GET", "/metrics").status == 401
        assert https("GET", "/api/health", Authorization="Bearer wrong").status == 401
        assert https("GET", "/api/health", Authorization=f"Bearer {server.token}").status == 200
        assert https("GET", f"/api/health?token={server.token}").status == 401  # nothing secret in an address
        assert https("POST", "/api/session", "wrong").status == 401
        cookie = https("POST", "/api/session", server.token).headers["set-cookie"]
        assert {"HttpOnly", "Secure", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}
        assert server.token not in cookie
        assert https("GET", "/api/health", Cookie=cookie.partition(";")[0]).status == 200
        with (
            pytest.raises(InvalidStatus),
            websockets.connect(f"wss://localhost:{server.place[1]}/api/live", ssl=context),
        ):
            pass
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(5) == 130
        shown = [line for line in server.lines if server.token in line]
        assert shown == [f"Numcam's page: {server.address}#token={server.token}"]


def test_it_ends_within_two_seconds_whatever_its_clients_do(tmp_path: Path) -> None:
    with served(tmp_path) as server, live(server) as connection, socket.create_connection(server.place) as slow:
        slow.sendall(b"POST /api/read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nslow")
        connection.send(frames(1)[0])
        time.sleep(0.3)
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 130
        assert time.monotonic() - began < 2.5  # two, and what a busy machine takes to wake a process
        assert [line for line in server.lines if "Traceback" in line] == []


@pytest.mark.slow
def test_slow_headers_are_not_waited_for(server: Served) -> None:
    with socket.create_connection(server.place, timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: local")
        began = time.monotonic()
        with suppress(ConnectionResetError):
            assert connection.recv(100) == b""
        assert 8 < time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (["--host", "0.0.0.0"], 2, "needs HTTPS: add --self-signed"),
        (["--cert", "a.pem"], 2, "--cert and --key belong together"),
        (["--cert", "a.pem", "--key", "b.pem"], 1, "There is no file"),
        (["--port", "70000"], 2, "--port is a number"),
        (["--host", "no.such.host.invalid", "--self-signed"], 1, "There is no address"),
    ],
)
def test_wrong_options_are_told_in_one_line(
    tmp_path: Path, options: list[str], code: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.program import numcam

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with numcam(tmp_path, "serve", *options) as process:
        _, error = process.communicate(timeout=60)
    assert process.returncode == code
    assert told in error
    assert len(error.splitlines()) == 1


def test_a_port_that_is_taken_is_told(server: Served, tmp_path: Path) -> None:
    from tests.program import numcam

    with numcam(tmp_path, "serve", "--port", str(server.place[1])) as process:
        _, error = process.communicate(timeout=60)
    assert (process.returncode, len(error.splitlines())) == (1, 1)
    assert "choose one with --port" in error


def test_one_page_of_a_file_with_several_is_read(server: Served) -> None:
    pages = [np.full((200, 300), 255, np.uint8) for _ in range(2)]
    cv2.putText(pages[1], "47", (60, 120), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 5)
    _, tiff = cv2.imencodemulti(".tif", pages)
    page = ask(server, "POST", "/api/read?page=2", tiff.tobytes())[1]
    assert (page["source"], page["page"], page["pages"]) == ("picture#2", 2, 2)
