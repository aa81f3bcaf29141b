"""From the built-in clip to files read back, as a user runs it: the real command, the shipped model, no camera, no display."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import av
import pytest

from scripts.make_demo import TEXTS

ROOT = Path(__file__).parents[1]
FRAMES, FPS = 210, 30
MOST_MEMORY_MB = 300


def numcam(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `python -m live` in `folder`, where there is no display."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment["PYTHONPATH"] = str(ROOT)
    return subprocess.run(
        [sys.executable, "-m", "live", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where one run of the clip has left its files."""
    folder = tmp_path_factory.mktemp("run")
    done = numcam(
        "--source", "demo", "--record", "out.mp4", "--log", "log.jsonl", "--log-frames", "frames.jsonl", folder=folder
    )
    (folder / "stdout.txt").write_text(done.stdout)
    (folder / "stderr.txt").write_text(done.stderr)
    assert done.returncode == 0, done.stderr
    return folder


def lines(path: Path) -> list[dict[str, object]]:
    """The lines of a JSON lines file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.slow
def test_the_recording_has_every_frame_at_its_time(folder: Path) -> None:
    with av.open(str(folder / "out.mp4")) as container:
        times = [float(frame.time or 0.0) for frame in container.decode(video=0)]
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 1280, 720)
    assert len(times) == FRAMES
    assert times[-1] - times[0] == pytest.approx((FRAMES - 1) / FPS, abs=0.05)


@pytest.mark.slow
def test_what_is_shown_is_what_is_written_on_the_sheet(folder: Path) -> None:
    middle = lines(folder / "frames.jsonl")[FRAMES // 2]
    shown = {number["text"] for number in middle["numbers"] if number["confirmed"]}  # type: ignore[attr-defined]
    assert len(shown & set(TEXTS)) >= len(TEXTS) - 1
    assert len(shown - set(TEXTS)) <= 1


def test_the_log_tells_when_numbers_came_and_went(folder: Path) -> None:
    events = lines(folder / "log.jsonl")
    kinds = [event["event"] for event in events]
    assert kinds.count("appeared") >= 6
    assert kinds.count("left") >= 5
    times = [event["time"] for event in events]
    assert times == sorted(times)  # type: ignore[type-var]


def test_a_person_is_told_what_was_read_and_what_was_written(folder: Path) -> None:
    told = (folder / "stdout.txt").read_text().splitlines()
    assert f"{FRAMES} frames" in told[-1]
    assert all(name in told[-1] for name in ("out.mp4", "log.jsonl", "frames.jsonl"))
    assert len(told) > 6
    assert "No window" in (folder / "stderr.txt").read_text()
    assert len((folder / "stderr.txt").read_text().splitlines()) == 1


@pytest.mark.slow
def test_memory_stays_small(folder: Path) -> None:
    assert folder.is_dir()  # the run above is over: its peak is what is asked for here
    if not Path("/proc/self/status").is_file():
        pytest.skip("only Linux tells the largest memory of a process in /proc")
    # VmHWM, not getrusage: there a child begins with the memory of the process that started it
    script = (
        "import sys; from pathlib import Path; from live.__main__ import main; main(sys.argv[1:]); "
        "print([line.split()[1] for line in Path('/proc/self/status').read_text().splitlines() if 'VmHWM' in line][0])"
    )
    # without the measuring of coverage, which takes a third as much again
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-c", script, "--source", "demo", "--headless", "--max-frames", "90", "--record", "m.mp4"],
        cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert int(done.stdout.splitlines()[-1]) / 1024 < MOST_MEMORY_MB


def test_the_wrong_is_told_in_one_line_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "text.mp4").write_text("this is no video")
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "nothing").mkdir()
    model = tmp_path / "cut.onnx"
    model.write_bytes((ROOT / "models/weights/digits.onnx").read_bytes()[:9_000])
    (tmp_path / "cut.yaml").write_text(f"model: {{path: {model}}}\n")
    (tmp_path / "unknown.yaml").write_text("colour: red\n")
    before = sorted(tmp_path.iterdir())
    for arguments, code in (
        (["--source", "none.mp4"], 1),
        (["--source", "text.mp4"], 1),
        (["--source", "empty.jpg"], 1),
        (["--source", "nothing"], 1),
        (["--source", "demo", "--config", "cut.yaml"], 1),
        (["--source", "demo", "--config", "unknown.yaml"], 2),
        (["--max-frames", "0"], 2),
        (["--fly"], 2),
    ):
        done = numcam("--headless", "--record", "r.mp4", *arguments, folder=tmp_path)
        assert done.returncode == code, (arguments, done.stderr)
        assert len(done.stderr.splitlines()) == 1, done.stderr
        assert sorted(tmp_path.iterdir()) == before
