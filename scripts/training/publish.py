"""Make a model file of a trained network: calibrate, export, measure, write the card. Draws no pictures.

A temperature fitted on the validation pictures is built into the last layer. The network is saved for Keras and as ONNX; the ONNX
file is compared with Keras, and its accuracy is written into the card. Where the recipe asks for 8 bits, the ONNX file has 8 bits
if it reads the held-out pictures as well as the float file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from live.core.atomic_files import replace_file, replacing
from live.core.terminal import tell
from models.card import ModelCard, save_card
from models.classifier import load_classifier
from models.errors import ModelError
from scripts.training.augment import NOT_A_DIGIT
from scripts.training.calibration import class_shift, expected_calibration_error, fit_temperature
from scripts.training.checked_export import CHECKED, compared, export, export_onnx
from scripts.training.exporting import FORMATS
from scripts.training.history import History
from scripts.training.recipes import Recipe
from scripts.training.runs import RunFiles
from scripts.training.training_set import CLASSES, Examples, as_input

CALIBRATED = 2_000
"""Number of held-out pictures on which the range of each layer is measured for the 8-bit file."""
MAX_ACCURACY_LOSS = 0.0002
"""Largest loss of accuracy by 8 bits, as a share of the pictures."""
NON_DIGIT_SHARE = (
    0.06  # share of non-digits among the pieces of a page of numbers; in the training pictures it is a third
)


@dataclass(frozen=True, slots=True)
class Trained:
    """A trained network with its training."""

    model: keras.Model
    history: History
    recipe: Recipe
    command: str
    """The command that made it, for the card."""


def calibrate(model: keras.Model, inputs: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    """Fit a temperature on held-out pictures and build it into the model's last layer, with `NON_DIGIT_SHARE`; returns it.

    inputs: (N, 28, 28, 1) float32 in [0, 1]; labels: (N,).
    """
    layer = model.get_layer("logits")
    to_logits = keras.Model(model.input, layer.output)
    temperature = fit_temperature(to_logits.predict(inputs, batch_size=1024, verbose=0), labels)
    kernel, bias = (weights / temperature for weights in layer.get_weights())
    share = float((labels == NOT_A_DIGIT).mean())
    if share > 0:
        bias[NOT_A_DIGIT] += class_shift(share, NON_DIGIT_SHARE)
    layer.set_weights([kernel, bias])
    return temperature


def publish(trained: Trained, held_out: Examples, sets: dict[str, Examples], files: RunFiles) -> list[str]:
    """Calibrate on `held_out`, save, export, measure on `sets`, and write the card; returns lines for people."""
    model = trained.model
    temperature = calibrate(model, as_input(held_out.images), held_out.labels)
    keras_file = files.output.with_suffix(".keras")
    replacing(keras_file, lambda path: keras.Model(model.input, model.output, name=model.name).save(path))
    first = next(iter(sets.values()))
    difference = export_onnx(model, files.output, as_input(first.images[:CHECKED]))
    bits = 8 if trained.recipe.eight_bit and in_eight_bits(model, held_out, files.output) else 32
    classifier = load_classifier(files.output)
    accuracy: dict[str, float] = {}
    error: dict[str, float] = {}
    for name, examples in sets.items():
        answers = classifier(as_input(examples.images))
        accuracy[name] = round(float((answers.argmax(axis=1) == examples.labels).mean()), 5)
        error[name] = round(expected_calibration_error(answers, examples.labels), 5)
    card = ModelCard(
        name=files.output.stem, network=trained.history.network, classes=CLASSES[: classifier.classes],
        parameters=int(model.count_params()), bits=bits, trained_on=trained_on(trained.recipe), command=trained.command,
        accuracy=accuracy, temperature=round(temperature, 4), calibration_error=error,
    )  # fmt: skip
    save_card(card, files.output, replace_file)
    return [
        *card.as_lines(),
        f"calibration error: {', '.join(f'{k} {v:.4f}' for k, v in error.items())}; temperature {temperature:.3f}",
        f"{files.output}: {files.output.stat().st_size / 1e6:.2f} MB, {bits} bits; exact, it differs from Keras by at most "
        f"{difference:.1e}",
    ]


def in_eight_bits(model: keras.Model, held_out: Examples, path: Path) -> bool:
    """Replace the float file at `path` by an 8-bit one if it reads `held_out` as well; returns whether it did."""
    inputs = as_input(held_out.images)
    order = np.random.default_rng(1).permutation(len(inputs))
    smaller = path.with_suffix(".int8.onnx")
    try:
        export(
            model, FORMATS["onnx-int8"], smaller, compared(model, inputs[order[:CHECKED]], inputs[order[-CALIBRATED:]])
        )
        shares = [
            float((load_classifier(file)(inputs).argmax(axis=1) == held_out.labels).mean()) for file in (path, smaller)
        ]
        if shares[1] < shares[0] - MAX_ACCURACY_LOSS:
            raise ModelError(f"8 bits would cost {100 * (shares[0] - shares[1]):.2f} points: the exact file stays.")
        smaller.replace(path)
    except ModelError as error:
        tell(error)
        return False
    finally:
        smaller.unlink(missing_ok=True)
    return True


def trained_on(recipe: Recipe) -> tuple[str, ...]:
    """The card's description of the training data."""
    bent = ", bent anew each time by scripts/training/distort.py" if recipe.augment else ""
    lines = [
        f"MNIST, training part, without the writers held out for validation (CC BY-SA 3.0, LeCun, Cortes, Burges){bent}"
    ]
    if recipe.examples:
        lines.append(
            f"{recipe.examples:,} pictures drawn from it by scripts/training/augment.py: digits in other pens, slopes and sizes, "
            "pieces and joins of digits, letters, lines, blots; and digits of European hands by scripts/training/strokes.py"
        )
    if recipe.pages:
        lines.append(
            f"regions cut by the live reader's own stages from {recipe.pages:,} pages of scripts/drawn_pages.py"
        )
    return tuple(lines)
