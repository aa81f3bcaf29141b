"""What several readings of one number say together. Knows probabilities and weights, no places, no tracks.

Readings add up as log-probabilities, digit by digit; the text that most speaks for is believed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES, Digit, Number

# share of all readings of one digit that may be wrong whatever the network says: blur, a hand in front, a bad cut
MISREAD_SHARE = 0.1
# another text replaces the one on the screen once it has this many times its support
HOLD = 1.5
# a ? on the screen becomes a digit once it is more certain than the limit by this share of what the limit leaves to doubt, and a
# digit becomes a ? once it is less certain by as much
STEADY = 1 / 3


@dataclass(frozen=True, eq=False)
class Hit:
    """One reading of a tracked number."""

    number: Number
    time: float
    evidence: NDArray[np.float32]
    """(digits, C) float32: logarithms of the probabilities, with `MISREAD_SHARE` allowed for."""
    moved: NDArray[np.float32]
    """(2,) float32, px: how far the track had moved until then."""
    weight: float
    """What it counts for, 0 to 1: how sure each digit was, and how far the frame is to be trusted."""
    support: float
    """How much less it lets one doubt its text: natural logarithm of the chance that it is wrong, sign changed."""


def hit_of(number: Number, time: float, moved: NDArray[np.float32], trust: float) -> Hit:
    """A reading. trust: in the frame, 0 to 1."""
    # per digit: a long number would otherwise seem doubtful beside a part of itself
    sure = number.confidence ** (1 / len(number.digits))
    doubt = 1 - (1 - MISREAD_SHARE / 2) * sure
    return Hit(number, time, evidence_of(number.digits), moved, trust * sure, -trust * math.log(doubt))


def evidence_of(digits: Iterable[Digit]) -> NDArray[np.float32]:
    """(digits, C) float32: what one reading says for each class of each digit, as logarithms."""
    probabilities = np.stack([digit.probabilities for digit in digits])
    even = MISREAD_SHARE / probabilities.shape[1]
    evidence: NDArray[np.float32] = np.log((1 - MISREAD_SHARE) * probabilities + even).astype(np.float32)
    return evidence


def combined(evidence: Sequence[NDArray[np.float32]], weights: Sequence[float]) -> NDArray[np.float32]:
    """(digits, C) float32 probabilities out of several readings with as many digits; rows sum to 1.

    The mean of the logarithms, not their sum: frames of one page share their mistakes, so twenty of them are no twenty
    witnesses. Readings that all say the same come out as they went in; what is to be trusted less counts less.
    """
    counts = np.array(weights) + 1e-6
    rows = np.array(evidence)
    mean = (counts @ rows.reshape(len(rows), -1)).reshape(rows.shape[1:]) / counts.sum()
    shares = np.exp(mean - mean.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    certain = np.maximum(shares - MISREAD_SHARE / shares.shape[1], 0)
    return (certain / certain.sum(axis=1, keepdims=True)).astype(np.float32)


def probabilities_of(hits: Sequence[Hit]) -> NDArray[np.float32]:
    """(digits, C) float32: what readings with as many digits say together."""
    return combined([hit.evidence for hit in hits], [hit.weight for hit in hits])


def text_of(probabilities: NDArray[np.float32]) -> str:
    """The likeliest digit of each row."""
    return "".join(map(str, probabilities[:, :DIGIT_CLASSES].argmax(axis=1)))


def doubtful_places(
    rows: NDArray[np.float32], text: str, before: Sequence[int] | None, below: float
) -> tuple[int, ...]:
    """Places of the digits of `text` that are less certain than `below` by `rows`, what all readings with as many digits say.

    before: the places that were doubtful until now, None for a number that was not shown yet. What was seen stays so until it
    is clearly otherwise, so that nothing flickers.
    """
    digits = rows[:, :DIGIT_CLASSES]
    certainty = digits[range(len(text)), list(map(int, text))] / np.maximum(digits.sum(axis=1), 1e-9)
    step = 0.0 if before is None else STEADY * min(below, 1 - below)
    return tuple(k for k, sure in enumerate(certainty) if sure < below + (step if k in (before or ()) else -step))


def believed(hits: Sequence[Hit]) -> list[Hit]:
    """The hits with the number of digits that is believed most; of equals the newest. Oldest first, never empty."""
    weight: dict[int, float] = {}
    for hit in reversed(hits):
        length = len(hit.number.digits)
        weight[length] = weight.get(length, 0.0) + hit.weight
    length = max(weight, key=weight.__getitem__)
    return [hit for hit in hits if len(hit.number.digits) == length]


def support(hits: Sequence[Hit], text: str) -> float:
    """How much speaks for a text: natural logarithm of the chance that all readings of it are wrong, sign changed."""
    return sum(hit.support for hit in hits if hit.number.text == text)


def agreement(hits: Sequence[Hit], shown: str, *, keeps: bool = False) -> tuple[list[Hit], NDArray[np.float32]]:
    """The hits that what is believed is made of, oldest first, never empty, and the (digits, C) probabilities that they come to.

    shown: the text that stands on the screen, or nothing. It stays until `HOLD` times as much speaks for another. keeps: it
    stays however much speaks for another.
    """
    agreeing = believed(hits)
    rows = probabilities_of(agreeing)
    text = text_of(rows)
    if shown and text != shown and (keeps or support(hits, text) <= HOLD * support(hits, shown)):
        as_shown = [hit for hit in hits if hit.number.text == shown]
        if as_shown:
            return as_shown, probabilities_of(as_shown)
    return agreeing, rows
