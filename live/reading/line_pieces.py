"""Drop 1s that are pieces of lines, judged by the page around them. Knows ink, boxes and labels, no network.

A piece of a ruled line, of a sheet's edge or of wood grain looks like a 1, and may stand beside digits as one does. But writing
on one page is about equally dark and tall, and a 1 ends where a line continues.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import Box
from live.reading.decoding import Candidate
from live.reading.ink import Ink

ENOUGH_DIGITS = 5
"""Sure digits that are enough to measure a page's writing."""
SAMPLED = 25
"""About this many digits of a crowded page are measured."""
SURE = 0.9
"""Confidence of sure digits."""
DARKNESS = 0.6
"""Least darkness of a 1, as a share of the page's median."""
FAINT = 0.75
"""A 1 fainter than this share of the page's median is checked for being part of a line."""
TALL = 1.35
"""A 1 taller than this many median heights is checked too."""
BEYOND = (1.2, 1.7)
"""Range beyond a stroke's end where its continuation is looked for, in half lengths from its middle."""
STEPS = np.linspace(*BEYOND, 8)[:, None, None]
SIDES = np.array([-1.0, 0.0, 1.0])[None, :, None]
GOES_ON = 0.28
"""A stroke continues where the darkness beyond its end exceeds this share of its own."""
ONE = 1
MOST_PX = 20_000
"""Ink px of a digit from which on only every second, third, ... is used to find its direction; ordinary digits have fewer."""


def without_line_pieces(candidates: list[Candidate], ink: Ink) -> list[Candidate]:
    """The candidates without each 1 that is a piece of a line."""
    digits = [p.digit for p in candidates if p.digit is not None]
    boxes = [digit.box for digit in digits if digit.label != ONE and digit.confidence > SURE]
    if len(boxes) < ENOUGH_DIGITS or all(digit.label != ONE for digit in digits):
        return candidates
    tall, dark = writing_of(boxes, ink)

    def is_piece(p: Candidate) -> bool:
        if p.digit is None or p.digit.label != ONE:
            return False
        darkness = stroke_darkness(ink, p.digit.box)
        if darkness < DARKNESS * dark:
            return True
        return (darkness < FAINT * dark or p.height > TALL * tall) and goes_on(ink, p.digit.box)

    return [p for p in candidates if not is_piece(p)]


def writing_of(boxes: list[Box], ink: Ink) -> tuple[float, float]:
    """Height (px) and darkness (0 to 255) of the page's writing: medians over digits' boxes, or over a sample of many."""
    boxes = boxes[:: 1 + len(boxes) // SAMPLED]
    return (
        float(np.median([box.height for box in boxes])),
        float(np.median([stroke_darkness(ink, box) for box in boxes])),
    )


def stroke_darkness(ink: Ink, box: Box) -> float:
    """Mean darkness of the ink inside a box, 0 to 255; 0 where there is none."""
    rows, columns = slice(max(box.y, 0), box.bottom), slice(max(box.x, 0), box.right)
    mask = ink.mask[rows, columns]
    # a masked mean takes three times as long
    written = cv2.bitwise_and(ink.darkness[rows, columns], mask)
    return float(cv2.sumElems(written)[0] / max(cv2.countNonZero(mask), 1))


def goes_on(ink: Ink, box: Box) -> bool:
    """Whether a stroke continues beyond one of its ends, perhaps fainter, as lines and edges do and a 1 does not."""
    rows, columns = slice(max(box.y, 0), box.bottom), slice(max(box.x, 0), box.right)
    mask = ink.mask[rows, columns]
    inked = cv2.findNonZero(mask)
    if inked is None or len(inked) < 4:
        return False
    every = 1 + len(inked) // MOST_PX  # a stroke across the whole frame has its direction in a part of its px
    x, y = inked.reshape(-1, 2)[::every].T
    points = np.stack([x + columns.start, y + rows.start], axis=1).astype(np.float64)
    middle = points.mean(axis=0)
    away = points - middle
    _, axes = np.linalg.eigh(away.T @ away / (len(x) - 1))
    axes = axes.T[::-1]  # the longer one first
    half_length, half_width = np.abs(away @ axes.T).max(axis=0)
    across = SIDES * (axes[1] * max(1.0, half_width / 2))
    steps = STEPS * (half_length * axes[0])
    own = float(ink.darkness[rows, columns][y, x].mean())
    return any(darkness_at(ink, middle + side * steps + across).max(axis=1).mean() > GOES_ON * own for side in (-1, 1))


def darkness_at(ink: Ink, spots: NDArray[np.float64]) -> NDArray[np.float64]:
    """Darkness at (..., 2) points, px; points outside the frame take that of its edge."""
    height, width = ink.darkness.shape
    x, y = np.rint(spots[..., 0]).astype(int), np.rint(spots[..., 1]).astype(int)
    # np.clip takes three times as long for so few
    x, y = np.minimum(np.maximum(x, 0), width - 1), np.minimum(np.maximum(y, 0), height - 1)
    return ink.darkness[y, x].astype(np.float64)
