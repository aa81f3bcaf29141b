"""Turn a trained verifier into a model file: calibrated, exported, measured, with its card. Draws no pictures."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from live.core.atomic_files import replace_file, replacing
from models.card import ModelCard, save_card
from models.verifier import Kind, Verifier
from models.verifier_format import stack_windows
from scripts.training.calibration import calibration_gap
from scripts.training.exporting import write_onnx
from scripts.training.history import History
from scripts.training.verifier_examples import Groups

TEMPERATURES = np.geomspace(0.5, 2.5, 25)
AT_ONCE = 1_000  # groups that are asked about at a time
TRAINED_ON = (
    "groups of ink that the live reader finds on pictures drawn by scripts/training/sheets and scripts/pages",
    "MNIST's training part without the writers held out (CC BY-SA 3.0, LeCun, Cortes, Burges)",
    "pendigits' training part (CC BY 4.0, Alpaydin, Alimoglu)",
    "handwriting and printed fonts under the OFL and Apache-2.0",
)
Answers = NDArray[np.float32]


def publish(model: keras.Model, held_out: Groups, history: History, output: Path, command: str) -> list[str]:
    """Calibrate on what is held out, export, measure, write the card; returns lines for people."""
    temperature = calibrate(model, held_out)
    replacing(output, lambda path: write_onnx(model, path, np.zeros(0, np.float32)))
    verifier = Verifier(output)
    answers = answers_of(held_out, verifier)
    right = answers.argmax(axis=1) == held_out.kinds
    number = answers[:, Kind.NUMBER] + answers[:, Kind.PRINTED]
    true = {kind: held_out.kinds == kind for kind in Kind}
    accuracy = {
        "kind right, writers held out": share(right),
        "handwritten numbers taken for numbers": share(number[true[Kind.NUMBER]] > 0.5),
        "handwritten numbers taken for print": share(right[true[Kind.NUMBER]] == 0)
        - share(number[true[Kind.NUMBER]] <= 0.5),
        "printed numbers taken for print": share(right[true[Kind.PRINTED]]),
        "what is no number passed over": share(number[true[Kind.OTHER]] <= 0.5),
    }
    card = ModelCard(
        name=output.stem, network="numcam-verifier", classes=tuple(kind.name.lower() for kind in Kind),
        input="(N, 48, 144, 2) float32 in [0, 1] and (N, 7) float32, laid out by models.verifier_format",
        parameters=history.parameters, trained_on=TRAINED_ON, command=command, temperature=round(temperature, 4),
        accuracy={name: round(value, 4) for name, value in accuracy.items()},
        calibration_error={"writers held out": round(calibration_gap(answers.max(axis=1), right), 5)},
    )  # fmt: skip
    save_card(card, output, replace_file)
    return card.as_lines()


def share(right: NDArray[np.bool_]) -> float:
    """Share of what is right, 0 to 1; 0 of nothing."""
    return float(np.mean(right)) if len(right) else 0.0


def answers_of(groups: Groups, ask: Verifier) -> Answers:
    """(N, 3) probabilities."""
    parts = [
        ask(
            stack_windows(groups.windows[k : k + AT_ONCE], groups.widths[k : k + AT_ONCE].tolist()),
            groups.features[k : k + AT_ONCE],
        )
        for k in range(0, len(groups.kinds), AT_ONCE)
    ]
    return np.concatenate(parts)


def calibrate(model: keras.Model, held_out: Groups) -> float:
    """Build the temperature with which the kinds held out are likeliest into the last layer; returns it.

    Source: Guo et al., "On calibration of modern neural networks", 2017.
    """
    logits = keras.Model(model.inputs, model.get_layer("kinds").output)
    found = np.concatenate([
        keras.ops.convert_to_numpy(
            logits(
                [stack_windows(held_out.windows[k : k + AT_ONCE], held_out.widths[k : k + AT_ONCE].tolist()),
                 held_out.features[k : k + AT_ONCE]],
                training=False,
            )
        )
        for k in range(0, len(held_out.kinds), AT_ONCE)
    ])  # fmt: skip
    temperature = float(min(TEMPERATURES, key=lambda t: loss(found / t, held_out.kinds)))
    layer = model.get_layer("kinds")
    layer.set_weights([weights / temperature for weights in layer.get_weights()])
    return temperature


def loss(logits: Answers, kinds: NDArray[np.int64]) -> float:
    """Mean negative logarithm of the probability of each kind."""
    logs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return -float(logs[np.arange(len(kinds)), kinds].mean())
