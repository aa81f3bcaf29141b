"""Calibrate a trained Keras model, write it as ONNX with its card, and check the file against Keras. Draws no pictures."""

from __future__ import annotations

import argparse
import logging
import tempfile
import warnings
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from models.card import ModelCard, save_card
from models.classifier import load_classifier
from models.errors import ModelError
from scripts.calibration import expected_calibration_error, fit_temperature
from scripts.training_set import CLASSES, Examples, as_input

CHECKED = 1_000  # digits on which the written file is compared with Keras
LARGEST_DIFFERENCE = 1e-4


def calibrate(model: keras.Model, inputs: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Fit a temperature on held-out pictures and build it into the model's last layer; returns it.

    inputs: (N, 28, 28, 1) float32 in [0, 1]; labels: (N,).
    """
    layer = model.get_layer("logits")
    to_logits = keras.Model(model.input, layer.output)
    temperature = fit_temperature(to_logits.predict(inputs, batch_size=1024, verbose=0), labels)
    layer.set_weights([weights / temperature for weights in layer.get_weights()])
    return temperature


def export_onnx(model: keras.Model, path: Path, inputs: NDArray[np.float32]) -> float:
    """Write `model` to `path`, whole or not at all; returns the largest difference from Keras on `inputs`.

    Raises ModelError where the written file disagrees with Keras.
    """
    expected = model.predict(inputs, batch_size=1024, verbose=0)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        written = Path(folder) / path.name
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # tf2onnx asks NumPy for names it no longer has
            logging.getLogger("tf2onnx").setLevel(logging.ERROR)
            model.export(str(written), format="onnx", verbose=False)
        answers = load_classifier(written)(inputs)
        difference = float(np.abs(answers - expected).max())
        if difference > LARGEST_DIFFERENCE or (answers.argmax(axis=1) != expected.argmax(axis=1)).any():
            raise ModelError(f"The exported file differs from Keras by {difference:.1e}: it was not written.")
        written.replace(path)
    return difference


def finish(
    model: keras.Model, temperature: float, sets: dict[str, Examples], options: argparse.Namespace, command: str
) -> list[str]:
    """Export, measure on `sets`, write the card; returns lines for people."""
    first = next(iter(sets.values()))
    difference = export_onnx(model, options.output, as_input(first.images[:CHECKED]))
    classifier = load_classifier(options.output)
    accuracy: dict[str, float] = {}
    error: dict[str, float] = {}
    for name, examples in sets.items():
        answers = classifier(as_input(examples.images))
        accuracy[name] = round(float((answers.argmax(axis=1) == examples.labels).mean()), 5)
        error[name] = round(expected_calibration_error(answers, examples.labels), 5)
    card = ModelCard(
        name=options.output.stem, network=options.network, classes=CLASSES, parameters=int(model.count_params()),
        trained_on=trained_on(options), command=command, accuracy=accuracy, temperature=round(temperature, 4),
        calibration_error=error,
    )  # fmt: skip
    save_card(card, options.output)
    return [
        *card.as_lines(),
        f"calibration error: {', '.join(f'{k} {v:.4f}' for k, v in error.items())}; temperature {temperature:.3f}",
        f"{options.output}: {options.output.stat().st_size / 1e6:.2f} MB, differs from Keras by at most {difference:.1e}",
    ]


def trained_on(options: argparse.Namespace) -> tuple[str, ...]:
    """What the card says of the data."""
    lines = [
        "MNIST, training part, without the writers held out for validation (CC BY-SA 3.0, LeCun, Cortes, Burges)",
        f"{options.examples:,} pictures drawn from it by scripts/augment.py: digits in other pens, slopes and sizes, "
        "pieces and joins of digits, letters, lines, blots; and European 0, 1, 2, 4, 7, 9 of scripts/strokes.py",
    ]
    if options.pages:
        lines.append(
            f"regions cut by the live reader's own stages from {options.pages:,} pages of scripts/drawn_pages.py"
        )
    return tuple(lines)
