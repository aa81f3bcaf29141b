"""Find pairs of components that may be strokes of one digit. Knows extents along text lines, no pixels or digits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live.reading.regions import Component

Cluster = tuple[int, ...]
GAP = 0.25
"""Widest gap between two strokes of one digit, as a share of the bigger one's size."""


def find_clusters(components: list[Component]) -> list[Cluster]:
    """Pairs of components (by index) that lie above, beside or inside one another like the strokes of one digit.

    Examples are the bar of a 5, the two strokes of a 4, and a digit broken by a faint pen. The classifier decides whether the
    pair is one digit or two.
    """
    if len(components) < 2:
        return []
    extents = np.array([(c.left, c.top, c.right, c.bottom) for c in components], np.float32)
    first, second = _near(extents)
    a, b = extents[first].T, extents[second].T
    wide, other_wide = a[2] - a[0], b[2] - b[0]
    tall, other_tall = a[3] - a[1], b[3] - b[1]
    overlap_x = np.minimum(a[2], b[2]) - np.maximum(a[0], b[0])
    overlap_y = np.minimum(a[3], b[3]) - np.maximum(a[1], b[1])
    union_x = np.maximum(a[2], b[2]) - np.minimum(a[0], b[0])
    union_y = np.maximum(a[3], b[3]) - np.minimum(a[1], b[1])
    size, other_size = np.maximum(wide, tall), np.maximum(other_wide, other_tall)
    bigger = np.maximum(size, other_size)
    lower = np.minimum(tall, other_tall)
    # one above the other with a small gap, or beside it with overlapping columns; together no wider than a digit
    above = (overlap_x > 0.35 * np.minimum(wide, other_wide)) & (overlap_y > -GAP * bigger)
    beside = (overlap_x > -0.12 * bigger) & (overlap_y > 0.3 * lower)
    lesser = lower < 0.75 * np.maximum(tall, other_tall)
    part = np.minimum(size, other_size) > 0.18 * bigger
    slopes = np.array([c.angle for c in components])
    one_line = slopes[first] == slopes[second]
    likely = (above | (beside & lesser)) & part & one_line & (union_x < 1.25 * union_y)
    return list(zip(first[likely].tolist(), second[likely].tolist(), strict=True))


def _near(extents: NDArray[np.float32]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices of all pairs no farther apart than `GAP` of both their sizes."""
    margin = GAP * (extents[:, 2:] - extents[:, :2]).max(axis=1, keepdims=True)
    left, top = (extents[:, :2] - margin).T
    right, bottom = (extents[:, 2:] + margin).T
    touching = (left[:, None] < right) & (left < right[:, None]) & (top[:, None] < bottom) & (top < bottom[:, None])
    first, second = np.nonzero(touching)
    once = first < second
    return first[once], second[once]
