"""Compute the slope and overlap of quads and boxes on a page. Knows no number's meaning and no time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Quad = NDArray[np.float32]
"""A quad is (4, 2) float32 corners, px, clockwise from the top left."""
Boxes = NDArray[np.float32]
"""Boxes are (N, 4) float32: left, top, right, bottom, px, in axes rotated by the page's slope."""


def page_slope(quads: Sequence[Quad]) -> float:
    """The mean slope of the quads' upper edges, radians, from -pi/2 to pi/2; 0 without quads.

    A line and the same line upside down have the same slope, so the doubled angles are averaged.
    """
    if not quads:
        return 0.0
    edges = np.stack(quads)[:, 1] - np.stack(quads)[:, 0]
    return float(np.angle(np.exp(2j * np.arctan2(edges[:, 1], edges[:, 0])).sum()) / 2)


def boxes_along(quads: Sequence[Quad], slope: float) -> Boxes:
    """(N, 4) boxes around quads in axes rotated by `slope`, so that the boxes of sloping lines don't overlap."""
    if not quads:
        return np.zeros((0, 4), np.float32)
    cosine, sine = np.cos(slope), np.sin(slope)
    turned = np.stack(quads) @ np.array([[cosine, -sine], [sine, cosine]], np.float32)
    return np.concatenate([turned.min(axis=1), turned.max(axis=1)], axis=1, dtype=np.float32)


def iou(first: Boxes, second: Boxes) -> NDArray[np.float32]:
    """Intersection over union of each of (N, 4) with each of (M, 4): (N, M), 0 to 1."""
    shared, areas, others = _areas(first, second)
    return (shared / np.maximum(areas + others - shared, 1e-6)).astype(np.float32)


def covered(first: Boxes, second: Boxes) -> NDArray[np.float32]:
    """Intersection over the smaller area of each pair: (N, M), 0 to 1."""
    shared, areas, others = _areas(first, second)
    return (shared / np.maximum(np.minimum(areas, others), 1e-6)).astype(np.float32)


def _areas(first: Boxes, second: Boxes) -> tuple[NDArray[np.float32], ...]:
    """Intersection areas (N, M), and the areas of both arguments as (N, 1) and (1, M), px²."""
    sides = []
    for near, far in ((0, 2), (1, 3)):  # one axis at a time: arrays over both axes take several times as long
        high = np.minimum(first[:, None, far], second[None, :, far])
        sides.append(np.maximum(high - np.maximum(first[:, None, near], second[None, :, near]), 0))
    areas, others = (np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (first, second))
    return sides[0] * sides[1], areas[:, None], others[None]
