"""Which pieces of ink may be strokes of one digit. Knows extents along the line, never pixels or digits."""

from __future__ import annotations

import numpy as np

from live.reading.regions import Component

Cluster = tuple[int, ...]


def find_clusters(components: list[Component]) -> list[Cluster]:
    """Pairs of components (by index) that lie over, beside or into one another as the strokes of one digit do.

    The bar of a 5, the two strokes of a 4, a digit that a faint pen broke. Both readings are tried, apart and together;
    the classifier says which is right.
    """
    if len(components) < 2:
        return []
    extents = np.array([(c.left, c.top, c.right, c.bottom) for c in components], np.float32)
    left, top, right, bottom = extents.T
    wide, tall = right - left, bottom - top
    overlap_x = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    overlap_y = np.minimum(bottom[:, None], bottom) - np.maximum(top[:, None], top)
    union_x = np.maximum(right[:, None], right) - np.minimum(left[:, None], left)
    union_y = np.maximum(bottom[:, None], bottom) - np.minimum(top[:, None], top)
    bigger = np.maximum(np.maximum(wide[:, None], wide), np.maximum(tall[:, None], tall))
    # one over the other with a small gap, or one reaching into the other's columns; and together no wider than a digit
    shared = overlap_x / np.minimum(wide[:, None], wide)
    above = (shared > 0.35) & (overlap_y > -0.25 * bigger)
    beside = (overlap_x > -0.12 * bigger) & (overlap_y > 0.3 * np.minimum(tall[:, None], tall))
    size = np.maximum(wide, tall)
    part = np.minimum(size[:, None], size) > 0.18 * np.maximum(size[:, None], size)
    lesser = np.minimum(tall[:, None], tall) < 0.75 * np.maximum(tall[:, None], tall)
    level = np.array([c.angle for c in components])
    likely = (above | (beside & lesser)) & part & (level[:, None] == level) & (union_x < 1.25 * union_y)
    first, second = np.nonzero(np.triu(likely, 1))
    return [(int(a), int(b)) for a, b in zip(first, second, strict=True)]
