"""Train a network of models/architectures.py by its recipe, calibrate it, and write it with its card. Knows no page.

python -m scripts.train --network cnn-32-64                      (MNIST is downloaded once)
python -m scripts.train --network numcam --data PATH/mnist.npz --output runs/digits.onnx

The same command resumes a run that was interrupted.
"""

from __future__ import annotations

import argparse
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np

from live.core.terminal import tell
from models.quiet import quiet_stderr
from scripts.command_line import run_script, script_parser
from scripts.training.datasets import DataError, Digits, load_mnist, split_by_writer
from scripts.training.history import History
from scripts.training.recipes import RECIPES, Recipe
from scripts.training.runs import SPLIT_SEED, Arrays, RunFiles, add_run, begin, cached, end, parsed, run
from scripts.training.training_set import Examples, draw_examples


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = script_parser("scripts.train", __doc__)
    parser.add_argument("--network", default="numcam", choices=sorted(RECIPES), help="(default: %(default)s)")
    parser.add_argument("--output", type=Path, help="file to write (default: runs/NETWORK.onnx)")
    add_run(parser)
    recipe = parser.add_argument_group("instead of the network's own recipe (scripts/training/recipes.py)")
    recipe.add_argument("--epochs", type=int, help="number of epochs")
    recipe.add_argument("--batch-size", type=int, help="pictures a step")
    recipe.add_argument("--learning-rate", type=float, help="highest of the run")
    recipe.add_argument("--validation", type=float, help="share of the training part that is held out, by writer")
    recipe.add_argument("--augment", action=argparse.BooleanOptionalAction, help="augment the digits in each epoch")
    recipe.add_argument("--examples", type=int, help="drawn pictures to train on; 0: none")
    recipe.add_argument("--pages", type=int, help="drawn pages from which more pictures are cut; 0: none")
    recipe.add_argument("--patience", type=int, help="epochs without a better validation loss before training stops")
    return parsed(parser, arguments)


def recipe_of(options: argparse.Namespace) -> Recipe:
    """The network's recipe with the values of the command line. Raises DataError for a value out of range."""
    given = {f.name: getattr(options, f.name, None) for f in fields(Recipe)}
    recipe = replace(RECIPES[options.network], **{name: value for name, value in given.items() if value is not None})
    if not 0 < recipe.validation < 1:
        raise DataError(f"--validation is a share between 0 and 1, not {recipe.validation}.")
    if min(recipe.epochs, recipe.batch_size, recipe.patience) < 1 or recipe.learning_rate <= 0:
        raise DataError("--epochs, --batch-size and --patience are 1 or more, --learning-rate is above 0.")
    if min(recipe.examples, recipe.pages) < 0:
        raise DataError("--examples and --pages are 0 or more.")
    return recipe


def drawn_pictures(digits: Digits, recipe: Recipe, seed: int, workers: int) -> Examples:
    """The recipe's drawn pictures: redrawn digits, European digits, non-digits, and regions cut from drawn pages."""
    from scripts.training.harvest import harvest_pages

    parts = []
    if recipe.examples:
        parts.append(draw_examples(digits, recipe.examples, seed, workers))
    if recipe.pages:
        parts.append(harvest_pages(digits, recipe.pages, seed, workers))
    return joined(parts)


def joined(parts: list[Examples]) -> Examples:
    """The pictures of several sets, concatenated."""
    return Examples(np.concatenate([p.images for p in parts]), np.concatenate([p.labels for p in parts]))


def all_drawn(
    learning: Digits, held_out: Digits, recipe: Recipe, options: argparse.Namespace, path: Path
) -> tuple[Examples | None, Examples | None]:
    """The drawn pictures for training and for validation, None where the recipe has none. They are cached in `path`."""

    def draw() -> Arrays:
        drawn = drawn_pictures(learning, recipe, options.seed, options.workers)
        share = recipe.validation
        few = replace(recipe, examples=share_of(recipe.examples, share), pages=share_of(recipe.pages, share))
        validation = drawn_pictures(held_out, few, options.seed + 1, options.workers)
        parts = {"drawn": drawn, "validation": validation}
        return {f"{name}_{what}": getattr(part, what) for name, part in parts.items() for what in ("images", "labels")}

    if not recipe.has_non_digits:
        return None, None
    arrays = cached(path, draw)
    return tuple(Examples(arrays[f"{name}_images"], arrays[f"{name}_labels"]) for name in ("drawn", "validation"))  # type: ignore[return-value]


def share_of(number: int, share: float) -> int:
    """A share of `number`, at least 1; 0 of 0."""
    return max(min(number, 1), round(number * share))


def train(options: argparse.Namespace, command: str) -> list[str]:
    """Train, calibrate, export; returns lines for people. Raises DataError, ModelError and OSError."""
    recipe = recipe_of(options)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    learned_from, test = load_mnist(options.data)
    learning, held_out = split_by_writer(learned_from, recipe.validation, np.random.default_rng(SPLIT_SEED))
    if not len(held_out) or not len(learning):
        raise DataError(f"{len(learned_from)} digits can't be split with a validation share of {recipe.validation}.")
    with quiet_stderr():  # TensorFlow prints notes on GPUs that it didn't find
        from scripts.training.fitting import fit
        from scripts.training.publish import Trained, publish

    files = RunFiles(options.output)
    asked = History(network=options.network, seed=options.seed, options=asdict(recipe))
    history = begin(asked, files, anew=options.anew)
    digits = Examples(learning.images, learning.labels)
    drawn, drawn_held_out = all_drawn(learning, held_out, recipe, options, files.pictures)
    validation = Examples(held_out.images, held_out.labels)
    sets = {"MNIST, test part": Examples(test.images, test.labels), "MNIST, writers held out": validation}
    if drawn_held_out is not None:
        sets["drawn and cut pictures, writers held out"] = drawn_held_out
        validation = joined([validation, drawn_held_out])
    number = len(digits.labels) + (0 if drawn is None else len(drawn.labels))
    tell(f"{number:,} pictures for training, {len(validation.labels):,} for validation")
    model = fit((digits, drawn, validation), recipe, history, files)
    lines = publish(Trained(model, history, recipe, command), validation, sets, files)
    end(history, files)
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    return run("scripts.train", train, parse(arguments))


if __name__ == "__main__":
    run_script(main)
