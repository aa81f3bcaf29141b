"""A digit asked about in several ways: what is made of it, and how the answers are pooled."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from models.classifier import load_classifier
from models.test_time_augmentation import SURE, TRANSFORMS, augmented, predict_augmented
from scripts.pages.drawn_page import DigitShapes
from scripts.training.distort import Distortion, distort
from scripts.training.training_set import as_input

Fields = NDArray[np.float32]


class Told:
    """A classifier that answers what it is told, and remembers what it was asked."""

    classes = 11

    def __init__(self, answers: Fields) -> None:
        self._answers = answers
        self.asked = np.zeros((0, 28, 28, 1), np.float32)

    def __call__(self, inputs: Fields) -> Fields:
        self.asked = inputs
        return self._answers


def answer(**shares: float) -> Fields:
    """(11,) float32; `d9=0.5` is the digit 9, `none` no digit."""
    row = np.zeros(11, np.float32)
    for name, share in shares.items():
        row[10 if name == "none" else int(name[1:])] = share
    return row


def stroke() -> Fields:
    """(28, 28, 1) float32: a level bar about the middle."""
    field = np.zeros((28, 28, 1), np.float32)
    field[12:16, 7:21] = 1
    return field


def test_each_way_is_another_picture_of_the_same_stroke() -> None:
    made = augmented(np.stack([stroke(), 0.5 * stroke()])).reshape(2, len(TRANSFORMS), 28, 28)
    assert (made.min(), made.max()) == (0, 1)
    assert np.abs(made[1] - 0.5 * made[0]).max() < 0.1  # those of one digit stand together; cubic curves overshoot
    for way in made[0]:
        assert np.abs(way - stroke()[..., 0]).max() > 0.3
        assert np.average(np.indices((28, 28)), axis=(1, 2), weights=np.stack([way, way])) == pytest.approx(
            13.5, abs=1.1
        )
        assert 0.6 < way.sum() / stroke().sum() < 1.4


def test_no_digits_are_no_work() -> None:
    nothing = np.zeros((0, 28, 28, 1), np.float32)
    assert predict_augmented(Told(np.zeros((0, 11), np.float32)), nothing, np.zeros((0, 11), np.float32)).shape == (
        0,
        11,
    )


def test_what_most_ways_say_wins_and_what_is_no_digit_stays() -> None:
    first = answer(d5=0.45, d9=0.35, none=0.2)
    ways = np.stack([answer(d9=0.5, none=0.5)] * 5 + [answer(d5=1.0)] * (len(TRANSFORMS) - 5))
    classifier = Told(ways)
    (pooled,) = predict_augmented(classifier, stroke()[None], first[None])
    assert len(classifier.asked) == len(TRANSFORMS)
    assert pooled.sum() == pytest.approx(1)
    assert pooled[10] == np.float32(0.2)
    said_5, said_9 = 0.45 + len(TRANSFORMS) - 5, 0.35 + 5 * 0.5
    assert pooled[5] / pooled[9] == pytest.approx(said_5 / said_9, rel=1e-5)


def test_digits_in_doubt_are_read_better_in_several_ways(digit_shapes: DigitShapes) -> None:
    askew = Distortion(rotation_deg=18.0, shear=0.25)
    fields = as_input(distort(digit_shapes.images, np.random.default_rng(3), askew))
    classifier = load_classifier(threads=2)
    answers = classifier(fields)
    doubtful = answers[:, :10].max(axis=1) < SURE * answers[:, :10].sum(axis=1)
    assert doubtful.sum() > 200
    closer = predict_augmented(classifier, fields[doubtful], answers[doubtful])
    wrong = [
        (said[:, :10].argmax(axis=1) != digit_shapes.labels[doubtful]).sum() for said in (answers[doubtful], closer)
    ]
    assert wrong[1] < wrong[0]
