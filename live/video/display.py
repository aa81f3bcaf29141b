"""Find out whether a window can be opened, without trying it in this process: OpenCV aborts where it can't. Opens nothing."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys

SOCKET_TIMEOUT_S = 1.0
CHILD_TIMEOUT_S = 15.0
# OpenCV's windows are Qt's on Linux: without a display Qt ends the process, and Python can't catch that
TRY_A_WINDOW = (
    "import cv2; cv2.namedWindow('Numcam', cv2.WINDOW_NORMAL | cv2.WINDOW_GUI_NORMAL); cv2.destroyAllWindows()"
)


class DisplayCheck:
    """Looks for a display while the caller goes on: started at once, waited for in `reason`."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._reason = _why_no_socket()
        if self._reason is None and _needs_a_child():
            self._child = subprocess.Popen(
                [sys.executable, "-c", TRY_A_WINDOW],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip

    def reason(self) -> str | None:
        """Why no window can be opened, in a few words; None where one can."""
        child, self._child = self._child, None
        if child is not None:
            try:
                code = child.wait(CHILD_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                code = -1
            if code != 0:
                self._reason = f"the display {os.environ.get('DISPLAY', '')} takes no windows".replace("  ", " ")
        return self._reason


def why_no_display() -> str | None:
    """Why no window can be opened here, in a few words; None where one can. Never ends the process."""
    return DisplayCheck().reason()


def _needs_a_child() -> bool:
    """Whether only a try can tell: on X11 a display may answer and refuse."""
    return sys.platform.startswith(("linux", "freebsd"))


def _why_no_socket() -> str | None:
    """Why the display can't even be reached; None where it can, or where there is always one (Windows, macOS)."""
    if not _needs_a_child():
        return None
    display = os.environ.get("DISPLAY", "")
    if not display:
        return "DISPLAY is not set"
    match = re.fullmatch(r"(?:([^:/]*)/)?([^:]*):(\d+)(?:\.\d+)?", display)
    if match is None:
        return f"DISPLAY is {display}, which names no display"
    host, number = match[2], int(match[3])
    if host in ("", "unix"):
        path = f"/tmp/.X11-unix/X{number}"
        if _answers(socket.AF_UNIX, path) or _answers(socket.AF_UNIX, "\0" + path):
            return None
    elif _answers(socket.AF_INET, (host, 6000 + number)):
        return None
    return f"the display {display} doesn't answer"


def _answers(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    """Whether somebody listens there."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as connection:
            connection.settimeout(SOCKET_TIMEOUT_S)
            connection.connect(address)
    except OSError:
        return False
    return True
