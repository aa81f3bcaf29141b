"""Judge answers: accuracy, precision, recall, confusion, calibration. Knows probabilities and labels, no picture or network."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.classifier import Classifier
from models.percent import percent
from models.test_time_augmentation import SURE, predict_augmented
from scripts.training.calibration import expected_calibration_error
from scripts.training.training_set import CLASSES, as_input

DIGITS = 10
BATCH = 500
BINS = 15
NORMAL_95 = 1.959964
"""95 % of a normal distribution lies within this many standard deviations of its mean."""


def classify(classifier: Classifier, images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, 28, 28) uint8, ink is 255 -> (N, C) float32 probabilities, computed in batches. N may be 0."""
    starts = range(0, max(len(images), 1), BATCH)
    return np.concatenate([classifier(as_input(images[start : start + BATCH])) for start in starts])


def classify_augmented(
    classifier: Classifier, images: NDArray[np.uint8], probabilities: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The answers of `classify`, with test-time augmentation of doubtful digits, as in the reader; (N, C) float32."""
    digits = probabilities[:, :DIGITS]
    rows = np.flatnonzero(digits.max(axis=1, initial=0) < SURE * digits.sum(axis=1))
    closer = probabilities.copy()
    closer[rows] = predict_augmented(classifier, as_input(images[rows]), probabilities[rows])
    return closer


def class_names(count: int) -> tuple[str, ...]:
    """The names of a network's `count` classes."""
    return (*CLASSES, *(f"class {number}" for number in range(len(CLASSES), count)))[:count]


def counted_share(share: float | None, digits: int = 2) -> str:
    """A counted share for people: `99.13 %`; a dash for None, where nothing was counted."""
    return percent(share, digits, counted=True)


def confidence_interval(right: int, count: int) -> tuple[float, float]:
    """The 95 % confidence interval, 0 to 1, of a share of which `right` of `count` were observed.

    Raises ValueError where nothing was counted. Source: Wilson, "Probable inference", 1927.
    """
    if count <= 0:
        raise ValueError(f"count must be positive, got {count}")
    share, spread = right / count, NORMAL_95**2 / count
    middle = (share + spread / 2) / (1 + spread)
    reach = np.sqrt(share * (1 - share) * spread + spread**2 / 4) / (1 + spread)
    return max(0.0, float(middle - reach)), min(1.0, float(middle + reach))


@dataclass(frozen=True, slots=True)
class Bin:
    """The digits whose confidence lies in one bin."""

    low: float
    high: float
    count: int
    confidence: float
    """Mean of the digits', 0 to 1."""
    accuracy: float
    """Share of right answers, 0 to 1."""


@dataclass(frozen=True, eq=False)
class Scores:
    """A network's answers with their labels, and their scores. The answer "not a digit" counts as wrong.

    Raises ValueError where there is no digit, a label is none of 0 to 9, or the shapes differ.
    """

    probabilities: NDArray[np.float32]
    """(N, C) float32, rows sum to 1; C is 10 or more."""
    labels: NDArray[np.int64]
    """(N,) 0 to 9."""

    def __post_init__(self) -> None:
        if self.probabilities.ndim != 2 or self.probabilities.shape[1] < DIGITS:
            raise ValueError(f"probabilities must be (N, 10 or more), got {self.probabilities.shape}")
        if self.labels.shape != (len(self.probabilities),):
            raise ValueError(f"labels must be ({len(self.probabilities)},), got {self.labels.shape}")
        if not len(self.labels) or self.labels.min() < 0 or self.labels.max() >= DIGITS:
            raise ValueError("labels must be 0 to 9, and at least one")

    @cached_property
    def predictions(self) -> NDArray[np.int64]:
        """(N,) the most probable class of each."""
        return self.probabilities.argmax(axis=1)

    @cached_property
    def confidence(self) -> NDArray[np.float32]:
        """(N,) the probability of that class."""
        best: NDArray[np.float32] = self.probabilities.max(axis=1)
        return best

    @cached_property
    def is_right(self) -> NDArray[np.bool_]:
        """(N,) whether the prediction is the label."""
        right: NDArray[np.bool_] = self.predictions == self.labels
        return right

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0 to 1."""
        return float(self.is_right.mean())

    @property
    def rejected(self) -> float:
        """Share of digits rejected as "not a digit", 0 to 1: errors that show no wrong number on a page."""
        return float((self.predictions >= DIGITS).mean())

    @cached_property
    def confusion(self) -> NDArray[np.int64]:
        """(10, C) how many digits of each label (row) were given each class (column)."""
        counts = np.zeros((DIGITS, self.probabilities.shape[1]), np.int64)
        np.add.at(counts, (self.labels, self.predictions), 1)
        return counts

    @property
    def recall(self) -> list[float | None]:
        """For each of 0 to 9: the share of its digits that were read right; None where there are none."""
        return _shares(self.confusion.diagonal(), self.confusion.sum(axis=1))

    @property
    def precision(self) -> list[float | None]:
        """For each of 0 to 9: the share of right answers among the digits read as it; None where there are none."""
        return _shares(self.confusion.diagonal(), self.confusion.sum(axis=0)[:DIGITS])

    @cached_property
    def wrong(self) -> NDArray[np.int64]:
        """Rows that were misread, the most confident first."""
        rows = np.flatnonzero(~self.is_right)
        return rows[np.argsort(-self.confidence[rows], kind="stable")]

    @property
    def calibration_error(self) -> float:
        """Expected calibration error over `BINS` ranges, 0 to 1."""
        return expected_calibration_error(self.probabilities, self.labels, BINS)

    def bins(self) -> list[Bin]:
        """The bins of `calibration_error` that are not empty."""
        index = np.minimum((self.confidence * BINS).astype(int), BINS - 1)
        found = []
        for k in np.unique(index):
            chosen = index == k
            shares = float(self.confidence[chosen].mean()), float(self.is_right[chosen].mean())
            found.append(Bin(float(k) / BINS, float(k + 1) / BINS, int(chosen.sum()), *shares))
        return found

    def confused_pairs(self) -> list[tuple[int, int, int]]:
        """(label, predicted class, count) of the wrong answers, the most frequent first."""
        counts = self.confusion.copy()
        np.fill_diagonal(counts, 0)
        order = np.argsort(-counts, axis=None, kind="stable")[: np.count_nonzero(counts)]
        rows, columns = np.unravel_index(order, counts.shape)
        return [(int(r), int(c), int(counts[r, c])) for r, c in zip(rows, columns, strict=True)]

    def as_report(self) -> dict[str, Any]:
        """Every figure as plain values for JSON."""
        names = class_names(self.probabilities.shape[1])
        right, count = int(self.is_right.sum()), len(self.labels)
        return {
            "digits": count,
            "right": right,
            "accuracy": self.accuracy,
            "accuracy_95": list(confidence_interval(right, count)),
            "taken_for_no_digit": self.rejected,
            "classes": list(names),
            "precision": dict(zip(names, self.precision, strict=False)),
            "recall": dict(zip(names, self.recall, strict=False)),
            "confusion": self.confusion.tolist(),
            "expected_calibration_error": self.calibration_error,
            "mean_confidence": float(self.confidence.mean()),
            "calibration_bins": [{name: getattr(b, name) for name in Bin.__slots__} for b in self.bins()],
            "misread": [
                {
                    "index": int(row),
                    "label": int(self.labels[row]),
                    "prediction": names[self.predictions[row]],
                    "confidence": round(float(self.confidence[row]), 5),
                }
                for row in self.wrong
            ],
        }


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A few digits under one corruption, and the scores of all test digits under it."""

    name: str
    what: str
    """What happens to them."""
    images: NDArray[np.uint8]
    """(n, 28, 28) uint8."""
    scores: Scores


def _shares(parts: NDArray[np.int64], wholes: NDArray[np.int64]) -> list[float | None]:
    """Each part as a share of its whole; None where the whole is 0."""
    return [float(part / whole) if whole else None for part, whole in zip(parts, wholes, strict=True)]
