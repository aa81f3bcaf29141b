"""The runtimes that answer for a network. Knows arrays and model files, never pages."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError
from models.mnist_format import FIELD_PX

WEIGHTS = Path(__file__).parent / "weights" / "digits.onnx"
MIN_CLASSES = 10


class Classifier(Protocol):
    """Answers for digits in MNIST's format."""

    @property
    def classes(self) -> int:
        """Number of classes: the ten digits, and what the network knows besides ("not a digit")."""

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 28, 28, 1) float32 in [0, 1], ink is 1 -> (N, C) float32 probabilities, rows sum to 1. N = 0 is ordinary."""


class OnnxClassifier:
    """A network in ONNX, run by ONNX Runtime on the CPU."""

    def __init__(self, path: Path, threads: int = 0) -> None:
        """path: a model file. threads: 0 lets the runtime take every core. Raises ModelError."""
        import onnxruntime  # here, not above: the settings and the help text need no runtime

        if not path.is_file():
            raise ModelError(f"There is no model {path}. Leave model.path out to use the one that comes with Numcam.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 4  # what goes wrong comes as an exception: its log line would say it twice
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises kinds of its own, which share no base but this
            raise ModelError(f"{path} is no ONNX model that can be run: {_first_line(error)}") from error
        self._input = self._session.get_inputs()[0]
        output = self._session.get_outputs()[0]
        if list(self._input.shape[1:]) != [FIELD_PX, FIELD_PX, 1]:
            raise ModelError(f"{path} takes {self._input.shape}, not (N, 28, 28, 1): it is no model for digits.")
        if len(output.shape) != 2 or not isinstance(output.shape[1], int) or output.shape[1] < MIN_CLASSES:
            raise ModelError(f"{path} answers with {output.shape}, not (N, 10 or more): it is no model for digits.")
        self._classes: int = output.shape[1]

    @property
    def classes(self) -> int:
        """Number of classes."""
        return self._classes

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 28, 28, 1) float32 -> (N, C) float32 probabilities."""
        if len(inputs) == 0:
            return np.zeros((0, self._classes), np.float32)
        answer: NDArray[np.float32] = self._session.run(None, {self._input.name: inputs})[0]
        return answer


def load_classifier(path: Path | None = None, threads: int = 0) -> Classifier:
    """The classifier of a model file; None is the one that comes with Numcam. Raises ModelError."""
    return OnnxClassifier(path or WEIGHTS, threads)


def _first_line(error: Exception) -> str:
    """The first line of an error's message, without the runtime's own prefixes."""
    line = (str(error).strip().splitlines() or ["unknown error"])[0]
    return line.rsplit(" : ", 1)[-1].rstrip(".") + "."
