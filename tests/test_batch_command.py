"""Tests of `batch` as a program: what it prints, its exit codes, signals, and folders that can't be written."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from live.__main__ import main
from live.batch.database import NAME
from live.batch.progress import Progress, duration
from scripts.pages.drawn_page import DigitShapes
from tests.batch_files import drawn, png
from tests.program import PATIENCE_S, numcam


@pytest.fixture(autouse=True)
def own_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def write_copies(content: bytes, count: int) -> None:
    """The same file under so many names."""
    Path("in").mkdir()
    Path("in/0.png").write_bytes(content)
    for number in range(1, count):
        Path(f"in/{number}.png").hardlink_to("in/0.png")


def test_a_run_tells_how_far_it_is_and_what_it_has_done(digit_shapes: DigitShapes, tmp_path: Path) -> None:
    (page,) = drawn(digit_shapes, 1)
    Path("page.png").write_bytes(png(page))
    Path("empty.png").touch()
    with numcam(tmp_path, "batch", "page.png", "empty.png", "--out", "out", "--workers", "1") as run:
        told, noted = run.communicate(timeout=PATIENCE_S)
    first, second = told.splitlines()
    assert re.fullmatch(r"1 page, \d+ numbers, \d+ of them to review, 1 failed \(failed\.csv\)", first)
    assert second.startswith("Written into out: numbers.csv, pages.jsonl")
    assert run.returncode == 1
    assert "Traceback" not in noted
    with numcam(tmp_path, "batch", "page.png", "--out", "out") as run:
        _, noted = run.communicate(timeout=PATIENCE_S)
    assert run.returncode == 0
    assert noted.splitlines()[-1] == "Going on: 1 pages are read already."


def test_ctrl_c_ends_a_run_that_can_go_on(digit_shapes: DigitShapes, tmp_path: Path) -> None:
    (page,) = drawn(digit_shapes, 1, (1600, 1200))
    write_copies(png(page), 4000)
    with numcam(tmp_path, "batch", "in", "--out", "out", "--workers", "1") as run:
        assert run.stderr is not None
        for line in run.stderr:
            if re.match(r"[1-9][0-9]* pages \(", line):
                break
        run.send_signal(signal.SIGINT)
        told, noted = run.communicate(timeout=PATIENCE_S)
    assert (run.returncode, told) == (130, "")
    stopped = re.fullmatch(r"Stopped after (\d+) pages\. The same command goes on\.", noted.splitlines()[-1])
    assert stopped is not None
    with sqlite3.connect(Path("out") / NAME) as journal_now:
        (kept,) = journal_now.execute("SELECT count(*) FROM pages").fetchone()
    journal_now.close()
    assert kept == int(stopped[1]) > 0
    assert not Path("out/numbers.csv").exists()


def test_a_folder_that_another_run_has_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    Path("out").mkdir()
    other = sqlite3.connect(Path("out") / NAME, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert main(["batch", "page.png", "--out", "out"]) == 1
    told = capsys.readouterr().err.splitlines()[-1]
    assert told == "Another batch is writing into out now. Wait for it, or choose another folder with --out."
    other.close()


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--out", "file/out"], 1, "The folder file/out can't be made: Not a directory."),
        (["--out", "out", "--limit", "0"], 2, "--limit must be 1 or more, not 0."),
        (["--out", "out", "--dpi", "10"], 2, "--dpi must be 50 to 1200, not 10."),
        (["--out", "out", "--sample", "3", "--changed-only"], 2, "--sample and --changed-only exclude each other"),
        ([], 2, "what to read is missing: --out"),
    ],
)
def test_wrong_options_are_told(arguments: list[str], code: int, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").touch()
    try:
        done = main(["batch", "page.png", *arguments])
    except SystemExit as ended:
        done = int(str(ended.code))
    assert done == code
    assert told in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_a_folder_that_must_not_be_written_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    if os.geteuid() == 0:
        out = "/proc"  # root may write everywhere else
    else:
        Path("out").mkdir()
        Path("out").chmod(0o500)
        out = "out"
    assert main(["batch", "page.png", "--out", out]) == 1
    assert f"{out} can't be written" in capsys.readouterr().err


def test_a_disk_that_fills_up_ends_the_run_with_a_line(
    digit_shapes: DigitShapes, monkeypatch: pytest.MonkeyPatch
) -> None:
    import numcam as api

    (page,) = drawn(digit_shapes, 1)
    write_copies(png(page), 40)
    real = sqlite3.connect

    def small(*arguments: object, **named: object) -> sqlite3.Connection:
        base: sqlite3.Connection = real(*arguments, **named)  # type: ignore[call-overload]
        base.execute("PRAGMA max_page_count=20")  # SQLite's own error of a full disk
        return base

    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(api.OutputError, match=r"^There is no space left in out\. What was read is kept: make room"):
        api.batch("in", "out", workers=1)
    monkeypatch.setattr(sqlite3, "connect", real)
    assert api.batch("in", "out", workers=1).pages == 40


def test_lines_of_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("live.batch.progress.time.monotonic", lambda: now[0])
    lines: list[str] = []
    progress = Progress(100, lines.append)
    progress.show()
    assert lines == []
    for second in range(11):
        now[0] = float(second)
        progress.add(numbers=10, review=1, seconds=0.5)
        progress.settled += 1
        progress.show()
    assert lines == [
        "6 pages (6 of 100 files), 1.0 pages/s, 94 s left, 0 failed, 10 % of the numbers need review",
        "11 pages (11 of 100 files), 1.0 pages/s, 89 s left, 0 failed, 10 % of the numbers need review",
    ]
    assert [duration(seconds) for seconds in (7, 600, 7200)] == ["7 s", "10 min", "2.0 h"]
