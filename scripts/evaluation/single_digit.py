"""Find the one digit that a picture shows, at any size, in any light, dark or light ink. Knows no network.

A page has hundreds of strokes from which pen and light can be estimated. A picture of one digit has not: the digit may fill the
picture or be a hundredth of it, and may be chalk on a board. So several segmentations are tried, with dark or light ink and with
different window sizes, and the one with the highest contrast between strokes and surroundings is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import Box
from live.core.settings import InkSettings
from live.reading.ink import Ink, even_light, ink_mask, measure_levels
from live.reading.paper import find_paper
from live.reading.regions import Component, tight, upright
from models.mnist_format import DIGIT_PX, FIELD_PX, stack_mnist
from scripts.evaluation.single_digit_lines import without_lines
from scripts.evaluation.single_digit_pieces import (
    MARGIN_PX,
    box_around,
    gather,
    ink_at_edge,
    longer_side,
    of_one_pen,
    pieces_of,
    with_margin,
)

Picture = NDArray[np.uint8]

SIDE_PX = (240, 1000)
"""Pictures are resized so that their longer side lies in this range, px."""
WINDOWS = (0.5, 0.2, 0.07)
"""Largest stroke widths that are tried, as shares of the picture's longer side."""
CROP_PX = 48  # a picture up to this size is a crop: the digit may touch its edge, and shadows are not searched
PAPER_SIDE_PX = 100
"""Light changes slowly, so it is estimated on a picture of about this side, px."""
MAX_FULLNESS = 0.6
"""Ink fills at most this share of a digit's box."""
PEN_SHARE = 0.4
"""Ink is at least this share of the pen's darkness."""
MAX_THICKNESS = 0.45
"""A stroke is thinner than this share of the digit's longer side."""
MIN_SIDE = 0.02
"""Smallest side of a digit, as a share of the picture's longer side."""
MIN_SIDE_PX = 5
"""Smallest side of a digit, px."""
MIN_CONTRAST = 0.06
"""Smallest contrast between ink and its surroundings, as a share of white."""
SOFT_EDGE_PX = 11
"""Background is removed with a margin of this size, since its edges are soft, px."""
EDGE_WEIGHT = 0.3
"""Weight of a segmentation whose ink reaches the picture's edge, relative to others."""


class NoDigitError(Exception):
    """No single digit was found; the message says why in a few words."""


@dataclass(frozen=True, eq=False)
class SingleDigit:
    """The one digit of a picture."""

    field: NDArray[np.float32]
    """(28, 28) float32 in [0, 1], ink is 1: the network's input."""
    box: Box
    """Around its ink, px of the picture."""
    is_light: bool
    """Whether the ink is lighter than the paper."""


@dataclass(frozen=True, eq=False)
class _Candidate:
    """One segmentation of a picture."""

    grey: Picture
    box: Box
    rating: float
    """Contrast weighted by the length of the strokes; higher is better."""
    is_clear_of_edge: bool
    """Whether it doesn't touch the picture's edge, as shadows and surroundings do."""
    is_light: bool


def find_digit(image: Picture) -> SingleDigit:
    """Find the digit of a picture.

    image: (H, W, 3) uint8 BGR. A picture in MNIST's format is used unchanged. Raises NoDigitError where there is no ink.
    """
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    if (ready := _mnist_field(gray)) is not None:
        return ready
    longer = max(gray.shape)
    scale = min(max(longer, SIDE_PX[0]), SIDE_PX[1]) / longer
    size = max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale))
    gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    found = _best_candidate(gray, is_crop=longer <= CROP_PX)
    if found is None:
        raise NoDigitError("no ink was found")
    field = stack_mnist([found.grey])[0, ..., 0]
    return SingleDigit(field, _scaled(found.box, 1 / scale, image.shape), found.is_light)


def _mnist_field(gray: Picture) -> SingleDigit | None:
    """The digit of a picture in MNIST's format, white on black or black on white; None for any other picture."""
    if gray.shape != (FIELD_PX, FIELD_PX):
        return None
    frame = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    for is_light, field in ((True, gray), (False, cv2.bitwise_not(gray))):
        if (frame if is_light else 255 - frame).max() > 8:
            continue
        x, y, width, height = cv2.boundingRect(cv2.compare(field, 25, cv2.CMP_GT))
        moments = cv2.moments(field)
        if not DIGIT_PX - 2 <= max(width, height) <= DIGIT_PX + 1:
            continue
        middle = np.array([moments["m10"], moments["m01"]]) / moments["m00"]
        if np.abs(middle - (FIELD_PX - 1) / 2).max() <= 2:
            return SingleDigit(field.astype(np.float32) / np.float32(255), Box(x, y, width, height), is_light)
    return None


def _best_candidate(gray: Picture, *, is_crop: bool) -> _Candidate | None:
    """The best segmentation of a picture, (H, W) uint8; None where there is none.

    The widest window comes first: a narrower one finds only parts of a thick stroke, but separates it from a shadow's edge.
    """
    cut_by_edge: _Candidate | None = None
    for window in WINDOWS:
        views = (_candidate(gray, window), _candidate(cv2.bitwise_not(gray), window, is_light=True))
        found = max((view for view in views if view is not None), key=lambda view: view.rating, default=None)
        if found is not None and (found.is_clear_of_edge or is_crop):
            return found
        cut_by_edge = cut_by_edge or found
    return cut_by_edge


def _candidate(gray: Picture, window: float, *, is_light: bool = False) -> _Candidate | None:
    """The digit whose ink is darker than the paper and whose strokes are at most `window` wide; None where there is none.

    gray: (H, W) uint8; is_light: whether the picture was inverted before.
    """
    longer = max(gray.shape)
    step = max(1, round(longer / PAPER_SIDE_PX))
    paper = find_paper(gray, step, window, least_side=1, wide=False)
    darkness = with_margin(even_light(gray, paper))
    darkness, mask = _clear(darkness, max(MIN_SIDE_PX, MIN_SIDE * longer))
    pieces = pieces_of(mask)
    if not pieces or longer_side(pieces[0]) < max(MIN_SIDE_PX, MIN_SIDE * longer):
        return None
    digit = gather(of_one_pen(pieces, darkness, mask))
    grey, box = upright(Ink(darkness, mask, paper, 1), digit, 0.0).ink, box_around(digit)
    bounds = tight(grey)
    if bounds is None or _thickness(mask, box) > MAX_THICKNESS or _fullness(mask, box) > MAX_FULLNESS:
        return None
    gray = with_margin(gray, cv2.BORDER_REPLICATE)
    contrast = _contrast(gray, mask, digit)
    if contrast < MIN_CONTRAST:
        return None
    is_clear_of_edge = min(box.x, box.y) > MARGIN_PX + 2
    is_clear_of_edge &= box.right < gray.shape[1] - MARGIN_PX - 1 and box.bottom < gray.shape[0] - MARGIN_PX - 1
    rating = contrast * max(box.width, box.height) / longer * (1 if is_clear_of_edge else EDGE_WEIGHT)
    return _Candidate(
        grey[bounds],
        Box(box.x - MARGIN_PX, box.y - MARGIN_PX, box.width, box.height),
        rating,
        is_clear_of_edge,
        is_light,
    )


def _clear(darkness: Picture, smallest: float) -> tuple[Picture, Picture]:
    """Darkness and mask of the ink, without lines and without ink that touches the edge, unless there is no other ink.

    Both may be darker than the pen, so the threshold is computed again without them. darkness: (H, W) uint8 with
    its margin; smallest: px of a digit's longer side.
    """
    inked = _mask(darkness)
    mask = without_lines(inked)
    inner = cv2.bitwise_and(mask, cv2.bitwise_not(ink_at_edge(mask)))
    if max(map(longer_side, pieces_of(inner)), default=0) < smallest:
        return darkness, mask
    others = cv2.bitwise_and(inked, cv2.bitwise_not(inner))
    others = cv2.dilate(others, np.ones((SOFT_EDGE_PX, SOFT_EDGE_PX), np.uint8))
    darkness = cv2.bitwise_and(darkness, cv2.bitwise_or(cv2.bitwise_not(others), inner))
    mask = _mask(darkness)
    return darkness, cv2.bitwise_and(mask, cv2.bitwise_not(ink_at_edge(mask)))


def _mask(darkness: Picture) -> Picture:
    """The mask of the ink, (H, W) uint8."""
    settings = InkSettings(page_share=PEN_SHARE)
    levels = measure_levels(darkness, settings)
    return ink_mask(darkness, levels.floor(), settings, levels.floor_around())


def _thickness(mask: Picture, box: Box) -> float:
    """The widest stroke in a box, as a share of the box's longer side."""
    inside = cv2.copyMakeBorder(mask[box.y : box.bottom, box.x : box.right], 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    return 2 * float(cv2.distanceTransform(inside, cv2.DIST_L2, 3).max()) / max(box.width, box.height)


def _fullness(mask: Picture, box: Box) -> float:
    """Share of a box that is ink. The box counts as at least half as wide as tall, since a 1 fills its own box."""
    inside = cv2.countNonZero(mask[box.y : box.bottom, box.x : box.right])
    longer = max(box.width, box.height)
    return inside / (longer * max(min(box.width, box.height), longer / 2))


def _contrast(gray: Picture, mask: Picture, digit: list[Component]) -> float:
    """How much darker the ink is than its surroundings, 0 to 1. The hole of a 0 belongs to the surroundings."""
    box = box_around(digit)
    reach = max(3, max(box.width, box.height) // 3)
    rows, columns = slice(max(box.y - reach, 0), box.bottom + reach), slice(max(box.x - reach, 0), box.right + reach)
    ink = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(ink, [piece.contour for piece in digit], -1, 255, cv2.FILLED)
    ink &= mask
    around = np.full(mask.shape, 255, np.uint8)
    around[box.y : box.bottom, box.x : box.right] = 0
    around &= cv2.bitwise_not(mask)
    paper = np.asarray(gray[rows, columns][around[rows, columns] > 0])
    strokes = np.asarray(gray[rows, columns][ink[rows, columns] > 0])
    if paper.size == 0 or strokes.size == 0:
        return 0.0
    return float(np.median(paper) - np.median(strokes)) / 255


def _scaled(box: Box, scale: float, shape: tuple[int, ...]) -> Box:
    """A box in px of the picture, of that shape."""
    x, y = max(0, round(box.x * scale)), max(0, round(box.y * scale))
    width = max(1, min(round(box.width * scale), shape[1] - x))
    return Box(x, y, width, max(1, min(round(box.height * scale), shape[0] - y)))
