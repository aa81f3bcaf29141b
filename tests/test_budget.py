"""However much ink is on a picture, reading it is so much work and no more, and what was left out is told."""

from __future__ import annotations

import json
import tracemalloc
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.__main__ import main
from live.api.networks import open_classifier, open_reader
from live.capture.pictures.pages import read_picture
from live.core.settings import OverlaySettings, RegionSettings, Settings
from live.drawing.overlay import draw
from live.outputs.event_log import FrameLog
from live.reading.budget import QUESTIONS, RULED_RUNS, RUNS_PER_QUESTION, Budget
from live.reading.line_segments import Segments, find_segments
from live.reading.orientation import OrientedPageReader
from live.reading.outlines import find_outlines
from live.reading.reader import PageReader
from live.reading.ruled_lines import without_ruled_lines
from live.reading.runs import Runs
from models.classifier import Classifier
from scripts.pages.worst_pages import Recipe, draw_recipe, random_recipe
from scripts.pages.worst_patterns import PATTERNS
from tests.results import changed, result_of

SLOW = Path(__file__).parents[2] / "shared" / "bench" / "cases" / "slow"
MOST_MB = 200.0
"""Of arrays, at once: a frame of 1280x720 is 2.8 MB, a batch of questions holds 35 MB in the runtime, not counted here."""

COMBS = (0.36, 0.29, 0.38, 0.03, 0.36, 0.36, 0.63, 0.92, 0.25, 0.05)
"""Parameters of a page of combs that took 0.8 s while ruled lines had no price."""


class Asked:
    """A network that remembers how much it was asked, and the most at once."""

    def __init__(self, network: Classifier) -> None:
        self._network = network
        self.classes = network.classes
        self.count = 0

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        self.count += len(inputs)
        return self._network(inputs)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return open_classifier(Settings())


@pytest.fixture(scope="module")
def reader(classifier: Classifier) -> PageReader:
    return open_reader(Settings(), classifier)


def strewn_strokes() -> NDArray[np.uint8]:
    """Ten thousand strokes strewn over a page."""
    rng = np.random.default_rng(4)
    page = np.full((720, 1280, 3), 235, np.uint8)
    for x, y, angle in zip(1280 * rng.random(10_000), 720 * rng.random(10_000), 7 * rng.random(10_000), strict=True):
        away = 7 * np.cos(angle), 7 * np.sin(angle)
        ends = (round(x - away[0]), round(y - away[1])), (round(x + away[0]), round(y + away[1]))
        cv2.line(page, *ends, (20, 20, 20), 1, cv2.LINE_AA)
    return page


def read_with_costs(image: NDArray[np.uint8], classifier: Classifier) -> tuple[int, int, float]:
    """Questions, pieces that were left out, and the most memory of arrays, MB; looked at from all sides."""
    asked = Asked(classifier)
    reader = OrientedPageReader(open_reader(Settings(), asked), remembers=False)
    tracemalloc.start()
    try:
        reading = reader.read(image)
        return asked.count, reading.left_out, tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["page-diag80.png", "page-strokes10000x14.png"])
def test_the_pages_of_bug_reports_are_within_the_budget(classifier: Classifier, name: str) -> None:
    if not SLOW.is_dir():
        pytest.skip(f"there is no {SLOW}")
    count, left_out, most_mb = read_with_costs(read_picture(SLOW / name), classifier)
    assert 0 < count <= QUESTIONS
    assert left_out > 0
    assert most_mb < MOST_MB


def test_a_page_strewn_with_strokes_is_within_the_budget_and_tells_what_was_left_out(classifier: Classifier) -> None:
    count, left_out, most_mb = read_with_costs(strewn_strokes(), classifier)
    assert 300 < count <= QUESTIONS
    assert left_out > 100
    assert most_mb < MOST_MB


@pytest.mark.parametrize("pattern", PATTERNS)
def test_no_pattern_is_beyond_the_budget(classifier: Classifier, pattern: str) -> None:
    rng = np.random.default_rng(11)
    for _ in range(2):
        count, _, most_mb = read_with_costs(draw_recipe(random_recipe(rng, pattern)), classifier)
        assert count <= QUESTIONS
        assert most_mb < MOST_MB


def test_a_budget_that_is_spent_leaves_the_rest_unread_and_says_so(reader: PageReader) -> None:
    image = strewn_strokes()
    small = Budget(50.0)
    trace = reader.trace(image, budget=small)
    assert len(trace.pieces.whole) < 50
    assert trace.reading.left_out > 100
    assert small.remaining >= 0


def test_the_same_picture_is_always_read_the_same(reader: PageReader) -> None:
    image = strewn_strokes()
    first, again = reader.trace(image), reader.trace(image)
    assert np.array_equal(first.reading.inputs, again.reading.inputs)
    assert first.reading.left_out == again.reading.left_out


def test_a_larger_picture_may_cost_more_in_proportion() -> None:
    assert Budget.of((720, 1280)).remaining == QUESTIONS
    assert Budget.of((10, 10)).remaining == QUESTIONS
    assert Budget.of((1440, 2560)).remaining == pytest.approx(4 * QUESTIONS)


def test_ruled_lines_take_their_price_beyond_those_of_paper() -> None:
    budget = Budget.of((720, 1280))
    assert budget.try_examine(RULED_RUNS)
    assert budget.remaining == QUESTIONS
    assert budget.try_examine(round(RUNS_PER_QUESTION))
    assert budget.remaining == pytest.approx(QUESTIONS - 1)
    assert not budget.try_examine(10**9)
    assert budget.remaining == pytest.approx(QUESTIONS - 1)


def test_a_large_piece_costs_more_than_its_share_of_the_px() -> None:
    budget = Budget.of((720, 1280))
    assert budget.area_price(200_000) > 10 * budget.area_price(20_000)
    assert Budget.of((1440, 2560)).area_price(80_000) == pytest.approx(2 * budget.area_price(40_000))


def test_lines_stay_where_the_budget_is_spent_and_that_is_told() -> None:
    mask = np.zeros((720, 1280), np.uint8)
    cv2.rectangle(mask, (100, 100), (1180, 620), 255, 2)
    settings = RegionSettings()
    pieces = find_outlines(mask, settings)
    assert without_ruled_lines(mask, pieces, settings) is not mask
    spent = Budget(0.0, ruled_runs=RULED_RUNS)
    assert without_ruled_lines(mask, pieces, settings, spent) is mask
    assert spent.left_out > 0


def test_a_page_whose_lines_cost_much_is_not_searched_for_them_again(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    examined: list[int] = []

    def counted(runs: Runs, least: float) -> Segments:
        examined.append(len(runs.top))
        return find_segments(runs, least)

    monkeypatch.setattr("live.reading.straight_lines.find_segments", counted)
    page = draw_recipe(Recipe("combs", COMBS, 75637040))
    assert np.median(page[:, :, 0]) > 100, "the page has paper too"
    count, _, _ = read_with_costs(page, classifier)
    once = sum(examined)
    assert once > RULED_RUNS
    assert count <= QUESTIONS - (once - RULED_RUNS) / RUNS_PER_QUESTION
    examined.clear()
    open_reader(Settings(), classifier).trace(page)
    assert sum(examined) == once


def test_a_frame_of_which_much_was_left_out_says_so_on_the_picture_and_in_the_log(tmp_path: Path) -> None:
    page = strewn_strokes()
    plain = result_of(page)
    told = replace(plain, reading=replace(plain.reading, left_out=7))
    top = changed(draw(plain, OverlaySettings()), draw(told, OverlaySettings()))
    assert top[:60, 480:800].any(axis=0).sum() > 200
    assert not top[80:].any()
    with FrameLog(tmp_path / "frames.jsonl") as log:
        log.add(told)
    assert json.loads((tmp_path / "frames.jsonl").read_text())["left_out"] == 7


def test_read_says_what_was_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cv2.imwrite("full.png", strewn_strokes())
    assert main(["read", "full.png", "--json"]) == 0
    said = capsys.readouterr()
    left_out = json.loads(said.out)["left_out"]
    assert left_out > 100
    assert said.err == f"full.png: too much ink to read all: {left_out} pieces left out.\n"
