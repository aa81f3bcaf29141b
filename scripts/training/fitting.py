"""Fit a network, with progress, checkpoints and resuming. Draws no pictures, exports nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from live.core.atomic_files import replacing
from models.architectures import NETWORKS
from scripts.training.batches import Batches, BatchPlan, one_hot
from scripts.training.datasets import DataError
from scripts.training.history import History, save_history
from scripts.training.recipes import Recipe
from scripts.training.runs import RunFiles
from scripts.training.training_set import Examples, as_input


def fit(
    parts: tuple[Examples, Examples | None, Examples], recipe: Recipe, history: History, files: RunFiles
) -> keras.Model:
    """Train until the recipe's epochs or its patience end; returns the network with its best weights.

    parts: digits to train on, drawn pictures or None, held-out pictures. history: of a run to resume, or a new one.
    """
    digits, drawn, held_out = parts
    classes = 11 if recipe.has_non_digits else 10
    keras.utils.set_random_seed(history.seed)
    plan = BatchPlan(
        classes=classes, batch_size=recipe.batch_size, augment=recipe.augment, drawn_share=recipe.drawn_share,
        seed=history.seed,
    )  # fmt: skip
    steps = len(Batches(digits, drawn, plan))
    model, first = restored(history, files, steps, lambda: compiled(NETWORKS[history.network](classes), recipe, steps))
    return fitted(
        model, Batches(digits, drawn, plan, epoch=first),
        Epochs(first, recipe.epochs, steps), Checkpoint(history, files, recipe.patience),
        validation_data=(as_input(held_out.images), one_hot(held_out.labels, classes)), validation_batch_size=1024,
    )  # fmt: skip


def restored(history: History, files: RunFiles, steps: int, new: Callable[[], keras.Model]) -> tuple[keras.Model, int]:
    """The network of a run and its next epoch, from the last checkpoint or new. steps: of one epoch."""
    going_on = history.epochs_done > 0 and files.state.is_file()
    model = load_state(files.state) if going_on else new()
    first = int(model.optimizer.iterations) // steps
    history.cut(first)
    history.parameters = int(model.count_params())
    return model, first


class Epochs(NamedTuple):
    """The epochs of a run."""

    first: int
    """The next epoch, from 0."""
    last: int
    """The total number of epochs."""
    steps: int
    """Of each."""


def fitted(model: keras.Model, batches: Any, epochs: Epochs, checkpoint: Checkpoint, **validation: Any) -> keras.Model:
    """The network with its best weights after its epochs, or when patience ends. batches, validation: as in Keras."""
    with progress_bar() as progress:
        model.fit(
            batches, initial_epoch=epochs.first, epochs=epochs.last, shuffle=False, verbose=0,
            callbacks=[checkpoint, ProgressCallback(progress, epochs)], **validation,
        )  # fmt: skip
    model.load_weights(checkpoint.files.best)
    return model


def compiled(model: keras.Model, recipe: Recipe, steps: int) -> keras.Model:
    """The network with its loss and optimizer. steps: of one epoch."""
    rate = cosine(recipe.learning_rate, steps * recipe.epochs) if recipe.cosine else recipe.learning_rate
    optimizer = keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay)
    if recipe.weight_decay == 0:
        optimizer = keras.optimizers.Adam(rate)
    # Keras's default, XLA, takes twice the time for these networks on a CPU
    jit = "auto" if keras.config.backend() != "tensorflow" or _has_gpu() else False
    model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"], jit_compile=jit)
    return model


def cosine(highest: float, steps: int) -> Any:
    """A learning rate that rises during a tenth of `steps`, and then falls to 0 along a cosine."""
    return keras.optimizers.schedules.CosineDecay(highest / 20, steps, warmup_target=highest, warmup_steps=steps // 10)


def _has_gpu() -> bool:
    """Whether TensorFlow finds a GPU."""
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))


def load_state(path: Path) -> keras.Model:
    """Load network and optimizer of an interrupted run. Raises DataError where the file is damaged."""
    try:
        return keras.saving.load_model(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is damaged, so that the run can't be resumed. --anew starts over.") from error


class Checkpoint(keras.callbacks.Callback):  # type: ignore[misc]  # Keras comes without types
    """Saves the best weights, the history and the state after each epoch; stops when patience ends."""

    def __init__(self, history: History, files: RunFiles, patience: int) -> None:
        """patience: epochs without a better validation loss after which to stop."""
        super().__init__()
        self.files = files
        self._history, self._patience = history, patience
        self._began = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002 - Keras's names
        """Start the epoch's clock."""
        self._began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Save everything; the state comes last, since an epoch counts as done only with it."""
        history = self._history
        history.add(logs or {}, time.monotonic() - self._began)
        if history.best_epoch == epoch:
            replacing(self.files.best, self.model.save_weights)
        save_history(history, self.files.history)
        replacing(self.files.state, self.model.save)
        if epoch - history.best_epoch >= self._patience or not np.isfinite(history.history["loss"][-1]):
            self.model.stop_training = True


class ProgressCallback(keras.callbacks.Callback):  # type: ignore[misc]  # Keras comes without types
    """One progress bar for the whole run, with the time left."""

    def __init__(self, progress: Progress, epochs: Epochs) -> None:
        super().__init__()
        self._progress, self._epochs = progress, epochs.last
        first, last, steps = epochs
        self._task = progress.add_task(f"epoch {first + 1}/{last}", total=steps * last, completed=steps * first)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002 - Keras's names
        """One step further."""
        self._progress.advance(self._task)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Print the figures of the epoch."""
        text = " ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items())
        self._progress.print(f"epoch {epoch + 1}/{self._epochs}  {text}")
        self._progress.update(self._task, description=f"epoch {min(epoch + 2, self._epochs)}/{self._epochs}")


def progress_bar() -> Progress:
    """A progress bar of steps, with elapsed and remaining time."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("left"), TimeRemainingColumn(compact=True))
