"""Reject false positives, judged by the page around them. Knows ink, boxes and labels, no network.

A piece of a ruled line, of a sheet's edge or of wood grain looks like a 1, and a blot may look like a 0; the network can't tell
them apart. But writing on one page is about equally dark and tall, and a 1 ends where a line continues.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import Box, Digit, Number
from live.core.settings import GroupingSettings
from live.reading.decoding import Candidate
from live.reading.ink import Ink

ENOUGH_DIGITS = 5
"""Sure digits that are enough to measure a page's writing."""
SAMPLED = 25
"""About this many digits of a crowded page are measured."""
SURE = 0.9
"""Confidence of sure digits."""
HEIGHTS = (0.55, 1.7)
"""Range of a single digit's height, in median heights of the page."""
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
STROKE = 0.2
"""Greatest width of a digit's strokes, in its heights; narrower dark parts of the paper belong to them."""
BACKGROUND = 0.65
"""Least ratio of darkest to brightest paper under and around a digit on one sheet."""
CUT_OUT = 0.65
"""Ink around a number belongs to it if it is darker than this share of its own darkness."""
BESIDE = 0.4
"""Width of the margin around a number that is searched for such ink, in heights."""
LONGEST = 3
"""Longest number that is checked for such ink; more digits in a row are no accident."""
ONE = 1
MANY_PIECES = 60
"""Pieces of ink from which a page of 1s may be texture; fewer may be somebody's 1s."""
MOSTLY = 3
"""1s per other digit from which such a page is texture; no page of numbers has as many."""


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


MOST_PX = 20_000
"""Ink px of a digit from which on only every second, third, ... is used to find its direction; ordinary digits have fewer."""
LARGE_AREA_PX = 200_000
"""Area around a number, px, from which on its surroundings are reduced to cells; a number that fills half a frame has more."""

LoneRule = Callable[[Digit, Ink, float], bool]
"""(single digit, ink, height of the page's writing in px or 0) -> whether the digit is a false positive."""


def without_false_positives(
    numbers: tuple[Number, ...], ink: Ink, settings: GroupingSettings, rules: Sequence[LoneRule] | None = None
) -> tuple[Number, ...]:
    """The numbers without single digits that are false positives. rules: those of `LONE_RULES`, or some of them."""
    if all(len(number.digits) > 1 for number in numbers):
        return numbers
    heights = [digit.box.height for number in numbers for digit in number.digits if digit.confidence > SURE]
    tall = float(np.median(heights)) if len(heights) >= ENOUGH_DIGITS else 0.0

    def is_false_positive(digit: Digit) -> bool:
        if digit.digit_probability < settings.min_lone_confidence:
            return True
        return any(rule(digit, ink, tall) for rule in (LONE_RULES if rules is None else rules))

    return tuple(number for number in numbers if len(number.digits) > 1 or not is_false_positive(number.digits[0]))


def is_of_another_size(digit: Digit, ink: Ink, tall: float) -> bool:  # noqa: ARG001 (a rule's own parameters)
    """Whether a digit is much smaller or larger than the page's writing."""
    return tall > 0 and not HEIGHTS[0] * tall <= digit.box.height <= HEIGHTS[1] * tall


def is_part_of_a_line(digit: Digit, ink: Ink, tall: float) -> bool:  # noqa: ARG001 (a rule's own parameters)
    """Whether a digit is a 1 that continues beyond its ends."""
    return digit.label == ONE and goes_on(ink, digit.box)


LONE_RULES: tuple[LoneRule, ...] = (is_of_another_size, is_part_of_a_line)


def on_paper(numbers: tuple[Number, ...], ink: Ink) -> tuple[Number, ...]:
    """The numbers that are on a sheet of paper."""
    return tuple(number for number in numbers if is_on_paper(number, ink))


def without_cut_outs(numbers: tuple[Number, ...], ink: Ink) -> tuple[Number, ...]:
    """The numbers without short ones whose ink continues all around: parts of squared paper, cloth or objects on a desk.

    Numbers of a crowded page may touch, so a number with more digits must continue on more sides.
    """
    return tuple(n for n in numbers if len(n.digits) > LONGEST or open_sides(n, ink) < len(n.digits))


def open_sides(number: Number, ink: Ink) -> int:
    """Count the sides of a number on which its strokes continue; 0 if fewer than its digits."""
    boxes = [digit.box for digit in number.digits]
    around = round(BESIDE * max(box.height for box in boxes)) + 1
    left, top = max(min(box.x for box in boxes), 0), max(min(box.y for box in boxes), 0)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    x, y = max(left - around, 0), max(top - around, 0)
    darkness = ink.darkness[y : bottom + around, x : right + around]
    limit = min(254.0, CUT_OUT * min(stroke_darkness(ink, box) for box in boxes))
    edges = (np.s_[0], np.s_[-1], np.s_[:, 0], np.s_[:, -1])
    if sum(int(darkness[edge].max()) > limit for edge in edges) < len(boxes):
        return 0  # paper on most sides, as for nearly every number
    dark = cv2.compare(darkness, limit, cv2.CMP_GT)
    mask = np.zeros_like(dark)
    mask[top - y : bottom - y, left - x : right - x] = ink.mask[top:bottom, left:right]
    cell = math.ceil(math.sqrt(dark.size / LARGE_AREA_PX))
    if cell > 1:  # strokes of a number that large are wide: cells that hold ink tell as much
        block = np.ones((cell, cell), np.uint8)
        dark, mask = (cv2.dilate(picture, block)[::cell, ::cell] for picture in (dark, mask))
    count, pieces = cv2.connectedComponents(dark, ltype=cv2.CV_16U)
    own = np.zeros(count, bool)
    own[pieces[mask > 0]] = True
    own[0] = False  # paper
    return sum(bool(own[pieces[edge]].any()) for edge in edges)


def is_texture(numbers: Sequence[Number], pieces: int) -> bool:
    """Whether the page is wood grain or hatching: many pieces of ink, nearly all of them 1s.

    pieces: number of pieces of digit size.
    """
    labels = [digit.label for number in numbers for digit in number.digits]
    ones = labels.count(ONE)
    return pieces >= MANY_PIECES and ones >= MOSTLY * (len(labels) - ones)


def is_on_paper(number: Number, ink: Ink) -> bool:
    """Whether a digit of the number lies on even paper. The rim of a cup looks like a 0, edges of objects like a 17.

    One digit is enough, since a shadow's edge may cross the others.
    """
    return any(evenness(ink, digit.box) >= BACKGROUND for digit in number.digits)


def evenness(ink: Ink, box: Box) -> float:
    """Ratio of darkest to brightest paper under and around a box, 0 to 1; low at an object's edge."""
    top, left = max(box.y // ink.step - 1, 0), max(box.x // ink.step - 1, 0)
    around = ink.paper[top : box.bottom // ink.step + 2, left : box.right // ink.step + 2]
    side = int(STROKE * box.height / ink.step) | 1
    if side > 1:
        around = cv2.morphologyEx(around, cv2.MORPH_CLOSE, np.ones((side, side), np.uint8))
    darkest, brightest, *_ = cv2.minMaxLoc(around)
    return darkest / max(brightest, 1.0)


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
