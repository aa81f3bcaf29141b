"""Train the network that reads a whole number at once, calibrate it, and write it with its card. Knows no camera.

python -m scripts.train_lines                                   (MNIST is downloaded once)
python -m scripts.train_lines --data PATH/mnist.npz --output runs/lines.onnx

It is trained on runs of ink that the live reader finds on drawn pages. The same command resumes a training that was
interrupted.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from live.core.terminal import tell
from models.quiet import quiet_stderr
from scripts.command_line import run_script, script_parser
from scripts.training.history import History
from scripts.training.line_pictures import pictures
from scripts.training.runs import RunFiles, add_run, begin, end, parsed, run


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = script_parser("scripts.train_lines", __doc__)
    parser.add_argument("--output", type=Path, default=Path("runs/lines.onnx"), help="file to write (%(default)s)")
    parser.add_argument("--pages", type=int, default=1600, help="drawn pages to train on (%(default)s)")
    parser.add_argument("--epochs", type=int, default=22, help="number of epochs (%(default)s)")
    add_run(parser)
    options = parsed(parser, arguments)
    if options.pages < 1 or options.epochs < 1:
        parser.error("--pages and --epochs are 1 or more")
    return options


def train(options: argparse.Namespace, command: str) -> list[str]:
    """Draw, train, calibrate, export; returns lines for people. Raises DataError, ModelError and OSError."""
    options.output.parent.mkdir(parents=True, exist_ok=True)
    with quiet_stderr():  # TensorFlow prints notes on GPUs that it didn't find
        from scripts.training.line_fitting import fit
        from scripts.training.publish_lines import publish

    files = RunFiles(options.output)
    asked = {"pages": options.pages, "epochs": options.epochs}
    history = begin(History(network="numcam-line", seed=options.seed, options=asked), files, anew=options.anew)
    learning, held_out = pictures(options, files.pictures)
    tell(f"{len(learning):,} runs of ink for training, {len(held_out):,} for validation")
    model = fit(learning, held_out, history, files)
    lines = publish(model, held_out, history, options.output, command)
    end(history, files)
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    return run("scripts.train_lines", train, parse(arguments))


if __name__ == "__main__":
    run_script(main)
