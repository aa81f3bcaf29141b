"""A simulated camera: MJPEG over HTTP, with the frame's number stamped into each picture. Knows nothing of Numcam."""

from __future__ import annotations

import base64
import random
import socket
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

STAMP_BITS = 16
STAMP_PX = 16
"""Side of a bit of the stamp in px: two JPEG blocks, so that it survives any sensible quality."""
BOUNDARY = "numcam-frame"


def stamped(number: int, size: tuple[int, int] = (640, 360)) -> NDArray[np.uint8]:
    """A (H, W, 3) uint8 BGR picture that carries `number` as black and white squares along its top; size is (w, h)."""
    width, height = size
    picture = np.full((height, width, 3), 190, dtype=np.uint8)
    for bit in range(STAMP_BITS):
        left = bit * STAMP_PX
        picture[:STAMP_PX, left : left + STAMP_PX] = 255 if number >> bit & 1 else 0
    text_at = (width // 10, height // 2)
    return np.asarray(
        cv2.putText(picture, str(number), text_at, cv2.FONT_HERSHEY_SIMPLEX, 2, (20, 20, 20), 5), np.uint8
    )


def read_stamp(picture: NDArray[np.uint8]) -> int:
    """The number that `stamped` put into the picture, 0 to 65535."""
    middle = STAMP_PX // 2
    bits = [int(picture[middle, bit * STAMP_PX + middle].mean() > 127) for bit in range(STAMP_BITS)]
    return sum(bit << place for place, bit in enumerate(bits))


class MjpegCamera:
    """Serves stamped pictures at a steady rate to any client, as a network camera does.

    Numbers also count while it is stopped. Leaving the block stops it.
    """

    def __init__(self, fps: float = 30.0, size: tuple[int, int] = (640, 360)) -> None:
        self.fps = fps
        self.size = size
        """May be changed while it serves, as by the rotation of a phone."""
        self.paint: Callable[[int, tuple[int, int]], NDArray[np.uint8]] = stamped
        """Makes the picture of a number and a size (w, h)."""
        self.sent = -1
        """The number in the newest picture that was sent."""
        self.viewers = 0
        """Number of requests so far."""
        self.password: str | None = None
        """`name:password` that a client must give; empty for none."""
        self._port = 0
        self._began = time.monotonic()
        self._stalled = threading.Event()
        self._corrupt = threading.Event()
        self._server: ThreadingHTTPServer | None = None
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Its address, which stays the same after a restart."""
        return f"http://127.0.0.1:{self._port}/video"

    def start(self) -> None:
        """Start to serve, on the same port as before."""
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera._serve(self)

            def log_message(self, *words: Any) -> None:
                """Log nothing."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False

        self._stalled.clear()
        self._server = Server(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Cut every connection and refuse new ones, as a camera without power does."""
        if self._server is None:
            return
        server, self._server = self._server, None
        server.shutdown()
        server.server_close()
        for viewer in self._sockets:
            try:
                viewer.shutdown(socket.SHUT_RDWR)
            except OSError:  # the client has disconnected
                continue
        self._sockets.clear()

    def stall(self) -> None:
        """Keep the connections and send nothing more, as a hung camera does."""
        self._stalled.set()

    def resume(self) -> None:
        """Send again."""
        self._stalled.clear()

    def corrupt(self) -> None:
        """Send noise instead of pictures, as over a bad connection."""
        self._corrupt.set()

    def recover(self) -> None:
        """Send pictures again."""
        self._corrupt.clear()

    def _serve(self, request: BaseHTTPRequestHandler) -> None:
        self.viewers += 1
        server = self._server
        if self.password is not None:
            wanted = "Basic " + base64.b64encode(self.password.encode()).decode()
            if request.headers.get("Authorization") != wanted:
                request.send_response(401)
                request.send_header("WWW-Authenticate", 'Basic realm="camera"')
                request.send_header("Content-Length", "0")
                request.end_headers()
                return
        self._sockets.append(request.connection)
        request.send_response(200)
        request.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        request.end_headers()
        try:
            while self._server is server and server is not None:
                if not self._stalled.is_set():
                    self._send_one(request)
                self._sleep_until_next()
        except OSError:  # the client has disconnected, or stop() has closed the connection
            return

    def _send_one(self, request: BaseHTTPRequestHandler) -> None:
        number = int((time.monotonic() - self._began) * self.fps) % 2**STAMP_BITS
        jpeg = cv2.imencode(".jpg", self.paint(number, self.size))[1].tobytes()
        if self._corrupt.is_set():
            jpeg = random.Random(number).randbytes(len(jpeg))
        head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
        request.wfile.write(head.encode() + jpeg + b"\r\n")
        self.sent = number

    def _sleep_until_next(self) -> None:
        ticks = (time.monotonic() - self._began) * self.fps
        time.sleep((int(ticks) + 1 - ticks) / self.fps)
