"""Train a network of models/architectures.py by its recipe, calibrate it, write it with its card. Knows no page and no camera.

python -m scripts.train --network cnn-32-64                      (MNIST is downloaded once)
python -m scripts.train --network numcam --data PATH/mnist.npz --output runs/digits.onnx

A run that was interrupted goes on where it stopped when the same command is given again.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from dataclasses import asdict, fields, replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from models.errors import ModelError
from models.quiet import quiet_stderr
from scripts.command_line import add_data, script_parser
from scripts.datasets import DataError, Digits, load_mnist, split_by_writer
from scripts.history import History, load_history, plot_history, save_history
from scripts.memory import keep_freed_memory
from scripts.recipes import RECIPES, Recipe
from scripts.training_set import Examples, draw_examples
from scripts.whole_files import replaced

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's notes on processors and GPUs help nobody here
# measured on two cores: oneDNN's convolutions leave one of them idle for these small networks
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

SPLIT_SEED = 1  # the writers held out stay the same whatever else is drawn


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = script_parser("scripts.train", __doc__)
    parser.add_argument("--network", default="numcam", choices=sorted(RECIPES), help="(default: %(default)s)")
    add_data(parser)
    parser.add_argument("--output", type=Path, help="file to write (default: runs/NETWORK.onnx)")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn (%(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that draw (%(default)s)")
    parser.add_argument("--anew", action="store_true", help="forget an interrupted run and start over")
    recipe = parser.add_argument_group("instead of the network's own recipe (scripts/recipes.py)")
    recipe.add_argument("--epochs", type=int, help="times through the digits")
    recipe.add_argument("--batch-size", type=int, help="pictures a step")
    recipe.add_argument("--learning-rate", type=float, help="highest of the run")
    recipe.add_argument("--validation", type=float, help="share of the training part that is held out, by writer")
    recipe.add_argument("--augment", action=argparse.BooleanOptionalAction, help="bend digits anew each time")
    recipe.add_argument("--examples", type=int, help="pictures drawn to learn from; 0: none")
    recipe.add_argument("--pages", type=int, help="drawn pages to cut more pictures from; 0: none")
    recipe.add_argument("--patience", type=int, help="epochs without a better validation loss before it stops")
    options = parser.parse_args(arguments)
    if options.output is None:
        options.output = Path("runs") / f"{options.network}.onnx"
    if options.output.suffix != ".onnx":
        parser.error(f"--output is the ONNX file to write, such as {options.output.with_suffix('.onnx')}")
    return options


def recipe_of(options: argparse.Namespace) -> Recipe:
    """The network's recipe with what the command line says instead. Raises DataError where a value makes no sense."""
    given = {f.name: getattr(options, f.name, None) for f in fields(Recipe)}
    recipe = replace(RECIPES[options.network], **{name: value for name, value in given.items() if value is not None})
    if not 0 < recipe.validation < 1:
        raise DataError(f"--validation is a share between 0 and 1, not {recipe.validation}.")
    if min(recipe.epochs, recipe.batch_size, recipe.patience) < 1 or recipe.learning_rate <= 0:
        raise DataError("--epochs, --batch-size and --patience are 1 or more, --learning-rate is above 0.")
    if min(recipe.examples, recipe.pages) < 0:
        raise DataError("--examples and --pages are 0 or more.")
    return recipe


def history_of(options: argparse.Namespace, recipe: Recipe, path: Path) -> History:
    """The history of the run to go on with, or a new one. Raises DataError where an interrupted run had other options."""
    asked = History(network=options.network, seed=options.seed, options=asdict(recipe))
    earlier = None if options.anew else load_history(path)
    if earlier is None or earlier.finished:
        return asked
    if (earlier.network, earlier.seed, earlier.options) != (asked.network, asked.seed, asked.options):
        raise DataError(
            f"{path} is of a run that was interrupted and had other options. "
            "Give the same to go on with it, another --output, or --anew to start over."
        )
    return earlier


def drawn_pictures(digits: Digits, recipe: Recipe, seed: int, workers: int) -> Examples | None:
    """Redrawn digits, European ones, what is no digit, and cuts from drawn pages; None where the recipe has none."""
    from scripts.harvest import harvest_pages

    parts = []
    if recipe.examples:
        parts.append(draw_examples(digits, recipe.examples, seed, workers))
    if recipe.pages:
        parts.append(harvest_pages(digits, recipe.pages, seed, workers))
    return joined(parts) if parts else None


def joined(parts: list[Examples]) -> Examples:
    """All pictures of several sets, one after the other."""
    return Examples(np.concatenate([p.images for p in parts]), np.concatenate([p.labels for p in parts]))


def all_drawn(
    learning: Digits, held_out: Digits, recipe: Recipe, options: argparse.Namespace, kept: Path
) -> tuple[Examples | None, Examples | None]:
    """The drawn pictures to learn from and to validate with; `kept` saves drawing them again when a run goes on."""
    if kept.is_file():
        try:
            with kept.open("rb") as file, np.load(file) as arrays:
                return tuple(Examples(arrays[f"{k}_images"], arrays[f"{k}_labels"]) for k in ("drawn", "validation"))  # type: ignore[return-value]
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            kept.unlink()  # the run was killed before it was whole
    drawn = drawn_pictures(learning, recipe, options.seed, options.workers)
    if drawn is None:
        return None, None
    share = recipe.validation
    few = replace(
        recipe, examples=round(recipe.examples * share), pages=max(min(recipe.pages, 1), round(recipe.pages * share))
    )
    validation = drawn_pictures(held_out, few, options.seed + 1, options.workers)
    if validation is not None:
        arrays = {"drawn_images": drawn.images, "drawn_labels": drawn.labels}
        arrays |= {"validation_images": validation.images, "validation_labels": validation.labels}
        replaced(kept, lambda path: np.savez(path, **arrays))
    return drawn, validation


def train(options: argparse.Namespace, command: str) -> list[str]:
    """Train, calibrate, export; returns lines for people. Raises DataError, ModelError and OSError."""
    recipe = recipe_of(options)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    learned_from, test = load_mnist(options.data)
    learning, held_out = split_by_writer(learned_from, recipe.validation, np.random.default_rng(SPLIT_SEED))
    if not len(held_out) or not len(learning):
        raise DataError(f"{len(learned_from)} digits can't be split with a validation share of {recipe.validation}.")
    with quiet_stderr():  # TensorFlow tells of GPUs it didn't find
        from scripts.fitting import RunFiles, fit
        from scripts.publish import Trained, publish

    files = RunFiles(options.output)
    history = history_of(options, recipe, files.history)
    if history.begun:
        print(f"Going on after epoch {history.epochs_done} of {recipe.epochs}")
    else:
        files.discard_unfinished()
        history.begun = True
        save_history(history, files.history)
    digits = Examples(learning.images, learning.labels)
    drawn, drawn_held_out = all_drawn(learning, held_out, recipe, options, files.pictures)
    validation = Examples(held_out.images, held_out.labels)
    sets = {"MNIST, test part": Examples(test.images, test.labels), "MNIST, writers held out": validation}
    if drawn_held_out is not None:
        sets["drawn and cut pictures, writers held out"] = drawn_held_out
        validation = joined([validation, drawn_held_out])
    number = len(digits.labels) + (0 if drawn is None else len(drawn.labels))
    print(f"{number:,} pictures to learn from, {len(validation.labels):,} to validate with", flush=True)
    model = fit((digits, drawn, validation), recipe, history, files)
    lines = publish(Trained(model, history, recipe, command), validation, sets, files)
    history.finished = True
    save_history(history, files.history)
    plot_history(history, options.output.with_suffix(".history.png"))
    files.discard_unfinished()
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Train by the command line; returns the exit code."""
    options = parse(arguments)
    keep_freed_memory()
    given = sys.argv[1:] if arguments is None else arguments
    # the card names the file, not where one machine kept it
    command = "python -m scripts.train " + shlex.join(Path(a).name if a == str(options.data) else a for a in given)
    try:
        lines = train(options, command)
    except (DataError, ModelError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        reason = " ".join(str(error.strerror or error).split())
        print(
            f"{options.output.parent} can't be written: {reason}. What was trained so far stays there.", file=sys.stderr
        )
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on after the last whole epoch.", file=sys.stderr)
        return 130
    for line in lines:
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
