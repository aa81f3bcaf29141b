"""The soak: a short one of the real program, what its table holds, and what it would call growth."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scripts import soak
from scripts.soak import MOST_GROWTH_MB, MOST_ON_DISK, Sample, empty, frames_logged, main, rows, verdict
from tests.stamped_files import make_video

pytest.importorskip("psutil", reason="it watches the program: the extra `test` has it")
pytestmark = pytest.mark.skipif(os.name == "nt", reason="it counts open files as Unix does")


LEAKS = """
import sys
from live.api.stream import Stream
from live.__main__ import main
kept, take = [], Stream.take
def leaky(self):
    kept.append((b"x" * 200_000 + bytes(len(kept)), open("/dev/null")))
    return take(self)
Stream.take = leaky
sys.exit(main(sys.argv[1:]))
"""
"""The program, with 200 kB and an open file more at each frame."""


def sample(frames: int, memory_mb: float = 200.0, handles: int = 11, threads: int = 13) -> Sample:
    return Sample(frames, frames / 30, memory_mb, handles, threads)


@pytest.mark.slow
def test_a_short_soak_prints_a_table_and_judges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = make_video(tmp_path / "clip.mp4", 25)
    code = main(["--frames", "200", str(clip)])
    head, line, *table, last = capsys.readouterr().out.splitlines()
    assert (head.count("|"), line.count("--")) == (4, 5)
    cells = [row.split(" | ") for row in table]
    assert len(cells) >= 2
    assert all(float(memory) > 20 and int(handles) > 2 and int(threads) > 1 for _, memory, handles, threads, _ in cells)
    assert int(cells[-1][0]) > 150
    first, final = (
        sample(int(c[0].replace(",", "")), float(c[1]), int(c[2]), int(c[3])) for c in (cells[0], cells[-1])
    )
    told, bad = verdict(first, final)  # of what the table says, which is what a person checks it with
    assert code == bad
    assert last.rpartition(": ")[2] == told.rpartition(": ")[2]
    assert last.partition(": ")[0] == told.partition(": ")[0]


def test_a_program_that_leaks_memory_and_files_is_caught(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def leaking(*words: Any, **how: Any) -> subprocess.Popen[str]:
        (python, _, _, *arguments), *_ = words
        return subprocess.Popen([python, "-c", LEAKS, *arguments], **how)

    clip = make_video(tmp_path / "clip.mp4", 25)
    monkeypatch.setattr(
        soak, "subprocess", SimpleNamespace(Popen=leaking, PIPE=subprocess.PIPE, DEVNULL=subprocess.DEVNULL)
    )
    assert main(["--frames", "200", str(clip)]) == 1
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.endswith("it grows.")
    grown = re.search(r"memory \+(\d+)\.\d MB .* open files \+(\d+)", last)
    assert grown is not None
    assert int(grown[1]) > MOST_GROWTH_MB
    assert int(grown[2]) > 0


def test_a_program_that_fails_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = make_video(tmp_path / "clip.mp4", 5)
    whole = clip.read_bytes()
    clip.write_bytes(whole.replace(b"avc1", b"none"))
    assert main(["--frames", "100", str(clip)]) == 1
    assert "The program ended with 1" in capsys.readouterr().out


def test_a_clip_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path / "none.mp4")])


def test_rows_are_medians_after_the_warm_up() -> None:
    seen = [sample(frames, 300.0 if frames < 1_000 else 200.0 + frames % 7) for frames in range(1, 100_001, 10)]
    table = list(rows(iter(seen), 100_000))
    assert [round(row.frames / 1000) for row in table] == [2, *range(5, 101, 5)]
    assert {row.memory_mb for row in table} == {203.0}


@pytest.mark.parametrize(
    ("last", "bad"),
    [
        (sample(100_000, 204.9), False),
        (sample(100_000, 150.0, 10, 12), False),
        (sample(100_000, 205.1), True),
        (sample(100_000, handles=12), True),
        (sample(100_000, threads=14), True),
    ],
)
def test_what_counts_as_growth(last: Sample, bad: bool) -> None:
    line, judged = verdict(sample(2_000), last)
    assert judged is bad
    assert line.startswith("From frame 2,000 to 100,000: memory ")
    assert line.endswith("it grows." if bad else "steady.")


def test_a_file_that_is_cut_goes_on_and_is_still_counted(tmp_path: Path) -> None:
    path = tmp_path / "frames.jsonl"
    assert frames_logged(path) == 0
    with path.open("wb", buffering=0) as file:
        file.write(b'{"frame": 0, "time": 0.0}\n{"frame": 1, "ti')
        assert frames_logged(path) == 1
        file.write(b"x" * MOST_ON_DISK)
        empty(path)
        assert path.stat().st_size == 0
        assert frames_logged(path) == 0
        file.write(b'{"frame": 7, "time": 0.2}\n')
        assert frames_logged(path) == 8
        size = path.stat().st_size
        empty(path)
        assert path.stat().st_size == size, "a hole takes no room"
