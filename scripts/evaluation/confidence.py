"""How far the confidence of what was read can be trusted: calibration, and what is right where it is high. Knows no picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scripts.training.calibration import calibration_gap

SURE = 0.95
"""Confidence from which a number or digit counts as sure."""
Judged = list[tuple[float, bool]]
"""Confidence or certainty (0 to 1), and whether it was right."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Counts over what was shown."""

    shown: int
    right: int
    gap: float
    """The expected calibration error, 0 to 1."""
    sure: int
    """Shown with a confidence of `SURE` or more."""
    sure_right: int


def trust_of(judged: Sequence[tuple[float, bool]]) -> Trust:
    """The counts of some answers; there may be none."""
    confidence, right = np.array([c for c, _ in judged], np.float32), np.array([r for _, r in judged], bool)
    sure = confidence >= SURE
    gap = calibration_gap(confidence, right)
    return Trust(len(right), int(right.sum()), gap, int(sure.sum()), int(right[sure].sum()))
