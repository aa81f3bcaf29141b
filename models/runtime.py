"""The base of all runtimes: models are tested when loaded, and errors are one line. Knows no library."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError
from models.mnist_format import DIGIT_CLASSES, FIELD_PX

AT_ONCE = 256
"""Largest batch, digits; larger ones save no time and take 0.14 MB of memory per digit."""
ROUNDING = 0.05
"""Greatest deviation of a row's sum from 1, with each of eleven answers rounded to 8 bits."""


class Runtime(ABC):
    """A classifier on one library: batches are split, empty ones cost nothing, and 8-bit answers are normalised."""

    classes: int

    @abstractmethod
    def answer(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 28, 28, 1) float32, N >= 1 -> (N, C) float32, the network's raw answers."""

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 28, 28, 1) float32 -> (N, C) float32 probabilities; those of an 8-bit model sum to 1 again."""
        if len(inputs) == 0:
            return np.zeros((0, self.classes), np.float32)
        parts = [self.answer(inputs[first : first + AT_ONCE]) for first in range(0, len(inputs), AT_ONCE)]
        answers = np.concatenate(parts)
        whole: NDArray[np.float32] = answers / np.maximum(answers.sum(axis=1, keepdims=True), np.float32(1e-6))
        return whole

    def try_out(self, path: Path) -> None:
        """Classify an empty and a full field. Raises ModelError where the answers are no probabilities."""
        blank = np.zeros((1, FIELD_PX, FIELD_PX, 1), np.float32)
        answers = self.answer(np.concatenate([blank, 1 - blank]))
        sums = answers.sum(axis=1)
        if not (answers >= 0).all() or (np.abs(sums - 1) > ROUNDING).any():  # NaN fails too
            raise ModelError(f"{path} does not answer with probabilities: its last layer must be a softmax.")


def check_shapes(path: Path, inputs: Sequence[Any], answers: Sequence[Any]) -> int:
    """Check a model's shapes, where a free size is no int; returns the number of classes. Raises ModelError."""
    field = (FIELD_PX, FIELD_PX, 1)
    if len(inputs) != 4 or tuple(inputs[1:]) != field:
        raise ModelError(f"{path} takes {_shape_text(inputs)}, not (N, 28, 28, 1): it is no model for digits.")
    if len(answers) != 2 or not isinstance(answers[1], int) or answers[1] < DIGIT_CLASSES:
        raise ModelError(f"{path} answers with {_shape_text(answers)}, not (N, 10 or more): it is no model for digits.")
    if isinstance(inputs[0], int):
        raise ModelError(f"{path} takes {inputs[0]} at a time, no more and no fewer: export it with a free batch size.")
    return answers[1]


def _shape_text(shape: Sequence[Any]) -> str:
    """A shape as text: `(N, 3, 8, 8)`."""
    return f"({', '.join(str(size) if isinstance(size, int) else 'N' for size in shape)})"


@contextmanager
def library(runtime: str, package: str, remedy: str) -> Iterator[None]:
    """Report in one line what to install if a runtime's library can't be imported. Raises ModelError."""
    try:
        yield
    except ImportError as error:
        raise ModelError(
            f"The runtime {runtime} needs the package {package}: {remedy}. ({_first_line(error)})"
        ) from error


@contextmanager
def loading(path: Path, kind: str) -> Iterator[None]:
    """Report in one line what is wrong with a model file. Raises ModelError."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # the runtimes' exceptions share no other base
        raise ModelError(f"{path} is no {kind} model that can be run: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    """The first line of an error's message, without the runtime's own prefixes."""
    line = (str(error).strip().splitlines() or ["unknown error"])[0]
    return line.rsplit(" : ", 1)[-1].rstrip(".") + "."
