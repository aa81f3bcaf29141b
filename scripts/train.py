"""Train a network of models/architectures.py, calibrate it, and write it as ONNX with its card. Knows no page and no camera.

python -m scripts.train --data PATH/mnist.npz --output runs/digits.onnx
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path

import numpy as np

from scripts.datasets import DataError, Digits, load_mnist, split_by_writer
from scripts.training_set import CLASSES, Examples, as_input, draw_examples

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow's notes on processor features help nobody here

VALIDATION_SHARE = 0.08
SPLIT_SEED = 1  # the writers held out stay the same whatever else is drawn: training goes on from earlier weights


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m scripts.train", description=__doc__.splitlines()[0])
    parser.add_argument("--network", default="numcam", help="name of the network (default: %(default)s)")
    parser.add_argument("--data", type=Path, help="MNIST as an .npz file; without it, Keras downloads it")
    parser.add_argument("--start", type=Path, metavar="WEIGHTS", help="go on from these weights (.weights.h5)")
    parser.add_argument("--output", type=Path, default=Path("runs/digits.onnx"), help="file to write (%(default)s)")
    parser.add_argument("--examples", type=int, default=200_000, help="pictures drawn to learn from (%(default)s)")
    parser.add_argument("--pages", type=int, default=600, help="drawn pages to cut more pictures from (%(default)s)")
    parser.add_argument("--epochs", type=int, default=12, help="times through all pictures (%(default)s)")
    parser.add_argument("--batch-size", type=int, default=256, help="pictures a step (%(default)s)")
    parser.add_argument("--learning-rate", type=float, default=3e-3, help="highest of the run (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn (%(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that draw (%(default)s)")
    return parser.parse_args(arguments)


def gather(train: Digits, options: argparse.Namespace, seed: int, share: float = 1.0) -> Examples:
    """All pictures of one part: the digits as they are, redrawn ones, negatives, and cuts from drawn pages."""
    from scripts.harvest import harvest_pages

    drawn = draw_examples(train, round(options.examples * share), seed, options.workers)
    parts = [Examples(train.images, train.labels), drawn]
    if options.pages:
        parts.append(harvest_pages(train, max(1, round(options.pages * share)), seed, options.workers))
    images = np.concatenate([part.images for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    order = np.random.default_rng(seed).permutation(len(images))
    return Examples(images[order], labels[order])


def fit(examples: Examples, held_out: Examples, options: argparse.Namespace):  # type: ignore[no-untyped-def]  # noqa: ANN201
    """Train the network; returns the Keras model with its best weights by validation loss, kept beside the output."""
    import keras

    from models.architectures import NETWORKS

    keras.utils.set_random_seed(options.seed)
    model = NETWORKS[options.network](len(CLASSES))
    if options.start is not None:
        model.load_weights(options.start)
    steps = -(-len(examples.images) // options.batch_size) * options.epochs
    rate = keras.optimizers.schedules.CosineDecay(
        options.learning_rate / 20, steps, warmup_target=options.learning_rate, warmup_steps=steps // 10
    )
    model.compile(
        keras.optimizers.AdamW(rate, weight_decay=1e-3), loss="sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    options.output.parent.mkdir(parents=True, exist_ok=True)
    best = options.output.with_suffix(".weights.h5")
    model.fit(
        as_input(examples.images), examples.labels, batch_size=options.batch_size, epochs=options.epochs,
        validation_data=(as_input(held_out.images), held_out.labels), verbose="auto" if sys.stdout.isatty() else 2,
        callbacks=[keras.callbacks.ModelCheckpoint(str(best), save_best_only=True, save_weights_only=True)],
    )  # fmt: skip
    model.load_weights(best)
    return model


def main(arguments: list[str] | None = None) -> int:
    """Train, calibrate, export; returns the exit code."""
    options = parse(arguments)
    try:
        if options.start is not None and not options.start.is_file():
            raise DataError(f"There are no weights {options.start} to go on from. Leave --start out to begin anew.")
        train, test = load_mnist(options.data)
        learning, held_out = split_by_writer(train, VALIDATION_SHARE, np.random.default_rng(SPLIT_SEED))
        examples = gather(learning, options, options.seed)
        validation = gather(held_out, options, options.seed + 1, share=VALIDATION_SHARE)
    except DataError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{len(examples.images):,} pictures to learn from, {len(validation.images):,} to validate with")
    from scripts.export import calibrate, finish  # Keras comes with it

    model = fit(examples, validation, options)
    temperature = calibrate(model, as_input(validation.images), validation.labels)
    sets = {
        "MNIST, test part": Examples(test.images, test.labels),
        "drawn and cut pictures, writers held out": validation,
    }
    given = sys.argv[1:] if arguments is None else arguments
    # the card names the file, not where one machine kept it
    command = "python -m scripts.train " + shlex.join(Path(a).name if a == str(options.data) else a for a in given)
    for line in finish(model, temperature, sets, options, command):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
