"""What every runtime of a network has in common: it is tried before it is trusted, and errs in one line. Knows no library."""

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

AT_ONCE = 256  # digits: more at once take no less time each, and 0.14 MB of memory each
ROUNDING = 0.05  # how far from 1 a row may sum where each of eleven answers was rounded to 8 bits


class Runtime(ABC):
    """What the runtimes share: a model is tried once before it is trusted, and no digits are no work."""

    classes: int

    @abstractmethod
    def answer(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 28, 28, 1) float32, N >= 1 -> (N, C) float32, as the network answers."""

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 28, 28, 1) float32 -> (N, C) float32 probabilities; those of an 8-bit model sum to 1 again."""
        if len(inputs) == 0:
            return np.zeros((0, self.classes), np.float32)
        parts = [self.answer(inputs[first : first + AT_ONCE]) for first in range(0, len(inputs), AT_ONCE)]
        answers = np.concatenate(parts)
        whole: NDArray[np.float32] = answers / np.maximum(answers.sum(axis=1, keepdims=True), np.float32(1e-6))
        return whole

    def try_out(self, path: Path) -> None:
        """Ask about an empty field and a full one. Raises ModelError where the answers are no probabilities."""
        blank = np.zeros((1, FIELD_PX, FIELD_PX, 1), np.float32)
        answers = self.answer(np.concatenate([blank, 1 - blank]))
        sums = answers.sum(axis=1)
        if not (answers >= 0).all() or (np.abs(sums - 1) > ROUNDING).any():  # what is not a number fails too
            raise ModelError(f"{path} does not answer with probabilities: its last layer must be a softmax.")


def check_shapes(path: Path, inputs: Sequence[Any], answers: Sequence[Any]) -> int:
    """The number of classes of a model with these shapes; a size that is free is no int. Raises ModelError."""
    field = (FIELD_PX, FIELD_PX, 1)
    if len(inputs) != 4 or tuple(inputs[1:]) != field:
        raise ModelError(f"{path} takes {_told(inputs)}, not (N, 28, 28, 1): it is no model for digits.")
    if len(answers) != 2 or not isinstance(answers[1], int) or answers[1] < DIGIT_CLASSES:
        raise ModelError(f"{path} answers with {_told(answers)}, not (N, 10 or more): it is no model for digits.")
    if isinstance(inputs[0], int):
        raise ModelError(f"{path} takes {inputs[0]} at a time, no more and no fewer: export it with a free batch size.")
    return answers[1]


def _told(shape: Sequence[Any]) -> str:
    """A shape for people: `(N, 3, 8, 8)`."""
    return f"({', '.join(str(size) if isinstance(size, int) else 'N' for size in shape)})"


@contextmanager
def library(runtime: str, package: str, remedy: str) -> Iterator[None]:
    """Tell in one line what to install where a runtime's library can't be imported. Raises ModelError."""
    try:
        yield
    except ImportError as error:
        raise ModelError(
            f"The runtime {runtime} needs the package {package}: {remedy}. ({_first_line(error)})"
        ) from error


@contextmanager
def loading(path: Path, kind: str) -> Iterator[None]:
    """Tell in one line what is wrong with a model file. Raises ModelError."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:  # each runtime raises kinds of its own, which share no base but this
        raise ModelError(f"{path} is no {kind} model that can be run: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    """The first line of an error's message, without the runtime's own prefixes."""
    line = (str(error).strip().splitlines() or ["unknown error"])[0]
    return line.rsplit(" : ", 1)[-1].rstrip(".") + "."
