"""Runs of ink down the columns of a mask, as arrays. Knows pixels, nothing of what they make."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]

WORD = 8  # px that are looked at together


@dataclass(frozen=True, eq=False)
class Runs:
    """Ink, column by column: (R,) arrays of int, sorted by column and row."""

    column: Indices
    top: Indices
    bottom: Indices
    """The row after the last."""
    tall: int
    """Rows that a column has, and one more."""

    @property
    def length(self) -> Indices:
        """Px of ink."""
        return self.bottom - self.top

    def beside(self, step: int) -> Indices:
        """(R,) which run of the next column (or of the one before: -1) each touches most; -1 for none."""
        there = (self.column + step) * self.tall
        first = np.searchsorted(self.column * self.tall + self.bottom, there + self.top)
        last = np.searchsorted(self.column * self.tall + self.top, there + self.bottom, side="right") - 1
        ends = np.minimum(np.stack([first, last]), len(self.top) - 1)
        common = np.minimum(self.bottom, self.bottom[ends]) - np.maximum(self.top, self.top[ends])
        return np.where(last < first, -1, np.where(common[0] >= common[1], ends[0], ends[1]))

    def up_to(self, most: int) -> Runs:
        """Those of at most so many px."""
        short = self.length <= most
        return Runs(self.column[short], self.top[short], self.bottom[short], self.tall)

    def drawn(self, chosen: Indices, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Where some of the runs (by index) are, in a picture of that height and width."""
        where = np.zeros(shape, np.bool_)
        length = self.length[chosen]
        steps = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
        where[np.repeat(self.top[chosen], length) + steps, np.repeat(self.column[chosen], length)] = True
        return where


def find_runs(mask: NDArray[np.uint8]) -> Runs:
    """All runs of ink down the columns. mask: (H, W) uint8."""
    height, width = mask.shape
    tall = (height // WORD + 1) * WORD  # columns are laid end to end, with at least a row of paper between them
    columns = np.zeros((width, tall), np.uint8)
    columns[:, :height] = cv2.transpose(mask) if mask.flags.c_contiguous else mask.T
    # most words of eight px are empty: to look at the others alone takes a fifth of the time
    words = np.flatnonzero(columns.view(np.uint64))
    word, byte = np.nonzero(columns.reshape(-1, WORD)[words])
    places = words[word] * WORD + byte
    if not len(places):
        return Runs(places, places, places, tall)
    breaks = np.flatnonzero(np.diff(places) > 1)
    begins, ends = places[np.concatenate([[0], breaks + 1])], places[np.concatenate([breaks, [len(places) - 1]])] + 1
    column, top = np.divmod(begins, tall)
    return Runs(column, top, top + (ends - begins), tall)
