"""Numbers in one hand: never two writers, never a picture twice without need, only numbers of their kind."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.evaluation.writer_numbers import KINDS, WriterIndex, WriterNumber, compose, score_kinds, score_numbers

Labels = NDArray[np.int64]


@pytest.fixture(scope="module")
def written() -> tuple[Labels, Labels]:
    """(labels, writers) of 30 people with 12 digits each; some lack some digits."""
    rng = np.random.default_rng(0)
    return rng.integers(0, 10, 360), np.arange(360) % 30 + 100


def text(number: WriterNumber, labels: Labels) -> str:
    """What is written."""
    return "".join(str(labels[row]) for row in number.rows)


@pytest.mark.parametrize("kind", KINDS)
def test_no_number_mixes_writers(written: tuple[Labels, Labels], kind: str) -> None:
    labels, writers = written
    numbers = compose(WriterIndex(labels, writers), kind, 300)
    assert len(numbers) == 300
    for number in numbers:
        assert {writers[row] for row in number.rows} == {number.writer}
    assert len({number.writer for number in numbers}) > 20


@pytest.mark.parametrize("kind", KINDS)
def test_no_picture_is_used_twice_where_the_writer_has_another(written: tuple[Labels, Labels], kind: str) -> None:
    labels, writers = written
    for number in compose(WriterIndex(labels, writers), kind, 300):
        for digit in range(10):
            used = [row for row in number.rows if labels[row] == digit]
            there = int(((labels == digit) & (writers == number.writer)).sum())
            assert len(set(used)) == min(len(used), there)


def test_every_kind_is_what_its_name_says(written: tuple[Labels, Labels]) -> None:
    labels, writers = written
    hands = WriterIndex(labels, writers)
    texts = {kind: [text(number, labels) for number in compose(hands, kind, 400)] for kind in KINDS}
    assert {len(t) for t in texts["ZIP code"]} == {5}
    assert {len(t) for t in texts["amount"]} == {3, 4, 5, 6, 7}
    assert all(t[0] != "0" for t in texts["amount"] if len(t) > 3)
    assert {len(t) for t in texts["time"]} == {4}
    assert all(int(t[:2]) < 24 and int(t[2:]) < 60 for t in texts["time"])
    assert len(set(texts["time"])) > 150


def test_the_same_seed_writes_the_same_numbers(written: tuple[Labels, Labels]) -> None:
    hands = WriterIndex(*written)
    assert compose(hands, "amount", 50, seed=3) == compose(hands, "amount", 50, seed=3)
    assert compose(hands, "amount", 50, seed=3) != compose(hands, "amount", 50, seed=4)


def test_writers_who_lack_digits() -> None:
    hands = WriterIndex(np.array([9, 9, 0]), np.array([1, 1, 2]))
    assert all(number.writer == 2 and len(number.rows) == 4 for number in compose(hands, "time", 20))
    amounts = {number.writer: number.rows for number in compose(hands, "amount", 40)}
    assert amounts[2] == (2, 2, 2)  # of zeros alone, 0.00 is all that can be written
    assert set(amounts[1]) == {0, 1}
    only_nines = WriterIndex(np.array([9]), np.array([1]))
    assert compose(only_nines, "time", 5) == []
    assert set(score_kinds(np.array([9]), np.array([1]), np.array([True]), 5)) == {"ZIP code", "amount"}


def test_a_number_is_wrong_where_any_digit_is() -> None:
    numbers = [WriterNumber(1, (0, 1)), WriterNumber(1, (1, 1)), WriterNumber(2, (2, 3, 4)), WriterNumber(2, (2, 2, 3))]
    score = score_numbers(numbers, np.array([False, True, True, True, True]))
    assert (score.wrong, score.numbers, score.writers, score.digits) == (0.25, 4, 2, 2.5)
    assert score.wrong_95 == (0, 0.5)  # had both numbers come from one of the two
    with pytest.raises(ValueError, match="no numbers"):
        score_numbers([], np.array([True]))


def test_all_right_and_all_wrong(written: tuple[Labels, Labels]) -> None:
    labels, writers = written
    right = np.ones(len(labels), bool)
    assert all(score.wrong == 0 for score in score_kinds(labels, writers, right, 100).values())
    assert all(score.wrong == 1 for score in score_kinds(labels, writers, ~right, 100).values())


def test_errors_that_share_a_hand_spoil_fewer_numbers(written: tuple[Labels, Labels]) -> None:
    hands, of_one_writer = WriterIndex(*written), written[1] != 100
    anywhere = np.random.default_rng(1).permutation(of_one_writer)
    codes = compose(hands, "ZIP code", 2000)
    assert score_numbers(codes, of_one_writer).wrong == pytest.approx(1 / 30, abs=0.015)
    assert score_numbers(codes, anywhere).wrong > 0.07


def test_writers_must_be_as_many_as_labels() -> None:
    with pytest.raises(ValueError, match="as many"):
        WriterIndex(np.zeros(3, np.int64), np.zeros(2, np.int64))
