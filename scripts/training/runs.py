"""Manage a training run: options, start, resuming after an interruption, errors. Knows no network.

Files beside the future model during training: `NAME.best.weights.h5` (the best epoch so far by validation loss),
`NAME.history.json`, `NAME.training.keras` (network and optimizer after the last epoch) and `NAME.pictures.npz` (the drawn
pictures). Each is written under another name and then renamed, so that it is always complete.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from live.core.atomic_files import replacing
from live.core.terminal import TERMINAL, say, tell
from models.errors import ModelError
from scripts.command_line import add_data
from scripts.training.datasets import DataError
from scripts.training.history import History, load_history, plot_history, save_history
from scripts.training.memory import keep_freed_memory

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's notes on processors and GPUs are of no use here
# measured on two cores: oneDNN's convolutions leave one of them idle for these small networks
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

SPLIT_SEED = 1
"""Seed of the split by writer. It is constant, so that all networks and seeds hold out the same writers."""
Arrays = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of a run, beside the future model."""

    output: Path

    @property
    def best(self) -> Path:
        """Weights of the best epoch."""
        return self.output.with_suffix(".best.weights.h5")

    @property
    def state(self) -> Path:
        """Network and optimizer after the last epoch; removed at the end of the run."""
        return self.output.with_suffix(".training.keras")

    @property
    def history(self) -> Path:
        """Loss and accuracy by epoch."""
        return self.output.with_suffix(".history.json")

    @property
    def pictures(self) -> Path:
        """The drawn pictures, for a resumed run; removed at the end of the run."""
        return self.output.with_suffix(".pictures.npz")

    def discard_unfinished(self) -> None:
        """Remove the files that only an unfinished run needs."""
        for path in (self.state, self.pictures):
            path.unlink(missing_ok=True)


def add_run(parser: argparse.ArgumentParser) -> None:
    """Add the options of every run. Each script adds `--output` itself."""
    add_data(parser)
    parser.add_argument("--seed", type=int, default=1, help="seed of all random numbers (%(default)s)")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="processes that draw pictures (%(default)s)"
    )
    parser.add_argument("--anew", action="store_true", help="discard an interrupted run and start over")


def parsed(parser: argparse.ArgumentParser, arguments: list[str] | None) -> argparse.Namespace:
    """The parsed command line, with its words as `given`. The default of `--output` is named after the network."""
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(given)
    # the card names files without their folders
    paths = {str(value) for value in vars(options).values() if isinstance(value, Path)}
    options.given = [Path(word).name if word in paths or str(Path(word)) in paths else word for word in given]
    if options.output is None:
        options.output = Path("runs") / f"{options.network}.onnx"
    if options.output.suffix != ".onnx":
        parser.error(f"--output is the ONNX file to write, such as {options.output.with_suffix('.onnx')}")
    return options


def begin(asked: History, files: RunFiles, *, anew: bool) -> History:
    """The history of the run to resume, or `asked`, saved. Raises DataError where an interrupted run had other options."""
    history = None if anew else load_history(files.history)
    if history is None or history.finished:
        files.discard_unfinished()
        save_history(asked, files.history)
        return asked
    if (history.network, history.seed, history.options) != (asked.network, asked.seed, asked.options):
        raise DataError(
            f"{files.history} is of an interrupted run with other options. "
            "Give the same options to resume it, another --output, or --anew to start over."
        )
    tell(f"Resuming after epoch {history.epochs_done} of {history.options['epochs']}")
    return history


def cached(path: Path, make: Callable[[], Arrays]) -> Arrays:
    """The arrays in the file of an interrupted run; otherwise new ones, which are saved there."""
    if path.is_file():
        try:
            with path.open("rb") as file, np.load(file) as arrays:
                return dict(arrays)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            path.unlink()  # the run was killed while writing it
    made = make()
    if made:
        replacing(path, lambda new: np.savez(new, **made))
    return made


def end(history: History, files: RunFiles) -> None:
    """Finish a run: save the history, and remove the files that only an unfinished run needs."""
    history.finished = True
    save_history(history, files.history)
    plot_history(history, files.output.with_suffix(".history.png"))
    files.discard_unfinished()


def run(module: str, train: Callable[[argparse.Namespace, str], list[str]], options: argparse.Namespace) -> int:
    """Call `train(options, command)`, and print its lines; returns the exit code."""
    keep_freed_memory()
    try:
        lines = train(options, f"python -m {module} {shlex.join(options.given)}".rstrip())
    except (DataError, ModelError) as error:
        say(error)
        return 1
    except OSError as error:
        reason = " ".join(str(error.strerror or error).split())
        say(f"{options.output.parent} can't be written: {reason}. What was trained so far stays there.")
        return 1
    except KeyboardInterrupt:
        say("Interrupted. The same command resumes after the last finished epoch.")
        return 130
    TERMINAL.tell_lines("\n".join(lines))
    return 0
