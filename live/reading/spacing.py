"""Estimate the widest gap inside a number from the writer's own spacing. Knows gaps in heights, no digits, places or pixels.

Gaps inside numbers and gaps between numbers are two groups. Each is modelled as a normal distribution of unknown mean and
variance over the gaps' logarithms, and the split of a line's gaps with the highest likelihood is taken. Priors fill in what a
page doesn't show; the page's other lines fill in what a line doesn't show.
Source of the formulas: K. Murphy, Conjugate Bayesian analysis of the Gaussian distribution (2007), section 3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

OFFSET = 0.8
"""Added to a gap before its logarithm is taken, since digits may touch or overlap, in `max_gap`s."""
LEAST = -0.25
"""Gaps below this are clipped, in `max_gap`s."""
SPACED = 0.9
"""A line whose gaps are all wider than this may be one number with widely spaced digits, in `max_gap`s."""
EVEN = 1.15
"""A gap on such a line may be this many times the widest gap between its digits and still be inside the number."""
SPACED_SHARE = -3.5
"""Log-prior of a line that is one number with widely spaced digits."""
CLEAR = 0.4
"""Least difference of the two groups' mean logarithms: one gap is half as wide again as the other."""
OWN_WAY = -2.5
"""Log-prior of a line that is spaced unlike the other lines of its page."""
PAGE_COUNTS = 4.0
"""The page's other lines count as this many gaps of the line itself."""
MOST_GAPS = 5000
"""Size of `LOG_GAMMA`; a page has fewer gaps even if all of its pieces are cut."""
LOG_GAMMA = np.array([math.inf, *(math.lgamma(k / 2) for k in range(1, 2 * MOST_GAPS + 100))])
"""Logarithm of the gamma function at k/2."""
SEEN = np.array([6, 2])[:, None, None]
"""Beta prior in half gaps: three gaps inside numbers to one between numbers."""


@dataclass(frozen=True, slots=True)
class GapPrior:
    """Normal-gamma priors of both groups of gaps: (2, L, 1), or (2, 1, 1)."""

    mean: Floats
    """Mean of the logarithms."""
    counts: Floats
    """Weight of the mean, in gaps."""
    halves: Floats
    """Weight of the variance, in gaps: a whole number."""
    squares: Floats
    """Sum of squared deviations of these gaps."""

    def where(self, lines: Flags, other: GapPrior) -> GapPrior:
        """This prior for some lines, the other for the rest. lines: (L,)."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return GapPrior(*(np.where(lines[:, None], a, b) for a, b in pairs))


def gap_prior(*kinds: tuple[float, float, float]) -> GapPrior:
    """The prior of each group, given (gap in `max_gap`s, weight of its mean in gaps, deviation of the logarithm)."""
    gap, counts, width = np.array(kinds).T[..., None, None]
    return GapPrior(np.log(gap + OFFSET), counts, np.full_like(gap, 4.0), 4 * width**2)


GAP_PRIOR = gap_prior((0.26, 0.4, 0.12), (2.6, 0.4, 0.25))  # inside, between
FAR_APART = gap_prior((2.2, 0.15, 0.1))


@dataclass(frozen=True, slots=True)
class Spacing:
    """The gaps of each line, in heights."""

    limits: Floats
    """(L,) gaps below this are inside a number."""
    inside: Floats
    """(L,) a gap_prior gap inside a number."""
    spaced: Flags
    """(L,) whether the line is one number with widely spaced digits."""


def find_spacing(gaps: Floats, max_gap: float, cells: Flags | None = None) -> Spacing:
    """The limits of all lines of a page.

    gaps: (L, M) between neighbouring digits, in heights, at least one a line; nan where a line has fewer than M. max_gap: the
    limit without other evidence, in heights. cells: (L,) lines that are rows of a table, not one widely spaced number.
    """
    logs = np.sort(np.log(np.maximum(gaps / max_gap, LEAST) + OFFSET), axis=1)  # nan go last
    counts = (~np.isnan(logs)).sum(axis=1)
    rows = np.arange(len(logs))
    sums = moments(logs)
    alone, likely = _best(sums, GAP_PRIOR)
    spaced = _find_spaced(logs, counts, sums, likely)
    if cells is not None:
        spaced &= ~cells
    prior = _seen_elsewhere(logs, spaced)
    lower, as_others = _best(sums, prior)
    own_way = likely + OWN_WAY > as_others
    lower = np.where(own_way, alone, lower)
    prior = prior.where(~own_way, GAP_PRIOR)
    low, high = _posterior(sums[:, :, rows, lower][..., None], prior).mean[:, :, 0]
    # any limit between the two gaps splits them: take the middle of the two means, clipped to it
    widest = np.where(lower > 0, logs[rows, lower - 1], -np.inf)
    next_one = np.where(lower < counts, logs[rows, np.minimum(lower, counts - 1)], np.inf)
    limits = np.exp(np.clip((low + high) / 2, widest + 1e-6, next_one)) - OFFSET
    inside = np.exp(low) - OFFSET
    if spaced.any():
        most = np.exp(logs[rows, counts - 1]) - OFFSET
        limits, inside = np.where(spaced, EVEN * most, limits), np.where(spaced, most, inside)
    return Spacing(limits * max_gap, inside * max_gap, spaced)


def moments(logs: Floats) -> Floats:
    """Count, sum and sum of squares of the gaps, if the first 0, 1, ... of each line are inside numbers.

    logs: (L, M) sorted, nan last. Returns (3, 2, L, M + 1): of the gaps inside, and of those between.
    """
    sums = np.zeros((3, 2, len(logs), logs.shape[1] + 1))
    known = ~np.isnan(logs)
    values = np.where(known, logs, 0.0)
    for total, terms in zip(sums[:, 0, :, 1:], (known, values, values**2), strict=True):
        terms.cumsum(axis=1, out=total)
    sums[:, 1] = sums[:, 0, :, -1:] - sums[:, 0]
    return sums


def _find_spaced(logs: Floats, counts: NDArray[np.intp], sums: Floats, likely: Floats) -> Flags:
    """(L,) lines with wide and even gaps, which are likelier one number than many single digits."""
    spaced = (logs[:, 0] > math.log(SPACED + OFFSET)) & (counts > 1)
    if spaced.any():
        as_one = _likelihood(_posterior(sums[:, :1, spaced, -1:], FAR_APART), FAR_APART)[0, :, 0]
        spaced[spaced] = as_one + SPACED_SHARE > likely[spaced]
    return spaced


def _best(sums: Floats, prior: GapPrior) -> tuple[NDArray[np.intp], Floats]:
    """(L,) the best number of gaps inside numbers on each line, and the log-likelihood of all its gaps then."""
    after = _posterior(sums, prior)
    scores = _likelihood(after, prior) + LOG_GAMMA[SEEN + 2 * sums[0].astype(np.intp)]
    unclear = (after.mean[1] - after.mean[0] < CLEAR) & (sums[0] > 0).all(axis=0)
    both = np.where(unclear, -np.inf, scores[0] + scores[1])
    # columns beyond a line's end repeat its last one, and argmax takes the first of equals
    lower = both.argmax(axis=1)
    mixed = LOG_GAMMA[SEEN.sum() + 2 * sums[0, 1, :, 0].astype(np.intp)] + LOG_GAMMA[SEEN].sum() - LOG_GAMMA[SEEN.sum()]
    return lower, both[np.arange(len(both)), lower] - mixed


def _posterior(sums: Floats, prior: GapPrior) -> GapPrior:
    """Posterior after these gaps. sums: (3, 2, L, K)."""
    counts = prior.counts + sums[0]
    total = prior.counts * prior.mean + sums[1]
    mean = total / counts
    squares = sums[2] + (prior.squares + prior.counts * prior.mean**2) - total * mean
    return GapPrior(mean, counts, prior.halves + sums[0], np.maximum(squares, prior.squares))


def _likelihood(after: GapPrior, prior: GapPrior) -> Floats:
    """Log marginal likelihood of the gaps that lead from `prior` to `after`, less a constant per gap."""
    known = (
        0.5 * (prior.halves * np.log(prior.squares / 2) + np.log(prior.counts))
        - LOG_GAMMA[prior.halves.astype(np.intp)]
    )
    width = LOG_GAMMA[after.halves.astype(np.intp)] - 0.5 * after.halves * np.log(after.squares / 2)
    return np.asarray(known + width - 0.5 * np.log(after.counts))


def _seen_elsewhere(logs: Floats, spaced: Flags) -> GapPrior:
    """Prior of each line from the gaps of the page's other lines."""
    page = np.where(spaced[:, None], np.nan, logs)
    flat = np.sort(page[~np.isnan(page)])[None]
    lower = int(_best(moments(flat), GAP_PRIOR)[0][0])
    limit = flat[0, lower - 1] if lower else -np.inf
    kinds = np.stack([page <= limit, page > limit])
    mine = np.where(kinds, page, 0.0)
    own = np.stack([kinds.sum(axis=2), mine.sum(axis=2), (mine**2).sum(axis=2)])[..., None]
    seen = _posterior(own.sum(axis=2, keepdims=True) - own, GAP_PRIOR)
    halves = np.minimum(seen.halves, 2 * PAGE_COUNTS)
    return GapPrior(seen.mean, np.minimum(seen.counts, PAGE_COUNTS), halves, seen.squares * (halves / seen.halves))
