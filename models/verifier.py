"""Run the verifier, the network that tells handwritten numbers from all else. Knows arrays and its model file, no pages."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.classifier import onnx_session
from models.errors import ModelError
from models.runtime import loading
from models.verifier_format import FEATURES, TALL_PX, WIDE_PX

VERIFIER_WEIGHTS = Path(__file__).parent / "weights" / "verifier.onnx"
AT_ONCE = 32
"""Largest batch, windows: more of them leave the processor's cache."""


class Kind(IntEnum):
    """What a group is."""

    NUMBER = 0
    """A number, written by hand."""
    PRINTED = 1
    """A printed number."""
    OTHER = 2
    """Letters, words, lines, textures, things."""


class Verifier:
    """The verifier in ONNX, run by ONNX Runtime on the CPU."""

    def __init__(self, path: Path | None = None, threads: int = 0) -> None:
        """path: a model file; None is the one that comes with Numcam. threads: 0 means every core. Raises ModelError."""
        path = path or VERIFIER_WEIGHTS
        if not path.is_file():
            raise ModelError(f"There is no model {path}. Make it with python -m scripts.train_verifier.")
        with loading(path, "ONNX"):
            self._session = onnx_session(path, threads)
            self._names = [each.name for each in self._session.get_inputs()]
            blank = np.zeros((1, TALL_PX, WIDE_PX, 2), np.float32), np.zeros((1, FEATURES), np.float32)
            if self(*blank).shape != (1, len(Kind)):
                raise ModelError(f"{path} does not tell {len(Kind)} kinds apart: it is no verifier.")

    def __call__(self, windows: NDArray[np.float32], features: NDArray[np.float32]) -> NDArray[np.float32]:
        """(N, 48, 144, 2) float32 and (N, 7) float32 -> (N, 3) float32 probabilities of `Kind`."""
        parts = [
            self._session.run(
                None, dict(zip(self._names, (windows[k : k + AT_ONCE], features[k : k + AT_ONCE]), strict=True))
            )[0]
            for k in range(0, len(windows), AT_ONCE)
        ]
        return np.concatenate([*parts, np.zeros((0, len(Kind)), np.float32)])
