"""Pages scored: figures worked out by hand, and the same as the bench's own scorer gives."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from scripts.evaluation.page_scores import PageScore, distance, score_page, total

BENCH = Path(__file__).parents[1] / ".." / "shared" / "bench"


def number(text: str, x: float, y: float = 0, **more: Any) -> dict[str, Any]:
    """A number 20 px high, 10 px a digit."""
    right = x + 10 * len(text)
    return {"text": text, "quad": [[x, y], [right, y], [right, y + 20], [x, y + 20]], **more}


def test_a_page_is_counted_as_by_hand() -> None:
    truth = [number("12", 0), number("345", 100), number("678", 200), number("9", 300, cut=True)]
    found = [
        number("12", 2),  # right
        number("3457", 100),  # a digit too many
        number("9", 300),  # leaves the page: asked of nobody
        number("00", 500),  # on nothing
    ]
    score = score_page(truth, found)
    assert score == PageScore(expected=3, found=3, right=(True, False, False), digits=8, edits=1 + 3 + 2)
    assert score.f1 == pytest.approx(1 / 3)
    assert score.false == pytest.approx(2 / 3)
    assert score.cer == pytest.approx(6 / 8)


def test_pages_add_up_and_nothing_is_ordinary() -> None:
    first, second = score_page([number("1", 0)], [number("1", 0)]), score_page([number("2", 0)], [])
    both = total([first, second])
    assert both == PageScore(2, 1, (True, False), 2, 1)
    assert [both.f1, both.false, both.cer] == pytest.approx([2 / 3, 0, 0.5])
    nothing = total([])
    assert [nothing.f1, nothing.false, nothing.cer] == [0, 0, 0]


def test_the_distance_of_two_texts_is_one() -> None:
    rng = np.random.default_rng(0)
    for _ in range(100):
        first, second = ("".join(map(str, rng.integers(0, 4, rng.integers(0, 7)))) for _ in range(2))
        away = distance(first, second)
        assert away == distance(second, first)
        assert (away == 0) == (first == second)
        assert abs(len(first) - len(second)) <= away <= max(len(first), len(second))
        assert distance(first, first[1:]) == min(1, len(first))


def test_the_distance_of_known_texts() -> None:
    assert [distance(*texts) for texts in (("123", "1234"), ("123", "143"), ("1234", "34"), ("", "77"))] == [1, 1, 2, 2]


@pytest.mark.skipif(not (BENCH / "score.py").is_file(), reason="the bench is not beside this checkout")
def test_the_bench_s_own_scorer_says_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    truths, founds, scores = [], [], []
    for page in range(12):
        truth = [
            number(
                "".join(map(str, rng.integers(0, 10, rng.integers(1, 6)))),
                80 * k,
                40 * line,
                cut=bool(rng.random() < 0.1),
            )
            for k in range(4)
            for line in range(4)
        ]
        found = []
        for true in truth:
            text = true["text"] if rng.random() < 0.7 else str(rng.integers(0, 10000))
            if rng.random() < 0.9:
                found.append(number(text, true["quad"][0][0] + rng.normal(0, 9), true["quad"][0][1] + rng.normal(0, 6)))
        truths.append(json.dumps({"file": f"{page}.png", "numbers": truth}))
        founds.append(json.dumps({"source": f"some/{page}.png", "numbers": found}))
        scores.append(score_page(truth, found))
    files = tmp_path / "truth.jsonl", tmp_path / "found.jsonl"
    for file, lines in zip(files, (truths, founds), strict=True):
        file.write_text("\n".join(lines) + "\n")
    told = subprocess.run(
        [sys.executable, str(BENCH / "score.py"), *map(str, files)], capture_output=True, text=True, check=True
    ).stdout
    line = next(line for line in told.splitlines() if line.startswith("all"))
    said = {name: float(value) for name, value in re.findall(r"(false|F1|CER)\s+([\d.]+)", line)}
    mine = total(scores)
    assert said == {"false": round(mine.false, 4), "F1": round(mine.f1, 4), "CER": round(mine.cer, 4)}
    assert 0.2 < mine.f1 < 0.8
