"""How wide a gap inside a number is, by the writer's own spacing. Knows gaps in heights, no digits, places or pixels.

Gaps are of two kinds, inside numbers and between them. Of all limits that part a line's gaps into a lower and an upper group,
the one under which they are likeliest is taken: two normal distributions of unknown mean and width over the gaps' logarithms.
What is usual stands in for what a page doesn't show, and the page for what a line doesn't show.
Source of the formulas: K. Murphy, Conjugate Bayesian analysis of the Gaussian distribution (2007), section 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

OFFSET = 0.8  # added to a gap before its logarithm is taken: digits may touch or overlap. This and the next two in `max_gap`s
LEAST = -0.25  # what overlaps more is taken as this
SPACED = 0.9  # gaps from which on a line may be one number whose digits stand far apart
EVEN = 1.15  # in such a line, a gap to what is no digit that is no wider than so many of the others belongs to it too
SPACED_SHARE = -3.5  # logarithm of how seldom such lines are
CLEAR = 0.4  # least difference of the two kinds' mean logarithms: half as wide again
OWN_WAY = -2.5  # and of how seldom a line is written unlike the others of its page
PAGE_COUNTS = 4.0  # gaps of its own that a line needs to count for as much as its page
MOST_GAPS = 5000  # more than a page has, all of whose pieces are cut as often as may be
LOG_GAMMA = np.array([math.inf, *(math.lgamma(k / 2) for k in range(1, 2 * MOST_GAPS + 100))])  # of k/2
SEEN = np.array([6, 2])[:, None, None]  # three gaps inside numbers to one between two, in half gaps: a beta prior


@dataclass(frozen=True, slots=True)
class Usual:
    """What is believed of both kinds of gap before a line is looked at, normal-gamma priors: (2, L, 1), or (2, 1, 1)."""

    mean: Floats
    """Of the logarithms."""
    counts: Floats
    """How many gaps the mean is worth."""
    halves: Floats
    """How many gaps the width is worth: a whole number."""
    squares: Floats
    """Sum of squares of these gaps around their mean."""

    def where(self, lines: Flags, other: Usual) -> Usual:
        """This for some lines, the other for the rest. lines: (L,)."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return Usual(*(np.where(lines[:, None], a, b) for a, b in pairs))


def usual(*kinds: tuple[float, float, float]) -> Usual:
    """Of each kind: its gap in `max_gap`s, how many gaps that is worth, and the width (of the logarithm), worth four."""
    gap, counts, width = np.array(kinds).T[..., None, None]
    return Usual(np.log(gap + OFFSET), counts, np.full_like(gap, 4.0), 4 * width**2)


USUAL = usual((0.26, 0.4, 0.12), (2.6, 0.4, 0.25))  # inside, between
FAR_APART = usual((2.2, 0.15, 0.1))


@dataclass(frozen=True, slots=True)
class Spacing:
    """How wide the gaps of each line are, in heights."""

    limits: Floats
    """(L,) what is narrower is inside a number."""
    inside: Floats
    """(L,) a usual gap inside a number."""
    spaced: Flags
    """(L,) whether the line is one number whose digits stand far apart."""


def find_spacing(gaps: Floats, max_gap: float, cells: Flags | None = None) -> Spacing:
    """The limits of all lines of a page.

    gaps: (L, M) between neighbouring digits, in heights, at least one a line; nan where a line has fewer than M. max_gap: where
    the limit lies if nothing is known, heights. cells: (L,) lines that are no number of digits that stand far apart.
    """
    logs = np.sort(np.log(np.maximum(gaps / max_gap, LEAST) + OFFSET), axis=1)  # nan go last
    counts = (~np.isnan(logs)).sum(axis=1)
    rows = np.arange(len(logs))
    sums = moments(logs)
    alone, likely = _best(sums, USUAL)
    spaced = _find_spaced(logs, counts, sums, likely)
    if cells is not None:
        spaced &= ~cells
    prior = _seen_elsewhere(logs, spaced)
    lower, as_others = _best(sums, prior)
    own_way = likely + OWN_WAY > as_others
    lower = np.where(own_way, alone, lower)
    prior = prior.where(~own_way, USUAL)
    low, high = _posterior(sums[:, :, rows, lower][..., None], prior).mean[:, :, 0]
    # anywhere between the two gaps would do: the middle of the two groups, where it lies there
    widest = np.where(lower > 0, logs[rows, lower - 1], -np.inf)
    next_one = np.where(lower < counts, logs[rows, np.minimum(lower, counts - 1)], np.inf)
    limits = np.exp(np.clip((low + high) / 2, widest + 1e-6, next_one)) - OFFSET
    inside = np.exp(low) - OFFSET
    if spaced.any():
        most = np.exp(logs[rows, counts - 1]) - OFFSET
        limits, inside = np.where(spaced, EVEN * most, limits), np.where(spaced, most, inside)
    return Spacing(limits * max_gap, inside * max_gap, spaced)


def moments(logs: Floats) -> Floats:
    """How many there are, their sum and that of their squares, if the first 0, 1, ... of each line are inside numbers.

    logs: (L, M) sorted, nan last. Returns (3, 2, L, M + 1): of what is inside, and of what is between.
    """
    sums = np.zeros((3, 2, len(logs), logs.shape[1] + 1))
    known = ~np.isnan(logs)
    values = np.where(known, logs, 0.0)
    for total, terms in zip(sums[:, 0, :, 1:], (known, values, values**2), strict=True):
        terms.cumsum(axis=1, out=total)
    sums[:, 1] = sums[:, 0, :, -1:] - sums[:, 0]
    return sums


def _find_spaced(logs: Floats, counts: NDArray[np.intp], sums: Floats, likely: Floats) -> Flags:
    """(L,) lines all of whose gaps are wide, and so even that they are likelier one number than many of a digit each."""
    spaced = (logs[:, 0] > math.log(SPACED + OFFSET)) & (counts > 1)
    if spaced.any():
        as_one = _likelihood(_posterior(sums[:, :1, spaced, -1:], FAR_APART), FAR_APART)[0, :, 0]
        spaced[spaced] = as_one + SPACED_SHARE > likely[spaced]
    return spaced


def _best(sums: Floats, prior: Usual) -> tuple[NDArray[np.intp], Floats]:
    """(L,) how many of each line's gaps are inside numbers, and the logarithm of how likely all its gaps are then."""
    after = _posterior(sums, prior)
    scores = _likelihood(after, prior) + LOG_GAMMA[SEEN + 2 * sums[0].astype(np.intp)]
    unclear = (after.mean[1] - after.mean[0] < CLEAR) & (sums[0] > 0).all(axis=0)
    both = np.where(unclear, -np.inf, scores[0] + scores[1])
    # columns beyond a line's end repeat its last one, and the first of equals is taken
    lower = both.argmax(axis=1)
    mixed = LOG_GAMMA[SEEN.sum() + 2 * sums[0, 1, :, 0].astype(np.intp)] + LOG_GAMMA[SEEN].sum() - LOG_GAMMA[SEEN.sum()]
    return lower, both[np.arange(len(both)), lower] - mixed


def _posterior(sums: Floats, prior: Usual) -> Usual:
    """What is believed once these gaps were seen. sums: (3, 2, L, K)."""
    counts = prior.counts + sums[0]
    total = prior.counts * prior.mean + sums[1]
    mean = total / counts
    squares = sums[2] + (prior.squares + prior.counts * prior.mean**2) - total * mean
    return Usual(mean, counts, prior.halves + sums[0], np.maximum(squares, prior.squares))


def _likelihood(after: Usual, prior: Usual) -> Floats:
    """How likely the gaps are that made `after` of `prior`, whatever their mean and width: logarithm, less a constant a gap."""
    known = (
        0.5 * (prior.halves * np.log(prior.squares / 2) + np.log(prior.counts))
        - LOG_GAMMA[prior.halves.astype(np.intp)]
    )
    width = LOG_GAMMA[after.halves.astype(np.intp)] - 0.5 * after.halves * np.log(after.squares / 2)
    return np.asarray(known + width - 0.5 * np.log(after.counts))


def _seen_elsewhere(logs: Floats, spaced: Flags) -> Usual:
    """What is believed of each line's gaps by those of the page's other lines."""
    page = np.where(spaced[:, None], np.nan, logs)
    flat = np.sort(page[~np.isnan(page)])[None]
    lower = int(_best(moments(flat), USUAL)[0][0])
    limit = flat[0, lower - 1] if lower else -np.inf
    kinds = np.stack([page <= limit, page > limit])
    mine = np.where(kinds, page, 0.0)
    own = np.stack([kinds.sum(axis=2), mine.sum(axis=2), (mine**2).sum(axis=2)])[..., None]
    seen = _posterior(own.sum(axis=2, keepdims=True) - own, USUAL)
    halves = np.minimum(seen.halves, 2 * PAGE_COUNTS)
    return Usual(seen.mean, np.minimum(seen.counts, PAGE_COUNTS), halves, seen.squares * (halves / seen.halves))
