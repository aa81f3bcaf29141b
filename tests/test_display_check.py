"""Displays that answer, that don't, and that answer and refuse; what is found never costs the process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from live.window import display_check as display
from live.window.display_check import DisplayCheck, use_x11, why_no_display
from tests.xvfb_display import PATIENCE_S, VirtualDisplay, xvfb

__all__ = ["xvfb"]

needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="X11 is looked for on Linux alone")
SetDisplay = Callable[[str], None]


@pytest.fixture
def set_display(monkeypatch: pytest.MonkeyPatch) -> SetDisplay:
    """Sets DISPLAY, with no other display around."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return lambda name: monkeypatch.setenv("DISPLAY", name)


@contextmanager
def hanging_up(path: Path) -> Iterator[None]:
    """A socket that takes every caller and hangs up on it, as a display does that one has no right to."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        server.listen()

        def hang_up() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                caller.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        try:
            yield
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join(PATIENCE_S)
            path.unlink()


@needs_linux
def test_a_display_that_takes_windows(xvfb: VirtualDisplay, set_display: SetDisplay) -> None:
    set_display(xvfb.name)
    assert why_no_display() is None
    set_display(f"{xvfb.name}.0")
    assert why_no_display() is None


@needs_linux
def test_the_check_goes_on_while_the_caller_does(xvfb: VirtualDisplay, set_display: SetDisplay) -> None:
    set_display(xvfb.name)
    check = DisplayCheck()
    assert check.reason() is None
    assert check.reason() is None, "asking twice is ordinary"


@needs_linux
def test_a_desktop_that_asks_qt_for_wayland(
    xvfb: VirtualDisplay, set_display: SetDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_display(xvfb.name)
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland;xcb")
    assert why_no_display() is None
    assert os.environ["QT_QPA_PLATFORM"] == "wayland;xcb", "looking changes nothing"
    use_x11()
    assert os.environ["QT_QPA_PLATFORM"] == "xcb"


@needs_linux
@pytest.mark.usefixtures("set_display")
def test_no_display_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    assert why_no_display() == "DISPLAY is not set"
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert "XWayland" in (why_no_display() or "")
    monkeypatch.setenv("QT_QPA_PLATFORM", "wayland")
    use_x11()
    assert os.environ["QT_QPA_PLATFORM"] == "wayland", "there is no X11 to use"


@needs_linux
@pytest.mark.parametrize(
    "name", [":4242", "unix:4242", "localhost:4242", "127.0.0.1:4242.0", "localhost:99999", "no.such.host.invalid:0"]
)
def test_a_display_that_does_not_answer(name: str, set_display: SetDisplay) -> None:
    set_display(name)
    assert why_no_display() == f"the display {name} doesn't answer"


@needs_linux
def test_a_display_that_hangs_up(set_display: SetDisplay) -> None:
    folder = Path("/tmp/.X11-unix")
    if not os.access(folder, os.W_OK):
        pytest.skip("/tmp/.X11-unix, where displays have their sockets, is not there or not writable")
    set_display(":4243")
    with hanging_up(folder / "X4243"):
        assert why_no_display() == "the display :4243 takes no windows"


@needs_linux
def test_a_name_of_another_form_is_tried(set_display: SetDisplay) -> None:
    set_display("what is this")
    assert why_no_display() == "the display what is this takes no windows"


@needs_linux
def test_a_display_that_never_comes_to_an_end(
    xvfb: VirtualDisplay, set_display: SetDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_display(xvfb.name)
    monkeypatch.setattr(display, "CHILD_TIMEOUT_S", 0.2)
    monkeypatch.setattr(display, "TRY_A_WINDOW", "import time; time.sleep(60)")
    assert "takes no window in" in (why_no_display() or "")


@needs_linux
def test_no_python_to_try_with(xvfb: VirtualDisplay, set_display: SetDisplay, monkeypatch: pytest.MonkeyPatch) -> None:
    set_display(xvfb.name)
    monkeypatch.setattr(sys, "executable", "/no/such/python")
    assert why_no_display() == "no window can be tried: No such file or directory"


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_macos_and_windows_always_have_one(
    system: str, set_display: SetDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_display(":4242")
    monkeypatch.setattr(sys, "platform", system)
    assert why_no_display() is None


@needs_linux
@pytest.mark.usefixtures("set_display")
def test_a_process_without_a_display_lives_on() -> None:
    """The way the program goes: look, and go on without a window."""
    program = "from live.window.display_check import why_no_display; print(why_no_display()); print('alive')"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=PATIENCE_S
    )
    assert done.stdout.splitlines() == ["DISPLAY is not set", "alive"]
