"""Judge digits that stand alone: no neighbour vouches for them. Knows ink and numbers, never probabilities' origin.

A piece of a ruled line, of a sheet's edge or of wood grain looks just like a 1, and a blot may look like a 0. Alone, a digit
must be as dark and about as tall as the other digits on the page, and its stroke must end where the 1 ends.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live.reading.ink import Ink
from live.records import Box, Number
from live.settings import GroupingSettings

ENOUGH_DIGITS = 5  # so many digits in longer numbers tell what the page's writing looks like
HEIGHTS = (0.55, 1.7)  # of a lone digit, as shares of the page's median
DARKNESS = 0.6  # least darkness of a lone digit, as a share of the page's median
BEYOND = (1.2, 1.7)  # where a stroke is looked for beyond its end, in half lengths from its middle
GOES_ON = 0.28  # darkness beyond an end, as a share of the stroke's own, from which the stroke goes on
ONE = 1


def without_impostors(numbers: tuple[Number, ...], ink: Ink, settings: GroupingSettings) -> tuple[Number, ...]:
    """The numbers without the lone digits that are none."""
    known = [digit.box for number in numbers if len(number.digits) > 1 for digit in number.digits]
    lone = [number for number in numbers if len(number.digits) == 1]
    if not lone:
        return numbers
    tall = dark = 0.0
    if len(known) >= ENOUGH_DIGITS:
        tall = float(np.median([box.height for box in known]))
        dark = float(np.median([stroke_darkness(ink, box) for box in known]))
    dropped = {
        id(number) for number in lone
        if number.confidence < settings.min_lone_confidence
        or (tall > 0 and not HEIGHTS[0] * tall <= number.digits[0].box.height <= HEIGHTS[1] * tall)
        or (dark > 0 and stroke_darkness(ink, number.digits[0].box) < DARKNESS * dark)
        or (number.digits[0].label == ONE and goes_on(ink, number.digits[0].box))
    }  # fmt: skip
    return tuple(number for number in numbers if id(number) not in dropped)


def stroke_darkness(ink: Ink, box: Box) -> float:
    """Mean darkness of the ink inside a box, 0 to 255; 0 where there is none."""
    rows, columns = slice(max(box.y, 0), box.bottom), slice(max(box.x, 0), box.right)
    strong = ink.darkness[rows, columns][ink.mask[rows, columns] > 0]
    return float(strong.mean()) if strong.size else 0.0


def goes_on(ink: Ink, box: Box) -> bool:
    """Whether a stroke goes on, fainter, beyond one of its ends, as lines and edges do and a 1 does not."""
    rows, columns = slice(max(box.y, 0), box.bottom), slice(max(box.x, 0), box.right)
    y, x = np.nonzero(ink.mask[rows, columns])
    if len(x) < 4:
        return False
    points = np.stack([x + columns.start, y + rows.start], axis=1).astype(np.float64)
    middle = points.mean(axis=0)
    _, _, axes = np.linalg.svd(points - middle, full_matrices=False)
    places = (points - middle) @ axes.T
    half_length, half_width = np.abs(places).max(axis=0)
    across = axes[1] * max(1.0, half_width / 2)
    steps = np.linspace(*BEYOND, 8)[:, None, None] * half_length * axes[0]
    own = float(ink.darkness[rows, columns][y, x].mean())
    for side in (-1, 1):
        spots = middle + side * steps + np.array([-1, 0, 1])[None, :, None] * across
        if darkness_at(ink, spots).max(axis=1).mean() > GOES_ON * own:
            return True
    return False


def darkness_at(ink: Ink, spots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Darkness at (..., 2) places in px; beyond the frame it is that of the frame's edge."""
    height, width = ink.darkness.shape
    x = np.clip(np.rint(spots[..., 0]).astype(int), 0, width - 1)
    y = np.clip(np.rint(spots[..., 1]).astype(int), 0, height - 1)
    return ink.darkness[y, x].astype(np.float64)
