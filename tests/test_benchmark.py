"""The benchmark: its pages hold what they say, and its list has the form that is asked for. No time is judged."""

from __future__ import annotations

import json
from importlib.util import find_spec

import pytest

from live.reading.reader import STAGES
from scripts import benchmark
from scripts.benchmark import CASES, main, page_of


def test_the_list_has_a_line_a_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "--repeat", "1", "--no-keras", "--frame", "1280x720"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["width"], row["height"], row["digits"]) for row in rows] == [c for c in CASES if c[:2] == (1280, 720)]
    assert [row["digits"] for row in rows] == [20, 100, 300]
    for row in rows:
        assert set(row["stages_ms"]) == set(STAGES)
        assert row["total_ms"] > 0
        assert row["one_by_one_ms"] is None
        assert row["ratio"] == pytest.approx(row["total_ms"] / row["floor_ms"], rel=0.02)


def test_the_table_names_every_stage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--repeat", "1", "--no-keras", "--frame", "640x480"]) == 0
    table = capsys.readouterr().out
    assert all(name in table for name in (*STAGES, "ratio", "one by one", "640x480"))


def test_the_page_is_of_the_size_asked_for() -> None:
    assert page_of(640, 480, 5, seed=1).shape == (480, 640, 3)


@pytest.mark.slow
@pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed: the extra `train` has it")
def test_keras_digit_by_digit_is_beside_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(benchmark, "CASES", CASES[:1])
    assert main(["--json", "--repeat", "1"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["one_by_one_ms"] > row["floor_ms"]
