"""Combines several readings of one number by probabilities and weights; knows no positions and no tracks.

Readings are combined as log-probabilities, digit by digit; the text with the most evidence wins.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES, Digit, Number

# This share of a digit's readings is assumed to be wrong regardless of the network's output: blur, occlusion, bad segmentation.
MISREAD_SHARE = 0.1
# Another text replaces the displayed one if its support is more than this many times as large.
HOLD = 1.5
# The threshold between a digit and a ? has a hysteresis of this share of min(threshold, 1 - threshold), to avoid flicker.
STEADY = 1 / 3


@dataclass(frozen=True, eq=False)
class Hit:
    """One reading of a tracked number."""

    number: Number
    time: float
    evidence: NDArray[np.float32]
    """(digits, C) float32: log-probabilities, smoothed by `MISREAD_SHARE`."""
    moved: NDArray[np.float32]
    """(2,) float32, px: the track's total shift at that time."""
    weight: float
    """Weight, 0 to 1: the confidence per digit, without the signs, times the trust in the frame."""
    support: float
    """Evidence for its digits: negative natural logarithm of the probability that it is wrong."""
    expected_text: str = ""
    """The digits that an expected format makes of it; "" where it fits none."""
    expected_support: float = 0.0
    """Evidence for those digits."""


def hit_of(
    number: Number, time: float, moved: NDArray[np.float32], trust: float, expected: Number | None = None
) -> Hit:
    """Make a hit of a reading. trust: that in the frame, 0 to 1. expected: what an expected format makes of it, if it fits."""
    sure = sureness(number.digits)
    hit = Hit(number, time, evidence_of(number.digits), moved, trust * sure, trust * proof(sure))
    if expected is None:
        return hit
    return replace(hit, expected_text=expected.digit_text, expected_support=trust * proof(sureness(expected.digits)))


def sureness(digits: Sequence[Digit]) -> float:
    """Confidence per digit, 0 to 1: otherwise a long number would have less weight than a part of it. Signs have votes."""
    return math.prod(digit.confidence for digit in digits) ** (1 / len(digits))


def proof(sure: float) -> float:
    """Evidence of a reading with this confidence per digit: negative natural logarithm of the probability that it is wrong."""
    return -math.log(1 - (1 - MISREAD_SHARE / 2) * sure)


def evidence_of(digits: Iterable[Digit]) -> NDArray[np.float32]:
    """(digits, C) float32: smoothed log-probabilities of one reading."""
    probabilities = np.array([digit.probabilities for digit in digits])  # np.stack takes three times as long
    even = MISREAD_SHARE / probabilities.shape[1]
    evidence: NDArray[np.float32] = np.log((1 - MISREAD_SHARE) * probabilities + even).astype(np.float32)
    return evidence


def combined(evidence: Sequence[NDArray[np.float32]], weights: Sequence[float]) -> NDArray[np.float32]:
    """(digits, C) float32 probabilities from several readings of equal length; rows sum to 1.

    This is the weighted mean of the logarithms, not their sum, because the errors of a page's frames are correlated. Identical
    readings yield the same probabilities.
    """
    counts = np.array(weights) + 1e-6
    rows = np.array(evidence)
    mean = (counts @ rows.reshape(len(rows), -1)).reshape(rows.shape[1:]) / counts.sum()
    shares = np.exp(mean)  # none is small, by MISREAD_SHARE
    shares /= shares.sum(axis=1, keepdims=True)
    certain = np.maximum(shares - MISREAD_SHARE / shares.shape[1], 0)
    return (certain / certain.sum(axis=1, keepdims=True)).astype(np.float32)


def probabilities_of(hits: Sequence[Hit]) -> NDArray[np.float32]:
    """(digits, C) float32: the combined probabilities of readings of equal length."""
    return combined([hit.evidence for hit in hits], [hit.weight for hit in hits])


def text_of(probabilities: NDArray[np.float32]) -> str:
    """The most probable digit of each row."""
    return "".join(map(str, probabilities[:, :DIGIT_CLASSES].argmax(axis=1).tolist()))


def doubtful_places(
    rows: NDArray[np.float32], text: str, before: Sequence[int] | None, below: float
) -> tuple[int, ...]:
    """Indices of the digits of `text` with a certainty under `below`. rows: probabilities of all readings of that length.

    before: the indices that were doubtful until now; None for a number that was not shown yet. The hysteresis `STEADY` avoids
    flicker.
    """
    sums = rows[:, :DIGIT_CLASSES].sum(axis=1).tolist()
    told = [row[int(digit)] for row, digit in zip(rows.tolist(), text, strict=True)]
    step = 0.0 if before is None else STEADY * min(below, 1 - below)
    return tuple(
        k
        for k, (own, whole) in enumerate(zip(told, sums, strict=True))
        if own / max(whole, 1e-9) < below + (step if k in (before or ()) else -step)
    )


def believed(hits: Sequence[Hit]) -> list[Hit]:
    """The hits with the number of digits of the largest total weight, on a tie the newest. Oldest first, never empty."""
    if len({len(hit.number.digits) for hit in hits}) == 1:
        return list(hits)
    weight: dict[int, float] = {}
    for hit in reversed(hits):
        length = len(hit.number.digits)
        weight[length] = weight.get(length, 0.0) + hit.weight
    length = max(weight, key=weight.__getitem__)
    return [hit for hit in hits if len(hit.number.digits) == length]


def support(hits: Sequence[Hit], text: str) -> float:
    """Evidence for the digits `text`: negative natural logarithm of the probability that all their readings are wrong."""
    return sum(hit.support for hit in hits if hit.number.digit_text == text)


def expected_support(hits: Sequence[Hit], text: str) -> float:
    """As `support`, for digits that an expected format makes of the readings."""
    return sum(hit.expected_support for hit in hits if hit.expected_text == text)


def agreement(hits: Sequence[Hit], shown: str, *, keeps: bool = False) -> tuple[list[Hit], NDArray[np.float32]]:
    """The hits that the result is based on, oldest first, never empty, and their combined (digits, C) probabilities.

    shown: the displayed digits, or "". They are kept until another text has more than `HOLD` times its support. keeps: keep it
    regardless of the support. Signs don't matter.
    """
    agreeing = believed(hits)
    rows = probabilities_of(agreeing)
    text = text_of(rows) if shown else ""
    if text != shown and (keeps or support(hits, text) <= HOLD * support(hits, shown)):
        as_shown = [hit for hit in hits if hit.number.digit_text == shown]
        if as_shown:
            return as_shown, probabilities_of(as_shown)
    return agreeing, rows
