"""Compare trained networks in a table in Markdown, for docs/accuracy.md. Trains nothing.

python -m scripts.compare runs/*.onnx --data PATH/mnist.npz

All networks answer in turn, round after round, so that their times can be compared even on a busy machine. The cost of training
comes from the .history.json beside each model, the model's size from its card. A dash stands for what is not known.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live.api.model_trial import load_tried
from live.core.terminal import TERMINAL, say
from models.card import card_path, load_card
from models.classifier import Classifier
from models.errors import ModelError
from scripts.command_line import add_data, missing_package, run_script, script_parser
from scripts.evaluate import test_part
from scripts.evaluation.network_cost import NetworkCost, measure_cost
from scripts.evaluation.scores import Scores, classify, counted_share
from scripts.training.datasets import DataError, Digits
from scripts.training.history import History, load_history
from scripts.training.training_set import as_input

DIGITS_A_FRAME = 20
ROUNDS = 300
WARM_UP = 10
COLUMNS = (
    "network", "accuracy, MNIST's test part", "weights", "multiply-adds a digit", "file",
    f"{DIGITS_A_FRAME} digits", "epochs", "seed", "trained in",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One network."""

    name: str
    accuracy: float
    """0 to 1."""
    size: int
    """Of the file, bytes."""
    median_ms: float
    """For `DIGITS_A_FRAME` digits."""
    cost: NetworkCost | None
    history: History | None

    def cells(self) -> tuple[str, ...]:
        """For people, in the order of `COLUMNS`."""
        cost = ("–", "–") if self.cost is None else (f"{self.cost.parameters:,}", short(self.cost.multiply_adds))
        training = ("–", "–", "–")
        if self.history is not None:
            training = (str(self.history.epochs_done), str(self.history.seed), duration(self.history.seconds))
        return (
            self.name,
            counted_share(self.accuracy),
            *cost,
            f"{short(self.size)}B",
            f"{self.median_ms:.2f} ms",
            *training,
        )


def time_in_turn(classifiers: Sequence[Classifier], inputs: NDArray[np.float32], rounds: int) -> list[float]:
    """The median time of each in milliseconds. Each round asks all of them, and starts with another one."""
    times: list[list[float]] = [[] for _ in classifiers]
    for turn in range(WARM_UP + rounds):
        for place in range(len(classifiers)):
            which = (place + turn) % len(classifiers)
            start = time.perf_counter()
            classifiers[which](inputs)
            if turn >= WARM_UP:
                times[which].append(1000 * (time.perf_counter() - start))
    return [statistics.median(laps) for laps in times]


def cost_of(model: Path) -> NetworkCost | None:
    """The network's cost, from its ONNX file or the one beside it; None where there is none. Raises ModelError."""
    graph = card_path(model).with_suffix(".onnx")
    if model.suffix.lower() == ".onnx":
        graph = model
    if not graph.is_file():
        return None
    cost = measure_cost(graph)
    try:
        # the file has normalisation folded into the convolutions: the card counts as the network was trained
        return NetworkCost(load_card(model).parameters, cost.multiply_adds)
    except ModelError:
        return cost


def history_of(model: Path) -> History | None:
    """The history of its training; None where there is none. Raises DataError where it is damaged."""
    return load_history(card_path(model).with_suffix(".history.json"))


def compare(models: Sequence[Path], test: Digits, threads: int, rounds: int) -> list[Row]:
    """One row per model, in the same order. Raises ModelError and DataError."""
    classifiers = [load_tried(model, threads=threads) for model in models]
    about = [
        (cost_of(model), history_of(model)) for model in models
    ]  # damaged files are reported before the measurement, which takes minutes
    accuracies = [Scores(classify(c, test.images), test.labels).accuracy for c in classifiers]
    times = time_in_turn(classifiers, as_input(test.images[:DIGITS_A_FRAME]), rounds)
    measured = zip(models, accuracies, times, about, strict=True)
    return [
        Row(model.name.removesuffix(".onnx"), accuracy, model.stat().st_size, median_ms, *known)
        for model, accuracy, median_ms, known in measured
    ]


def as_markdown(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, in the form of docs/accuracy.md."""
    lines = [COLUMNS, ("---", *["--:"] * (len(COLUMNS) - 1)), *(row.cells() for row in rows)]
    return "\n".join(" | ".join(line) for line in lines)


def short(number: int) -> str:
    """A count in thousands or millions: `528 k`, `8.8 M`."""
    return f"{number / 1e6:.1f} M" if number >= 1e6 else f"{number / 1e3:.0f} k"


def duration(seconds: float) -> str:
    """A time for people; a dash for 0, which stands for a time that was not recorded."""
    if seconds <= 0:
        return "–"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = script_parser("scripts.compare", __doc__)
    parser.add_argument("models", nargs="+", type=Path, help="model files")
    add_data(parser)
    parser.add_argument(
        "--threads", type=int, default=1, help="threads of each network; idle ones disturb the others (%(default)s)"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="measurements of each network (%(default)s)")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or options.threads < 0:
        parser.error("--rounds is 1 or more, --threads 0 (every core) or more")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = parse(arguments)
    try:
        rows = compare(options.models, test_part(options.data), options.threads, options.rounds)
    except (DataError, ModelError) as error:
        say(error)
        return 1
    except ModuleNotFoundError as error:
        say(missing_package(error))
        return 1
    except KeyboardInterrupt:
        say("Interrupted.")
        return 130
    TERMINAL.tell_lines(as_markdown(rows))
    return 0


if __name__ == "__main__":
    run_script(main)
