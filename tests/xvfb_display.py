"""A display for tests without a screen: Xvfb, and what a person does with a window: keys, a look, the closing cross."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from ctypes.util import find_library
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

T = TypeVar("T")
PATIENCE_S = 120.0  # a busy machine takes its time to start a program
SIZE = (1280, 800)
CLIENT_MESSAGE = 33


def wait_for(
    what: Callable[[], T | None], patience_s: float = PATIENCE_S, program: subprocess.Popen[Any] | None = None
) -> T:
    """What `what` answers once it answers something; fails the test when that takes too long.

    program: what it waits for; once that has ended there is nothing to wait for.
    """
    end = time.monotonic() + patience_s
    while time.monotonic() < end:
        ended = None if program is None else program.poll()  # before the last look
        answer = what()
        if answer:
            return answer
        if ended is not None and program is not None:
            said = program.stderr.read() if program.stderr is not None else ""
            pytest.fail(f"the program has ended with {ended}: {said}")
        time.sleep(0.02)
    pytest.fail(f"waited {patience_s} s in vain")


class _ClientMessage(ctypes.Structure):
    """Xlib's XClientMessageEvent, padded to the size of any XEvent."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("values", ctypes.c_long * 5),
        ("rest", ctypes.c_long * 12),
    )


class VirtualDisplay:
    """A running Xvfb."""

    def __init__(self, number: int) -> None:
        self.name = f":{number}"
        self._title = self._window = ""

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process that is to open its windows here."""
        wayland = ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        return {**{name: value for name, value in os.environ.items() if name not in wayland}, "DISPLAY": self.name}

    def _xdotool(self, *arguments: str, check: bool = False) -> str:
        """What it answers. check: fail where it fails, as a key that goes nowhere would be waited for in vain."""
        answer = subprocess.run(
            ["xdotool", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert not (check and answer.returncode), f"xdotool {' '.join(arguments)}: {answer.stderr}"
        return answer.stdout.strip()

    def window(self, title: str) -> str:
        """The id of the window with that title, once it is there and can be seen."""
        self._title = title
        self._window = wait_for(self._look).splitlines()[-1]
        self._bring_forward()
        return self._window

    def _look(self) -> str:
        """The ids of the windows with the last title that can be seen, one a line."""
        return self._xdotool("search", "--onlyvisible", "--name", f"^{self._title}$")

    def _newest(self) -> str:
        """The id of the last window, which is another one where the program has opened it anew (live.window.painted)."""
        self._window = (self._look().splitlines() or [self._window])[-1]
        return self._window

    def _bring_forward(self) -> None:
        """Put the last window into the corner: there is no window manager here who would put it where it can be seen whole."""
        if self._window:
            window = self._newest()
            self._xdotool("windowmove", window, "0", "0", "windowraise", window)

    def size(self, window: str) -> tuple[int, int]:
        """Width and height of a window, px."""
        shell = dict(line.split("=") for line in self._xdotool("getwindowgeometry", "--shell", window).splitlines())
        return int(shell["WIDTH"]), int(shell["HEIGHT"])

    def press(self, _window: str, *keys: str) -> None:
        """Press keys, by xdotool's names, as a person would with the last window before them."""
        # not with --sync, which fails where nothing had the focus before; what it asks for is done when it ends
        self._xdotool("windowfocus", self._newest(), check=True)
        self._xdotool("key", "--delay", "60", *keys, check=True)

    def screenshot(self, folder: Path) -> NDArray[np.uint8]:
        """The whole screen, (H, W, 3) uint8 BGR."""
        self._bring_forward()  # its own toolkit may have moved it since
        path = folder / "screen.png"
        subprocess.run(["import", "-window", "root", str(path)], env=self.environment, timeout=PATIENCE_S, check=True)
        picture: NDArray[np.uint8] | None = cv2.imread(str(path))
        assert picture is not None, "the screen could not be seen"
        return picture

    def close(self, window: str) -> None:
        """What the cross in a window's title bar does."""
        xlib = ctypes.CDLL(find_library("X11"))
        xlib.XOpenDisplay.restype = ctypes.c_void_p
        xlib.XInternAtom.restype = ctypes.c_ulong
        display = ctypes.c_void_p(xlib.XOpenDisplay(self.name.encode()))
        atoms = [xlib.XInternAtom(display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")]
        event = _ClientMessage(type=CLIENT_MESSAGE, window=int(window), message_type=atoms[0], format=32)
        event.values[0] = atoms[1]
        xlib.XSendEvent(display, ctypes.c_ulong(int(window)), 0, ctypes.c_long(0), ctypes.byref(event))
        xlib.XCloseDisplay(display)


@pytest.fixture(scope="session")
def xvfb() -> Iterator[VirtualDisplay]:
    """A display of 1280x800."""
    missing = [tool for tool in ("Xvfb", "xdotool", "import") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"no {', '.join(missing)} here: apt-get install xvfb xdotool imagemagick")
    read_end, write_end = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-nolisten", "tcp", "-noreset",
         "-r"],  # on a busy machine a key would stay down for long enough to repeat itself
        pass_fds=(write_end,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write_end)
    try:
        with os.fdopen(read_end) as told:  # Xvfb takes a free number, and tells it once it listens
            number = told.readline().strip()
        assert number, "Xvfb didn't start"
        yield VirtualDisplay(int(number))
    finally:
        server.terminate()
        server.wait(PATIENCE_S)
