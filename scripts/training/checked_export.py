"""Write a Keras model in another format atomically, after comparing its answers with Keras. Knows no command line."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import ModelError
from models.percent import percent
from models.quiet import quiet_stderr
from scripts.training.exporting import FORMATS, Format, Inputs

CHECKED = 1_000
"""Number of digits on which the written file is compared with Keras."""
LARGEST_DIFFERENCE = 1e-4
SURE = 0.9
SAME_WHEN_SURE = 0.995
NEARLY_FULL = 1_000_000
"""A failed write counts as a full disk where fewer bytes than this are free."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Digits with Keras's answers."""

    inputs: Inputs
    expected: NDArray[np.float32]
    """(N, C) float32 probabilities."""
    calibration: Inputs
    """Other digits, to calibrate the 8-bit formats; may be empty for other formats."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One written file, and its agreement with Keras."""

    path: Path
    size: int
    """Bytes."""
    difference: float
    """Largest difference of any probability."""
    same: float
    """Share of digits with the same answer, 0 to 1."""


def export(model: Any, form: Format, path: Path, digits: Comparison) -> Exported:
    """Write `model` to `path` atomically. An earlier file there is replaced.

    Raises ModelError where it can't be written, can't be loaded back, or disagrees with Keras.
    """
    check_place(path, form)
    try:
        with tempfile.TemporaryDirectory(prefix=".exporting-", dir=path.parent) as folder, quiet_stderr():
            new = Path(folder) / path.name
            form.write(model, new, digits.calibration)
            exported = judge(form, new, path, digits)
            if path.is_dir():
                path.rename(Path(folder) / "earlier")  # a folder can't be replaced atomically
            new.replace(path)
            return exported
    except ModelError:
        raise
    except Exception as error:  # HDF5, TensorFlow and ONNX raise various exceptions where a disk is full
        raise ModelError(f"{path} can't be written: {_reason(error, path.parent)}. Try another --output.") from error


def check_place(path: Path, form: Format) -> None:
    """Raise ModelError where `path` is something else than such a model."""
    is_ours = (path / "saved_model.pb").is_file() if form.ending == "_saved_model" else not path.is_dir()
    if path.exists() and not is_ours:
        raise ModelError(f"{path} is something else, and was left as it is. Move it away, or give another --name.")


def judge(form: Format, new: Path, path: Path, digits: Comparison) -> Exported:
    """Compare the file `new`, which will become `path`, with Keras. Raises ModelError where it disagrees."""
    try:
        answers = form.load(new)(digits.inputs)
    except ModelError as error:
        raise ModelError(f"Not written: {str(error).replace(str(new), str(path))}") from error
    if answers.shape != digits.expected.shape:
        raise ModelError(f"{path} was not written: it answers with {answers.shape[1:]}, unlike Keras.")
    same = answers.argmax(axis=1) == digits.expected.argmax(axis=1)
    difference = float(np.abs(answers - digits.expected).max())
    sure = digits.expected.max(axis=1) >= SURE
    if form.eight_bit:
        is_right = same[sure].sum() >= SAME_WHEN_SURE * sure.sum()
    else:
        is_right = difference <= LARGEST_DIFFERENCE and same.all()
    if not is_right:
        raise ModelError(
            f"{path} was not written: it differs from Keras by up to {difference:.1e}, and gives the same answer to "
            f"{percent(float(same.mean()), 2, counted=True)} of the digits only."
        )
    return Exported(path, _size(new), difference, float(same.mean()))


def export_onnx(model: Any, path: Path, inputs: Inputs) -> float:
    """Write `model` to `path` atomically; returns the largest difference from Keras on `inputs`.

    Raises ModelError where it can't be written, or the written file disagrees with Keras.
    """
    return export(model, FORMATS["onnx"], path, compared(model, inputs, inputs[:0])).difference


def compared(model: Any, inputs: Inputs, calibration: Inputs) -> Comparison:
    """A comparison with Keras's answers to `inputs`."""
    return Comparison(inputs, model.predict(inputs, batch_size=1024, verbose=0), calibration)


def _reason(error: Exception, folder: Path) -> str:
    """Why a file couldn't be written, for people."""
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)  # HDF5's messages also hold memory addresses
    if folder.is_dir() and shutil.disk_usage(folder).free < NEARLY_FULL:
        return os.strerror(errno.ENOSPC)
    line = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return re.sub(r"^\{\{.*; | \[Op:\w+\]$", "", line).rstrip(
        "."
    )  # TensorFlow's messages also name the node and the operation


def _size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    return sum(part.stat().st_size for part in [path, *path.rglob("*")] if part.is_file())
