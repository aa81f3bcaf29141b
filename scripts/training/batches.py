"""Serve augmented pictures in batches. Knows arrays and seeds, no network.

A batch depends only on the seed, the epoch and the batch's number, so that a resumed run gives the same result as one that was
never interrupted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import keras
import numpy as np
from numpy.typing import NDArray

from scripts.training.distort import degrade, distort
from scripts.training.training_set import Examples, as_input


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchPlan:
    """How batches are made."""

    classes: int
    batch_size: int
    augment: bool
    drawn_share: float
    """Share of the drawn pictures in an epoch, if there are any."""
    seed: int


class Batches(keras.utils.PyDataset):  # type: ignore[misc]  # Keras comes without types
    """Every digit once per epoch, with a random part of the drawn pictures."""

    def __init__(self, digits: Examples, drawn: Examples | None, plan: BatchPlan, epoch: int = 0) -> None:
        """digits, drawn: pictures with their classes; epoch: the first one to serve, from 0."""
        super().__init__(workers=1, max_queue_size=16)
        self._images = digits.images if drawn is None else np.concatenate([digits.images, drawn.images])
        self._labels = digits.labels if drawn is None else np.concatenate([digits.labels, drawn.labels])
        self._digits = len(digits.labels)
        self._plan = plan
        self._epoch = epoch
        self._order = self._shuffled()

    def _shuffled(self) -> NDArray[np.int64]:
        """The rows of this epoch in order."""
        rng = np.random.default_rng([self._plan.seed, self._epoch])
        drawn = np.arange(self._digits, len(self._labels))
        wanted = round(self._digits * self._plan.drawn_share / (1 - self._plan.drawn_share))
        rows = np.concatenate([np.arange(self._digits), rng.permutation(drawn)[:wanted]])
        return rng.permutation(rows)

    def __len__(self) -> int:
        return math.ceil(len(self._order) / self._plan.batch_size)

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(N, 28, 28, 1) float32 in [0, 1] and one-hot classes (N, C)."""
        rows = self._order[index * self._plan.batch_size : (index + 1) * self._plan.batch_size]
        images = self._images[rows]
        if self._plan.augment:
            rng = np.random.default_rng([self._plan.seed, self._epoch, index])
            images = degrade(distort(images, rng), rng)
        return as_input(images), one_hot(self._labels[rows], self._plan.classes)

    def on_epoch_end(self) -> None:
        """Shuffle, and choose other drawn pictures for the next epoch."""
        self._epoch += 1
        self._order = self._shuffled()


def one_hot(labels: NDArray[np.int64], classes: int) -> NDArray[np.float32]:
    """(N,) -> (N, classes) float32."""
    return np.eye(classes, dtype=np.float32)[labels]
