"""Parts of the scoreboard: scores worked out by hand, the bench's own scorer agrees, turned truth, stored counts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from live.core.terminal import TERMINAL
from scripts.evaluation.clip_scores import score_clip
from scripts.evaluation.line_scores import score_lines, total_lines
from scripts.scoring.changes import changes, lost_gained
from scripts.scoring.digit_rows import draw_pen_digit
from scripts.scoring.drawn import Recipe, draw
from scripts.scoring.figures import Absent, Board, Figure, Row, load_board, save_board
from scripts.scoring.page_rows import judged, page_rows, signed_rows
from scripts.scoring.pictures import Picture, turned_picture, turned_truth
from scripts.scoring.readings import open_pool
from scripts.training.pendigits import PenDigit

ROOT = Path(__file__).parents[1]
BENCH = ROOT.parent / "shared" / "bench"
needs_bench = pytest.mark.skipif(not BENCH.is_dir(), reason="there is no ../shared/bench")


def number(text: str, x: float, y: float = 0, **more: Any) -> dict[str, Any]:
    """A number 20 px high, 10 px a digit."""
    right = x + 10 * len(text)
    return {"text": text, "confidence": 0.9, "quad": [[x, y], [right, y], [right, y + 20], [x, y + 20]], **more}


def test_lines_are_counted_as_by_hand() -> None:
    found = [number("12", 0), number("3.000", 60), number("7", 0, 50), number("8", 0, 100)]
    score = score_lines(["12 3000", "78"], found)
    assert score.right == (True, True, False)
    assert (score.others, score.whole, score.lines) == (2, (True,), (True, False))
    assert (score.digits, score.edits) == (8, 0)
    assert total_lines([]).right == ()


def test_a_clip_is_counted_as_by_hand() -> None:
    truth = [{"frame": k, "numbers": [number("12", 0), number("345", 100, cut=k > 1)]} for k in range(4)]
    shown = {1: [number("13", 0)], 2: [number("12", 0), number("345", 100)], 3: [number("12", 0), number("9", 300)]}
    score = score_clip(truth, shown, fps=2)
    assert (score.seen, score.right, score.settled_s) == (6, 2, (1.0,))
    assert (score.watched, score.never, score.flips, score.false, score.frames) == (2, 1, 1, 1, 4)
    assert score.minutes == pytest.approx(6 / 2 / 60)
    assert score_clip([], {}, 30).frames == 0


def test_trust_takes_each_true_number_once() -> None:
    picture = Picture(Path("a.png"), "real", lines=("12 3000",))
    assert judged(picture, [number("12", 0), number("12", 50), number("3.000", 90)]) == [
        (0.9, True),
        (0.9, False),
        (0.9, True),
    ]
    assert judged(Picture(Path("blank.png"), "real"), [number("1", 0)]) == [(0.9, False)]


@pytest.mark.parametrize("degrees", [0.0, 90.0, 180.0, 270.0, 25.0, -40.0])
def test_the_truth_turns_with_the_picture(degrees: float) -> None:
    image = np.zeros((60, 100, 3), np.uint8)
    image[20:30, 70:90] = 255
    quad = [[70, 20], [89, 20], [89, 29], [70, 29]]
    turned = turned_picture(image, degrees)
    (truth,) = turned_truth([{"text": "1", "quad": quad}], (100, 60), degrees)
    white = np.argwhere(turned[..., 0] > 250)[:, ::-1]
    np.testing.assert_allclose(white.mean(axis=0), np.mean(truth["quad"], axis=0), atol=0.6)
    assert (np.array(truth["quad"]) > -1).all()


def test_a_stored_board_is_the_same(tmp_path: Path) -> None:
    rows = (
        Row("dev", "clean", {"right": Figure(2, 3), "F1": Figure(0, 0)}, "110"),
        Row("speed", "", {"ms": Figure(1.23456)}),
    )
    board = Board(rows, (Absent("photos", "there is no file"),), 12.5, 21.0, {"Python": "3.11"})
    save_board(board, tmp_path / "b.json")
    again = load_board(tmp_path / "b.json")
    assert again.rows[0] == rows[0]
    assert again.rows[1].figures["ms"].part == pytest.approx(1.2346)
    assert (again.absent, again.seconds, again.processor_s, again.about) == (board.absent, 12.5, 21.0, board.about)


def test_a_difference_that_may_be_chance_has_a_star() -> None:
    assert lost_gained("1100", "1011") == "1, 2 *"
    assert lost_gained("0" * 9, "1" * 9) == "0, 9"
    assert lost_gained("11", "11") == "0, 0"
    assert lost_gained("11", "110") == ""


def test_changes_are_told_row_by_row(capsys: pytest.CaptureFixture[str]) -> None:
    def board(*rows: tuple[str, int, str]) -> Board:
        some = [page_rows("dev", [(Picture(Path("a.png"), name, (number("1", 0),)), [])]) for name, _, _ in rows]
        made = [next(row) for row in some]
        return Board(
            tuple(
                replace(one, figures={**one.figures, "F1": Figure(f1, 9)}, right=right)
                for one, (_, f1, right) in zip(made, rows, strict=True)
            )
        )

    before = board(("clean", 3, "1100"), ("office", 4, "10"), ("hard", 5, "01"))
    after = board(("clean", 4, "1011"), ("office", 4, "01"), ("hard", 5, "01"), ("new", 1, ""))
    console = TERMINAL.console()
    console.print(changes(before, after))
    printed = [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert "dev, clean F1 0.333 0.444 better 1, 2 *" in printed
    assert "dev, office other ones, as many 1, 1 *" in printed
    assert "dev, new new" in printed
    assert "1 rows are the same." in printed


def test_numbers_with_signs_are_right_to_the_sign() -> None:
    picture = Picture(Path("a.png"), "punct", lines=("12.5 -42 50%",))
    found = [
        number("12.5", 0, shown="12.5"),
        number("42", 50, shown="?42"),
        number("509", 90, shown="509"),
        number("12.5", 150, shown="12.5", confidence=0.3),
    ]
    (row,) = signed_rows("signs", [(picture, found)])
    parts = {name: (figure.part, figure.whole) for name, figure in row.figures.items()}
    assert parts == {
        "numbers": (3, 1), "right": (1, 3), "doubted": (1, 1), "wrong": (2, 1), "wrong, 0.9 or more": (1, 1),
    }  # fmt: skip
    assert row.right == "100"


def test_an_interrupt_ends_the_processes() -> None:
    with pytest.raises(KeyboardInterrupt), open_pool(1, None) as pool:
        pool.executor.submit(time.sleep, 600)
        raise KeyboardInterrupt
    assert not any(process.is_alive() for process in active_children())


def test_a_pen_digit_is_drawn_in_its_place() -> None:
    stroke = np.array([[0, 0], [0, 1]], np.float32)
    ink = draw_pen_digit(PenDigit(1, 1, (stroke,)), np.random.default_rng(0))
    rows = np.flatnonzero(ink.max(axis=1) > 128)
    assert 15 < len(rows) < 75
    assert ink[0].max() == ink[-1].max() == 0


def test_drawn_pages_are_the_same_for_the_same_recipe(tmp_path: Path) -> None:
    recipe = Recipe("words-000.png", (1, 2), None, None)
    line = json.loads(draw(tmp_path, recipe))
    first = (tmp_path / line["file"]).read_bytes()
    assert line["numbers"] == []
    draw(tmp_path, recipe)
    assert (tmp_path / line["file"]).read_bytes() == first


def test_rows_of_pages_add_up() -> None:
    page = Picture(Path("a.png"), "clean", (number("12", 0),))
    other = Picture(Path("b.png"), "hard", (number("34", 0),))
    rows = {row.name: row for row in page_rows("dev", [(page, [number("12", 1)]), (other, [])])}
    assert rows["all"].figures["right"] == Figure(1, 2)
    assert rows["all"].figures["F1"] == Figure(2, 3)
    assert rows["all"].right == "10"


@needs_bench
def test_the_scorer_of_the_bench_counts_lines_alike(tmp_path: Path) -> None:
    from scripts.scoring.pictures import line_pictures

    rng = np.random.default_rng(5)
    pictures = line_pictures(BENCH / "real/photos")
    found = {}
    for picture in pictures:
        texts = [part for line in picture.lines for part in line.split() if rng.random() < 0.8]
        found[picture.path.name] = [number(text, 90 * (k % 3), 40 * (k // 3)) for k, text in enumerate(texts)]
    file = tmp_path / "found.jsonl"
    file.write_text("".join(json.dumps({"source": name, "numbers": some}) + "\n" for name, some in found.items()))
    words = [sys.executable, str(BENCH / "score_lines.py"), str(BENCH / "real/photos/truth.jsonl"), str(file)]
    printed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    ours = total_lines(score_lines(picture.lines, found[picture.path.name]) for picture in pictures)
    theirs = [tuple(map(int, some)) for some in re.findall(r"numbers (\d+)/(\d+) and (\d+) others", printed)]
    assert (sum(ours.right), len(ours.right), ours.others) == tuple(map(sum, zip(*theirs, strict=True)))
    lines = [tuple(map(int, some)) for some in re.findall(r"lines (\d+)/(\d+)", printed)]
    assert (sum(ours.lines), len(ours.lines)) == tuple(map(sum, zip(*lines, strict=True)))
