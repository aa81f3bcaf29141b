"""Estimates the page's shift between two frames from its numbers; knows no time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from live.core.geometry import Quad

# A pair of numbers is used only if width and height change by less than this share from frame to frame.
SIZE_CHANGE = 0.35
# A page is at most this far from its expected position, in heights of its numbers.
FARTHEST = 3.0
# This is the limit if the only evidence is a single number with a different text.
ALONE = 0.5
# At most this number of pairs of an old and a new number is compared; a page of 100 numbers has 400.
MOST_PAIRS = 4000
# This number of pairs is compared with all others at a time, which limits memory.
AT_ONCE = 256


def page_shift(
    before: Sequence[Quad], now: Sequence[Quad], same: NDArray[np.bool_], expected: NDArray[np.float32]
) -> NDArray[np.float32] | None:
    """The shift (x, y), px, that maps most numbers from their old to their new positions; None if there is no evidence.

    same: (old, new) whether the texts are equal. Every pair of an old and a new number of similar size proposes its shift, if
    that is near `expected` or near zero: with a wrong expectation, a page at rest would otherwise never be found again. The
    shift with the most neighbours wins. A single pair must have equal texts or be near `expected`, because in a blurred frame
    few numbers are read, and often wrongly.
    """
    if not before or not now:
        return None
    old, new = np.stack(before), np.stack(now)
    old_size, new_size = np.ptp(old, axis=1), np.ptp(new, axis=1)
    height = float(np.median(old_size[:, 1]))
    x, y = (new.mean(axis=1)[None, :, k] - old.mean(axis=1)[:, None, k] for k in (0, 1))
    from_expected = np.maximum(np.abs(x - expected[0]), np.abs(y - expected[1]))
    farthest = np.minimum(from_expected, np.maximum(np.abs(x), np.abs(y)))
    first, second = np.nonzero(farthest < FARTHEST * height)  # few pairs of a full page
    change = np.abs(new_size[second] - old_size[first]) / np.maximum(old_size[first], 1)
    proposed = change.max(axis=1) < SIZE_CHANGE
    first, second = first[proposed], second[proposed]
    if len(first) == 0:
        return None
    if len(first) > MOST_PAIRS:  # on a full page, only the smallest shifts are compared
        nearest = np.argpartition(farthest[first, second], MOST_PAIRS)[:MOST_PAIRS]
        first, second = first[nearest], second[nearest]
    candidates = np.stack([x[first, second], y[first, second]], axis=1)
    same = same[first, second]
    reach = max(2.0, 0.12 * height)
    votes = votes_of(candidates, reach)
    away = np.hypot(*(candidates - expected).T)
    # on a tie, the shift nearest to the expected one wins, as paper usually keeps its velocity
    best = np.lexsort((away, -votes))[0]
    if votes[best] == 1 and not same[best] and away[best] > ALONE * height:
        return None
    near = np.abs(candidates - candidates[best]).max(axis=1) < reach
    shift: NDArray[np.float32] = candidates[near].mean(axis=0).astype(np.float32)
    return shift


def votes_of(shifts: NDArray[np.float32], reach: float) -> NDArray[np.intp]:
    """(P,) the number of (P, 2) shifts, px, that are nearer than `reach` to each along both axes, including itself.

    The shifts are sorted along one axis, so that only few must be compared along the other; a full page has millions of pairs.
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
