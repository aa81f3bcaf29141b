"""Train the network that tells numbers from everything else, calibrate it, and write it with its card. Knows no camera.

python -m scripts.train_verifier --pendigits PATH/pendigits-orig.tra.gz --fonts FOLDER --prints FOLDER

MNIST is downloaded once. It learns from groups that the live reader finds on drawn pictures. --fonts names a folder of
handwriting fonts, --prints one of printed fonts; without them, letters are strokes, and print is what comes with Matplotlib. The
same command resumes a training that was interrupted.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from live.core.terminal import tell
from models.quiet import quiet_stderr
from scripts.command_line import run_script, script_parser
from scripts.training.history import History
from scripts.training.runs import RunFiles, add_run, begin, end, parsed, run
from scripts.training.verifier_examples import examples


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = script_parser("scripts.train_verifier", __doc__)
    parser.add_argument("--output", type=Path, default=Path("runs/verifier.onnx"), help="file to write (%(default)s)")
    parser.add_argument(
        "--pendigits", type=Path, help="pendigits-orig.tra.gz; without it no number is written with a pen"
    )
    parser.add_argument("--fonts", type=Path, help="folder of handwriting fonts, .ttf or .otf")
    parser.add_argument("--prints", type=Path, help="folder of printed fonts, .ttf or .otf")
    parser.add_argument("--pages", type=int, default=5000, help="drawn pictures to train on (%(default)s)")
    parser.add_argument("--epochs", type=int, default=5, help="number of epochs (%(default)s)")
    add_run(parser)
    options = parsed(parser, arguments)
    if options.pages < 1 or options.epochs < 1:
        parser.error("--pages and --epochs are 1 or more")
    return options


def train(options: argparse.Namespace, command: str) -> list[str]:
    """Draw, train, calibrate, export; returns lines for people. Raises DataError, ModelError and OSError."""
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"  # measured for this network: faster, unlike for that of single digits
    options.output.parent.mkdir(parents=True, exist_ok=True)
    files = RunFiles(options.output)
    asked = {"pages": options.pages, "epochs": options.epochs}
    history = begin(History(network="numcam-verifier", seed=options.seed, options=asked), files, anew=options.anew)
    learning, held_out = examples(options, files.pictures)
    tell(f"{len(learning.kinds):,} groups for training, {len(held_out.kinds):,} for validation")
    with quiet_stderr():  # TensorFlow prints notes on GPUs that it didn't find
        from scripts.training.publish_verifier import publish
        from scripts.training.verifier_fitting import fit
    model = fit(learning, held_out, history, files)
    lines = publish(model, held_out, history, options.output, command)
    end(history, files)
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    return run("scripts.train_verifier", train, parse(arguments))


if __name__ == "__main__":
    run_script(main)
