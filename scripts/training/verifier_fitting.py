"""Fit the verifier: its batches, its loss, its optimizer. Draws no pictures, exports nothing."""

from __future__ import annotations

import math

import keras
import numpy as np
from numpy.typing import NDArray

from models.verifier_format import stack_windows
from models.verifier_network import verifier_network
from scripts.training.fitting import Checkpoint, Epochs, cosine, fitted, restored
from scripts.training.history import History
from scripts.training.runs import RunFiles
from scripts.training.verifier_examples import Groups

BATCH = 128
LEARNING_RATE, WEIGHT_DECAY = 2.5e-3, 0.02
PATIENCE = 10
DARKER = (0.75, 1.25)
"""Range of the factors that windows are made paler or darker by."""
UNTOLD = 0.1
"""Share of groups whose features are not told, so that the window alone must do."""

Batch = tuple[tuple[NDArray[np.float32], NDArray[np.float32]], NDArray[np.int64]]


class Batches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras comes without types
    """Every group once an epoch. What is in a batch follows from the seed, the epoch and its number alone."""

    def __init__(self, groups: Groups, seed: int, epoch: int = 0, *, vary: bool = True) -> None:
        """epoch: the first one to serve, from 0. vary: whether they are changed each time, and come in any order."""
        super().__init__()
        self._groups, self._seed, self._epoch, self._vary = groups, seed, epoch, vary
        self._order = self._ordered()

    def _ordered(self) -> NDArray[np.int64]:
        """The rows of this epoch in their order."""
        count = len(self._groups.kinds)
        return np.random.default_rng([self._seed, self._epoch]).permutation(count) if self._vary else np.arange(count)

    def __len__(self) -> int:
        return math.ceil(len(self._order) / BATCH)

    def __getitem__(self, index: int) -> Batch:
        """Windows (N, 48, 144, 2), features (N, 7) and kinds (N,)."""
        rows = self._order[index * BATCH : (index + 1) * BATCH]
        windows, features = self._groups.windows[rows], self._groups.features[rows]
        if self._vary:
            rng = np.random.default_rng([self._seed, self._epoch, index])
            factors = rng.uniform(*DARKER, (len(rows), 1, 1)).astype(np.float32)
            windows = np.minimum(windows * factors, 255).astype(np.uint8)
            features = features * (rng.random((len(rows), 1)) >= UNTOLD)
        inputs = stack_windows(windows, self._groups.widths[rows].tolist()), features.astype(np.float32)
        return inputs, self._groups.kinds[rows]

    def on_epoch_end(self) -> None:
        """Go on to the next epoch."""
        self._epoch += 1
        self._order = self._ordered()


def fit(learning: Groups, held_out: Groups, history: History, files: RunFiles) -> keras.Model:
    """Train, or go on with it; returns the network with its best weights."""
    keras.utils.set_random_seed(history.seed)
    epochs = int(history.options["epochs"])
    steps = len(Batches(learning, history.seed))
    model, first = restored(history, files, steps, lambda: compiled(steps * epochs))
    batches = Batches(learning, history.seed, first)
    validation = Batches(held_out, history.seed, vary=False)
    return fitted(
        model, batches, Epochs(first, epochs, steps), Checkpoint(history, files, PATIENCE), validation_data=validation
    )


def compiled(steps: int) -> keras.Model:
    """A new network with its loss and optimizer. steps: of the whole run."""
    model = verifier_network()
    optimizer = keras.optimizers.AdamW(cosine(LEARNING_RATE, steps), weight_decay=WEIGHT_DECAY)
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    return model
