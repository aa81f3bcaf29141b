"""Fit a network: steps, progress, the best weights kept, a run gone on with after a kill. Draws no pictures, exports nothing.

Beside the model to come lie three files while it is trained: `NAME.best.weights.h5` (the best epoch so far, by validation
loss), `NAME.history.json`, and `NAME.training.keras` (network and optimizer as the last epoch left them). Each is written to
another name first and then renamed: whatever happens, what lies there is whole.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from models.architectures import NETWORKS
from scripts.batches import Batches, BatchPlan, one_hot
from scripts.datasets import DataError
from scripts.history import History, save_history
from scripts.recipes import Recipe
from scripts.training_set import Examples, as_input
from scripts.whole_files import replaced


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


def fit(
    parts: tuple[Examples, Examples | None, Examples], recipe: Recipe, history: History, files: RunFiles
) -> keras.Model:
    """Train until the recipe's epochs are over or patience is; returns the network with its best weights.

    parts: digits to learn from, drawn pictures or None, what is held out. history: of a run that is to go on, or a new one.
    """
    digits, drawn, held_out = parts
    classes = 11 if recipe.knows_no_digit else 10
    keras.utils.set_random_seed(history.seed)
    plan = BatchPlan(
        classes=classes, batch_size=recipe.batch_size, augment=recipe.augment, drawn_share=recipe.drawn_share,
        seed=history.seed,
    )  # fmt: skip
    steps = len(Batches(digits, drawn, plan))
    going_on = history.epochs_done > 0 and files.state.is_file()
    if going_on:
        model = load_state(files.state)
        first = int(model.optimizer.iterations) // steps
    else:
        model = compiled(NETWORKS[history.network](classes), recipe, steps)
        first = 0
    history.cut(first)
    history.parameters = int(model.count_params())
    batches = Batches(digits, drawn, plan, epoch=first)
    with progress_bar() as progress:
        model.fit(
            batches, initial_epoch=first, epochs=recipe.epochs, shuffle=False, verbose=0,
            validation_data=(as_input(held_out.images), one_hot(held_out.labels, classes)), validation_batch_size=1024,
            callbacks=[Keeper(history, files, recipe.patience), Bar(progress, first, steps, recipe.epochs)],
        )  # fmt: skip
    model.load_weights(files.best)
    return model


def compiled(model: keras.Model, recipe: Recipe, steps: int) -> keras.Model:
    """The network with its loss and optimizer. steps: of one epoch."""
    rate: Any = recipe.learning_rate
    if recipe.cosine:
        every = steps * recipe.epochs
        rate = keras.optimizers.schedules.CosineDecay(rate / 20, every, warmup_target=rate, warmup_steps=every // 10)
    optimizer = keras.optimizers.AdamW(rate, weight_decay=recipe.weight_decay)
    if recipe.weight_decay == 0:
        optimizer = keras.optimizers.Adam(rate)
    # XLA, which Keras would choose, takes twice the time for these networks on a CPU
    jit = "auto" if keras.config.backend() != "tensorflow" or _has_gpu() else False
    model.compile(optimizer, loss="categorical_crossentropy", metrics=["accuracy"], jit_compile=jit)
    return model


def _has_gpu() -> bool:
    """Whether TensorFlow finds a GPU."""
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))


def load_state(path: Path) -> keras.Model:
    """Network and optimizer of an interrupted run. Raises DataError where the file is damaged."""
    try:
        return keras.saving.load_model(path)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} is damaged, so that the run can't go on. --anew starts it over.") from error


class Keeper(keras.callbacks.Callback):  # type: ignore[misc]  # Keras comes without types
    """Keeps the best weights, the history and the state after each epoch; stops when nothing gets better."""

    def __init__(self, history: History, files: RunFiles, patience: int) -> None:
        """patience: epochs without a better validation loss after which to stop."""
        super().__init__()
        self._history, self._files, self._patience = history, files, patience
        self._began = 0.0

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002 - Keras's names
        """Start the epoch's clock."""
        self._began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Write what there is: the state last, since an epoch counts as done only with it."""
        history = self._history
        history.add(logs or {}, time.monotonic() - self._began)
        if history.best_epoch == epoch:
            replaced(self._files.best, self.model.save_weights)
        save_history(history, self._files.history)
        replaced(self._files.state, self.model.save)
        if epoch - history.best_epoch >= self._patience or not np.isfinite(history.history["loss"][-1]):
            self.model.stop_training = True


class Bar(keras.callbacks.Callback):  # type: ignore[misc]  # Keras comes without types
    """One bar for the whole run, with the time left."""

    def __init__(self, progress: Progress, first: int, steps: int, epochs: int) -> None:
        """steps: of one epoch; first: epochs already done."""
        super().__init__()
        self._progress, self._epochs = progress, epochs
        self._task = progress.add_task(f"epoch {first + 1}/{epochs}", total=steps * epochs, completed=steps * first)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002 - Keras's names
        """One step further."""
        self._progress.advance(self._task)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Say what the epoch came to."""
        text = " ".join(f"{name} {value:.4f}" for name, value in (logs or {}).items())
        self._progress.print(f"epoch {epoch + 1}/{self._epochs}  {text}")
        self._progress.update(self._task, description=f"epoch {min(epoch + 2, self._epochs)}/{self._epochs}")


def progress_bar() -> Progress:
    """A bar of steps with the time gone and the time left."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, TextColumn("left"), TimeRemainingColumn(compact=True))
