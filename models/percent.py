"""Format shares and confidences as percentages, the same way everywhere. Knows no network and no screen."""

from __future__ import annotations

import math

NEARLY = 1e-3
"""Tolerance of rounding down, in units of the last digit shown: 0.95 as float32 is 94.999999 hundredths."""


def percent(share: float | None, digits: int = 0, *, counted: bool = False) -> str:
    """`97 %`: a share from 0 to 1 with so many digits after the point; None, where nothing was counted, is a dash.

    A probability is never rounded up, since 99.6 % is not certain, and nothing is: its highest is 99 %. counted: of things that
    were counted, which may be all of them; it is rounded to the nearest, but to 100 only where it is all, and to 0 only where it
    is none. What is above 0 and too small to be told is `<1 %` of either kind.
    """
    if share is None:
        return "–"
    steps = 10**digits
    most = 100 * steps
    exact = share * most
    shown = round(exact) if counted else math.floor(exact + NEARLY)
    if not (counted and share >= 1):
        shown = min(shown, most - 1)
    if share > 0 and shown < 1:
        return f"<{1 / steps:.{digits}f} %"
    return f"{shown / steps:.{digits}f} %"
