"""Confidence on pages judged: what belongs to what, what is passed over, and figures worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts.page_confidence import doubt_line, judge, judge_certainties, main, summary


def number(text: str, x: float, confidence: float = 0.9, **more: Any) -> dict[str, Any]:
    """A number 20 px high, 10 px a digit."""
    right = x + 10 * len(text)
    quad = [[x, 0], [right, 0], [right, 20], [x, 20]]
    return {"text": text, "quad": quad, "confidence": confidence, **more}


def found(text: str, x: float, *confidences: float) -> dict[str, Any]:
    """A found number, its digits and signs with these confidences."""
    parts = list(zip(text, confidences, strict=True))
    digits = [{"label": int(d), "confidence": c, "certainty": c + 0.05} for d, c in parts if d.isdigit()]
    signs = [{"symbol": s, "confidence": c} for s, c in parts if not s.isdigit()]
    return number(text, x, min(confidences), digits=digits, signs=signs)


def test_each_found_number_is_judged_by_the_true_one_under_it() -> None:
    truth = [{"file": "a.png", "numbers": [number("12", 0), number("345", 100), number("9", 300, cut=True)]}]
    page = {
        "source": "somewhere/a.png",
        "numbers": [
            found("12", 1, 0.9, 0.8),
            found("346", 100, 0.9, 0.7, 0.6),
            found("9", 300, 0.99),  # on a number that leaves the page: asked of nobody
            found("7", 600, 0.5),  # on nothing
        ],
    }
    numbers, digits = judge(truth, [page])
    assert numbers == [(0.8, True), (0.6, False), (0.5, False)]
    assert digits == [(0.9, True), (0.8, True), (0.9, True), (0.7, True), (0.6, False)]
    assert judge(truth, []) == ([], [])


def test_digits_are_left_out_where_their_number_has_another_length() -> None:
    truth = [{"file": "a.png", "numbers": [number("12", 0)]}]
    numbers, digits = judge(truth, [{"source": "a.png", "numbers": [found("1", 0, 0.9)]}])
    assert numbers == [(0.9, False)]
    assert digits == []


def test_signs_count_for_numbers_and_not_among_digits() -> None:
    truth = [{"file": "a.png", "numbers": [number("1.5", 0), number("24", 100), number("7%", 200)]}]
    page = [found("1.5", 0, 0.9, 0.6, 0.8), found("2.4", 100, 0.9, 0.4, 0.7), found("7", 200, 0.9)]
    numbers, digits = judge(truth, [{"source": "a.png", "numbers": page}])
    assert numbers == [(0.6, True), (0.4, False), (0.9, False)]
    assert digits == [(0.9, True), (0.8, True), (0.9, True), (0.7, True), (0.9, True)]
    certain, _ = judge_certainties(truth, [{"source": "a.png", "numbers": page}])
    assert [round(certainty, 2) for certainty, _ in certain] == [0.6, 0.4, 0.95]


def test_the_line_of_the_table_is_as_by_hand() -> None:
    judged = [(0.96, True)] * 3 + [(0.96, False)] + [(0.5, True), (0.5, False)]
    # four at 0.96 of which 0.75 are right, two at 0.5 of which 0.5 are
    assert summary("n", judged) == "n | 6 | 66.67 % | 0.1400 | 66.7 % | 75.00 %"
    assert summary("n", []).startswith("n | 0")


def test_a_question_mark_is_judged_by_the_digits_below_it() -> None:
    truth = [{"file": "a.png", "numbers": [number("12", 0), number("345", 100), number("67", 200)]}]
    page = {
        "source": "a.png",
        "numbers": [found("17", 0, 0.9, 0.5), found("345", 100, 0.9, 0.9, 0.6), found("97", 200, 0.9, 0.9)],
    }
    numbers, digits = judge_certainties(truth, [page])
    assert [(round(certainty, 2), right) for certainty, right in numbers] == [
        (0.55, False),
        (0.65, True),
        (0.95, False),
    ]
    # two digits below 0.7, one of them wrong, of two wrong ones; they stand in two numbers of three, one of them wrong
    assert doubt_line(0.7, numbers, digits) == "0.7 | 2 | 1 | 50.0 % | 50.0 % | 2 (66.7 %) | 50.0 %"
    assert doubt_line(0.1, numbers, digits) == "0.1 | 0 | 0 | – | 0.0 % | 0 (0.0 %) | –"


def test_the_command_prints_a_table_and_tells_bad_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth, shown = tmp_path / "truth.jsonl", tmp_path / "found.jsonl"
    truth.write_text(json.dumps({"file": "a.png", "numbers": [number("12", 0)]}) + "\n")
    shown.write_text(json.dumps({"source": "a.png", "numbers": [found("12", 0, 0.9, 0.8)]}) + "\n")
    assert main([str(truth), str(shown)]) == 0
    out = capsys.readouterr().out
    assert "numbers | 1 | 100.00 % | 0.2000" in out
    assert "\n0.9 | 1 | 0 | 0.0 % | – | 1 (100.0 %) | 0.0 %\n" in out
    shown.write_text("{")
    assert main([str(truth), str(shown)]) == 1
    assert main([str(tmp_path / "none"), str(shown)]) == 1
    assert capsys.readouterr().err.count("\n") == 2
