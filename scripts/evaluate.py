"""Measure how well a network reads digits that it was not trained on. Trains nothing, and knows no page and no camera.

python -m scripts.evaluate                                      (the network that comes with Numcam; MNIST is downloaded once)
python -m scripts.evaluate runs/numcam.onnx --data PATH/mnist.npz
python -m scripts.evaluate runs/numcam.onnx --data PATH/mnist.npz --sample 8
python -m scripts.evaluate runs/numcam.onnx --data PATH/mnist.npz --quick --min-accuracy 0.995

It prints tables, and writes into --output: confusion.png, misread.png, calibration.png, corruptions.png, and report.json with
every figure. Digits corrupted in 16 ways take some minutes; --quick leaves them out. Numbers of one writer are measured where the
data says who wrote each digit: a writers.npz beside the data, or QMNIST.
"""

from __future__ import annotations

import argparse
import json
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console  # noqa: TID251 - a type
from rich.progress import track

from live.api.model_trial import load_tried
from live.core.atomic_files import replace_file
from live.core.terminal import TERMINAL, make_console, say
from models.classifier import WEIGHTS, Classifier
from models.errors import ModelError
from scripts.command_line import add_data, missing_package, run_script, script_parser
from scripts.evaluation.corruptions import CORRUPTIONS
from scripts.evaluation.score_tables import corruption_table, mean_accuracy, number_table, sample_view, show_scores
from scripts.evaluation.scores import DIGITS, Scores, Strip, classify, classify_augmented, counted_share
from scripts.evaluation.writer_numbers import score_kinds
from scripts.training.datasets import DataError, Digits, load_mnist

WIDTH = 110
"""Width of the tables in characters where stdout is a file."""


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = script_parser("scripts.evaluate", __doc__)
    parser.add_argument("model", nargs="?", type=Path, help="model file (default: the one that comes with Numcam)")
    add_data(parser)
    parser.add_argument("--output", type=Path, help="folder for pictures and report (default: runs/MODEL-evaluation)")
    parser.add_argument("--sample", type=int, metavar="N", help="show test digit N, counted from 0, and nothing else")
    parser.add_argument(
        "--min-accuracy",
        type=share,
        metavar="X",
        help="exit with 1 below this: 0.995, or in percent 99.5 (1 means all)",
    )
    parser.add_argument("--quick", action="store_true", help="leave out the corrupted digits")
    parser.add_argument("--threads", type=int, default=0, help="threads of the network (default: every core)")
    options = parser.parse_args(arguments)
    if options.threads < 0:
        parser.error("--threads is 0 or more")
    if options.output is None:
        options.output = Path("runs") / f"{(options.model or WEIGHTS).stem}-evaluation"
    return options


def share(text: str) -> float:
    """A share from 0 to 1; a value above 1 is a percentage. Raises ArgumentTypeError where it is neither."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not 0 <= value <= 100:  # NaN fails too
        raise argparse.ArgumentTypeError(f"{text} is neither a share from 0 to 1 nor a percentage up to 100")
    return value if value <= 1 else value / 100


def test_part(source: Path | None) -> Digits:
    """The digits to test with. Raises DataError."""
    _, test = load_mnist(source)
    if not len(test):
        raise DataError(f"The test part of {source} is empty. Give data that has one.")
    if test.writers is not None and len(test.writers) != len(test):
        raise DataError(
            f"{len(test.writers)} writers are named for {len(test)} test digits: writers.npz does not belong to {source}."
        )
    return test


def show_sample(console: Console, classifier: Classifier, test: Digits, number: int) -> None:
    """Print test digit `number` and the network's answer. Raises DataError where there is no such digit."""
    if not 0 <= number < len(test):
        raise DataError(f"There is no test digit {number}. Choose --sample from 0 to {len(test) - 1}.")
    probabilities = classify(classifier, test.images[number : number + 1])[0]
    view = sample_view(test.images[number], probabilities, int(test.labels[number]), console.options.ascii_only)
    console.print(view, highlight=False)


def numbers_in_one_hand(console: Console, test: Digits, scores: Scores) -> dict[str, Any] | None:
    """Print how numbers of one writer are read; returns the figures, None where writers are not known."""
    if test.writers is None:
        console.print(
            "Numbers of one writer: skipped, since the data doesn't say who wrote which digit (see --help).\n"
        )
        return None
    numbers = score_kinds(test.labels, test.writers, scores.is_right)
    console.print(number_table(numbers))
    return {kind: score.as_report() for kind, score in numbers.items()}


def score_corruptions(console: Console, classifier: Classifier, test: Digits, clean: Scores) -> dict[str, Scores]:
    """Print the accuracy under each corruption; returns the scores by the corruption's name."""
    about = make_console()
    corrupted = {}
    for corruption in track(
        CORRUPTIONS, "Degradation digits", console=about, transient=True, disable=not about.is_terminal
    ):
        corrupted[corruption.name] = Scores(classify(classifier, corruption(test.images)), test.labels)
    console.print(corruption_table(corrupted, clean))
    return corrupted


def corruption_report(corrupted: dict[str, Scores]) -> dict[str, Any]:
    """The figures as plain values for JSON."""
    return {
        "mean_accuracy": mean_accuracy(corrupted.values()),
        "accuracy": {name: scores.accuracy for name, scores in corrupted.items()},
        "taken_for_no_digit": {name: scores.rejected for name, scores in corrupted.items()},
        "expected_calibration_error": {name: scores.calibration_error for name, scores in corrupted.items()},
    }


def one_of_each(test: Digits) -> NDArray[np.uint8]:
    """The first test digit of each label in the data: (up to 10, 28, 28) uint8."""
    rows = [np.flatnonzero(test.labels == digit)[:1] for digit in range(DIGITS)]
    return test.images[np.concatenate(rows)]


def evaluate(console: Console, options: argparse.Namespace, classifier: Classifier, test: Digits) -> Scores:
    """Print every table, write every picture and the report. Raises OSError where the folder can't be written."""
    from scripts.evaluation import score_pictures as pictures

    folder: Path = options.output
    folder.mkdir(parents=True, exist_ok=True)
    scores = Scores(classify(classifier, test.images), test.labels)
    augmented = Scores(classify_augmented(classifier, test.images, scores.probabilities), test.labels)
    show_scores(console, scores, augmented)
    pictures.draw_confusion(scores, folder / "confusion.png")
    pictures.draw_misread(scores, test.images, folder / "misread.png")
    pictures.draw_calibration(scores, folder / "calibration.png")
    report: dict[str, Any] = {"model": (options.model or WEIGHTS).name}
    report["data"] = "MNIST, downloaded" if options.data is None else options.data.name
    report |= scores.as_report()
    report["doubtful_in_several_ways"] = {
        "right": int(augmented.is_right.sum()),
        "accuracy": augmented.accuracy,
        "expected_calibration_error": augmented.calibration_error,
    }
    report["numbers_in_one_hand"] = numbers_in_one_hand(console, test, scores)
    if not options.quick:
        corrupted = score_corruptions(console, classifier, test, scores)
        report["corruptions"] = corruption_report(corrupted)
        few = one_of_each(test)
        rows = [Strip("as they are", "no damage", few, scores)]
        rows += [Strip(c.name, c.what, c(few), corrupted[c.name]) for c in CORRUPTIONS]
        pictures.draw_corruptions(rows, folder / "corruptions.png")
    replace_file(folder / "report.json", (json.dumps(report, indent=1) + "\n").encode())
    console.print(f"Pictures and report.json are in {folder}", highlight=False, soft_wrap=True)
    return scores


def passes(scores: Scores, least: float | None) -> bool:
    """Whether the accuracy is high enough. Prints a line on stderr where it isn't."""
    if least is None or scores.accuracy >= least:
        return True
    right, count = int(scores.is_right.sum()), len(scores.labels)
    say(
        f"Accuracy {counted_share(scores.accuracy)} ({right:,} of {count:,}) is below the {100 * least:g} % of --min-accuracy."
    )
    return False


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = parse(arguments)
    cv2.setNumThreads(1)  # pictures of 28 px are too small for several threads
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that lacks a character shows a question mark
    console = TERMINAL.console()
    if not console.is_terminal:
        console.width = WIDTH
    try:
        classifier = load_tried(options.model, threads=options.threads)
        test = test_part(options.data)
        if options.sample is not None:
            show_sample(console, classifier, test, options.sample)
            return 0
        return 0 if passes(evaluate(console, options, classifier, test), options.min_accuracy) else 1
    except (DataError, ModelError) as error:
        say(error)
    except ModuleNotFoundError as error:
        say(missing_package(error))
    except OSError as error:
        reason = error.strerror or error
        say(f"{options.output} can't be written: {reason}. Make room, or choose another --output.")
    except KeyboardInterrupt:
        say("Interrupted.")
        return 130
    return 1


if __name__ == "__main__":
    run_script(main)
