"""Ask the verifier whether groups are numbers. Knows groups and darkness, no rule about pages.

It sees each group in its surroundings: a letter stands among letters, a piece of a line goes on, a number stands by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from live.reading.budget import VERIFICATION_COST, Budget
from live.reading.cuts import Extent
from live.reading.grouping import Group
from live.reading.ink import Ink
from live.reading.line_pieces import ONE
from models.verifier import Kind
from models.verifier_format import (
    FEATURES,
    GROUP_TALL_PX,
    GROUP_WIDE_PX,
    OWN_DARKNESS,
    TALL_PX,
    WIDE_PX,
    group_features,
    stack_windows,
)

SURE_DIGITS, SURE = 3, 0.99
"""A group of at least this many digits of this confidence is a number: 0.1 % of others pass, of 15,414 on drawn pictures."""
LIKELY_DIGITS, LIKELY = 2, 0.9
"""So many digits of this confidence are likely a number: 4 % of others pass."""
SAMPLE = 12
"""About so many likely numbers of a page are asked about; the others only where one of these is suspicious."""
SUSPICIOUS = 0.3
"""Probability of something else from which a likely number is suspicious."""
AMONG_WORDS = 0.3
"""Share of words and the like among the groups of a page from which its printed numbers are print, and not reported."""
UNSURE_SHARE, FEW = 0.8, 4
"""Unsure digits for each sure one, and unsure digits at least, from which a page is blurred; sharp pages have up to
0.55 (docs/decisions/0008)."""
MANY, MOSTLY = 60, 3
"""Digits of a page, and 1s among them for each other digit, from which it is grain; no page of numbers has as many."""
PRIOR = 4.0
"""Numbers and others that every page is taken to have beside what is found, so that a few groups don't decide for one another."""
ROUNDS = 10
"""Rounds of the estimate; it has settled long before."""
Verifies = Callable[[NDArray[np.float32], NDArray[np.float32]], NDArray[np.float32]]
"""(N, 48, 144, 2) windows, (N, 7) features -> (N, 3) probabilities of `models.verifier.Kind`."""


def number_chances(
    groups: Sequence[Group], words: int, ink: Ink, verify: Verifies, budget: Budget
) -> list[float | None]:
    """The probability that each group of digits is a number to report; None where that is out of question.

    words: how many groups of the page are words. ink: with ruled lines. What the budget doesn't last for is a number where its
    digits are sure and most of what was asked about is one; elsewhere it is left out, with 0.
    """
    likely = [k for k, group in enumerate(groups) if SURE > surely(group) >= LIKELY]
    # the longest come first: a long number is seldom chance
    unsure = sorted(
        (k for k, group in enumerate(groups) if surely(group) < LIKELY), key=lambda k: -len(groups[k].digits)
    )
    sample = likely[:: 1 + len(likely) // SAMPLE]
    asked = [*sample, *unsure][: int(budget.remaining / VERIFICATION_COST)]
    kinds = _asked(asked, groups, (ink, verify), budget)
    wanted = unsure
    if any(k not in kinds or kinds[k][Kind.OTHER] >= SUSPICIOUS for k in sample):
        wanted = [*likely, *unsure]
        rest = [k for k in likely if k not in kinds][: int(budget.remaining / VERIFICATION_COST)]
        kinds |= _asked(rest, groups, (ink, verify), budget)
    unasked = [k for k in wanted if k not in kinds]
    known = len(groups) - len(unasked)
    # a page without words may hold printed numbers alone, such as a sudoku
    others = words + sum(kind[Kind.OTHER] for kind in kinds.values())
    printed = 0.0 if others > AMONG_WORDS * (known + words) else 1.0
    alone = [kind[Kind.NUMBER] + printed * kind[Kind.PRINTED] for kind in kinds.values()]
    # what needed no question is a number
    chances = dict(zip(kinds, with_company(alone, known - len(kinds)), strict=True))
    if is_blurred(groups):
        chances = {k: chance * confidence(groups[k]) for k, chance in chances.items()}
    if is_grain(groups):
        chances = {k: 0.0 if is_strokes(groups[k]) else chance for k, chance in chances.items()}
    of_numbers = len(kinds) >= min(SAMPLE, len(wanted)) and sum(chances.values()) >= len(chances) / 2
    left_out = {k for k in unasked if not of_numbers or min_confidence(groups[k]) < LIKELY}
    budget.leave_out(sum(len(groups[k].digits) for k in left_out))
    return [0.0 if k in left_out else chances.get(k) for k in range(len(groups))]


def with_company(alone: Sequence[float], numbers: int) -> list[float]:
    """The probabilities, given how many of a page's groups are numbers, which they tell themselves. numbers: further ones.

    The share of numbers is estimated by expectation and maximisation. Source: Saerens, Latinne and Decaestecker, "Adjusting the
    outputs of a classifier to new a priori probabilities", 2002.
    """
    odds = np.array(alone) / np.maximum(1 - np.array(alone), 1e-6)
    chances = np.array(alone)
    for _ in range(ROUNDS):
        share = (chances.sum() + numbers + PRIOR) / (len(chances) + numbers + 2 * PRIOR)
        adjusted = odds * share / (1 - share)
        chances = adjusted / (1 + adjusted)
    return chances.tolist()


def surely(group: Group) -> float:
    """How sure the digit network is of a number, 0 to 1: the confidence of its least sure digit.

    0 where there are no two digits other than 1: a 1 is no evidence, since any stroke is one.
    """
    least = min_confidence(group)
    if sum(digit.label != ONE for digit in group.digits) < LIKELY_DIGITS:
        return 0.0
    return least if len(group.digits) >= SURE_DIGITS else min(least, LIKELY)


def is_blurred(groups: Sequence[Group]) -> bool:
    """Whether so many digits of a page are unsure that a number on it is likely another one, as in a frame of a moving page."""
    confidences = [digit.confidence for group in groups for digit in group.digits]
    unsure = sum(confidence < LIKELY for confidence in confidences)
    return unsure >= max(FEW, UNSURE_SHARE * (len(confidences) - unsure))


def is_grain(groups: Sequence[Group]) -> bool:
    """Whether a page is full of 1s, as wood grain and hatching are, and no page of numbers."""
    ones = [digit.label == ONE for group in groups for digit in group.digits]
    return len(ones) >= MANY and sum(ones) >= MOSTLY * (len(ones) - sum(ones))


def is_strokes(group: Group) -> bool:
    """Whether a group has nothing but 1s."""
    return all(digit.label == ONE for digit in group.digits)


def confidence(group: Group) -> float:
    """Probability that all of its digits are right."""
    return math.prod(digit.confidence for digit in group.digits)


def min_confidence(group: Group) -> float:
    """Confidence of its least sure digit."""
    return min(digit.confidence for digit in group.digits)


def _asked(
    asked: Sequence[int], groups: Sequence[Group], asking: tuple[Ink, Verifies], budget: Budget
) -> dict[int, list[float]]:
    """The probabilities of `models.verifier.Kind` for some of the groups, by their indices."""
    budget.spend(VERIFICATION_COST * len(asked))
    kinds = kinds_of([groups[k] for k in asked], *asking)
    return dict(zip(asked, kinds.tolist(), strict=True))


def kinds_of(groups: Sequence[Group], ink: Ink, verify: Verifies) -> NDArray[np.float32]:
    """(N, 3) probabilities of `models.verifier.Kind` for groups with digits. ink: with ruled lines."""
    seen = [window_of(group.extent, group.angle, ink) for group in groups]
    features = [group_features(np.stack([digit.probabilities for digit in group.digits])) for group in groups]
    windows = stack_windows([window for window, _ in seen], [wide for _, wide in seen])
    return verify(windows, np.array(features, np.float32).reshape(-1, FEATURES))


def window_of(extent: Extent, angle: float, ink: Ink) -> tuple[NDArray[np.uint8], int]:
    """The surroundings of a group, level, and the group's width in them, px.

    extent: px of the turned frame. angle: slope of its line, radians. Returns (48, 144) uint8, 0 is paper.
    """
    left, top, right, bottom = extent
    wide, tall = max(right - left, 1.0), max(bottom - top, 1.0)
    scale_y = GROUP_TALL_PX / tall
    scale_x = min(scale_y, GROUP_WIDE_PX / wide)
    beside, above = (WIDE_PX / scale_x - wide) / 2, (TALL_PX / scale_y - tall) / 2
    turn = math.cos(angle), math.sin(angle)
    around = left - beside, top - above, right + beside, bottom + above
    columns, rows = _inside(around, turn, ink.darkness.shape, 2)
    dark = ink.darkness[rows, columns]
    shrink = min(max(scale_x, scale_y), 1.0)
    size = max(1, round(dark.shape[1] * shrink)), max(1, round(dark.shape[0] * shrink))
    shrunk = size[0] / dark.shape[1], size[1] / dark.shape[0]
    if shrink < 1:
        dark = cv2.resize(dark, size, interpolation=cv2.INTER_AREA)
    # from px of the window to px of the shrunk part of the frame
    x, y = _turned_back(around[0], around[1], turn)
    matrix = np.array([
        [shrunk[0] * turn[0] / scale_x, -shrunk[0] * turn[1] / scale_y, shrunk[0] * (x - columns.start)],
        [shrunk[1] * turn[1] / scale_x, shrunk[1] * turn[0] / scale_y, shrunk[1] * (y - rows.start)],
    ])  # fmt: skip
    window = cv2.warpAffine(dark, matrix, (WIDE_PX, TALL_PX), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    columns, rows = _inside(extent, turn, ink.darkness.shape, 0)
    own = max(float(cv2.mean(ink.darkness[rows, columns], ink.mask[rows, columns])[0]), 1.0)
    return cv2.convertScaleAbs(window, alpha=OWN_DARKNESS / own), round(wide * scale_x)


def _turned_back(x: float, y: float, turn: tuple[float, float]) -> tuple[float, float]:
    """Px of the turned frame -> px of the frame. turn: cosine and sine of the slope. `regions.back` is slow for one point."""
    return x * turn[0] - y * turn[1], x * turn[1] + y * turn[0]


def _inside(extent: Extent, turn: tuple[float, float], shape: tuple[int, ...], more: int) -> tuple[slice, slice]:
    """Columns and rows around an extent, so many px wider, inside the frame; at least one px."""
    left, top, right, bottom = extent
    corners = [_turned_back(x, y, turn) for x in (left, right) for y in (top, bottom)]
    slices = []
    for side, places in zip((shape[1], shape[0]), zip(*corners, strict=True), strict=True):
        low = min(max(math.floor(min(places)) - more, 0), side - 1)
        slices.append(slice(low, min(max(math.ceil(max(places)) + max(more, 1), low + 1), side)))
    return slices[0], slices[1]
