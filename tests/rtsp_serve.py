"""The program behind `rtsp_server.py`: H.264 over RTSP by GStreamer, run by the system's Python, which has its bindings.

    /usr/bin/python3 tests/rtsp_serve.py PORT PIPELINE

PORT 0 takes a free one; the address is printed once it serves.
"""

from __future__ import annotations

import sys
from typing import Any


def main(port: str, pipeline: str) -> None:
    """Serve until killed."""
    import gi  # type: ignore[import-not-found]

    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    from gi.repository import GLib, Gst, GstRtspServer  # type: ignore[import-not-found]

    Gst.init(None)
    server: Any = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory: Any = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(pipeline)
    factory.set_shared(True)
    server.get_mount_points().add_factory("/camera", factory)
    server.attach(None)
    print(f"rtsp://127.0.0.1:{server.get_bound_port()}/camera", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
