"""Look closer at the digits of numbers that may as well be others. Knows runs and what was asked about them, never pixels."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from live.core.records import Digit
from live.reading.decoding import Placed
from live.reading.grouping import Run, is_word
from models.classifier import Classifier
from models.test_time_augmentation import SURE, ask_in_all_ways

MOST = 32  # digits of a page: where more are in doubt, it is blurred, or no writing


def look_closer(runs: list[Run], inputs: NDArray[np.float32], classifier: Classifier) -> list[Run]:
    """The runs, with doubtful digits of numbers as the network sees them in several ways.

    inputs: (N, 28, 28, 1) float32, as `Reading.inputs`.
    """
    doubtful = [
        (member.row, member.digit.probabilities)
        for run in runs
        if run.digits and not is_word(run)
        for member in run.members
        if member.digit is not None and member.digit.certainty < SURE
    ]
    if not doubtful or len(doubtful) > MOST:
        return runs
    rows = [row for row, _ in doubtful]
    answers = ask_in_all_ways(classifier, inputs[rows], np.stack([answer for _, answer in doubtful]))
    closer = dict(zip(rows, answers, strict=True))
    return [replace(run, members=[_as_seen(member, closer.get(member.row)) for member in run.members]) for run in runs]


def _as_seen(member: Placed, probabilities: NDArray[np.float32] | None) -> Placed:
    """A member of a run with other probabilities; None: as it is."""
    if member.digit is None or probabilities is None:
        return member
    return replace(member, digit=Digit(member.digit.box, probabilities))
