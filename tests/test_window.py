"""A real window, in a process of its own on a display of its own; keys by xdotool, and what the screen shows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from live.core.keys import KEY_OF, Key, key_for
from live.window.painted import can_tell
from live.window.window import MOST_REOPENED
from tests.xvfb_display import PATIENCE_S, VirtualDisplay, wait_for, xvfb

__all__ = ["xvfb"]

SHOW = """
import sys, time
import numpy as np
from live.core.keys import Key
from live.window.window import Window

picture = np.full((int(sys.argv[1]), int(sys.argv[2]), 3), (40, 160, 60), np.uint8)
end = time.monotonic() + 60
with Window("A sheet") as window:
    while time.monotonic() < end:
        window.show(picture)
        key = window.poll_key(10)
        if key is not None:
            print(key.name, "closed" if window.closed else "open", flush=True)
        if key is Key.DEBUG:
            picture = np.full((picture.shape[0], 2 * picture.shape[1], 3), (200, 30, 30), np.uint8)
            window.fit_again()
        if key is Key.QUIT:
            break
    window.show(picture)  # after the end: nothing happens
print("ended")
"""


@contextmanager
def showing(
    display: VirtualDisplay, shape: tuple[int, int], *arguments: str, before: str = ""
) -> Iterator[subprocess.Popen[str]]:
    """A process that shows a green picture of shape (height, width) until it is asked to quit. before: what it runs first."""
    process = subprocess.Popen(
        [sys.executable, "-c", before + SHOW, *map(str, shape), *arguments], env=display.environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_picture_is_seen_and_every_key_is_heard(xvfb: VirtualDisplay, tmp_path: Path) -> None:
    with showing(xvfb, (480, 640)) as process:
        window = xvfb.window("A sheet")
        assert wait_for(lambda: xvfb.size(window) == (640, 480))
        wait_for(lambda: np.array_equal(xvfb.screenshot(tmp_path)[240, 320], (40, 160, 60)))
        # Left must not be taken for Q, nor F1 or a lone Shift for anything
        xvfb.press(window, "Left", "F1", "space", "r", "s", "m", "h", "shift+r", "Right", "d")
        wait_for(lambda: xvfb.size(window) == (1280, 480))
        wait_for(lambda: np.array_equal(xvfb.screenshot(tmp_path)[240, 900], (200, 30, 30)))
        xvfb.press(window, "Escape")
        said, complaints = process.communicate(timeout=PATIENCE_S)
    heard = [line.split()[0] for line in said.splitlines()]
    assert heard == ["PAUSE", "RECORD", "SNAPSHOT", "MIRROR", "HELP", "RECORD", "DEBUG", "QUIT", "ended"]
    assert process.returncode == 0, complaints


def test_a_window_that_is_closed_counts_as_quit(xvfb: VirtualDisplay) -> None:
    with showing(xvfb, (240, 320)) as process:
        xvfb.close(xvfb.window("A sheet"))
        said, complaints = process.communicate(timeout=PATIENCE_S)
    assert said.splitlines() == ["QUIT closed", "ended"]
    assert process.returncode == 0, complaints
    assert "Error" not in complaints


def test_a_huge_picture_opens_in_a_window_that_fits_a_screen(xvfb: VirtualDisplay) -> None:
    with showing(xvfb, (2160, 3840)) as process:
        window = xvfb.window("A sheet")
        wait_for(lambda: xvfb.size(window) == (1280, 720))
        xvfb.press(window, "q")
        process.wait(PATIENCE_S)


def test_a_picture_of_one_pixel_opens_in_a_window_that_can_be_found(xvfb: VirtualDisplay) -> None:
    with showing(xvfb, (1, 1)) as process:
        window = xvfb.window("A sheet")
        wait_for(lambda: xvfb.size(window) == (160, 160))
        xvfb.press(window, "q")
        process.wait(PATIENCE_S)


REOPEN = """
import sys
from live.window import painted
from live.window import window
painted_at = int(sys.argv.pop())
opened, times = window.cv2.namedWindow, []
def told(*wanted):
    opened(*wanted)
    times.append(1)
    print("opened", flush=True)
window.cv2.namedWindow = told
asked = []
def shared_memories():
    asked.append(len(times))
    return int(len(times) >= painted_at and asked.count(len(times)) > 1)
painted.shared_memories = shared_memories
window.UNPAINTED_S = 0.5
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing tells whether a window is painted")
@pytest.mark.parametrize(("painted", "times"), [(2, 2), (99, 1 + MOST_REOPENED)])
def test_a_window_that_stays_black_is_opened_anew(xvfb: VirtualDisplay, painted: int, times: int) -> None:
    with showing(xvfb, (240, 320), str(painted), before=REOPEN) as process:
        assert process.stdout is not None
        assert [process.stdout.readline() for _ in range(times)] == ["opened\n"] * times
        # the pixels aren't looked at: what tells a black window is told by hand here, so that a window that is black stays so
        xvfb.press(xvfb.window("A sheet"), "q")
        said, complaints = process.communicate(timeout=PATIENCE_S)
    assert said.splitlines() == ["QUIT open", "ended"]
    assert (process.returncode, complaints) == (0, "")


def test_a_window_that_is_painted_shares_memory_with_the_display(
    xvfb: VirtualDisplay, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = SHOW.replace(
        "if key is not None:",
        "if painted.shared_memories() > before: print('shared', flush=True); break\n        if 0:",
    )
    code = code.replace(
        "picture = np.full", "from live.window import painted\nbefore = painted.shared_memories()\npicture = np.full", 1
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "240", "320"], env=xvfb.environment, cwd=Path(__file__).parents[1],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["shared", "ended"], done.stderr
    for display, tells in (("", False), ("far:0", False), (":7", True), ("unix:0", True)):
        monkeypatch.setenv("DISPLAY", display)
        assert can_tell() is (tells and sys.platform == "linux")


@pytest.mark.parametrize(
    ("code", "key"),
    [
        (-1, None), (ord("q"), Key.QUIT), (ord("Q"), Key.QUIT), (27, Key.QUIT), (32, Key.PAUSE), (ord("x"), None),
        (65361, None), (2424832, None), (63234, None),  # Left on Linux, Windows and macOS
        (0x100000 | ord("r"), Key.RECORD),  # with Num Lock, as GTK tells it
        (0xE9, None), (0x439, None),  # é, й
    ],
)  # fmt: skip
def test_keys_by_their_codes(code: int, key: Key | None) -> None:
    assert key_for(code) is key


def test_no_two_keys_share_a_character() -> None:
    assert sum(len(key.characters) for key in Key) == len(KEY_OF)


def test_the_docs_list_every_key() -> None:
    page = (Path(__file__).parents[1] / "docs" / "options.md").read_text(encoding="utf-8")
    rows = [line.split("|")[0] for line in page.split("## Keys")[1].split("##")[0].splitlines() if "|" in line]
    listed = {name.strip(" `") for row in rows for name in row.split(",")}
    assert listed >= {name.strip() for key in Key for name in key.label.split(",")}
