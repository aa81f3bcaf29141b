"""A training run, from its command line to its end: begun, gone on with after a kill, told when it fails. Knows no network.

Beside the model to come lie these while it is trained: `NAME.best.weights.h5` (the best epoch so far, by validation loss),
`NAME.history.json`, `NAME.training.keras` (network and optimizer as the last epoch left them) and `NAME.pictures.npz` (what was
drawn). Each is written to another name first and then renamed: whatever happens, what lies there is whole.
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

from live.core.atomic_files import replaced
from live.core.terminal import TERMINAL, say, tell
from models.errors import ModelError
from scripts.command_line import add_data
from scripts.training.datasets import DataError
from scripts.training.history import History, load_history, plot_history, save_history
from scripts.training.memory import keep_freed_memory

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's notes on processors and GPUs help nobody here
# measured on two cores: oneDNN's convolutions leave one of them idle for these small networks
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

SPLIT_SEED = 1  # the writers held out stay the same whatever else is drawn, and from one network as from the other
Arrays = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RunFiles:
    """Where a run keeps what it has, beside the model to come."""

    output: Path

    @property
    def best(self) -> Path:
        """Weights of the best epoch."""
        return self.output.with_suffix(".best.weights.h5")

    @property
    def state(self) -> Path:
        """Network and optimizer after the last epoch; gone when the run is done."""
        return self.output.with_suffix(".training.keras")

    @property
    def history(self) -> Path:
        """Loss and accuracy by epoch."""
        return self.output.with_suffix(".history.json")

    @property
    def pictures(self) -> Path:
        """Drawn pictures, so that a run that goes on need not draw them again; gone when the run is done."""
        return self.output.with_suffix(".pictures.npz")

    def discard_unfinished(self) -> None:
        """Take away what only an unfinished run needs."""
        for path in (self.state, self.pictures):
            path.unlink(missing_ok=True)


def add_run(parser: argparse.ArgumentParser) -> None:
    """The options of every run; `--output` is each script's own."""
    add_data(parser)
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn (%(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that draw (%(default)s)")
    parser.add_argument("--anew", action="store_true", help="forget an interrupted run and start over")


def parsed(parser: argparse.ArgumentParser, arguments: list[str] | None) -> argparse.Namespace:
    """The command line, and as `given` its words; without `--output`, the file is named for the network."""
    given = sys.argv[1:] if arguments is None else arguments
    options = parser.parse_args(given)
    # for the card, which names the file, not where one machine kept it
    options.given = [Path(word).name if word == str(options.data) else word for word in given]
    if options.output is None:
        options.output = Path("runs") / f"{options.network}.onnx"
    if options.output.suffix != ".onnx":
        parser.error(f"--output is the ONNX file to write, such as {options.output.with_suffix('.onnx')}")
    return options


def begin(asked: History, files: RunFiles, *, anew: bool) -> History:
    """The history of the run to go on with, or `asked`, kept. Raises DataError where an interrupted run had other options."""
    history = None if anew else load_history(files.history)
    if history is None or history.finished:
        files.discard_unfinished()
        save_history(asked, files.history)
        return asked
    if (history.network, history.seed, history.options) != (asked.network, asked.seed, asked.options):
        raise DataError(
            f"{files.history} is of a run that was interrupted and had other options. "
            "Give the same to go on with it, another --output, or --anew to start over."
        )
    tell(f"Going on after epoch {history.epochs_done} of {history.options['epochs']}")
    return history


def cached(path: Path, make: Callable[[], Arrays]) -> Arrays:
    """The arrays that lie in the file from before the run was interrupted; else new ones, and they are kept there."""
    if path.is_file():
        try:
            with path.open("rb") as file, np.load(file) as arrays:
                return dict(arrays)
        except (OSError, ValueError, KeyError, EOFError, BadZipFile):
            path.unlink()  # the run was killed before it was whole
    made = make()
    if made:
        replaced(path, lambda new: np.savez(new, **made))
    return made


def end(history: History, files: RunFiles) -> None:
    """The model is written: keep the history, take away what only an unfinished run needs."""
    history.finished = True
    save_history(history, files.history)
    plot_history(history, files.output.with_suffix(".history.png"))
    files.discard_unfinished()


def run(module: str, train: Callable[[argparse.Namespace, str], list[str]], options: argparse.Namespace) -> int:
    """Have `train(options, the command that made it)` do its work and print its lines; returns the exit code."""
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
        say("Interrupted. The same command goes on after the last whole epoch.")
        return 130
    TERMINAL.tell_lines("\n".join(lines))
    return 0
