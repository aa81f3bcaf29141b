"""The newest number on the clipboard: by a fake in a moment, and by the real thing on a virtual display."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from live.outputs import clipboard
from live.outputs.clipboard import Clipboard, ClipboardError, NoClipboardError, use_clipboard
from tests.results import event_of
from tests.xvfb_display import VirtualDisplay, wait_for, xvfb

__all__ = ["xvfb"]  # a fixture
ROOT = Path(__file__).parents[1]
XCLIP = shutil.which("xclip")
needs_xclip = pytest.mark.skipif(XCLIP is None, reason="no xclip here: apt-get install xclip")


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No display but the one a test asks for; no measuring of coverage, which would complain in the copying program."""
    for name in [name for name in os.environ if name.startswith("COVERAGE") or name in ("DISPLAY", "WAYLAND_DISPLAY")]:
        monkeypatch.delenv(name)


@pytest.fixture
def display(xvfb: VirtualDisplay, monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualDisplay]:
    """A virtual display; what holds its clipboard is made to let go in the end."""
    monkeypatch.setenv("DISPLAY", xvfb.name)
    yield xvfb
    # another owner of the selection, which ends by itself, lets the last xclip end
    subprocess.run(
        ["xclip", "-selection", "c", "-i", "-loops", "1"], input=b"-", stdout=subprocess.DEVNULL, check=False
    )
    pasted()


def pasted() -> str:
    """What is on the clipboard."""
    done = subprocess.run(["xclip", "-selection", "c", "-o"], capture_output=True, text=True, timeout=30, check=False)
    return done.stdout


class FakeClipboard:
    """Remembers what it was given; may be slow, missing or broken."""

    def __init__(self, error: ClipboardError | None = None) -> None:
        self.given: list[tuple[str, ...]] = []
        self.go = threading.Event()
        self.go.set()
        self._error = error

    def __call__(self, *texts: str) -> None:
        """Copy, or look."""
        self.given.append(texts)
        self.go.wait(30)
        if self._error is not None:
            raise self._error


def test_a_guess_is_never_copied_silently() -> None:
    fake = FakeClipboard()
    with Clipboard(list[str]().append, fake) as board:
        board.add([event_of("12?4")])
    assert fake.given[-1] == ("12?4",)


def test_the_last_of_a_frame_is_copied_and_what_leaves_is_not() -> None:
    fake, said = FakeClipboard(), list[str]()
    with Clipboard(said.append, fake) as board:
        wait_for(lambda: fake.given == [()])  # it has looked
        board.add([event_of("1"), event_of("23", "changed"), event_of("4", "left")])
        board.add([event_of("23", "left")])
        board.add([])
    assert fake.given == [(), ("23",)]
    assert said == []


def test_the_newest_wins_and_the_loop_never_waits() -> None:
    fake = FakeClipboard()
    fake.go.clear()
    with Clipboard(print, fake) as board:
        wait_for(lambda: fake.given == [()])
        began = time.monotonic()
        for text in ("1", "2", "3"):
            board.add([event_of(text)])
        assert time.monotonic() - began < 20, "who waits for the fake waits 30 s"
        fake.go.set()
    assert fake.given == [(), ("3",)]


def test_a_missing_clipboard_is_told_once_and_left_alone() -> None:
    fake, said = FakeClipboard(NoClipboardError("there is none here")), list[str]()
    with Clipboard(said.append, fake) as board:
        wait_for(lambda: said)
        board.add([event_of("1")])
    assert fake.given == [()]
    assert said == ["--clipboard: nothing can be copied, there is none here. Reading goes on."]


def test_a_clipboard_that_fails_is_told_once_and_tried_again() -> None:
    fake, said = FakeClipboard(ClipboardError("somebody holds it")), list[str]()
    with Clipboard(said.append, fake) as board:
        wait_for(lambda: len(said))
        board.add([event_of("1")])
    assert fake.given == [(), ("1",)]
    assert len(said) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a clipboard")
def test_without_a_display_it_says_what_to_install() -> None:
    with pytest.raises(NoClipboardError, match="install xclip or xsel"):
        use_clipboard()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere pyperclip starts no program")
def test_a_helper_that_complains_or_hangs_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    helper = tmp_path / "xclip"
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("DISPLAY", ":none")
    helper.write_text('#!/bin/sh\necho "Error: Can\'t open display: :none" >&2\nexit 1\n')
    helper.chmod(0o755)
    use_clipboard()  # there is a helper: more can't be told before
    with pytest.raises(ClipboardError, match="Can't open display: :none"):
        use_clipboard("12")
    helper.write_text("#!/bin/sh\nsleep 600\n")
    monkeypatch.setattr(clipboard, "COPY_S", 3.0)
    began = time.monotonic()
    with pytest.raises(ClipboardError, match="took longer than 3 s"):
        use_clipboard("12")
    assert time.monotonic() - began < 60


@needs_xclip
@pytest.mark.usefixtures("display")
def test_a_number_can_be_pasted() -> None:
    said: list[str] = []
    with Clipboard(said.append) as board:
        board.add([event_of("007")])
    assert (pasted(), said) == ("007", [])
    with Clipboard(said.append) as board:
        board.add([event_of("4711")])
    assert (pasted(), said) == ("4711", [])


@needs_xclip
def test_the_command_ends_though_the_clipboard_stays(display: VirtualDisplay, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "live", "--source", "demo", "--headless", "--max-frames", "40", "--clipboard"],
        cwd=tmp_path, env={**display.environment, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    read = [line.split()[2] for line in done.stdout.splitlines()[:-1]]
    assert read
    assert pasted() == read[-1]
