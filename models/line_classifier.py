"""Run the line network, which reads a whole number at once. Knows arrays and its model file, no pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.classifier import onnx_session
from models.errors import ModelError
from models.line_format import FIELD_TALL_PX, LEAST_WIDE_PX, columns_of, stack_lines
from models.mnist_format import DIGIT_CLASSES
from models.runtime import loading

LINE_WEIGHTS = Path(__file__).parent / "weights" / "lines.onnx"
NO_NUMBER = DIGIT_CLASSES
"""Class of a picture that is no number: a word, a piece of a number, a blot."""
BLANK = NO_NUMBER + 1
AT_ONCE = 12
"""Largest batch, pictures of similar width; in a batch each costs as much as the widest."""
SEEN_BESIDE_PX = 18
"""Padding to the right of a picture, px: the receptive field of its last columns, so that more changes nothing."""
SIGNS = BLANK + 1
"""The ten digits, `NO_NUMBER` and the blank."""


class LineClassifier:
    """The line network in ONNX, run by ONNX Runtime on the CPU."""

    def __init__(self, path: Path | None = None, threads: int = 0) -> None:
        """path: a model file; None is the one that comes with Numcam. threads: 0 means every core. Raises ModelError."""
        path = path or LINE_WEIGHTS
        if not path.is_file():
            raise ModelError(f"There is no model {path}. Make it with python -m scripts.train_lines.")
        with loading(path, "ONNX"):
            self._session = onnx_session(path, threads)
            self._input = self._session.get_inputs()[0]
            if self._input.shape[1:2] != [FIELD_TALL_PX]:
                raise ModelError(
                    f"{path} takes {self._input.shape}, not (N, {FIELD_TALL_PX}, W, 1): it reads no lines."
                )
            blank = self([np.zeros((FIELD_TALL_PX, LEAST_WIDE_PX), np.uint8)])[0]
            if blank.shape[1:] != (SIGNS,) or (np.abs(np.exp(blank).sum(axis=1) - 1) > 0.01).any():
                raise ModelError(f"{path} does not answer with probabilities of {SIGNS} signs: it reads no lines.")

    def __call__(self, pictures: Sequence[NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        """(32, w) uint8 each, 255 is ink -> for each (T, 12) float32 log-probabilities of its T columns."""
        widest = max((picture.shape[1] for picture in pictures), default=0)
        order = sorted(range(len(pictures)), key=lambda k: pictures[k].shape[1])
        found: dict[int, NDArray[np.float32]] = {}
        for first in range(0, len(order), AT_ONCE):
            some = order[first : first + AT_ONCE]
            batch = stack_lines([pictures[k] for k in some], min(widest, pictures[some[-1]].shape[1] + SEEN_BESIDE_PX))
            answers = self._session.run(None, {self._input.name: batch})[0]
            found |= {k: answer[: columns_of(pictures[k])] for k, answer in zip(some, answers, strict=True)}
        return [found[k] for k in range(len(pictures))]
