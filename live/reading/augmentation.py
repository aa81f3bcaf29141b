"""Test-time augmentation of the doubtful digits of numbers. Knows groups and their inputs, no pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from live.core.records import Digit
from live.reading.decoding import Candidate
from live.reading.grouping import Group, is_word
from models.classifier import Classifier
from models.test_time_augmentation import SURE, predict_augmented

MOST = 32
"""Most doubtful digits of a page; a page with more is blurred, or no writing."""


def augment_doubtful(groups: list[Group], inputs: NDArray[np.float32], classifier: Classifier) -> list[Group]:
    """The groups, with the doubtful digits of numbers averaged over several transforms.

    inputs: (N, 28, 28, 1) float32, as `Reading.inputs`.
    """
    doubtful = [
        (member.row, member.digit.probabilities)
        for group in groups
        if group.digits and not is_word(group)
        for member in group.members
        if member.digit is not None and member.digit.certainty < SURE
    ]
    if not doubtful or len(doubtful) > MOST:
        return groups
    rows = [row for row, _ in doubtful]
    answers = predict_augmented(classifier, inputs[rows], np.stack([answer for _, answer in doubtful]))
    closer = dict(zip(rows, answers, strict=True))
    return [
        replace(group, members=[_as_seen(member, closer.get(member.row)) for member in group.members])
        for group in groups
    ]


def _as_seen(member: Candidate, probabilities: NDArray[np.float32] | None) -> Candidate:
    """A member with new probabilities; None leaves it unchanged."""
    if member.digit is None or probabilities is None:
        return member
    return replace(member, digit=Digit(member.digit.box, probabilities))
