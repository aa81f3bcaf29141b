"""What the logs say: events as JSON lines and CSV, a line a frame, each on disk at once."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from live.core.errors import OutputError
from live.core.records import Frame
from live.core.results import FrameResult, TrackedNumber
from live.outputs.event_log import COLUMNS, EventLog, FrameLog
from live.outputs.events import EventFinder
from tests.results import event_of, number_at, paper, reading_of
from tests.xvfb_display import wait_for

ROOT = Path(__file__).parents[1]
PAGE = paper((64, 48))
# writes as fast as it can, and tells why it stopped
WRITER = """
import sys
from pathlib import Path
from live.core.errors import OutputError
from live.outputs.event_log import EventLog
from tests.results import event_of
with EventLog(Path(sys.argv[1])) as log:
    try:
        while True:
            log.add([event_of("4711"), event_of("12", "changed", 2)])
    except OutputError as error:
        print(error)
"""


def result(time: float, *numbers: tuple[int, str], index: int = 0, confirmed: bool = True) -> FrameResult:
    """A frame at `time`, seconds, with these track ids and texts."""
    tracked = tuple(
        TrackedNumber(track_id, number_at(text, (20 * track_id, 10)), 3, time, time, confirmed)
        for track_id, text in numbers
    )
    return FrameResult(Frame(PAGE, index, time, "camera 0"), tracked, reading_of(PAGE, 0))


def log_of(path: Path) -> str:
    """The text of a log with a number's life in it."""
    finder = EventFinder()
    with EventLog(path) as log:
        assert not path.exists()
        log.add(finder.events(result(10.0)))
        assert path.exists(), "there from the first frame on, whatever it holds"
        log.add(finder.events(result(10.5, (1, "007"))))
        on_disk = path.read_text(encoding="utf-8")
        assert "007" in on_disk, "written at once, not when the log is closed"
        log.add(finder.events(result(11.25)))
    return path.read_text(encoding="utf-8")


def test_json_lines(tmp_path: Path) -> None:
    lines: list[dict[str, Any]] = [json.loads(line) for line in log_of(tmp_path / "log.jsonl").splitlines()]
    assert [set(line) for line in lines] == [set(COLUMNS)] * 2
    assert [(line["event"], line["time"], line["track_id"], line["text"]) for line in lines] == [
        ("appeared", 0.5, 1, "007"),
        ("left", 1.25, 1, "007"),
    ]
    assert lines[0]["confidence"] == pytest.approx(0.95, abs=1e-3)
    assert lines[0]["quad"][0] == [20.0, 10.0]
    assert datetime.fromisoformat(lines[0]["clock"]).tzinfo is not None
    assert len(lines[0]["clock"].partition(".")[2]) == len("123+01:00"), "milliseconds and an offset"


def test_csv_has_a_head_and_keeps_leading_zeros(tmp_path: Path) -> None:
    log_of(tmp_path / "log.CSV")
    with (tmp_path / "log.CSV").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["event"], row["text"]) for row in rows] == [("appeared", "007"), ("left", "007")]
    assert len(json.loads(rows[0]["quad"])) == 4


def test_a_question_mark_stands_beside_the_likeliest_digits(tmp_path: Path) -> None:
    with EventLog(tmp_path / "log.csv") as as_csv, EventLog(tmp_path / "log.jsonl") as as_json:
        for log in (as_csv, as_json):
            log.add([event_of("0?7")])
    with (tmp_path / "log.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    line = json.loads((tmp_path / "log.jsonl").read_text(encoding="utf-8"))
    assert (row["shown"], row["text"]) == (line["shown"], line["text"]) == ("0?7", "087")


def test_a_csv_of_an_empty_page_is_its_head(tmp_path: Path) -> None:
    with EventLog(tmp_path / "log.csv") as log:
        log.add([])
        log.add([])
    assert (tmp_path / "log.csv").read_text(encoding="utf-8").split() == [",".join(COLUMNS)]


def test_a_frames_line_holds_every_number_shown_or_not(tmp_path: Path) -> None:
    with FrameLog(tmp_path / "frames.jsonl") as log:
        log.add(result(7.0, (1, "12"), index=3))
        log.add(result(7.5, (1, "12"), (2, "3"), index=9, confirmed=False))
    first, second = (json.loads(line) for line in (tmp_path / "frames.jsonl").read_text().splitlines())
    assert (first["frame"], first["time"]) == (3, 0.0)
    assert (second["frame"], second["time"]) == (9, 0.5)
    assert [(number["text"], number["confirmed"]) for number in first["numbers"]] == [("12", True)]
    assert [(number["text"], number["confirmed"]) for number in second["numbers"]] == [("12", False), ("3", False)]
    assert set(first["numbers"][0]) == {
        *("track_id", "shown", "text", "digit_text", "value", "expected", "format", "confidence", "quad", "confirmed")
    }


def test_corners_are_tenths_of_a_px_in_the_file_too(tmp_path: Path) -> None:
    tracked = TrackedNumber(1, number_at("1", (12, 3), slope=0.123), 3, 0.0, 0.0, confirmed=True)
    with FrameLog(tmp_path / "frames.jsonl") as log:
        log.add(FrameResult(Frame(PAGE, 0, 0.0, "demo"), (tracked,), reading_of(PAGE, 0)))
    (number,) = json.loads((tmp_path / "frames.jsonl").read_text())["numbers"]
    assert all(len(str(value).partition(".")[2]) == 1 for corner in number["quad"] for value in corner)


def test_an_earlier_log_is_kept(tmp_path: Path) -> None:
    log_of(tmp_path / "log.jsonl")
    before = (tmp_path / "log.jsonl").read_text()
    log_of(tmp_path / "log.jsonl")
    assert (tmp_path / "log.1.jsonl").read_text() == before


def test_a_log_that_can_not_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"\.jsonl or \.csv; log\.txt"):
        EventLog(tmp_path / "log.txt")
    with pytest.raises(OutputError, match="no folder"):
        FrameLog(tmp_path / "none" / "frames.jsonl")
    folder = tmp_path / "gone"
    folder.mkdir()
    log = EventLog(folder / "log.csv")
    folder.rmdir()
    with log, pytest.raises(OutputError, match="There is no folder"):
        log.add([])


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here, which is a disk that is always full")
    with FrameLog(tmp_path / "frames.jsonl") as log:
        log.path = full
        with pytest.raises(OutputError, match="/dev/full can't be written: No space left"):
            log.add(result(0.0))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("name", ["log.jsonl", "log.csv"])
def test_every_line_is_whole_after_a_kill(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], env=environment) as program:
        wait_for(lambda: path.exists() and path.read_bytes().count(b"\n") >= 40, program=program)
        program.send_signal(signal.SIGKILL)
    text = path.read_bytes().decode()
    assert text.endswith("\n")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file)) if name.endswith("csv") else [json.loads(line) for line in file]
    assert len(rows) >= 39
    assert {row["text"] for row in rows} == {"4711", "12"}
    assert {len(row) for row in rows} == {len(COLUMNS)}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of that kind")
def test_a_disk_that_fills_up_in_the_middle_of_a_line_leaves_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    limited = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n" + WRITER
    done = subprocess.run(
        [sys.executable, "-c", limited, str(path)], env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == [f"{path} can't be written: File too large."]
    text = path.read_text()
    assert 0 < len(text) < 1000
    assert text.endswith("\n")
    assert all(json.loads(line)["source"] == "by hand" for line in text.splitlines())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows removes no file that is open")
def test_a_folder_that_is_removed_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    with EventLog(folder / "log.csv") as log:
        log.add([event_of("12")])
        shutil.rmtree(folder)
        with pytest.raises(OutputError, match=r"log\.csv can't be written: No such file"):
            log.add([event_of("34")])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_a_log_too(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "log.jsonl")
    reader = os.open(tmp_path / "log.jsonl", os.O_RDONLY | os.O_NONBLOCK)
    try:
        with EventLog(tmp_path / "log.jsonl") as log:
            log.add([event_of("12")])
        assert json.loads(os.read(reader, 4096))["text"] == "12"
    finally:
        os.close(reader)


def rows_of(path: Path) -> list[str]:
    """The texts of a log's rows, which has one head at most."""
    if path.suffix == ".jsonl":
        return [json.loads(line)["text"] for line in path.read_text().splitlines()]
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == list(COLUMNS)
    return [dict(zip(head, row, strict=True))["text"] for row in rows]


@pytest.mark.skipif(os.name == "nt", reason="Windows moves and removes no file that is open")
@pytest.mark.parametrize("name", ["log.jsonl", "log.csv"])
@pytest.mark.parametrize("makes_new", [False, True])
def test_a_log_that_is_moved_away_goes_on_under_its_name(tmp_path: Path, name: str, makes_new: bool) -> None:
    path, old = tmp_path / name, tmp_path / f"old-{name}"
    with EventLog(path) as log:
        log.add([event_of("12")])
        path.rename(old)
        if makes_new:  # logrotate's `create`
            path.touch()
        log.add([event_of("34")])
        assert log.news is not None
        assert "moved away" in log.news
        log.news = None
        log.add([event_of("56")])
        assert log.news is None
    assert (rows_of(old), rows_of(path)) == (["12"], ["34", "56"])


@pytest.mark.skipif(os.name == "nt", reason="Windows moves and removes no file that is open")
def test_a_log_that_is_deleted_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    with EventLog(path) as log:
        log.add([event_of("12")])
        path.unlink()
        log.add([event_of("34")])
        assert log.news is not None
        assert "deleted" in log.news
    assert rows_of(path) == ["34"]


@pytest.mark.parametrize("name", ["log.jsonl", "log.csv"])
def test_a_log_that_is_copied_and_emptied_goes_on_at_its_beginning(tmp_path: Path, name: str) -> None:
    path, old = tmp_path / name, tmp_path / f"old-{name}"
    with EventLog(path) as log:
        log.add([event_of("12")])
        shutil.copyfile(path, old)
        os.truncate(path, 0)
        log.add([event_of("34")])
    assert (rows_of(old), rows_of(path)) == (["12"], ["34"])
    assert b"\0" not in path.read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="Windows moves and removes no file that is open")
def test_two_runs_with_one_log_never_write_into_one_file(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    with EventLog(path) as first:
        first.add([event_of("1")])
        with EventLog(path) as second:
            for text in ("2", "4"):
                first.add([event_of(text + "0")])
                second.add([event_of(text)])
        first.add([event_of("5")])
    found = sorted(rows_of(found) for found in tmp_path.iterdir())
    assert sorted(text for texts in found for text in texts) == ["1", "2", "20", "4", "40", "5"]
    assert ["2", "4"] in found


def test_lines_stay_whole_where_the_disk_fills_up_after_a_move(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    with EventLog(path) as log:
        log.add([event_of("12")])
        os.truncate(path, 0)
        log.add([event_of("34")])
        size = path.stat().st_size
        with pytest.raises(OutputError), pytest.MonkeyPatch.context() as patch:
            write, calls = io.FileIO.write, iter([20])

            class Half(io.FileIO):
                """A file on a disk that has room for a few more bytes."""

                def write(self, data: Any) -> int:
                    room = next(calls, 0)
                    if not room:
                        raise OSError(28, "No space left on device")
                    return write(self, bytes(data)[:room])

            whole = log._file
            assert whole is not None
            half = Half(whole.fileno(), "a", closefd=False)
            patch.setattr(log, "_file", half)
            log.add([event_of("56")])
        assert path.stat().st_size == size
    assert rows_of(path) == ["34"]
