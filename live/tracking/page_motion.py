"""Where quads are along their page's lines, how they overlap, how the page moved. Knows no numbers' meaning, no time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Quad = NDArray[np.float32]
"""(4, 2) float32 corners, px, clockwise from the top left."""
Boxes = NDArray[np.float32]
"""(N, 4) float32: left, top, right, bottom, px, in axes turned by the page's slope."""

# what a number's width and height may change by from frame to frame, as a share, to tell of the page's motion
SIZE_CHANGE = 0.35
# the farthest that a page is from where it was expected, in heights of its numbers
FARTHEST = 3.0
# and the farthest where one number alone, and another than before, tells of it
ALONE = 0.5
# pairs of an old and a new number whose shifts are compared: a page of 100 numbers has 400
MOST_PAIRS = 4000
# of which so many are compared with the others together, for memory
AT_ONCE = 256


def page_slope(quads: Sequence[Quad]) -> float:
    """The slope of the lines, radians, in a quarter turn to either side; 0 where there are none. From the quads' upper edges.

    A line and the same on its head have one slope: the mean is taken of twice the angles.
    """
    if not quads:
        return 0.0
    edges = np.stack(quads)[:, 1] - np.stack(quads)[:, 0]
    return float(np.angle(np.exp(2j * np.arctan2(edges[:, 1], edges[:, 0])).sum()) / 2)


def boxes_along(quads: Sequence[Quad], slope: float) -> Boxes:
    """(N, 4) boxes around quads in axes turned by `slope`: there, sloping lines lie apart as they do on paper."""
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
    """Shared part of the smaller of each pair: (N, M), 0 to 1."""
    shared, areas, others = _areas(first, second)
    return (shared / np.maximum(np.minimum(areas, others), 1e-6)).astype(np.float32)


def _areas(first: Boxes, second: Boxes) -> tuple[NDArray[np.float32], ...]:
    """Shared areas (N, M), and the areas of both sides as (N, 1) and (1, M), px²."""
    sides = []
    for near, far in ((0, 2), (1, 3)):  # axis by axis: arrays of pairs of pairs take several times as long
        high = np.minimum(first[:, None, far], second[None, :, far])
        sides.append(np.maximum(high - np.maximum(first[:, None, near], second[None, :, near]), 0))
    areas, others = (np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) for boxes in (first, second))
    return sides[0] * sides[1], areas[:, None], others[None]


def page_shift(
    before: Sequence[Quad], now: Sequence[Quad], same: NDArray[np.bool_], expected: NDArray[np.float32]
) -> NDArray[np.float32] | None:
    """The shift (x, y), px, that brings most numbers from where they were to where they are; None: nothing tells.

    same: (old, new) which of them have the same text. Every pair of an old and a new number of about the same size proposes its
    shift, if it is near to the one `expected`, or to none at all: what was expected may be wrong, and then a page that lies still
    would never be found again. The shift with most others near it wins. One pair alone must have the same text, or tell about
    what was expected: under blur hardly a number is read, and that one wrongly.
    """
    if not before or not now:
        return None
    old, new = np.stack(before), np.stack(now)
    old_size, new_size = np.ptp(old, axis=1), np.ptp(new, axis=1)
    height = float(np.median(old_size[:, 1]))
    wide, tall = (
        (np.abs(new_size[None, :, k] - old_size[:, None, k]) / np.maximum(old_size[:, None, k], 1)) for k in (0, 1)
    )
    x, y = (new.mean(axis=1)[None, :, k] - old.mean(axis=1)[:, None, k] for k in (0, 1))
    from_expected = np.maximum(np.abs(x - expected[0]), np.abs(y - expected[1]))
    farthest = np.minimum(from_expected, np.maximum(np.abs(x), np.abs(y)))
    proposed = (np.maximum(wide, tall) < SIZE_CHANGE) & (farthest < FARTHEST * height)
    shifts = np.stack([x, y], axis=2)
    candidates = shifts[proposed]
    if len(candidates) == 0:
        return None
    if len(candidates) > MOST_PAIRS:  # numbers all over the page: a page hardly moves between two frames
        nearest = np.argpartition(farthest[proposed], MOST_PAIRS)[:MOST_PAIRS]
        candidates, same = candidates[nearest], same[proposed][nearest]
    else:
        same = same[proposed]
    reach = max(2.0, 0.12 * height)
    votes = votes_of(candidates, reach)
    away = np.hypot(*(candidates - expected).T)
    # of equals the one nearest to what was expected: paper goes on as it moved before more often than not
    best = np.lexsort((away, -votes))[0]
    if votes[best] == 1 and not same[best] and away[best] > ALONE * height:
        return None
    near = np.abs(candidates - candidates[best]).max(axis=1) < reach
    shift: NDArray[np.float32] = candidates[near].mean(axis=0).astype(np.float32)
    return shift


def votes_of(shifts: NDArray[np.float32], reach: float) -> NDArray[np.intp]:
    """(P,) how many of (P, 2) shifts, px, lie nearer than `reach` to each, along both axes; each is near to itself.

    Sorted along one axis only few need to be compared along the other: of all pairs together there are millions on a full page.
    """
    order = np.argsort(shifts[:, 0], kind="stable")
    x, y = shifts[order].T
    first = np.searchsorted(x, x - 1.001 * reach)
    count = np.searchsorted(x, x + 1.001 * reach, side="right") - first
    votes = np.zeros(len(x), np.intp)
    for begin in range(0, len(x), AT_ONCE):
        some = slice(begin, begin + AT_ONCE)
        own = np.repeat(np.arange(len(x))[some], count[some])
        other = np.arange(len(own)) - np.repeat(np.cumsum(count[some]) - count[some], count[some])
        other += np.repeat(first[some], count[some])
        near = (np.abs(x[own] - x[other]) < reach) & (np.abs(y[own] - y[other]) < reach)
        votes[order] += np.bincount(own[near], minlength=len(x))
    return votes
