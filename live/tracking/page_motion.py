"""How the page moved from one frame to the next, by the numbers on it. Knows no numbers' meaning and no time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from live.core.geometry import Quad

# what a number's width and height may change by from frame to frame, as a share, to tell of the page's motion
SIZE_CHANGE = 0.35
# the farthest that a page is from where it was expected, in heights of its numbers
FARTHEST = 3.0
# and the farthest where a single number with another text is the only evidence
ALONE = 0.5
# pairs of an old and a new number whose shifts are compared: a page of 100 numbers has 400
MOST_PAIRS = 4000
# pairs compared with all others at a time; bounds memory
AT_ONCE = 256


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
