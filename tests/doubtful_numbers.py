"""Numbers whose digits and signs are in doubt, with probabilities that a test chooses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from live.core.records import Box, Digit, Number, Sign

Doubt = str | Mapping[str, float]
"""A digit that is sure, or digits with their probabilities."""


def doubtful_number(
    digits: Sequence[Doubt], signs: Mapping[int, tuple[str, float]] | None = None, x: int = 100
) -> Number:
    """A number, 40 px tall at `x`, 100. signs: by the digit that they stand before, each with its confidence."""
    made = []
    for k, doubt in enumerate(digits):
        row = np.full(11, 1e-4, np.float32)
        for label, share in ({doubt: 0.9985} if isinstance(doubt, str) else doubt).items():
            row[int(label)] = share
        made.append(Digit(Box(x + 30 * k, 100, 24, 40), row / row.sum()))
    width = 30 * len(digits)
    quad = np.array([[x, 100], [x + width, 100], [x + width, 140], [x, 140]], np.float32)
    placed = tuple(
        Sign(symbol, before, confidence, Box(x + 30 * before, 130, 5, 5))
        for before, (symbol, confidence) in sorted((signs or {}).items())
    )
    doubtful = tuple(k for k, digit in enumerate(made) if digit.certainty < 0.7)
    doubtful_signs = tuple(k for k, sign in enumerate(placed) if sign.confidence < 0.7)
    return Number(tuple(made), quad, doubtful, placed, doubtful_signs)
