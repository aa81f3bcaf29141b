"""What a number costs after it was read is part of the budget: a page has so many numbers and no more, and the rest is told."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.api.networks import open_classifier, open_reader
from live.core.settings import GroupingSettings, Settings
from live.reading.budget import NUMBER_COST, NUMBERS, QUESTIONS, Budget, CountingClassifier
from live.reading.grouping import rejection_reason
from live.reading.reader import PageReader
from live.reading.rejections import affordable_numbers, numbers_in
from models.classifier import Classifier
from scripts.pages.handwriting import DigitShapes
from scripts.pages.worst_pages import draw_recipe, random_recipe
from tests.results import number_at

FULL_OF_NUMBERS = (417, 243)
"""Seeds of drawn pages, of dots and of writing, on which 560 and 430 numbers were read while these had no price."""


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return open_classifier(Settings())


@pytest.fixture(scope="module")
def reader(classifier: Classifier) -> PageReader:
    return open_reader(Settings(), classifier)


def table_of(digit_shapes: DigitShapes, columns: int, rows: int) -> tuple[NDArray[np.uint8], list[str]]:
    """A page of numbers of two digits, and their texts in reading order."""
    rng = np.random.default_rng(0)
    page = np.full((720, 1280), 238, np.uint8)
    texts = []
    for y in np.linspace(20, 680, rows).astype(int):
        for x in np.linspace(20, 1230, columns).astype(int):
            chosen = rng.integers(len(digit_shapes.images), size=2)
            for k, digit in enumerate(digit_shapes.images[chosen]):
                ink = cv2.resize(digit[3:25, 4:24], (13, 18), interpolation=cv2.INTER_AREA)
                page[y : y + 18, x + 13 * k : x + 13 * k + 13] -= (0.8 * ink).astype(np.uint8)
            texts.append("".join(map(str, digit_shapes.labels[chosen])))
    return np.repeat(page[..., None], 3, axis=2), texts


@pytest.mark.parametrize("seed", FULL_OF_NUMBERS)
def test_hundreds_of_false_numbers_are_within_the_budget_and_those_left_out_are_told(
    classifier: Classifier, seed: int
) -> None:
    asked, budget = CountingClassifier(classifier), Budget.of((720, 1280))
    trace = open_reader(Settings(), asked).trace(draw_recipe(random_recipe(np.random.default_rng(seed))), budget=budget)
    found = sum(rejection_reason(group, GroupingSettings()) is None for group in trace.groups)
    left_out = [trace.groups[k] for k in trace.rejected["budget"]]
    assert found > NUMBERS
    assert left_out
    assert asked.count + NUMBER_COST * (found - len(left_out) - NUMBERS) <= QUESTIONS - budget.remaining
    assert trace.reading.left_out >= sum(len(group.digits) for group in left_out)


def test_numbers_beyond_the_first_ones_of_a_page_take_their_price() -> None:
    budget = Budget(10 * NUMBER_COST)
    assert budget.pay_numbers(NUMBERS) == NUMBERS
    assert budget.remaining == 10 * NUMBER_COST
    assert budget.pay_numbers(NUMBERS + 4) == budget.pay_numbers(NUMBERS + 4) == NUMBERS + 4
    assert budget.remaining == pytest.approx(6 * NUMBER_COST), "a number is paid for once"
    assert budget.pay_numbers(NUMBERS + 2) == NUMBERS + 2
    assert budget.pay_numbers(NUMBERS + 100) == NUMBERS + 10
    assert budget.remaining == pytest.approx(0)
    assert Budget(0.0, scale=4.0).pay_numbers(5 * NUMBERS) == 4 * NUMBERS


def test_of_too_many_numbers_the_longest_are_kept_in_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live.reading.budget.NUMBERS", 3)
    found = list(enumerate(number_at(text, (9, 9)) for text in ("1", "23", "4", "567", "8")))
    budget = Budget(0.0)
    assert [number.text for number in affordable_numbers(found, budget)] == ["1", "23", "567"]
    assert budget.left_out == 2
    assert affordable_numbers(found[:3], budget) == numbers_in(found[:3])
    assert budget.left_out == 2


def test_a_table_of_250_numbers_is_read_whole(reader: PageReader, digit_shapes: DigitShapes) -> None:
    page, texts = table_of(digit_shapes, 14, 18)
    assert len(texts) > NUMBERS
    reading = reader.read(page)
    assert sorted(number.digit_text for number in reading.numbers) == sorted(texts)
    assert reading.left_out == 0


def test_numbers_that_are_left_out_do_not_make_words_of_the_others(
    reader: PageReader, digit_shapes: DigitShapes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("live.reading.budget.NUMBERS", 60)
    monkeypatch.setattr("live.reading.budget.NUMBER_COST", 1e6)
    page, texts = table_of(digit_shapes, 10, 12)
    reading = reader.read(page)
    assert [number.digit_text for number in reading.numbers] == texts[:60]
    assert reading.left_out == 2 * len(texts[60:])
