"""Recordings from start to end: their names, sizes and lengths, and, with the real program, all that can go wrong with a disk."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from live.core.errors import OutputError
from live.core.file_names import timestamped
from live.core.settings import RecordingSettings, Settings
from live.outputs.recording import Recording, is_folder, recording_path
from live.outputs.run_outputs import Outputs
from live.run.loop import run
from scripts.measure.mjpeg_camera import MjpegCamera, read_stamp
from tests.program import PATIENCE_S, ROOT, frame_times, lasts_s, log_rows, numcam
from tests.stamped_files import make_video
from tests.xvfb_display import wait_for

DEMO = ("--source", "demo", "--headless")
DATED = r"numcam-\d{8}-\d{6}(-\d)?\.mp4"
ON_UNIX = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows keeps open files where they are, and has no mounts"
)


def picture(width: int, height: int) -> NDArray[np.uint8]:
    """A grey picture of that size."""
    return np.full((height, width, 3), 120, np.uint8)


def size_of(path: Path) -> tuple[int, int]:
    """Width and height of a recording, px."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return stream.width, stream.height


def test_another_size_goes_into_another_file(tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "out-2.mp4").write_text("somebody's")
    with closing(Recording(tmp_path / "out.mp4", RecordingSettings(), told.append)) as recording:
        for time, (width, height) in enumerate([(64, 48), (64, 48), (48, 64), (48, 64), (64, 48), (65, 49), (65, 49)]):
            recording.write(picture(width, height), time / 10)
        assert recording.seconds(0.7) == pytest.approx(0.7)
    names = ["out.mp4", "out-3.mp4", "out-4.mp4", "out-5.mp4"]
    assert recording.files == [tmp_path / name for name in names]
    assert [len(frame_times(path)) for path in recording.files] == [2, 2, 1, 2]
    assert [size_of(path) for path in recording.files] == [(64, 48), (48, 64), (64, 48), (66, 50)]
    assert (tmp_path / "out-2.mp4").read_text() == "somebody's"
    assert len(told) == 3
    assert told[0] == f"The picture is 48x64 px from here on: the recording goes on in {tmp_path / 'out-3.mp4'}."


def test_the_summary_lists_every_file_and_a_press_of_r_ends_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told: list[str] = []
    with Outputs(Settings(record="out.mkv"), told.append) as outputs:
        for time, width in enumerate((64, 80, 80)):
            outputs.record(picture(width, 48), time / 10)
        assert outputs.recorded_s(0.2) == pytest.approx(0.2)
        assert outputs.stop_recording() == [Path("out.mkv"), Path("out-2.mkv")]
        assert outputs.stop_recording() == []
        assert not outputs.is_recording
    assert outputs.files == [Path("out.mkv"), Path("out-2.mkv")]
    assert len(told) == 1
    assert not outputs.has_failed


def test_a_folder_gets_names_that_tell_the_time(tmp_path: Path) -> None:
    folder = tmp_path / "videos"
    folder.mkdir()
    for wanted in (f"{folder}", f"{folder}/", f"{tmp_path}/new/below/"):
        assert is_folder(wanted)
        for _ in range(2):
            with Outputs(Settings(record=wanted), lambda _: None) as outputs:
                outputs.record(picture(64, 48), 0.0)
            (path,) = outputs.files
            assert path.parent == Path(wanted)
            assert re.fullmatch(DATED, path.name)
    assert len(list(folder.iterdir())) == 4
    assert len(list((tmp_path / "new" / "below").iterdir())) == 2


def test_r_records_into_the_folder_that_was_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Outputs(Settings(record="videos/"), lambda _: None) as outputs:
        outputs.record(picture(64, 48), 0.0)
        outputs.stop_recording()
        assert outputs.start_recording().parent == Path("videos")
    with Outputs(Settings(record="one.mp4"), lambda _: None) as outputs:
        assert re.fullmatch(DATED, str(outputs.start_recording()))


def test_what_is_no_folder(tmp_path: Path) -> None:
    assert not is_folder("")
    assert not is_folder("out.mp4")
    assert recording_path("out.mp4") == Path("out.mp4")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"The folder .*file for recordings can't be made: File exists") as caught:
        recording_path(f"{tmp_path / 'file'}/")
    assert "\n" not in str(caught.value)


def test_a_dated_name_is_free_in_its_own_folder(tmp_path: Path) -> None:
    first = timestamped(".mp4", tmp_path)
    first.write_text("")
    assert timestamped(".mp4", tmp_path) != first


def recorded(source: str, folder: Path, **options: object) -> Path:
    """The recording of a run of the real loop over `source`."""
    settings = Settings(source=source, headless=True, record=str(folder / "out.mp4"), **options)  # type: ignore[arg-type]
    assert not run(settings, say=lambda _: None, tell=lambda _: None).failed
    return folder / "out.mp4"


@pytest.mark.parametrize("fps", [7, 30])
def test_a_steady_source_lasts_as_long_as_the_real_thing(tmp_path: Path, fps: int) -> None:
    frames = 2 * fps
    clip = make_video(tmp_path / "clip.mp4", frames, lambda number: round(1000 * number / fps))
    recording = recorded(str(clip), tmp_path)
    assert frame_times(recording) == pytest.approx([number / fps for number in range(frames)], abs=0.002)
    assert lasts_s(recording) == pytest.approx(2.0, abs=0.1)


def test_an_uneven_source_lasts_as_long_as_the_real_thing(tmp_path: Path) -> None:
    gaps_ms = [0, 33, 34, 140, 500, 33, 80, 200, 33, 1000, 40, 33]
    times_ms = np.cumsum(gaps_ms).tolist()
    clip = make_video(tmp_path / "clip.mp4", len(times_ms), lambda number: times_ms[number])
    recording = recorded(str(clip), tmp_path)
    assert frame_times(recording) == pytest.approx([time / 1000 for time in times_ms], abs=0.002)
    assert lasts_s(recording) == pytest.approx(times_ms[-1] / 1000, abs=0.1)


def test_a_slow_camera_is_recorded_by_its_own_clock(tmp_path: Path) -> None:
    """7 pictures a second over HTTP; each carries its number, which is the camera's own clock."""
    with MjpegCamera(fps=7) as camera:
        recording = recorded(camera.address, tmp_path, max_frames=9)
    with av.open(str(recording)) as container:
        frames = list(container.decode(video=0))[1:]  # the first one is as old as opening a stream takes
    stamps = [read_stamp(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)) for frame in frames]
    times = [float(frame.time or 0.0) for frame in frames]
    # a busy machine may see a picture late: a frame is forgiven beside the tenth of a second
    assert times[-1] - times[0] == pytest.approx((stamps[-1] - stamps[0]) / camera.fps, abs=0.1 + 1 / camera.fps)
    assert lasts_s(recording) - times[-1] < 0.1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 300 kB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=300k", "none", folder], capture_output=True, check=False
    ).returncode:  # fmt: skip
        pytest.skip("no disk can be mounted here: that takes root, and a system that allows it")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def gives_up(folder: Path, record: str, before: tuple[str, ...] = ()) -> list[str]:
    """Run the real program on 40 frames, its recording failing on the way; returns its complaints. Reading must go on."""
    with numcam(
        folder, *DEMO, "--max-frames", "40", "--record", record, "--log-frames", "frames.jsonl", before=before
    ) as program:
        out, err = program.communicate(timeout=PATIENCE_S)
    assert program.returncode == 1, err
    assert len(log_rows(folder / "frames.jsonl")) == 40
    assert out.splitlines()[-1].startswith("40 frames in ")
    return err.splitlines()


def test_a_full_disk_ends_the_recording_and_not_the_reading(tmp_path: Path, small_disk: Path) -> None:
    assert gives_up(tmp_path, "disk/out.mp4") == [
        f"{Path('disk/out.mp4')} can't be recorded any further: No space left on device. Reading goes on without it."
    ]
    assert 3 < len(frame_times(small_disk / "out.mp4")) < 40


@ON_UNIX
def test_a_file_that_may_grow_no_further_ends_the_recording_alone(tmp_path: Path) -> None:
    script = (
        "import resource, sys; from live.__main__ import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        f"sys.exit(main([*{DEMO}, '--max-frames', '40', '--record', 'out.mkv']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=uncovered(),
        capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "out.mkv can't be recorded any further: File too large. Reading goes on without it."
    ]
    assert done.stdout.splitlines()[-1].startswith("40 frames in ")
    assert "out.mkv" in done.stdout.splitlines()[-1]
    assert 3 < len(frame_times(tmp_path / "out.mkv")) < 40


@ON_UNIX
@pytest.mark.parametrize("taken", ["deleted", "moved"])
def test_a_folder_that_is_taken_away(tmp_path: Path, taken: str) -> None:
    """Deleted, the recording is lost and given up; moved, it goes on where it is now."""
    folder = tmp_path / "stick"
    folder.mkdir()
    options = (*DEMO, "--record", "stick/out.mp4", "--max-frames", "90")
    with numcam(tmp_path, *options) as program:
        wait_for(
            lambda: (folder / "out.mp4").is_file() and (folder / "out.mp4").stat().st_size > 100_000, program=program
        )
        if taken == "deleted":
            shutil.rmtree(folder)
        else:
            folder.rename(tmp_path / "away")
        out, err = program.communicate(timeout=PATIENCE_S)
    assert out.splitlines()[-1].startswith("90 frames in ")
    if taken == "deleted":
        assert program.returncode == 1
        assert err == "stick/out.mp4 can't be recorded any further: it has been deleted. Reading goes on without it.\n"
    else:
        assert (program.returncode, err) == (0, "")
        assert len(frame_times(tmp_path / "away" / "out.mp4")) == 90


@ON_UNIX
def test_a_folder_in_which_nothing_may_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    assert gives_up(tmp_path, "locked/out.mp4", obedient(folder)) == [
        "locked/out.mp4 can't be recorded: Permission denied. Reading goes on without it."
    ]
    assert list(folder.iterdir()) == []


def obedient(folder: Path) -> tuple[str, ...]:
    """What starts a program so that the system refuses it what it refuses others, also where the tests are run by root."""
    try:
        (folder / "try").write_text("")
    except PermissionError:
        return ()
    (folder / "try").unlink()
    without = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")
    if shutil.which("setpriv") is None or subprocess.run([*without, "true"], check=False).returncode:
        pytest.skip("run by root, and there is no setpriv to give root's power up")
    return without


def test_a_size_change_into_a_folder_that_is_gone_is_given_up(tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "stick").mkdir()
    with Outputs(Settings(record=str(tmp_path / "stick" / "out.mp4")), told.append) as outputs:
        outputs.record(picture(64, 48), 0.0)
        outputs.record(picture(64, 48), 0.05)  # the one before is in the file
        (tmp_path / "stick").rename(tmp_path / "away")
        outputs.record(picture(80, 48), 0.1)
        outputs.record(picture(80, 48), 0.2)  # by now it is known that the one before could not be written
        assert not outputs.is_recording
        assert outputs.recorded_s(0.2) is None, "REC goes out"
        outputs.record(picture(80, 48), 0.3)  # nothing happens
        assert outputs.has_failed
    assert len(told) == 1
    assert re.match(r"There is no folder .*stick to write out.mp4 into: make it first\. Reading goes on", told[0])
    assert len(frame_times(tmp_path / "away" / "out.mp4")) == 2


def test_an_end_that_can_not_be_written_is_told_by_the_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Recording) -> None:
        raise OutputError("The end of out.mp4 can't be written: No space left on device.")

    monkeypatch.setattr(Recording, "close", fail)
    with Outputs(Settings(record=str(tmp_path / "out.mp4")), lambda _: None) as outputs:
        outputs.record(picture(64, 48), 0.0)
        with pytest.raises(OutputError, match="The end of"):
            outputs.stop_recording()
        assert outputs.has_failed


@ON_UNIX
@pytest.mark.parametrize(("suffix", "logged"), [(".mp4", 4), (".mp4", 30), (".mkv", 12)])
def test_after_a_kill_at_any_moment_all_but_the_end_plays(tmp_path: Path, suffix: str, logged: int) -> None:
    log = tmp_path / "frames.jsonl"
    files = ("--record", f"out{suffix}", "--log-frames", log.name, "--log", "log.csv")
    with numcam(tmp_path, *DEMO, *files) as program:
        wait_for(lambda: log.exists() and log.read_bytes().count(b"\n") >= logged, program=program)
        program.send_signal(signal.SIGKILL)
        assert program.wait(PATIENCE_S) == -signal.SIGKILL
    shown = [row["time"] for row in log_rows(log)]
    times = frame_times(tmp_path / f"out{suffix}")
    assert times == pytest.approx(shown[: len(times)], abs=0.002)
    # the frame in work and the one before it may be missing: on a machine too busy for ten frames a second that is longer
    assert shown[-1] - times[-1] <= 0.2 or len(shown) - len(times) <= 2
    with (tmp_path / "log.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][0] == "time"
    quad = rows[0].index("quad")
    assert all(len(row) == len(rows[0]) and json.loads(row[quad]) for row in rows[1:])


@ON_UNIX
def test_a_kill_costs_no_more_of_a_slow_camera(tmp_path: Path) -> None:
    log = tmp_path / "frames.jsonl"
    with MjpegCamera(fps=1) as camera:
        options = ("--source", camera.address, "--headless", "--record", "out.mp4", "--log-frames", log.name)
        with numcam(tmp_path, *options) as program:
            wait_for(lambda: log.exists() and log.read_bytes().count(b"\n") >= 3, program=program)
            newest = log_rows(log)[-1]["time"] - log_rows(log)[0]["time"]
            wait_for(lambda: lasts_s(tmp_path / "out.mp4") > newest + 0.3, program=program)
            program.send_signal(signal.SIGKILL)
            assert program.wait(PATIENCE_S) == -signal.SIGKILL
    times = [row["time"] - log_rows(log)[0]["time"] for row in log_rows(log)]
    assert lasts_s(tmp_path / "out.mp4") > newest + 0.3, "what stood since the newest frame is recorded too"
    recorded_at = np.array(frame_times(tmp_path / "out.mp4"))
    assert all(np.abs(recorded_at - moment).min() < 0.002 for moment in times), "each at its own time"


def uncovered() -> dict[str, str]:
    """Variables of a process that coverage leaves alone: one that may write no large file can't write its notes."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    return {**variables, "PYTHONPATH": str(ROOT)}
