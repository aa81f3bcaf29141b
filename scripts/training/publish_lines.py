"""Turn a trained line network into a model file: calibrated, exported, measured, with its card. Draws no pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from live.core.atomic_files import replace_file, replacing
from live.reading.line_reader import digits_of
from models.card import ModelCard, save_card
from models.ctc import log_probabilities
from models.line_classifier import BLANK, LineClassifier
from models.line_format import columns_of, stack_lines
from scripts.training.calibration import calibration_gap
from scripts.training.exporting import write_onnx
from scripts.training.harvest_lines import LineExample
from scripts.training.history import History
from scripts.training.line_batches import signs_of

BATCH = 64  # pictures that are asked about at a time
TEMPERATURES = np.geomspace(0.5, 2.5, 25)
FITTED = 1_500  # pictures that the temperature is fitted on
SHOWN = 0.5  # confidence from which a number is shown
TRAINED_ON = (
    "runs of ink that the live reader finds on pages of scripts/drawn_pages.py, written with MNIST's training part without the "
    "writers held out (CC BY-SA 3.0, LeCun, Cortes, Burges)"
)
ANYWHERE = np.zeros((4, 2), np.float32)


def publish(model: keras.Model, held_out: list[LineExample], history: History, output: Path, command: str) -> list[str]:
    """Calibrate on what is held out, export, measure, write the card; returns lines for people."""
    held_out = sorted(held_out, key=lambda example: example.picture.shape[1])  # those of like width are asked together
    temperature = calibrate(model, held_out)
    logs = keras.layers.Activation("log_softmax", name="logs")(model.output)
    whole = keras.Model(model.input, logs, name=model.name)
    whole(stack_lines([held_out[0].picture]))  # only what was called once can be exported
    replacing(output, lambda path: write_onnx(whole, path, np.zeros(0, np.float32)))
    right, confidence = measured(LineClassifier(output), held_out)
    is_number = np.array([bool(example.text) for example in held_out])
    torn = np.array(["#" in example.read_as for example in held_out]) & is_number
    sure = confidence >= SHOWN
    accuracy = {
        "numbers, writers held out": share(right[is_number]),
        "the same, digit by digit": share([example.text == example.read_as for example in held_out if example.text]),
        "numbers with a digit that the reader took for none": share(right[torn]),
        "what is no number passed over": share((right | ~sure)[~is_number]),
    }
    card = ModelCard(
        name=output.stem, network="numcam-line", classes=(*map(str, range(10)), "no number", "blank"),
        input="(N, 32, W, 1) float32 in [0, 1], ink is 1, laid out by models.line_format",
        parameters=history.parameters, trained_on=(TRAINED_ON,), command=command, temperature=round(temperature, 4),
        accuracy=accuracy,
        calibration_error={"numbers, writers held out": round(calibration_gap(confidence[is_number], right[is_number]), 5)},
    )  # fmt: skip
    save_card(card, output, replace_file)
    return card.as_lines()


def share(right: NDArray[np.bool_] | list[bool]) -> float:
    """Share of what is right, 0 to 1; 0 of nothing."""
    return round(float(np.mean(right)), 4) if len(right) else 0.0


def parts_of(examples: list[LineExample]) -> Iterator[list[LineExample]]:
    """So many at a time."""
    yield from (examples[start : start + BATCH] for start in range(0, len(examples), BATCH))


def calibrate(model: keras.Model, held_out: list[LineExample]) -> float:
    """Build the temperature with which the texts held out are likeliest into the last layer; returns it.

    Source: Guo et al., "On calibration of modern neural networks", 2017.
    """
    examples = held_out[:: 1 + len(held_out) // FITTED]
    answers: list[NDArray[np.float32]] = []
    for part in parts_of(examples):
        logits = keras.ops.convert_to_numpy(model(stack_lines([e.picture for e in part]), training=False))
        answers += [row[: columns_of(e.picture)] for row, e in zip(logits, part, strict=True)]
    losses = [sum(loss(row / t, e.text) for row, e in zip(answers, examples, strict=True)) for t in TEMPERATURES]
    temperature = float(TEMPERATURES[int(np.argmin(losses))])
    layer = model.get_layer("signs")
    layer.set_weights([weights / temperature for weights in layer.get_weights()])
    return temperature


def loss(logits: NDArray[np.float32], text: str) -> float:
    """Negative logarithm of a text's probability. logits: (T, 12)."""
    logs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return -float(log_probabilities(logs, signs_of([text]).astype(np.int64), BLANK)[0])


def measured(classifier: LineClassifier, examples: list[LineExample]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """(N,) whether each is read right, what is no number as none, and the confidence in what is read."""
    right, confidence = [], []
    for part in parts_of(examples):
        for logs, example in zip(classifier([e.picture for e in part]), part, strict=True):
            digits = digits_of(logs, example.picture.shape[1], ANYWHERE)
            right.append("".join(str(digit.label) for digit in digits) == example.text)
            confidence.append(float(np.prod([digit.confidence for digit in digits])))
    return np.array(right), np.array(confidence, np.float32)
