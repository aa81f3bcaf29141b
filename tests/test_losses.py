"""Cameras that are switched off, hang, turn their picture and come back, while the whole program runs as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.drawing.overlay import SURE
from scripts.benchmark import page_of
from scripts.measure.mjpeg_camera import MjpegCamera
from tests.results import drawn_in
from tests.xvfb_display import VirtualDisplay, wait_for, xvfb

__all__ = ["xvfb"]  # a fixture

ROOT = Path(__file__).parents[1]
PATIENCE_S = 120.0  # a busy machine takes its time to start the program
# and it takes its time until the first picture: 5 s, the default, end the program before it has begun
PATIENT = ("--set", "camera.open_timeout_s=60")


@cache
def page(size: tuple[int, int]) -> NDArray[np.uint8]:
    """A page of five digits, upright or on its side."""
    upright = page_of(640, 480, 5, seed=1)
    return upright if size[0] > size[1] else np.ascontiguousarray(np.rot90(upright))


@pytest.fixture
def camera() -> Iterator[MjpegCamera]:
    """A camera that looks at that page."""
    with MjpegCamera(fps=10, size=(640, 480)) as stand_in:
        stand_in.paint = lambda _, size: page(size)
        yield stand_in


class Program:
    """`python -m live` in a folder of its own."""

    def __init__(self, folder: Path, *arguments: str, display: VirtualDisplay | None = None) -> None:
        environment = dict(os.environ) if display is None else display.environment
        self.folder = folder
        self.notes = folder / "notes.txt"
        with self.notes.open("w") as notes:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "live", *arguments],
                cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE, stderr=notes, text=True,
            )  # fmt: skip

    def __enter__(self) -> Program:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def lines(self, name: str) -> list[dict[str, Any]]:
        """The whole lines of a JSON lines file, so far."""
        path = self.folder / name
        text = path.read_text() if path.exists() else ""
        return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]

    def appeared(self, rows: slice) -> set[str]:
        """The numbers that appeared, by these rows of the log."""
        return {row["text"] for row in self.lines("l.jsonl")[rows] if row["event"] == "appeared"}

    def until(self, what: Callable[[], object]) -> None:
        """Wait until `what` is so; fail at once where the program has ended, after which nothing will be."""

        def is_so() -> bool:
            ended, so = self.process.poll(), bool(what())
            assert so or ended is None, f"it has ended with {ended}, and said: {self.notes.read_text()}"
            return so

        wait_for(is_so, PATIENCE_S)

    def has_said(self, words: str, times: int = 1) -> bool:
        """Whether a note held these words so often."""
        return self.notes.read_text().count(words) >= times


def times_in(path: Path) -> list[float]:
    """The times of all pictures in a recording, seconds."""
    with av.open(str(path)) as container:
        return [float(frame.time or 0.0) for frame in container.decode(video=0)]


@pytest.mark.slow
def test_a_run_goes_on_through_all_that_may_happen_to_a_camera(camera: MjpegCamera, tmp_path: Path) -> None:
    options = ["--record", "r.mp4", "--log", "l.jsonl", "--log-frames", "f.jsonl", "--headless"]
    # a starved machine may need long for the first picture
    options += ["--set", "camera.open_timeout_s=60", "--set", "camera.stall_s=2", "--set", "camera.give_up_s=6"]
    with Program(tmp_path, "--source", camera.address, *options) as program:
        program.until(lambda: program.lines("l.jsonl"))
        began = time.monotonic() - program.lines("f.jsonl")[-1]["time"]
        camera.stop()
        program.until(lambda: program.has_said("is gone"))
        time.sleep(1.5)
        camera.start()
        program.until(lambda: program.has_said("is back"))
        camera.stall()
        program.until(lambda: program.has_said("is gone", 2))
        camera.resume()
        program.until(lambda: program.has_said("is back", 2))
        before_turn = len(program.lines("l.jsonl"))
        camera.size = (480, 640)
        # read on its side too
        program.until(lambda: program.appeared(slice(before_turn)) & program.appeared(slice(before_turn, None)))
        lasted_s = time.monotonic() - began
        camera.stop()
        program.process.communicate(timeout=120)
    assert program.process.returncode == 1
    said = program.notes.read_text().splitlines()
    turned = [line for line in said if line.startswith("The picture is 480x640 px from here on")]
    assert len(turned) == 1
    notes = [line for line in said if line not in turned]
    assert len(notes) >= 5, "lost and back twice; a starved machine may lose it once more"
    assert set(notes[:-1:2]) == {f"{camera.address} is gone: waiting for it to come back."}
    assert notes[1:-1:2] == [line for line in notes if line.startswith(f"{camera.address} is back after ")]
    assert notes[-1].startswith(f"{camera.address} is gone and did not come back in 6 s")
    assert sorted(path.name for path in tmp_path.glob("*.mp4")) == ["r-2.mp4", "r.mp4"], "one for each size"
    upright, on_its_side = times_in(tmp_path / "r.mp4"), times_in(tmp_path / "r-2.mp4")
    for times in (upright, on_its_side):
        assert times == sorted(set(times))
        assert max(np.diff(times)) < 5, "a second of a lost camera is a picture too"
    assert upright[-1] + on_its_side[-1] == pytest.approx(lasted_s + 6, abs=5), (
        "the last seconds are of the lost camera"
    )
    rows = program.lines("l.jsonl")
    ids = {row["text"]: row["track_id"] for row in rows[:before_turn]}
    appeared = [row for row in rows[:before_turn] if row["event"] == "appeared"]
    assert len(appeared) == len(ids), "what lies as it lay is the same number"


def test_one_of_two_cameras_is_lost_and_the_other_goes_on(camera: MjpegCamera, tmp_path: Path) -> None:
    with MjpegCamera(fps=10, size=(640, 480)) as other:
        other.paint = camera.paint
        options = ["--headless", "--log-frames", "f.jsonl", "--record", "r.mp4", *PATIENT]
        with Program(tmp_path, "--source", camera.address, "--source", other.address, *options) as program:

            def seen(source: str) -> list[dict[str, Any]]:
                return [line for line in program.lines("f.jsonl") if line["source"] == source]

            program.until(lambda: seen(camera.address) and seen(other.address))
            camera.stop()
            program.until(lambda: program.has_said("is gone"))
            before = len(seen(other.address))
            program.until(lambda: len(seen(other.address)) > before + 5)
            camera.start()
            program.until(lambda: program.has_said("is back"))
            program.process.terminate()
            program.process.communicate(timeout=120)
        assert program.process.returncode == 130
        assert program.notes.read_text().count(camera.address) == 2
        assert other.address not in program.notes.read_text()
    ids = [
        {number["track_id"] for line in seen(name) for number in line["numbers"]}
        for name in (camera.address, other.address)
    ]
    assert ids[0]
    assert not ids[0] & ids[1]
    with av.open(str(tmp_path / "r.mp4")) as container:
        assert container.streams.video[0].width == 1284


def test_the_window_tells_of_a_lost_camera_and_answers_keys(
    camera: MjpegCamera, xvfb: VirtualDisplay, tmp_path: Path
) -> None:
    with Program(tmp_path, "--source", camera.address, "--log", "l.jsonl", *PATIENT, display=xvfb) as program:
        program.until(lambda: program.lines("l.jsonl"))
        window = xvfb.window("Numcam")
        program.until(lambda: bool(drawn_in(xvfb.screenshot(tmp_path), SURE.chip).sum() > 300))
        camera.stop()
        program.until(lambda: not drawn_in(xvfb.screenshot(tmp_path), SURE.chip).any())
        lost = cv2.cvtColor(xvfb.screenshot(tmp_path)[:480, :640], cv2.COLOR_BGR2HSV)
        assert (lost[..., 1] > 100).mean() < 0.01, "grey, but for the dot before the line"
        assert (lost[..., 2] > 150).mean() > 0.5, "the page is still seen"
        xvfb.press(window, "s")
        program.until(lambda: program.has_said("Snapshot"))
        camera.start()
        program.until(lambda: bool(drawn_in(xvfb.screenshot(tmp_path), SURE.chip).sum() > 300))
        camera.stop()
        xvfb.press(window, "q")
        assert program.process.wait(120) == 0


def test_a_camera_that_is_not_there_at_the_start_is_told_at_once(camera: MjpegCamera, tmp_path: Path) -> None:
    camera.stop()
    with Program(tmp_path, "--source", camera.address, "--headless", "--record", "r.mp4") as program:
        assert program.process.wait(120) == 1
    assert "did not open" in program.notes.read_text()
    assert len(program.notes.read_text().splitlines()) == 1
    assert list(tmp_path.glob("*.mp4")) == []
