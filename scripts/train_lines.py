"""Train the network that reads a whole number at once, calibrate it, write it with its card. Knows no camera.

python -m scripts.train_lines                                   (MNIST is downloaded once)
python -m scripts.train_lines --data PATH/mnist.npz --output runs/lines.onnx

It learns from runs of ink that the live reader finds on drawn pages. A run that was interrupted goes on where it stopped when
the same command is given again.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.errors import ModelError
from models.line_classifier import BLANK
from models.line_format import FIELD_TALL_PX
from models.quiet import quiet_stderr
from scripts.command_line import add_data, script_parser
from scripts.datasets import DataError
from scripts.harvest_lines import LineExample
from scripts.history import History, load_history, plot_history, save_history
from scripts.line_pictures import pictures
from scripts.memory import keep_freed_memory

if TYPE_CHECKING:
    import keras

    from scripts.fitting import RunFiles
    from scripts.line_batches import LineBatches

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # slower for networks this small, as in scripts/train.py

LEARNING_RATE, WEIGHT_DECAY = 2e-3, 0.02
PATIENCE = 25


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = script_parser("scripts.train_lines", __doc__)
    add_data(parser)
    parser.add_argument("--output", type=Path, default=Path("runs/lines.onnx"), help="file to write (%(default)s)")
    parser.add_argument("--pages", type=int, default=1600, help="drawn pages to learn from (%(default)s)")
    parser.add_argument("--epochs", type=int, default=8, help="times through their runs (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn (%(default)s)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that draw (%(default)s)")
    parser.add_argument("--anew", action="store_true", help="forget an interrupted run and start over")
    options = parser.parse_args(arguments)
    if options.output.suffix != ".onnx":
        parser.error(f"--output is the ONNX file to write, such as {options.output.with_suffix('.onnx')}")
    if options.pages < 1 or options.epochs < 1:
        parser.error("--pages and --epochs are 1 or more")
    return options


def train(options: argparse.Namespace, command: str) -> list[str]:
    """Draw, train, calibrate, export; returns lines for people. Raises DataError, ModelError and OSError."""
    options.output.parent.mkdir(parents=True, exist_ok=True)
    with quiet_stderr():  # TensorFlow tells of GPUs it didn't find
        from scripts.fitting import RunFiles
        from scripts.publish_lines import publish

    files = RunFiles(options.output)
    asked = {"pages": options.pages, "epochs": options.epochs}
    earlier = None if options.anew else load_history(files.history)
    history = History(network="numcam-line", seed=options.seed, options=dict(asked))
    if earlier is not None and not earlier.finished:
        if (earlier.seed, earlier.options) != (options.seed, asked):
            raise DataError(f"{files.history} is of an interrupted run with other options. Give the same, or --anew.")
        history = earlier
        print(f"Going on after epoch {history.epochs_done} of {options.epochs}")
    else:
        files.discard_unfinished()
    learning, held_out = pictures(options, files.pictures)
    print(f"{len(learning):,} runs of ink to learn from, {len(held_out):,} to validate with", flush=True)
    model = fit(learning, held_out, history, files)
    history.finished = True
    lines = publish(model, held_out, history, options.output, command)
    save_history(history, files.history)
    plot_history(history, options.output.with_suffix(".history.png"))
    files.discard_unfinished()
    return lines


def fit(learning: list[LineExample], held_out: list[LineExample], history: History, files: RunFiles) -> keras.Model:
    """Train, or go on with it; returns the network with its best weights."""
    with quiet_stderr():
        import keras

        from models.line_network import numcam_line
        from scripts.fitting import Bar, Keeper, progress_bar
        from scripts.line_batches import LineBatches

    keras.utils.set_random_seed(history.seed)
    epochs = int(history.options["epochs"])
    steps = len(LineBatches(learning, history.seed))
    if history.epochs_done and files.state.is_file():
        model = keras.saving.load_model(files.state, custom_objects={"ctc_loss": ctc_loss})
    else:
        model = numcam_line()
        every = steps * epochs
        rate = keras.optimizers.schedules.CosineDecay(
            LEARNING_RATE / 20, every, warmup_target=LEARNING_RATE, warmup_steps=every // 10
        )
        optimizer = keras.optimizers.AdamW(rate, weight_decay=WEIGHT_DECAY, global_clipnorm=5.0)
        model.compile(optimizer, loss=ctc_loss, jit_compile=False)
    first = int(model.optimizer.iterations) // steps
    history.cut(first)
    history.begun, history.parameters = True, int(model.count_params())
    with progress_bar() as progress:
        model.fit(
            streamed(LineBatches(learning, history.seed, first)), initial_epoch=first, epochs=epochs, shuffle=False, verbose=0,
            validation_data=streamed(LineBatches(held_out, history.seed, bend=False)),
            callbacks=[Keeper(history, files, PATIENCE), Bar(progress, first, steps, epochs)],
        )  # fmt: skip
    model.load_weights(files.best)
    return model


def streamed(batches: LineBatches) -> Any:
    """The batches as TensorFlow takes them, whatever their widths; some are made ahead."""
    import tensorflow as tf

    pixels, signs = tf.TensorSpec((None, FIELD_TALL_PX, None, 1)), tf.TensorSpec((None, None), tf.int32)
    stream = tf.data.Dataset.from_generator(lambda: iter(batches), output_signature=(pixels, signs))
    return stream.apply(tf.data.experimental.assert_cardinality(len(batches))).prefetch(16)


def ctc_loss(signs: Any, logits: Any) -> Any:
    """(N,) negative logarithm of each text's probability. signs: (N, L) int, -1 behind the text; logits: (N, T, 12)."""
    import tensorflow as tf

    signs = tf.cast(signs, tf.int32)
    places = tf.where(signs >= 0)
    texts = tf.SparseTensor(places, tf.gather_nd(signs, places), tf.shape(signs, tf.int64))
    columns = tf.fill([tf.shape(logits)[0]], tf.shape(logits)[1])
    return tf.nn.ctc_loss(texts, logits, None, columns, logits_time_major=False, blank_index=BLANK)


def main(arguments: list[str] | None = None) -> int:
    """Train by the command line; returns the exit code."""
    options = parse(arguments)
    keep_freed_memory()
    given = sys.argv[1:] if arguments is None else arguments
    # the card names the file, not where one machine kept it
    command = "python -m scripts.train_lines " + shlex.join(
        Path(a).name if a == str(options.data) else a for a in given
    )
    try:
        lines = train(options, command)
    except (DataError, ModelError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{options.output.parent} can't be written: {error.strerror or error}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on after the last whole epoch.", file=sys.stderr)
        return 130
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
