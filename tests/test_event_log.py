"""What the logs say: events as JSON lines and CSV, a line a frame, each on disk at once."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from live.errors import OutputError
from live.event_log import COLUMNS, Event, EventFinder, EventLog, FrameLog
from live.records import Frame, FrameResult, TrackedNumber
from tests.results import number_at, paper, reading_of

PAGE = paper((64, 48))


def result(time: float, *numbers: tuple[int, str], index: int = 0, confirmed: bool = True) -> FrameResult:
    """A frame at `time`, seconds, with these track ids and texts."""
    tracked = tuple(
        TrackedNumber(track_id, number_at(text, (20 * track_id, 10)), 3, time, time, confirmed)
        for track_id, text in numbers
    )
    return FrameResult(Frame(PAGE, index, time, "camera 0"), tracked, reading_of(PAGE, 0))


def told(events: list[Event]) -> list[tuple[str, int, str]]:
    """Kind, track id and text of each event."""
    return [(event.kind, event.tracked.track_id, event.tracked.number.text) for event in events]


def test_a_number_appears_changes_and_leaves() -> None:
    finder = EventFinder()
    assert finder.events(result(50.0)) == []
    assert told(finder.events(result(50.1, (1, "12")))) == [("appeared", 1, "12")]
    assert finder.events(result(50.2, (1, "12"))) == []
    assert told(finder.events(result(50.3, (1, "17"), (2, "9")))) == [("changed", 1, "17"), ("appeared", 2, "9")]
    (left,) = finder.events(result(50.4, (2, "9")))
    assert (left.kind, left.tracked.number.text, left.source) == ("left", "17", "camera 0")
    assert left.time == pytest.approx(0.4), "seconds since the first frame"


def test_what_is_not_confirmed_has_not_happened() -> None:
    assert EventFinder().events(result(1.0, (1, "12"), confirmed=False)) == []


def test_nothing_leaves_when_the_page_is_turned() -> None:
    finder = EventFinder()
    finder.events(result(0.0, (1, "12")))
    finder.turn_page()
    assert told(finder.events(result(2.0, (2, "34")))) == [("appeared", 2, "34")]


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


def test_csv_has_a_head_and_keeps_leading_zeros(tmp_path: Path) -> None:
    log_of(tmp_path / "log.CSV")
    with (tmp_path / "log.CSV").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["event"], row["text"]) for row in rows] == [("appeared", "007"), ("left", "007")]
    assert len(json.loads(rows[0]["quad"])) == 4


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
    assert set(first["numbers"][0]) == {"track_id", "text", "confidence", "quad", "confirmed"}


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
    with log, pytest.raises(OutputError, match=r"log\.csv can't be written: No such file"):
        log.add([])


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here, which is a disk that is always full")
    with FrameLog(tmp_path / "frames.jsonl") as log:
        log.path = full
        with pytest.raises(OutputError, match="/dev/full can't be written: No space left"):
            log.add(result(0.0))
