"""Recordings read back: their times, colours and sizes; after a kill, and on a disk that fills up."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.core.errors import OutputError
from live.core.settings import RecordingSettings
from live.outputs.recorder import Recorder

PATIENCE_S = 60.0
ROOT = Path(__file__).parents[1]
SETTINGS = RecordingSettings()
SUFFIXES = (".mp4", ".mov", ".mkv")


class Video(NamedTuple):
    times: list[float]
    pictures: list[NDArray[np.uint8]]
    duration_s: float


def read_back(path: Path) -> Video:
    """A recording as a player sees it."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        duration = (container.duration or 0) / av.time_base
    return Video(
        [float(frame.time) for frame in frames],
        [np.asarray(frame.to_ndarray(format="bgr24"), np.uint8) for frame in frames],
        duration,
    )


def plain(colour: tuple[int, int, int] = (90, 120, 60), size: tuple[int, int] = (64, 48)) -> NDArray[np.uint8]:
    """A picture of one colour; size: (width, height)."""
    return np.full((size[1], size[0], 3), colour, np.uint8)


def record(path: Path, times: list[float], settings: RecordingSettings = SETTINGS) -> Video:
    with Recorder(path, settings) as recorder:
        for time in times:
            recorder.write(plain(), time)
    assert recorder.frames == len(read_back(path).times)
    return read_back(path)


def unwatched() -> dict[str, str]:
    """Variables of a process that coverage leaves alone: one that is killed, or can write nothing, spoils its notes."""
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_uneven_frames_keep_their_real_times(tmp_path: Path, suffix: str) -> None:
    begin = 5000.0
    times = [0.0, 0.033, 0.07, 0.5, 1.0, 1.02, 3.0]
    video = record(tmp_path / f"out{suffix}", [begin + time for time in times])
    assert video.times == pytest.approx(times, abs=0.001)
    assert video.duration_s == pytest.approx(3.0, abs=0.1)


def test_a_slow_camera_plays_as_long_as_it_took(tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    times = np.cumsum(rng.uniform(0.05, 0.2, 40))
    video = record(tmp_path / "slow.mp4", times.tolist())
    assert video.duration_s == pytest.approx(times[-1] - times[0], abs=0.1)


def test_frames_of_one_time_and_of_an_earlier_one_are_left_out(tmp_path: Path) -> None:
    assert record(tmp_path / "out.mp4", [1.0, 1.0, 1.1, 1.1, 1.05, 0.2, 1.2]).times == pytest.approx(
        [0, 0.1, 0.2], abs=1e-3
    )


@pytest.mark.parametrize(
    ("camera_fps", "max_fps", "expected"), [(60, 30, 60), (30, 25, 50), (30, 60, 60), (240, 10, 20)]
)
def test_no_more_frames_than_asked_for(tmp_path: Path, camera_fps: int, max_fps: float, expected: int) -> None:
    rng = np.random.default_rng(1)
    times = [(i + rng.uniform(-0.1, 0.1)) / camera_fps for i in range(2 * camera_fps)]
    video = record(tmp_path / "out.mp4", times, RecordingSettings(max_fps=max_fps))
    assert len(video.times) == pytest.approx(expected, abs=2)
    assert np.diff(video.times).max() < 2.5 / min(camera_fps, max_fps), "thinned evenly"


@pytest.mark.parametrize(
    "colour", [(128, 128, 128), (30, 60, 200), (200, 120, 40), (60, 190, 70), (255, 255, 255), (0, 0, 0)]
)
def test_colours_are_right(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    path = tmp_path / "out.mp4"
    with Recorder(path, SETTINGS) as recorder:
        recorder.write(plain(colour), 0.0)
    mean = read_back(path).pictures[0].reshape(-1, 3).mean(axis=0)
    assert np.abs(mean - colour).max() <= 4


def test_the_file_says_which_colours_it_holds(tmp_path: Path) -> None:
    """Without it players take small pictures for one standard and large ones for another, and reds turn orange."""
    record(tmp_path / "out.mp4", [0.0])
    with av.open(str(tmp_path / "out.mp4")) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.colorspace, codec.color_primaries, codec.color_trc, codec.color_range) == (6, 6, 6, 1)
        assert (codec.name, codec.pix_fmt) == ("h264", "yuv420p")


@pytest.mark.parametrize(("size", "recorded"), [((641, 481), (642, 482)), ((1, 1), (2, 2)), ((320, 240), (320, 240))])
def test_odd_sizes_become_even(tmp_path: Path, size: tuple[int, int], recorded: tuple[int, int]) -> None:
    path = tmp_path / "out.mp4"
    with Recorder(path, SETTINGS) as recorder:
        recorder.write(plain((30, 60, 200), size), 0.0)
    picture = read_back(path).pictures[0]
    assert picture.shape == (recorded[1], recorded[0], 3)
    assert np.abs(picture.reshape(-1, 3).astype(int) - (30, 60, 200)).max() <= 6, "no dark edge"


def test_another_size_is_refused(tmp_path: Path) -> None:
    with Recorder(tmp_path / "out.mp4", SETTINGS) as recorder:
        assert recorder.fits(plain(size=(160, 120)))
        recorder.write(plain(size=(160, 120)), 0.0)
        assert recorder.fits(plain(size=(160, 120)))
        assert not recorder.fits(plain(size=(161, 120)))
        with pytest.raises(ValueError, match=r"is of \(120, 160\), not \(120, 161\)"):
            recorder.write(plain(size=(161, 120)), 0.1)
        recorder.write(plain(size=(160, 120)), 0.2)
    assert len(read_back(recorder.path).times) == 2


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("fps", [7, 30])
def test_the_last_frame_is_seen_as_well(tmp_path: Path, fps: int, suffix: str) -> None:
    video = record(tmp_path / f"out{suffix}", [number / fps for number in range(2 * fps)])
    assert video.duration_s == pytest.approx(2.0, abs=0.1)


def test_one_frame_alone_is_seen_too(tmp_path: Path) -> None:
    assert 0.01 < record(tmp_path / "out.mp4", [5.0]).duration_s < 0.1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps open files where they are")
def test_a_file_that_was_deleted_is_told(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "out.mp4", SETTINGS)
    recorder.write(plain(), 0.0)
    recorder.path.unlink()
    with pytest.raises(OutputError, match=r"out\.mp4 can't be recorded any further: it has been deleted\."):
        recorder.write(plain(), 0.1)
    recorder.close()
    assert list(tmp_path.iterdir()) == []


def test_quality_follows_the_setting(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (120, 160, 3), np.uint8)
    lengths = []
    for crf in (10, 40):
        path = tmp_path / f"{crf}.mp4"
        with Recorder(path, RecordingSettings(crf=crf)) as recorder:
            recorder.write(noise, 0.0)
        lengths.append(path.stat().st_size)
    assert lengths[0] > 2 * lengths[1]


def test_opencv_plays_it_too(tmp_path: Path) -> None:
    record(tmp_path / "out.mp4", [i / 30 for i in range(10)])
    capture = cv2.VideoCapture(str(tmp_path / "out.mp4"))
    assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(30, abs=1)
    assert [capture.read()[0] for _ in range(11)] == [True] * 10 + [False]
    capture.release()


def test_without_frames_no_file_and_an_earlier_one_stays(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_text("earlier")
    with Recorder(path, SETTINGS):
        pass
    assert [file.name for file in tmp_path.iterdir()] == ["out.mp4"]
    assert path.read_text() == "earlier"


def test_an_earlier_recording_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_text("earlier")
    record(path, [0.0])
    assert (tmp_path / "out.1.mp4").read_text() == "earlier"


@pytest.mark.parametrize("name", ["a:b.mp4", "100 %03d.mp4", "Zahlen ü.mp4", "OUT.MP4"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_unusual_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    with Recorder(Path(name), SETTINGS) as recorder:
        recorder.write(plain(), 0.0)
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("out.avi", r"A recording ends in \.mp4, \.mov, \.mkv; out\.avi does not\."),
        ("out", r"A recording ends in .*; out does not\."),
        ("away/out.mp4", r"There is no folder .*away to write out\.mp4 into: make it first\."),
    ],
)
def test_where_nothing_can_be_recorded(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(OutputError, match=reason) as caught:
        Recorder(tmp_path / name, SETTINGS)
    assert "\n" not in str(caught.value)


def test_a_folder_that_goes_away_before_the_first_frame(tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    recorder = Recorder(folder / "out.mp4", SETTINGS)
    folder.rmdir()
    with pytest.raises(OutputError, match="There is no folder"):
        recorder.write(plain(), 0.0)


def test_nothing_is_written_after_the_end(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "out.mp4", SETTINGS)
    recorder.write(plain(), 0.0)
    recorder.close()
    recorder.close()
    with pytest.raises(ValueError, match="has ended"):
        recorder.write(plain(), 1.0)
    assert len(read_back(recorder.path).times) == 1


RECORD_FOR_EVER = """
import sys, time
from pathlib import Path
import numpy as np
from live.core.settings import RecordingSettings
from live.outputs.recorder import Recorder

recorder = Recorder(Path(sys.argv[1]), RecordingSettings())
rng = np.random.default_rng(0)
for i in range(100_000):
    recorder.write(rng.integers(0, 255, (120, 160, 3), np.uint8), i / 30)
    print(recorder.frames, flush=True)
"""


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_killed_recording_plays(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"out{suffix}"
    process = subprocess.Popen(
        [sys.executable, "-c", RECORD_FOR_EVER, str(path)], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=unwatched()
    )
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) == 75:
            process.kill()
            break
    written = [75, *(int(line) for line in process.stdout.read().split("\n")[:-1])][-1]
    process.stdout.close()
    process.wait(PATIENCE_S)
    times = read_back(path).times
    assert len(times) >= written - 2
    assert np.diff(times) == pytest.approx(1 / 30, abs=0.002)


FILL_THE_DISK = """
import resource, sys
from pathlib import Path
import numpy as np
from live.core.errors import OutputError
from live.core.settings import RecordingSettings
from live.outputs.recorder import Recorder

resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)  # no file may grow beyond, as on a disk that is full
recorder = Recorder(Path(sys.argv[1]), RecordingSettings())
rng = np.random.default_rng(0)
try:
    for i in range(200):
        recorder.write(rng.integers(0, 255, (120, 160, 3), np.uint8), i / 30)
except OutputError as error:
    print(error)
recorder.close()
print(recorder.frames)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a limit on the size of files is Unix's")
@pytest.mark.parametrize(("room", "words"), [(200_000, "can't be recorded any further"), (0, "can't be recorded: ")])
def test_a_disk_that_fills_up(tmp_path: Path, room: int, words: str) -> None:
    path = tmp_path / "out.mp4"
    done = subprocess.run(
        [sys.executable, "-c", FILL_THE_DISK, str(path), str(room)],
        capture_output=True, text=True, timeout=PATIENCE_S, check=True, cwd=ROOT, env=unwatched(),
    )  # fmt: skip
    message, frames = done.stdout.splitlines()
    assert words in message
    assert message.startswith(str(path))
    if room:
        assert len(read_back(path).times) >= int(frames) - 2 > 3
    else:
        assert not path.exists(), "nothing half-written is left"


def test_an_encoder_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure of the system itself, such as a lack of memory, that can't be had on demand."""
    recorder = Recorder(tmp_path / "out.mp4", SETTINGS)

    def fail(*_: object) -> None:
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(recorder, "_mux", fail)
    with pytest.raises(OutputError, match=r"out\.mp4 can't be recorded: Cannot allocate memory\."):
        recorder.write(plain(), 0.0)
    assert list(tmp_path.iterdir()) == []


def test_an_end_that_can_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = Recorder(tmp_path / "out.mp4", SETTINGS)
    recorder.write(plain(), 0.0)
    recorder.write(plain(), 0.1)

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(recorder, "_mux", fail)
    with pytest.raises(OutputError, match=r"The end of .*out\.mp4 can't be written: No space left on device\."):
        recorder.close()
    recorder.close()
    assert len(read_back(recorder.path).times) == 1


def test_ticks_are_fine_enough(tmp_path: Path) -> None:
    record(tmp_path / "out.mp4", [0.0, 0.1])
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert container.streams.video[0].time_base == Fraction(1, 90_000)
