"""Serve the line network its pictures, batch by batch, bent anew each time. Knows arrays and seeds, no network.

What is in a batch follows from the seed, the epoch and the batch's number alone. Pictures of like width stand in one batch, so
that little of it is empty paper.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from models.line_classifier import NO_NUMBER
from models.line_format import FIELD_TALL_PX, LEAST_WIDE_PX, MOST_WIDE_PX, stack_lines
from scripts.training.harvest_lines import LineExample

BATCH = 64
PADDING = -1
"""Fills up the rows of shorter texts."""
DOUBLED = 0.25  # share of numbers to which another is joined, so close that they touch
JOINT_PX = (-5, 4)  # what is between them
BLANK_END_PX = 4  # paper at the end of each picture
WIDEN, HEIGHTEN = 0.18, 0.05  # largest change, and standard deviation of the change, as logarithms
LEAN, SLOPE, RISE_PX = 0.12, 0.02, 1.0  # standard deviations
HEAVIER = 0.25  # share with another pen
BLURRED, NOISY, PALE = 0.35, 0.3, 0.2  # shares


class LineBatches:
    """Every picture once an epoch, each time it is gone through."""

    def __init__(self, examples: list[LineExample], seed: int, epoch: int = 0, *, bend: bool = True) -> None:
        """epoch: the first one to serve, from 0; bend: whether they are changed each time, and come in any order."""
        self._examples = examples
        self._wide = np.array([example.picture.shape[1] for example in examples], np.float64)
        self._numbers = np.flatnonzero([bool(example.text) for example in examples])
        self._seed, self._epoch, self._bend = seed, epoch, bend
        self._plan()

    def _plan(self) -> None:
        """Which number is joined to which picture (-1: none), and the rows of each batch of this epoch."""
        rng = np.random.default_rng([self._seed, self._epoch])
        self._joined = np.full(len(self._wide), -1)
        order = np.argsort(self._wide, kind="stable")
        if self._bend:
            doubled = self._numbers[rng.random(len(self._numbers)) < DOUBLED]
            others = rng.choice(self._numbers, len(doubled))
            fits = self._wide[doubled] + self._wide[others] <= MOST_WIDE_PX
            self._joined[doubled[fits]] = others[fits]
            wide = self._wide + np.where(self._joined >= 0, self._wide[self._joined], 0)
            order = np.argsort(wide + rng.uniform(0, 30, len(wide)), kind="stable")
        self._groups = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        if self._bend:
            self._groups = [self._groups[k] for k in rng.permutation(len(self._groups))]

    def __len__(self) -> int:
        return math.ceil(len(self._examples) / BATCH)

    def __iter__(self) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int32]]]:
        """The batches of this epoch; what follows is of the next."""
        for index in range(len(self)):
            yield self[index]
        self._epoch += 1
        self._plan()

    def __getitem__(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """(N, 32, W, 1) float32 in [0, 1] and (N, L) int32 signs, `PADDING` behind the shorter ones."""
        rng = np.random.default_rng([self._seed, self._epoch, index])
        chosen = [self._example(row, rng) for row in self._groups[index].tolist()]
        return stack_lines([picture for picture, _ in chosen]), signs_of([text for _, text in chosen])

    def _example(self, row: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], str]:
        """A picture and its text, bent, and joined to another where that is planned."""
        picture, text = self._examples[row].picture, self._examples[row].text
        if self._joined[row] >= 0:
            other = self._examples[self._joined[row]]
            picture, text = side_by_side(picture, other.picture, int(rng.integers(*JOINT_PX))), text + other.text
        return (bent(picture, rng) if self._bend else picture), text


def signs_of(texts: list[str]) -> NDArray[np.int32]:
    """(N, L) int32: each text's digits, or the sign for what is no number."""
    signs = np.full((len(texts), max(1, *map(len, texts))), PADDING, np.int32)
    for row, text in zip(signs, texts, strict=True):
        row[: max(1, len(text))] = [int(digit) for digit in text] or [NO_NUMBER]
    return signs


def side_by_side(left: NDArray[np.uint8], right: NDArray[np.uint8], between: int) -> NDArray[np.uint8]:
    """Two pictures as one, with so many px between their ink; below 0 it overlaps."""
    start = left.shape[1] - 2 * BLANK_END_PX + between
    both = np.zeros((FIELD_TALL_PX, max(start + right.shape[1], left.shape[1])), np.uint8)
    both[:, : left.shape[1]] = left
    place = both[:, max(start, 0) : max(start, 0) + right.shape[1]]
    np.maximum(place, right[:, : place.shape[1]], out=place)
    return both


def bent(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """A picture wider or narrower, leaning, higher or lower, in another pen, blurred, noisy, pale."""
    tall, wide = picture.shape
    width = min(max(round(wide * math.exp(rng.uniform(-WIDEN, WIDEN))), LEAST_WIDE_PX), MOST_WIDE_PX)
    lean, slope, height = rng.normal(0, LEAN), rng.normal(0, SLOPE), math.exp(rng.normal(0, HEIGHTEN))
    middle = tall / 2
    matrix = np.array(
        [
            [width / wide, lean, -middle * lean],
            [slope, height, middle * (1 - height) + rng.normal(0, RISE_PX) - slope * wide / 2],
        ],
        np.float32,
    )
    seen = cv2.warpAffine(picture, matrix, (width, tall), flags=cv2.INTER_LINEAR)
    if rng.random() < HEAVIER:
        window = np.ones((2, 2) if rng.random() < 0.6 else (3, 3), np.uint8)
        other = cv2.dilate(seen, window) if rng.random() < 0.6 else cv2.erode(seen, window)
        share = rng.uniform(0.3, 1)
        seen = cv2.addWeighted(seen, 1 - share, other, share, 0)
    if rng.random() < BLURRED:
        seen = cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.3, 1.3))
    if rng.random() < NOISY:
        noisy = seen + rng.normal(0, 255 * rng.uniform(0, 0.1), seen.shape)
        seen = np.clip(noisy, 0, 255).astype(np.uint8)
    if rng.random() < PALE:
        seen = cv2.convertScaleAbs(seen, alpha=rng.uniform(0.6, 1))
    return np.asarray(seen, np.uint8)
