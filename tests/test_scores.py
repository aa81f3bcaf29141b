"""Accuracy, precision, recall, confusion and calibration against what was worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from scripts.evaluation.scores import BATCH, Bin, Scores, class_names, classify, confidence_interval, counted_share
from scripts.training.calibration import expected_calibration_error


def answers(read: list[int], sure: list[float], classes: int = 11) -> NDArray[np.float32]:
    """Probabilities with these most probable classes and confidences; the rest is shared by the others."""
    probabilities = np.zeros((len(read), classes), np.float32)
    for row, (label, confidence) in enumerate(zip(read, sure, strict=True)):
        probabilities[row] = (1 - confidence) / (classes - 1)
        probabilities[row, label] = confidence
    return probabilities


@pytest.fixture
def scores() -> Scores:
    """Six digits: 3 of 6 right; a 1 is read as 7, a 7 as no digit, a 3 as 1."""
    return Scores(answers([1, 7, 1, 10, 7, 1], [0.9, 0.6, 0.8, 0.7, 0.95, 0.55]), np.array([1, 1, 1, 7, 7, 3]))


def test_figures_by_hand(scores: Scores) -> None:
    assert scores.accuracy == pytest.approx(3 / 6)
    assert scores.recall[1] == pytest.approx(2 / 3)
    assert scores.precision[1] == pytest.approx(2 / 3)  # three were read as 1, two of them are
    assert scores.recall[7] == pytest.approx(1 / 2)
    assert scores.precision[7] == pytest.approx(1 / 2)
    assert scores.recall[3] == 0
    assert scores.precision[3] is None  # nothing was read as 3
    assert scores.recall[0] is None  # and there is no 0


def test_confusion_known_beforehand(scores: Scores) -> None:
    expected = np.zeros((10, 11), np.int64)
    expected[1, 1], expected[1, 7], expected[7, 10], expected[7, 7], expected[3, 1] = 2, 1, 1, 1, 1
    np.testing.assert_array_equal(scores.confusion, expected)
    assert scores.confused_pairs() == [(1, 7, 1), (3, 1, 1), (7, 10, 1)]


def test_the_surest_mistake_comes_first(scores: Scores) -> None:
    assert scores.wrong.tolist() == [3, 1, 5]


def test_no_digit_is_a_wrong_answer_to_a_digit() -> None:
    scores = Scores(answers([10, 4, 9], [0.99, 0.99, 0.99]), np.array([4, 4, 4]))
    assert scores.accuracy == scores.rejected == pytest.approx(1 / 3)


def test_calibration_by_hand() -> None:
    scores = Scores(answers([0, 0, 0, 0], [0.9, 0.9, 0.9, 0.9]), np.array([0, 0, 0, 5]))
    (only,) = scores.bins()
    assert (only.count, only.accuracy) == (4, 0.75)
    assert only.confidence == pytest.approx(0.9)
    assert only.low <= 0.9 <= only.high
    assert scores.calibration_error == pytest.approx(0.15)


def test_bins_hold_every_digit_and_give_the_calibration_error() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.full(11, 0.2), 500).astype(np.float32)
    scores = Scores(probabilities, rng.integers(0, 10, 500))
    bins = scores.bins()
    assert sum(b.count for b in bins) == 500
    error = sum(b.count / 500 * abs(b.confidence - b.accuracy) for b in bins)
    assert error == pytest.approx(expected_calibration_error(probabilities, scores.labels), abs=1e-6)


def test_report_holds_plain_values(scores: Scores) -> None:
    report = scores.as_report()
    assert report["misread"][0] == {"index": 3, "label": 7, "prediction": "not a digit", "confidence": 0.7}
    assert report["precision"]["3"] is None
    assert list(report["recall"]) == [str(digit) for digit in range(10)]
    assert set(report["calibration_bins"][0]) == set(Bin.__slots__)


def test_the_likely_range_holds_the_share() -> None:
    low, high = confidence_interval(9913, 10_000)
    assert 0.988 < low < 0.9913 < high < 0.994
    assert confidence_interval(0, 5)[0] == 0
    assert confidence_interval(5, 5)[0] == pytest.approx(0.5655, abs=1e-3)  # Wilson's own: 1 / (1 + 1.96² / 5)
    with pytest.raises(ValueError, match="count"):
        confidence_interval(0, 0)


def test_what_is_no_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="10 or more"):
        Scores(np.zeros((2, 9), np.float32), np.zeros(2, np.int64))
    with pytest.raises(ValueError, match="labels must be"):
        Scores(np.zeros((2, 10), np.float32), np.zeros(3, np.int64))
    with pytest.raises(ValueError, match="0 to 9"):
        Scores(np.zeros((1, 11), np.float32), np.array([10]))
    with pytest.raises(ValueError, match="at least one"):
        Scores(np.zeros((0, 10), np.float32), np.zeros(0, np.int64))


@pytest.mark.parametrize("count", [0, 1, BATCH, BATCH + 1])
def test_batches_come_back_in_their_order(count: int) -> None:
    class Brightness:
        classes = 10

        def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
            assert len(inputs) <= BATCH
            return np.repeat(inputs[:, 0, 0], 10, axis=1)

    images = np.zeros((count, 28, 28), np.uint8)
    images[:, 0, 0] = np.arange(count) % 256
    classified = classify(Brightness(), images)
    assert classified.shape == (count, 10)
    np.testing.assert_allclose(classified[:, 0] * 255, np.arange(count) % 256, atol=1e-3)


def test_names_and_shares_for_people() -> None:
    assert class_names(10)[-1] == "9"
    assert class_names(11)[-1] == "not a digit"
    assert class_names(12)[-1] == "class 11"
    assert counted_share(0.99134) == "99.13 %"
    assert counted_share(None) == "–"
