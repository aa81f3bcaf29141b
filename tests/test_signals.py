"""A signal ends a run soon, whatever is being read: real processes, real signals, whole files."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from threading import Event, Timer

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.core import background as aside
from live.core.background import is_busy, run_in_background
from live.run.interrupts import Interrupts
from tests.program import log_rows, numcam

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a signal ends a Windows program outright")

SOON_S = 20.0
"""Far more than the half second that is promised, for a machine that is busy; work that goes on takes longer by far."""


def strewn(width: int, height: int, count: int) -> NDArray[np.uint8]:
    """Strokes strewn over a page."""
    rng = np.random.default_rng(4)
    page = np.full((height, width, 3), 235, np.uint8)
    for x, y, angle in zip(width * rng.random(count), height * rng.random(count), 7 * rng.random(count), strict=True):
        away = 7 * np.cos(angle), 7 * np.sin(angle)
        ends = (round(x - away[0]), round(y - away[1])), (round(x + away[0]), round(y + away[1]))
        cv2.line(page, *ends, (20, 20, 20), 1, cv2.LINE_AA)
    return page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two hundred pages full of strokes, which take minutes to read."""
    pages = tmp_path / "pages"
    pages.mkdir()
    data = cv2.imencode(".png", strewn(1280, 720, 10_000))[1].tobytes()
    for number in range(200):
        (pages / f"page{number}.png").write_bytes(data)
    return tmp_path


def ended(program: subprocess.Popen[str], number: signal.Signals) -> tuple[int, str, str]:
    """Exit code, stdout and stderr after a signal."""
    program.send_signal(number)
    out, err = program.communicate(timeout=SOON_S)
    return program.returncode, out, err


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_read_ends_while_it_reads_full_pages(folder: Path, number: signal.Signals) -> None:
    with numcam(folder, "read", "pages", "--json", "--csv", "all.csv") as program:
        assert program.stdout is not None
        first = json.loads(program.stdout.readline())
        code, _, err = ended(program, number)
    assert code == 130
    assert "Traceback" not in err
    assert first["left_out"] > 0
    assert "too much ink to read all" in err


@pytest.mark.slow
def test_read_ends_in_the_middle_of_a_picture_of_a_hundred_megapixels(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "small.png"), np.full((72, 128, 3), 235, np.uint8))
    cv2.imwrite(str(tmp_path / "tall.png"), np.tile(strewn(1000, 1000, 4000), (10, 10, 1)))
    with numcam(tmp_path, "read", "small.png", *["tall.png"] * 20, "--json") as program:
        assert program.stdout is not None
        assert json.loads(program.stdout.readline())["source"] == "small.png"
        time.sleep(1.0)  # it decodes or reads the large one by now
        code, out, err = ended(program, signal.SIGINT)
    assert (code, out) == (130, "")
    assert "Traceback" not in err


@pytest.mark.slow
def test_live_ends_in_the_middle_of_full_pages_with_whole_files(folder: Path) -> None:
    options = ("--source", "pages", "--headless", "--log-frames", "frames.jsonl", "--record", "out.mp4")
    with numcam(folder, *options) as program:
        frames = folder / "frames.jsonl"
        while not (frames.exists() and frames.stat().st_size > 0):
            assert program.poll() is None
            time.sleep(0.05)
        code, _, err = ended(program, signal.SIGTERM)
    assert code == 130
    assert "Traceback" not in err
    rows = log_rows(frames)
    assert 0 < len(rows) < 200
    assert all(row["left_out"] > 0 for row in rows)


@pytest.mark.slow
def test_a_signal_does_not_wait_for_commands(tmp_path: Path) -> None:
    options = (
        "--source",
        "demo",
        "--headless",
        "--realtime",
        "--log",
        "log.jsonl",
        "--on-number",
        "sh -c 'touch begun; exec sleep 600'",
    )
    with numcam(tmp_path, *options) as program:
        while not (tmp_path / "begun").exists():
            assert program.poll() is None
            time.sleep(0.05)
        begun = time.monotonic()
        code, _, err = ended(program, signal.SIGINT)
        spent = time.monotonic() - begun
    assert code == 130
    assert "at the end, and was ended" in err  # and not `5 s after the end`
    assert spent < SOON_S


def test_what_work_returns_and_raises_is_handed_on() -> None:
    def fail() -> None:
        raise ValueError("seven")

    assert run_in_background(lambda: 7) == 7
    with pytest.raises(ValueError, match="seven"):
        run_in_background(fail)
    assert not is_busy()


def test_a_signal_is_heard_while_work_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aside, "_abandoned", [])
    done = Event()
    with Interrupts():
        timer = Timer(0.2, partial(signal.raise_signal, signal.SIGTERM))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            run_in_background(lambda: done.wait(600))
        timer.join()
    assert is_busy()
    done.set()


def test_a_held_signal_ends_a_reading_between_two_stages() -> None:
    with Interrupts() as interrupts:
        interrupts.hold()
        interrupts.check()
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            interrupts.check()
