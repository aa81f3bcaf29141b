"""Run-length encode a mask down its columns. Knows pixels, no shapes."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]

WORD = 8
"""Pixels that are compared at once, one 64-bit word."""


@dataclass(frozen=True, eq=False)
class Runs:
    """Vertical runs of ink: (R,) arrays of int, sorted by column and row."""

    column: Indices
    top: Indices
    bottom: Indices
    """The row after the last."""
    tall: int
    """Rows of a column, plus one."""

    @property
    def length(self) -> Indices:
        """Length of each run, px."""
        return self.bottom - self.top

    def beside(self, step: int) -> Indices:
        """(R,) the run of the next column (step 1) or the previous one (step -1) that each touches most; -1 for none."""
        there = (self.column + step) * self.tall
        first = np.searchsorted(self.column * self.tall + self.bottom, there + self.top)
        last = np.searchsorted(self.column * self.tall + self.top, there + self.bottom, side="right") - 1
        ends = np.minimum(np.stack([first, last]), len(self.top) - 1)
        common = np.minimum(self.bottom, self.bottom[ends]) - np.maximum(self.top, self.top[ends])
        return np.where(last < first, -1, np.where(common[0] >= common[1], ends[0], ends[1]))

    def up_to(self, most: int) -> Runs:
        """The runs of at most this length, px."""
        short = self.length <= most
        return Runs(self.column[short], self.top[short], self.bottom[short], self.tall)

    def drawn(self, chosen: Indices, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """(H, W) mask of some of the runs (by index). shape: height and width, px."""
        where = np.zeros(shape, np.bool_)
        length = self.length[chosen]
        steps = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        where[np.repeat(self.top[chosen], length) + steps, np.repeat(self.column[chosen], length)] = True
        return where


def find_runs(mask: NDArray[np.uint8]) -> Runs:
    """All runs of ink down the columns. mask: (H, W) uint8."""
    height, width = mask.shape
    # the columns are concatenated, each with a row of paper before and after it
    tall = ((height + 1) // WORD + 1) * WORD
    columns = np.zeros((width, tall), np.uint8)
    columns[:, 1 : height + 1] = cv2.transpose(mask) if mask.flags.c_contiguous else mask.T
    flat = columns.reshape(-1)
    changes = np.zeros_like(flat)  # marks the row before each run, and its last row
    np.bitwise_xor(flat[1:], flat[:-1], out=changes[:-1])
    # most words have no change: examining only the others takes a fifth of the time
    words = np.flatnonzero(changes.view(np.uint64))
    word, byte = np.nonzero(changes.reshape(-1, WORD)[words])
    places = words[word] * WORD + byte  # the row of paper above each column offsets this by one
    begins, ends = places[0::2], places[1::2]
    column, top = np.divmod(begins, tall)
    return Runs(column, top, top + (ends - begins), tall)
