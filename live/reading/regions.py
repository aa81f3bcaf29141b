"""Measure components of ink and lay them upright. Knows contours and sizes, no digits.

A component is one connected piece of ink. A region is one input of the classifier: one component, or several that may be the
strokes of one digit, such as the bar of a 5 that was drawn apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import Box
from live.reading.ink import Ink

Bounds = tuple[int, int, int, int]
"""Left, top, right, bottom of a part of the frame, px."""
EDGE_PX = 1
"""Width of a stroke's soft edge, px."""
EDGE = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, eq=False)
class Component:
    """One connected piece of ink, measured along its text line."""

    contour: NDArray[np.int32]
    """(n, 1, 2) outline, px of the frame."""
    box: Box
    """Bounding box, px of the frame."""
    left: float
    """Extent along the line (`left`, `right`) and across it (`top`, `bottom`), px of the turned frame (`along`)."""
    top: float
    right: float
    bottom: float
    angle: float = 0.0
    """Slope of its text line, radians."""

    @property
    def width(self) -> float:
        """Extent along the line, px."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Extent across the line, px."""
        return self.bottom - self.top

    @property
    def mean_side(self) -> float:
        """The geometric mean of width and height, px: the same in every quarter turn."""
        return math.sqrt(self.width * self.height)

    @cached_property
    def area(self) -> float:
        """Area inside the outline, px²."""
        return float(cv2.contourArea(self.contour))


@dataclass(frozen=True, eq=False)
class Upright:
    """Grey ink of some components, turned so that their text line is level."""

    ink: NDArray[np.uint8]
    """(h, w) uint8: 0 is paper and other ink, 255 is the stroke's own darkness."""
    left: float
    """Position of the first column and row, px of the turned frame."""
    top: float


def along(points: NDArray[np.float32], angle: float) -> NDArray[np.float32]:
    """Turn frame coordinates by -angle: x runs along the line then, y across it. points: (..., 2) px."""
    cos, sin = math.cos(angle), math.sin(angle)
    return points @ np.array([[cos, -sin], [sin, cos]], np.float32)


def back(points: NDArray[np.float32], angle: float) -> NDArray[np.float32]:
    """Undo `along`."""
    return along(points, -angle)


def measure(contours: list[NDArray[np.int32]], angles: float | NDArray[np.float64]) -> list[Component]:
    """The components of contours, measured along text lines of one slope, or of a slope for each (N,), radians."""
    if not contours:
        return []
    own = np.broadcast_to(np.asarray(angles, np.float64), len(contours))
    points = np.concatenate(contours)[:, 0].astype(np.float32)
    if (own == own[0]).all():
        points = along(points, float(own[0]))
    else:
        slopes = np.repeat(own, [len(contour) for contour in contours])
        (x, y), cos, sin = points.T, np.cos(slopes), np.sin(slopes)
        points = np.stack([x * cos + y * sin, y * cos - x * sin], axis=1).astype(np.float32)
    starts = np.cumsum([0] + [len(contour) for contour in contours[:-1]])
    low = np.minimum.reduceat(points, starts) - 0.5
    high = np.maximum.reduceat(points, starts) + 0.5
    extents = np.concatenate([low, high], axis=1).tolist()
    return [
        Component(contour, Box(*cv2.boundingRect(contour)), left, top, right, bottom, angle)
        for contour, (left, top, right, bottom), angle in zip(contours, extents, own.tolist(), strict=True)
    ]


def upright_each(ink: Ink, groups: Sequence[Sequence[Component]]) -> list[Upright]:
    """`upright` of each group of components, along the line of its first; groups whose boxes lie apart are drawn together."""
    boxes = [_around(group, ink) for group in groups]
    found: dict[int, Upright] = {}
    for layer in _layers(boxes):
        outlines = [component.contour for k in layer for component in groups[k]]
        left, top = min(boxes[k][0] for k in layer), min(boxes[k][1] for k in layer)
        right, bottom = max(boxes[k][2] for k in layer), max(boxes[k][3] for k in layer)
        drawn = _within(ink.darkness, outlines, (left, top, right, bottom))
        for k in layer:
            x0, y0, x1, y1 = boxes[k]
            found[k] = _lay(drawn[y0 - top : y1 - top, x0 - left : x1 - left], x0, y0, groups[k][0].angle)
    return [found[k] for k in range(len(groups))]


def upright(ink: Ink, components: Sequence[Component], angle: float) -> Upright:
    """The grey ink of `components` alone, turned so that their line is level, stretched to the stroke's own darkness."""
    box = _around(components, ink)
    return _lay(_within(ink.darkness, [c.contour for c in components], box), box[0], box[1], angle)


def _around(components: Sequence[Component], ink: Ink) -> Bounds:
    """Bounds around components, with room for the soft edge of their strokes."""
    box, *others = [component.box for component in components]
    left, top, right, bottom = box.x, box.y, box.right, box.bottom
    for other in others:
        left, top = min(left, other.x), min(top, other.y)
        right, bottom = max(right, other.right), max(bottom, other.bottom)
    height, width = ink.darkness.shape
    return max(left - EDGE_PX, 0), max(top - EDGE_PX, 0), min(right + EDGE_PX, width), min(bottom + EDGE_PX, height)


def _layers(boxes: Sequence[Bounds]) -> list[list[int]]:
    """Split boxes (by index) into layers without overlaps: two or three on most pages."""
    left, top, right, bottom = np.array(boxes, np.int32).reshape(-1, 4).T
    meet = (left[:, None] < right) & (top[:, None] < bottom)
    layers: list[list[int]] = []
    layer_of: list[int] = []
    taken: set[int] = set()
    for k, other in zip(*(indices.tolist() for indices in np.nonzero(meet & meet.T)), strict=True):
        if other < k:
            taken.add(layer_of[other])
        elif other == k:  # all before it that overlap it have been looked at
            layer = next((free for free in range(len(layers)) if free not in taken), len(layers))
            if layer == len(layers):
                layers.append([])
            layers[layer].append(k)
            layer_of.append(layer)
            taken = set()
    return layers


def _within(darkness: NDArray[np.uint8], outlines: Sequence[NDArray[np.int32]], box: Bounds) -> NDArray[np.uint8]:
    """The grey ink inside outlines and on their soft edge, in a box of the frame; 0 elsewhere."""
    left, top, right, bottom = box
    mask = np.zeros((bottom - top, right - left), np.uint8)
    cv2.drawContours(mask, outlines, -1, 255, cv2.FILLED, offset=(-left, -top))
    # the soft edge of a stroke is lighter than the threshold for ink
    return cv2.bitwise_and(darkness[top:bottom, left:right], cv2.dilate(mask, EDGE))


def _lay(grey: NDArray[np.uint8], x0: int, y0: int, angle: float) -> Upright:
    """Turn a crop with its corner at (x0, y0) upright, and stretch its ink."""
    left, top = float(x0), float(y0)
    if angle != 0:
        grey, left, top = _turn(grey, x0, y0, angle)
    return Upright(stretch(grey), left, top)


def _turn(grey: NDArray[np.uint8], x0: int, y0: int, angle: float) -> tuple[NDArray[np.uint8], float, float]:
    """Turn a crop with its corner at (x0, y0) by -angle; returns it with its corner in the turned frame."""
    height, width = grey.shape
    cos, sin = math.cos(angle), math.sin(angle)
    # plain floats are faster than arrays of four, and this runs once per piece
    across = (0.0, width * cos, height * sin, width * cos + height * sin)
    down = (0.0, -width * sin, height * cos, height * cos - width * sin)
    left, top = min(across), min(down)
    size = math.ceil(max(across) - left), math.ceil(max(down) - top)
    matrix = np.array([[cos, sin, -left], [-sin, cos, -top]])
    turned = cv2.warpAffine(grey, matrix, size, flags=cv2.INTER_LINEAR)
    return turned, x0 * cos + y0 * sin + left, y0 * cos - x0 * sin + top


def stretch(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Scale grey ink so that the stroke's own darkness (the mean of its darker half) is 255."""
    level = _mean_ink(grey)
    level = _mean_ink(cv2.threshold(grey, level, 0, cv2.THRESH_TOZERO)[1])
    return cv2.convertScaleAbs(grey, alpha=255.0 / level) if level > 0 else grey


def _mean_ink(grey: NDArray[np.uint8]) -> float:
    """Mean of all pixels that aren't 0; 0 where there are none."""
    # a third of the time of a masked mean, for a digit 60 px high
    return float(cv2.sumElems(grey)[0] / max(cv2.countNonZero(grey), 1))


def tight(ink: NDArray[np.uint8], limit: int = 64) -> tuple[slice, slice] | None:
    """Rows and columns of the ink darker than `limit`; None where there is none."""
    strong = cv2.threshold(ink, limit, 255, cv2.THRESH_BINARY)[1]
    x, y, w, h = cv2.boundingRect(strong)
    return None if w == 0 else (slice(y, y + h), slice(x, x + w))
