"""A network camera stand-in: H.264 over RTSP, served by GStreamer in a program of its own. Knows nothing of Numcam."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SYSTEM_PYTHON = "/usr/bin/python3"
PROGRAM = Path(__file__).with_name("rtsp_serve.py")
NEEDED = ("videotestsrc", "x264enc", "rtph264pay")
PIPELINE = (
    "( videotestsrc is-live=true pattern=ball ! video/x-raw,width=640,height=360,framerate=30/1"
    " ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=15 ! rtph264pay name=pay0 pt=96 config-interval=1 )"
)
LOOK = f"""
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
raise SystemExit(not all(map(Gst.ElementFactory.find, {NEEDED})))
"""


def why_no_rtsp() -> str | None:
    """Why there is no RTSP server here, or None."""
    if Path(SYSTEM_PYTHON).exists():
        looked = subprocess.run([SYSTEM_PYTHON, "-c", LOOK], capture_output=True, timeout=60, check=False)
        if looked.returncode == 0:
            return None
    return "no GStreamer RTSP server: apt-get install python3-gi gir1.2-gst-rtsp-server-1.0 and GStreamer's plugins"


class RtspCamera:
    """The server as a child process, at the same address after a restart."""

    def __init__(self) -> None:
        self.address = ""
        self._server: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Serve; returns once it does."""
        port = self.address.rpartition(":")[2].partition("/")[0] or "0"
        self._server = subprocess.Popen(
            [SYSTEM_PYTHON, str(PROGRAM), port, PIPELINE], stdout=subprocess.PIPE, text=True
        )
        assert self._server.stdout is not None
        self.address = self._server.stdout.readline().strip()
        assert self.address.startswith("rtsp://"), "the server didn't start"

    def stop(self) -> None:
        """Pull the plug."""
        if self._server is not None:
            self._server.kill()
            self._server.communicate()
            self._server = None


@contextlib.contextmanager
def rtsp_camera() -> Iterator[RtspCamera]:
    """A camera that serves; skips the test where none can."""
    reason = why_no_rtsp()
    if reason is not None:
        pytest.skip(reason)
    camera = RtspCamera()
    camera.start()
    try:
        yield camera
    finally:
        camera.stop()
