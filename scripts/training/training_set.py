"""Make the training pictures of the network: redrawn digits and non-digits. Knows no network.

Pictures are made in parallel, each part from its own seed, so that the result doesn't depend on the number of processes.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.training.augment import (
    NOT_A_DIGIT,
    PenSettings,
    enlarge,
    field_of,
    joined,
    letter,
    part_of,
    photograph,
    redraw,
    scrawl,
)  # fmt: skip
from scripts.training.datasets import Digits
from scripts.training.strokes import draw_stroke_digit

SPAWN = get_context("spawn")  # a forked copy of a process in which OpenCV has run threads hangs in its first call
PART = 5_000
"""Number of pictures that are made from one seed."""
CLASSES = (*(str(digit) for digit in range(10)), "not a digit")
KINDS = ("digit", "stroke", "piece", "join", "letter", "scrawl")
SHARES = (0.55, 0.14, 0.07, 0.08, 0.08, 0.08)


@dataclass(frozen=True, eq=False)
class Examples:
    """Pictures in MNIST's format with their classes."""

    images: NDArray[np.uint8]
    """(N, 28, 28) uint8, ink is 255."""
    labels: NDArray[np.int64]
    """(N,) 0 to 9, or `NOT_A_DIGIT`."""


def as_input(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(N, 28, 28) uint8 -> (N, 28, 28, 1) float32 in [0, 1], what every network takes."""
    return (images.astype(np.float32) / np.float32(255))[..., None]


def draw_examples(digits: Digits, count: int, seed: int, workers: int) -> Examples:
    """`count` pictures made of `digits`, in random order."""
    parts = [min(PART, count - start) for start in range(0, count, PART)]
    seeds = np.random.SeedSequence(seed).spawn(len(parts))
    with ProcessPoolExecutor(workers, SPAWN, initializer=_begin, initargs=(digits,)) as pool:
        made = list(pool.map(_draw_part, seeds, parts))
    return Examples(np.concatenate([m[0] for m in made]), np.concatenate([m[1] for m in made]))


_digits: Digits  # the worker's copy, sent once: sending it with every part would take longer than drawing


def _begin(digits: Digits) -> None:
    """Set a worker up."""
    global _digits  # noqa: PLW0603 - a worker process has no other place to keep it
    _digits = digits
    cv2.setNumThreads(1)


def _draw_part(seed: np.random.SeedSequence, count: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """`count` pictures and their classes."""
    rng = np.random.default_rng(seed)
    pen = PenSettings()
    images, labels = np.zeros((count, 28, 28), np.uint8), np.zeros(count, np.int64)
    for index in range(count):
        field, label = None, NOT_A_DIGIT
        while field is None:
            kind = KINDS[rng.choice(len(KINDS), p=SHARES)]
            row = int(rng.integers(len(_digits)))
            if kind == "stroke":
                drawing, label = draw_stroke_digit(rng)
            else:
                drawing, label = (
                    _drawing(kind, row, rng, pen),
                    int(_digits.labels[row]) if kind == "digit" else NOT_A_DIGIT,
                )
            field = field_of(photograph(drawing, rng, pen))
        images[index], labels[index] = field, label
    return images, labels


def _drawing(kind: str, row: int, rng: np.random.Generator, pen: PenSettings) -> NDArray[np.float32]:
    """One drawing of a kind, made from the digit in `row`."""
    if kind == "letter":
        return letter(rng)
    if kind == "scrawl":
        return scrawl(rng)
    first = redraw(enlarge(_digits.images[row]), rng, pen)
    if kind == "piece":
        return part_of(first, rng)
    if kind == "join":
        return joined(first, redraw(enlarge(_digits.images[rng.integers(len(_digits))]), rng, pen), rng)
    return first
