"""Read the pen trajectories of UCI's "Pen-Based Recognition of Handwritten Digits". Knows their UNIPEN text, no picture."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scripts.training.datasets import DataError

Stroke = NDArray[np.float32]
"""(K, 2) x to the right, y down; the digit is 1 tall, its top left corner is 0, 0."""
URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"


class PenDigit(NamedTuple):
    """One digit as a pen wrote it."""

    label: int
    writer: int
    strokes: tuple[Stroke, ...]


def load_pendigits(path: Path) -> list[PenDigit]:
    """The digits of a file such as `pendigits-orig.tra.gz`. Raises DataError where it can't be read."""
    try:
        packed = path.read_bytes()
        text = (gzip.decompress(packed) if path.suffix == ".gz" else packed).decode("ascii")
        digits = list(_digits(text.splitlines()))
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path} can't be read as pen trajectories: {error}. They are at {URL}.") from error
    if not digits:
        raise DataError(f"{path} holds no pen trajectories. They are at {URL}.")
    return digits


def _digits(lines: list[str]) -> Iterator[PenDigit]:
    """Each digit of the text."""
    label, writer = -1, -1
    strokes: list[list[tuple[float, float]]] = []
    for line in lines:
        words = line.split()
        if not words:
            continue
        if words[0] == ".SEGMENT":
            if strokes:
                yield PenDigit(label, writer, _normal(strokes))
            label, strokes = int(words[-1].strip('"')), []
        elif words[0] == ".COMMENT" and len(words) == 4 and strokes == [] and words[1].isdigit():
            writer = int(words[2])
        elif words[0] == ".PEN_DOWN":
            strokes.append([])
        elif not words[0].startswith(".") and strokes:
            strokes[-1].append((float(words[0]), float(words[1])))
    if strokes:
        yield PenDigit(label, writer, _normal(strokes))


def _normal(strokes: list[list[tuple[float, float]]]) -> tuple[Stroke, ...]:
    """Strokes of a digit that is 1 tall, y down."""
    arrays = [np.array(stroke, np.float32) * np.array((1, -1), np.float32) for stroke in strokes if stroke]
    points = np.concatenate(arrays)
    corner = points.min(axis=0)
    tall = max(float(points[:, 1].max() - corner[1]), 0.3 * float(points[:, 0].max() - corner[0]), 1.0)
    return tuple(((array - corner) / tall).astype(np.float32) for array in arrays)
