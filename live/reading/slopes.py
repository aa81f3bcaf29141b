"""Find the slopes of a page's text lines. Knows boxes of ink and their positions, no pixels or digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.settings import RegionSettings

Floats = NDArray[np.float32]

SLACK_DEG = 5.0
"""Votes are counted this far beyond the steepest slope, since neighbours' middles are not exactly on a line, degrees."""
LEVEL_DEG = 1.0
"""Slopes below this are taken as level, since turning a region costs time and blurs it, degrees."""
ALIKE_DEG = 6.0
"""Votes within this of a slope are votes for it, degrees."""
OTHER_DEG = 8.0
"""A text line with a slope of its own differs from the page's slope by at least this, degrees."""
MOST_VOTERS = 300
"""Most pieces that vote: the tallest."""
MOST_SLOPES = 6
"""Most slopes of one page."""
LEAST_PIECES = 3
"""Fewer pieces than this have no slope of their own."""
AGREED = 0.3
"""Least share of all votes for the page's slope."""
AGREED_APART = 0.1
"""Least share of the votes among pieces that may have a slope of their own for that slope."""
STANDS_OUT = 0.45
"""Pieces may have a slope of their own if less than this share of their and their neighbours' votes is for the page's slope."""
OWN = 0.35
"""Least share of the votes of such a piece and its neighbours for its own slope."""
TIMES = 4.0
"""That share is also at least this many times the share for the page's slope: most such pieces are words."""


@dataclass(frozen=True, eq=False)
class _Votes:
    """Directions from pieces to their neighbours: (P,) arrays."""

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    angles: Floats
    """Radians."""
    weights: Floats

    def among(self, pieces: NDArray[np.bool_]) -> _Votes:
        """Votes among some pieces. pieces: (count,) mask."""
        kept = pieces[self.first] & pieces[self.second]
        return _Votes(self.first[kept], self.second[kept], self.angles[kept], self.weights[kept])

    def are_for(self, angle: float) -> NDArray[np.bool_]:
        """(P,) whether each vote is for a slope."""
        return np.asarray(np.abs(self.angles - angle) < np.radians(ALIKE_DEG))

    def count_for(self, angle: float, count: int) -> Floats:
        """(count,) weight of each piece's votes for a slope."""
        weights = self.weights * self.are_for(angle)
        return np.asarray(
            np.bincount(self.first, weights, count) + np.bincount(self.second, weights, count), np.float32
        )

    def beside(self, pieces: NDArray[np.bool_], angle: float) -> NDArray[np.bool_]:
        """(count,) pieces that lie next to some pieces (by a mask) along a slope."""
        are_for, beside = self.are_for(angle), np.zeros_like(pieces)
        beside[self.first[are_for & pieces[self.second]]] = True
        beside[self.second[are_for & pieces[self.first]]] = True
        return beside

    def share_for(self, angle: float, count: int) -> Floats:
        """(count,) share of the votes of each piece and its neighbours that is for a slope."""
        both = np.concatenate([self.first, self.second])
        other = np.concatenate([self.second, self.first])
        weights = np.tile(self.weights, 2)
        is_for = np.tile(self.are_for(angle), 2)
        sums = []
        for votes in (weights * is_for, weights):
            own = np.bincount(both, votes, count)
            sums.append(own + np.bincount(both, own[other], count))
        return np.asarray(sums[0] / np.maximum(sums[1], 1e-6), np.float32)


def text_line_angles(
    contours: Sequence[NDArray[np.int32]], settings: RegionSettings
) -> tuple[float, NDArray[np.float64]]:
    """The page's main slope, and (N,) the slope of each piece's text line; radians, positive where the line falls to the right.

    Each piece votes with the directions to neighbours of similar size, and the direction with most votes wins. Fewer than
    three pieces, and votes that disagree, are taken as level.
    """
    boxes, voters = _voters(contours, settings)
    votes = every = _votes(boxes[voters], settings)
    main = _agreed(votes, settings, AGREED) or 0.0
    slopes = np.full(len(boxes), main)
    own = np.full(len(voters), main)
    by_page, for_page = votes.share_for(main, len(voters)), votes.count_for(main, len(voters))
    apart = by_page < STANDS_OUT
    for _ in range(MOST_SLOPES - 1):
        if apart.sum() < LEAST_PIECES:
            break
        votes = votes.among(apart)
        angle = _agreed(votes, settings, AGREED_APART)
        if angle is None or abs(angle - main) < np.radians(OTHER_DEG):
            break
        share = votes.share_for(angle, len(voters))
        found = apart & (share > OWN) & (share > TIMES * by_page)
        if found.sum() < LEAST_PIECES:
            break
        closer = _agreed(votes.among(found), settings, AGREED_APART)
        angle = angle if closer is None else closer
        # a line's end may lie near a line of the page's slope
        found |= (own == main) & every.beside(found, angle) & (every.count_for(angle, len(voters)) > for_page)
        own[found] = angle
        apart &= ~found
    if (own != main).any():
        # pieces without a vote, such as the bar of a 5, take the slope of the nearest voter
        middle = boxes[:, :2] + boxes[:, 2:] / 2
        away = np.abs(middle[:, None] - middle[None, voters]).sum(axis=2)
        slopes = own[away.argmin(axis=1)]
        slopes[voters] = own
    return main, slopes


def _voters(contours: Sequence[NDArray[np.int32]], settings: RegionSettings) -> tuple[Floats, NDArray[np.intp]]:
    """All boxes (N, 4), and the indices of those that may be digits; the tallest if there are many."""
    boxes = np.array([cv2.boundingRect(contour) for contour in contours], np.float32).reshape(-1, 4)
    wide, tall = boxes[:, 2], boxes[:, 3]
    voters = np.flatnonzero((tall >= settings.min_height_px) & (wide < 2.5 * tall) & (tall < 12 * wide))
    if len(voters) > MOST_VOTERS:
        voters = voters[np.argsort(-tall[voters])[:MOST_VOTERS]]
    return boxes, voters


def _votes(boxes: Floats, settings: RegionSettings) -> _Votes:
    """The directions between neighbours of similar size."""
    center = boxes[:, :2] + boxes[:, 2:] / 2
    height = boxes[:, 3]
    dx = center[None, :, 0] - center[:, None, 0]
    dy = center[None, :, 1] - center[:, None, 1]
    tall = np.maximum(height[None, :], height[:, None])
    alike = np.minimum(height[None, :], height[:, None]) > 0.5 * tall
    steepest = np.tan(np.radians(settings.max_slope_deg + SLACK_DEG))
    # boxes of sloping writing are taller than its digits, and nearer to each other
    near = alike & (dx > 0.25 * tall) & (dx < 3.5 * tall) & (np.abs(dy) <= dx * steepest)
    first, second = np.nonzero(near)
    dx, dy, tall = dx[near], dy[near], tall[near]
    # near pairs weigh more, since a far neighbour may be on the next line
    return _Votes(first, second, np.arctan2(dy, dx), tall / np.hypot(dx, dy) * np.sqrt(tall))


def _agreed(votes: _Votes, settings: RegionSettings, least: float) -> float | None:
    """The slope with most votes, radians, 0 where it is nearly level; None where the votes disagree."""
    if len(votes.angles) < 2:
        return None
    limit = settings.max_slope_deg + SLACK_DEG
    bins = np.radians(np.linspace(-limit, limit, 2 * round(limit) + 1))
    counts, _ = np.histogram(votes.angles, bins=bins, weights=votes.weights)
    counts = np.convolve(counts, [1, 3, 5, 7, 5, 3, 1], mode="same")
    peak = (bins[counts.argmax()] + bins[counts.argmax() + 1]) / 2
    close = np.abs(votes.angles - peak) < np.radians(ALIKE_DEG)
    if votes.weights[close].sum() < least * votes.weights.sum():
        return None
    angle = float(np.average(votes.angles[close], weights=votes.weights[close]))
    if abs(angle) > np.radians(limit - SLACK_DEG / 2):
        return None
    return angle if abs(angle) > np.radians(LEVEL_DEG) else 0.0
