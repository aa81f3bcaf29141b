"""Turn a trained network into a model file: calibrated, exported, measured, with its card. Draws no pictures.

A temperature fitted on validation goes into the last layer; the network is saved for Keras and as ONNX, which is compared with
it; and what it reaches is written into the card.
"""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from models.card import ModelCard, save_card
from models.classifier import load_classifier
from scripts.calibration import expected_calibration_error, fit_temperature
from scripts.export import CHECKED, export_onnx
from scripts.fitting import RunFiles, replaced
from scripts.history import History
from scripts.recipes import Recipe
from scripts.training_set import CLASSES, Examples, as_input


@dataclass(frozen=True, slots=True)
class Trained:
    """A network that has been trained, and how."""

    model: keras.Model
    history: History
    recipe: Recipe
    command: str
    """What made it, as the card tells it."""


def calibrate(model: keras.Model, inputs: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Fit a temperature on held-out pictures and build it into the model's last layer; returns it.

    inputs: (N, 28, 28, 1) float32 in [0, 1]; labels: (N,).
    """
    layer = model.get_layer("logits")
    to_logits = keras.Model(model.input, layer.output)
    temperature = fit_temperature(to_logits.predict(inputs, batch_size=1024, verbose=0), labels)
    layer.set_weights([weights / temperature for weights in layer.get_weights()])
    return temperature


def publish(trained: Trained, held_out: Examples, sets: dict[str, Examples], files: RunFiles) -> list[str]:
    """Calibrate on `held_out`, save, export, measure on `sets`, write the card; returns lines for people."""
    model = trained.model
    temperature = calibrate(model, as_input(held_out.images), held_out.labels)
    keras_file = files.output.with_suffix(".keras")
    replaced(keras_file, lambda path: keras.Model(model.input, model.output, name=model.name).save(path))
    first = next(iter(sets.values()))
    difference = export_onnx(model, files.output, as_input(first.images[:CHECKED]))
    classifier = load_classifier(files.output)
    accuracy: dict[str, float] = {}
    error: dict[str, float] = {}
    for name, examples in sets.items():
        answers = classifier(as_input(examples.images))
        accuracy[name] = round(float((answers.argmax(axis=1) == examples.labels).mean()), 5)
        error[name] = round(expected_calibration_error(answers, examples.labels), 5)
    card = ModelCard(
        name=files.output.stem, network=trained.history.network, classes=CLASSES[: classifier.classes],
        parameters=int(model.count_params()), trained_on=trained_on(trained.recipe), command=trained.command,
        accuracy=accuracy, temperature=round(temperature, 4), calibration_error=error,
    )  # fmt: skip
    save_card(card, files.output)
    return [
        *card.as_lines(),
        f"calibration error: {', '.join(f'{k} {v:.4f}' for k, v in error.items())}; temperature {temperature:.3f}",
        f"{files.output}: {files.output.stat().st_size / 1e6:.2f} MB, differs from Keras by at most {difference:.1e}",
    ]


def trained_on(recipe: Recipe) -> tuple[str, ...]:
    """What the card says of the data."""
    bent = ", bent anew each time by scripts/distort.py" if recipe.augment else ""
    lines = [
        f"MNIST, training part, without the writers held out for validation (CC BY-SA 3.0, LeCun, Cortes, Burges){bent}"
    ]
    if recipe.examples:
        lines.append(
            f"{recipe.examples:,} pictures drawn from it by scripts/augment.py: digits in other pens, slopes and sizes, "
            "pieces and joins of digits, letters, lines, blots; and digits of European hands by scripts/strokes.py"
        )
    if recipe.pages:
        lines.append(
            f"regions cut by the live reader's own stages from {recipe.pages:,} pages of scripts/drawn_pages.py"
        )
    return tuple(lines)
