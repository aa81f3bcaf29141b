"""Find out whether a window can be opened, without trying it in this process: OpenCV aborts where it can't. Knows no pictures."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading

SOCKET_TIMEOUT_S = 1.0
CHILD_TIMEOUT_S = 15.0
# OpenCV's windows are Qt's on Linux: where Qt can't use the display it ends the process, and Python can't catch that.
# No core file is left of it.
TRY_A_WINDOW = """
import resource
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import cv2
cv2.namedWindow("Numcam looks for a display", cv2.WINDOW_NORMAL | cv2.WINDOW_GUI_NORMAL)
cv2.destroyAllWindows()
"""


class DisplayCheck:
    """Looks for a display while the caller goes on: started at once, waited for in `reason`."""

    def __init__(self) -> None:
        self._reason: str | None = None
        self._thread = threading.Thread(target=self._look, name="display check", daemon=True)
        self._thread.start()

    def reason(self) -> str | None:
        """Why no window can be opened, in a few words; None where one can."""
        self._thread.join()
        return self._reason

    def _look(self) -> None:
        """First the display's socket, which costs nothing; then a window in a process of its own, which is sure."""
        if not sys.platform.startswith(("linux", "freebsd")):
            return  # there is always a display, and nothing aborts where it is locked
        self._reason = _why_no_socket() or _why_no_window()


def why_no_display() -> str | None:
    """Why no window can be opened here, in a few words; None where one can. Never ends the process."""
    return DisplayCheck().reason()


def use_x11() -> None:
    """Have Qt use X11 where a desktop's setting asks for Wayland: OpenCV brings Qt for X11 alone, and aborts otherwise."""
    if _asks_for_wayland() and os.environ.get("DISPLAY"):
        os.environ["QT_QPA_PLATFORM"] = "xcb"


def _asks_for_wayland() -> bool:
    """Whether Qt was told to use Wayland."""
    return os.environ.get("QT_QPA_PLATFORM", "").startswith("wayland")


def _why_no_socket() -> str | None:
    """Why the display can't even be reached; None where it can, or where only a try can tell."""
    display = os.environ.get("DISPLAY", "")
    if not display:
        has_wayland = bool(os.environ.get("WAYLAND_DISPLAY"))
        return "DISPLAY is not set" + (", and OpenCV's windows need X11 (XWayland will do)" if has_wayland else "")
    match = re.fullmatch(r"(?:[^:/]*/)?([^:/]*):(\d+)(?:\.\d+)?", display)
    if match is None:
        return None
    host, number = match[1], int(match[2])
    if _answers(host, number):
        return None
    return f"the display {display} doesn't answer"


def _answers(host: str, number: int) -> bool:
    """Whether somebody listens at an X display: at its sockets in this machine, or at its port in another one."""
    if host not in ("", "unix"):
        try:
            socket.create_connection((host, 6000 + number), SOCKET_TIMEOUT_S).close()
        except (OSError, OverflowError, UnicodeError):  # the latter two: no such port, no such name
            return False
        return True
    path = f"/tmp/.X11-unix/X{number}"
    for address in (path, "\0" + path):
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(SOCKET_TIMEOUT_S)
                connection.connect(address)
        except OSError:
            continue
        return True
    return False


def _why_no_window() -> str | None:
    """Why a window can't be opened, by trying it in a process that may die of it; None where it can."""
    environment = dict(os.environ)
    if _asks_for_wayland():
        environment["QT_QPA_PLATFORM"] = "xcb"  # as `use_x11` does here
    try:
        tried = subprocess.run(
            [sys.executable, "-P", "-c", TRY_A_WINDOW], env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, timeout=CHILD_TIMEOUT_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"the display {os.environ['DISPLAY']} takes no window in {CHILD_TIMEOUT_S:.0f} s"
    except OSError as error:
        return f"no window can be tried: {error.strerror}"
    return None if tried.returncode == 0 else f"the display {os.environ['DISPLAY']} takes no windows"
