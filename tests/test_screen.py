"""What the keys do: with a window that only hands them out, and, beside it, the real program in a real window under Xvfb."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from live.core.keys import Key
from live.core.results import FrameResult
from live.core.settings import Settings
from live.drawing.overlay import SURE
from live.outputs.run_outputs import Outputs
from live.run.screen import Screen
from live.window.window import Window
from tests.fake_streams import ToldSource, mosaic_of, view_of
from tests.program import frame_times, log_rows
from tests.results import drawn_in, number_at, paper, result_of
from tests.xvfb_display import VirtualDisplay, wait_for, xvfb

__all__ = ["xvfb"]  # a fixture

ROOT = Path(__file__).parents[1]


class KeyedWindow:
    """WriterIndex out keys one by one, and remembers what it was given to show."""

    def __init__(self) -> None:
        self.keys: list[Key | None] = []
        self.shown: list[NDArray[np.uint8]] = []
        self.closed = False

    def show(self, picture: NDArray[np.uint8]) -> None:
        """Remember the picture."""
        self.shown.append(picture)

    def fit_again(self) -> None:
        """Nothing to fit."""

    def poll_key(self, _wait_ms: int = 1) -> Key | None:
        """The next key."""
        return self.keys.pop(0) if self.keys else None


@pytest.fixture
def window() -> KeyedWindow:
    """A window without a display."""
    return KeyedWindow()


@pytest.fixture
def outputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outputs]:
    """Files in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    with Outputs(Settings(), say=lambda _: None) as outputs:
        yield outputs


@pytest.fixture
def told() -> list[str]:
    """What the screen said."""
    return []


@pytest.fixture
def screen(window: KeyedWindow, outputs: Outputs, told: list[str]) -> Screen:
    """A screen on that window."""
    return Screen(cast("Window", window), outputs, mirrored=False, say=told.append)


@pytest.fixture
def result() -> FrameResult:
    """A page with one number, left of the middle."""
    return result_of(paper(), number_at("407", (60, 100)), inputs=3)


def show(screen: Screen, window: KeyedWindow, result: FrameResult, *keys: Key) -> NDArray[np.uint8]:
    """Show a frame while these keys are pressed, one a frame; returns what is on the window at the end."""
    window.keys = list(keys)
    for _ in range(max(1, len(keys))):
        screen.show(mosaic_of(view_of(result)))
    return window.shown[-1]


def test_quit_ends_and_other_frames_do_not(screen: Screen, window: KeyedWindow, result: FrameResult) -> None:
    show(screen, window, result)
    assert not screen.quit
    show(screen, window, result, Key.QUIT)
    assert screen.quit


def test_help_and_the_view_behind_the_scenes_come_and_go(
    screen: Screen, window: KeyedWindow, result: FrameResult
) -> None:
    plain = show(screen, window, result)
    helped = show(screen, window, result, Key.HELP)
    assert np.not_equal(helped, plain).any(axis=2).mean() > 0.1
    behind = show(screen, window, result, Key.HELP, Key.DEBUG)
    assert behind.shape[1] > plain.shape[1]
    assert show(screen, window, result, Key.DEBUG).shape == plain.shape


def test_the_mirror_turns_the_preview_alone(screen: Screen, window: KeyedWindow, result: FrameResult) -> None:
    image = result.frame.image
    image[:, :40] = 20  # a dark edge on the left
    mirrored = show(screen, window, result, Key.MIRROR)
    assert mirrored[100, -10].mean() < 60 < mirrored[100, 10].mean()
    assert image[100, 10].mean() < 60  # what is recorded stays as it is


def test_a_pause_rests_on_the_last_frame_until_it_ends(
    screen: Screen, window: KeyedWindow, result: FrameResult
) -> None:
    assert not screen.rest(lambda: screen.quit)
    show(screen, window, result, Key.PAUSE)
    window.keys = [None, None, Key.PAUSE]
    assert screen.rest(lambda: screen.quit)
    assert window.keys == []
    show(screen, window, result, Key.PAUSE)
    assert screen.rest(lambda: True)  # what ends a run ends it in a pause as well


def test_the_last_picture_stays_until_a_person_quits(screen: Screen, window: KeyedWindow, result: FrameResult) -> None:
    show(screen, window, result)
    window.keys = [None, Key.HELP, None, Key.QUIT]
    screen.hold(lambda: screen.quit)
    assert screen.quit


def test_trouble_is_shown_while_no_frame_comes(screen: Screen, window: KeyedWindow, result: FrameResult) -> None:
    screen.wait()
    assert window.shown == []
    source = ToldSource()
    screen.show(mosaic_of(view_of(result, source)))
    shown = len(window.shown)
    screen.wait()
    assert len(window.shown) == shown, "all is well"
    source.gone_s = 3.0
    screen.wait()
    before, lost = window.shown[-2:]
    assert np.ptp(lost[60:200].astype(int), axis=2).max() == 0, "no colour is left"
    assert np.ptp(before[60:200].astype(int), axis=2).max() > 50
    screen.wait()
    assert len(window.shown) == shown + 1, "drawn once for each second"
    source.gone_s = 4.0
    window.keys = [Key.HELP]
    screen.wait()
    assert len(window.shown) == shown + 3, "keys are answered meanwhile"


def test_the_age_of_live_frames_is_taken_as_they_are_shown(
    screen: Screen, window: KeyedWindow, result: FrameResult
) -> None:
    show(screen, window, result, Key.HELP)
    assert len(screen.ages) == 0, "a file's frames have no age"
    source = ToldSource()
    source.live = True
    live = replace(result, frame=replace(result.frame, captured_at=time.perf_counter() - 0.25))
    for _ in range(2):
        screen.show(mosaic_of(view_of(live, source)))
    assert 250 <= screen.ages.quantile_ms(0.5) < 5000
    assert np.not_equal(window.shown[-1], window.shown[-2]).any(), "the second picture tells the age of the first"
    source.gone_s = 1.0
    screen.show(mosaic_of(view_of(live, source)))
    assert len(screen.ages) == 2, "what is lost has no age"


def test_a_snapshot_is_a_picture_and_its_json(
    screen: Screen, window: KeyedWindow, result: FrameResult, told: list[str], tmp_path: Path
) -> None:
    show(screen, window, result, Key.SNAPSHOT)
    (picture,) = tmp_path.glob("numcam-*.png")
    fields = json.loads(picture.with_suffix(".json").read_text())
    assert [number["text"] for number in fields["numbers"]] == ["407"]
    assert (fields["width"], fields["height"]) == (640, 480)
    assert told == [f"Snapshot: {picture.name}"]


def test_a_snapshot_that_cannot_be_written_does_not_end_the_run(
    screen: Screen, window: KeyedWindow, result: FrameResult, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_number: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("live.core.atomic_files.os.fsync", full)
    show(screen, window, result, Key.SNAPSHOT)
    assert "No space left" in told[0]
    assert not screen.quit


def test_the_record_key_starts_and_ends_a_recording(
    screen: Screen, window: KeyedWindow, result: FrameResult, told: list[str], outputs: Outputs, tmp_path: Path
) -> None:
    show(screen, window, result, Key.RECORD)
    assert outputs.is_recording
    for time_s in (0.0, 0.1, 0.2):
        outputs.record(result.frame.image, time_s)
    assert outputs.recorded_s(0.2) == pytest.approx(0.2)
    show(screen, window, result, Key.RECORD)
    (file,) = tmp_path.glob("numcam-*.mp4")
    assert told == [f"Recording: {file.name}", f"Recorded: {file.name}"]
    assert outputs.recorded_s(1.0) is None
    show(screen, window, result, Key.RECORD, Key.RECORD)
    assert told[-1] == "Nothing was recorded."


def test_every_file_of_a_run_is_closed_and_named(result: FrameResult, tmp_path: Path) -> None:
    names = {"record": "r.mp4", "log": "l.csv", "log_frames": "f.jsonl"}
    settings = Settings(**{option: str(tmp_path / name) for option, name in names.items()})  # type: ignore[arg-type]
    with Outputs(settings, say=lambda _: None) as outputs:
        assert sorted(tmp_path.iterdir()) == []  # nothing half-written before the first frame
        outputs.add(result, [])
        outputs.record(result.frame.image, 0.0)
    assert sorted(path.name for path in outputs.files) == sorted(names.values())
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names.values())


def has_snapshots(folder: Path, count: int) -> bool:
    """Whether so many snapshots lie there, whole."""
    files = list(folder.glob("numcam-*.json"))
    return len(files) >= count and all(file.read_text().rstrip().endswith("}") for file in files)


def newest_snapshot(folder: Path) -> dict[str, Any]:
    """What was read in the last snapshot."""
    newest = max(folder.glob("numcam-*.json"), key=lambda path: path.stat().st_mtime_ns)
    fields: dict[str, Any] = json.loads(newest.read_text())
    return fields


def test_the_real_window_shows_numbers_and_answers_keys(xvfb: VirtualDisplay, tmp_path: Path) -> None:
    program = subprocess.Popen(
        [sys.executable, "-m", "live", "--source", "demo", "--max-seconds", "90"],
        cwd=tmp_path, env={**xvfb.environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        window = xvfb.window("Numcam")
        # the sheet comes and goes in the clip: on a busy machine a key may arrive when it has just left
        for wanted in range(1, 9):
            # a label's own colour: numbers are framed and read
            wait_for(lambda: bool(drawn_in(xvfb.screenshot(tmp_path), SURE.chip).sum() > 2000), program=program)
            xvfb.press(window, "s")
            wait_for(partial(has_snapshots, tmp_path, wanted), program=program)
            fields = newest_snapshot(tmp_path)
            if fields["numbers"]:
                break
        xvfb.press(window, "Left")  # no Q
        assert program.poll() is None
        xvfb.press(window, "q")
        told, _ = program.communicate(timeout=30)
    finally:
        program.kill()
        program.wait()
    assert program.returncode == 0
    assert "read" in told.splitlines()[-1]
    assert fields["width"] == 1280
    assert fields["numbers"]


def test_closing_the_window_ends_the_run_with_every_file_whole(xvfb: VirtualDisplay, tmp_path: Path) -> None:
    files = ("--record", "out.mp4", "--log", "log.jsonl", "--log-frames", "frames.jsonl")
    program = subprocess.Popen(
        [sys.executable, "-m", "live", "--source", "demo", "--max-seconds", "240", *files],
        cwd=tmp_path, env={**xvfb.environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        window = xvfb.window("Numcam")
        log = tmp_path / "frames.jsonl"
        wait_for(lambda: log.exists() and log.read_bytes().count(b"\n") >= 5, program=program)
        xvfb.close(window)
        told, complaints = program.communicate(timeout=60)
    finally:
        program.kill()
        program.wait()
    assert (program.returncode, complaints) == (0, "")
    assert all(name in told.splitlines()[-1] for name in ("out.mp4", "log.jsonl", "frames.jsonl"))
    assert len(frame_times(tmp_path / "out.mp4")) == len(log_rows(log)) >= 5
    assert (tmp_path / "log.jsonl").is_file()
