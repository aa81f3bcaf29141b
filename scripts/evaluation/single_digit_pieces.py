"""Select the pieces of ink that are the strokes of one digit. Knows sizes, places and darkness, no network and no light.

Masks and pictures have a margin of `MARGIN_PX` empty px, since a stroke may touch the picture's edge.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import Box
from live.reading.regions import Component, measure

Picture = NDArray[np.uint8]

MARGIN_PX = 8
"""Width of the empty margin around the picture, px."""
MIN_PIECE = 0.14
"""A stroke is at least this share of the digit's longer side long."""
MAX_GAP = 0.4
"""Largest gap between the strokes of one digit, as a share of the digit's longer side."""
MIN_DARKNESS = 0.5
"""A stroke is at least this dark, as a share of the largest stroke's darkness."""
EDGE_BAND = 0.04
"""Small pieces this near to the picture's edge don't belong to the digit, as a share of the picture's longer side."""
MAX_PIECES = 300
"""A picture with more pieces is texture."""


def with_margin(plane: Picture, kind: int = cv2.BORDER_CONSTANT) -> Picture:
    """(H, W) uint8 with the margin. kind: the border type of OpenCV."""
    return cv2.copyMakeBorder(plane, MARGIN_PX, MARGIN_PX, MARGIN_PX, MARGIN_PX, kind, value=0)


def pieces_of(mask: Picture) -> list[Component]:
    """The pieces of ink that may be strokes of a digit, the most likely first. mask: (H, W) uint8 with its margin."""
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if tree is None:
        return []
    outer = tree.reshape(-1, 4)[:, 3] < 0
    pieces = measure([contour for contour, is_outer in zip(contours, outer, strict=True) if is_outer], 0.0)
    middle = np.array(mask.shape[::-1]) / 2

    def likelihood(piece: Component) -> float:
        return longer_side(piece) * (1 - float(np.abs(np.array(piece.box.center) - middle).max()) / max(mask.shape))

    return sorted((piece for piece in pieces if longer_side(piece) >= 2), key=likelihood, reverse=True)[:MAX_PIECES]


def ink_at_edge(mask: Picture) -> Picture:
    """The ink that touches the edge of the picture, which is inside the margin: (H, W) uint8."""
    count, labels = cv2.connectedComponents(mask)
    rim = np.full(mask.shape, True)
    rim[MARGIN_PX + 2 : -MARGIN_PX - 2, MARGIN_PX + 2 : -MARGIN_PX - 2] = False
    touching = np.zeros(count, np.uint8)
    touching[labels[rim]] = 255
    touching[0] = 0
    return touching[labels]


def of_one_pen(pieces: list[Component], darkness: Picture, mask: Picture) -> list[Component]:
    """The first piece, and the others that are large and dark enough for the same pen, without remains at the edge."""
    size = longer_side(pieces[0])
    near = MARGIN_PX + round(EDGE_BAND * max(mask.shape))

    def is_remains(box: Box) -> bool:
        far = mask.shape[1] - near, mask.shape[0] - near
        return max(box.width, box.height) < size / 2 and (
            min(box.x, box.y) < near or box.right > far[0] or box.bottom > far[1]
        )

    def level(box: Box) -> float:
        rows, columns = slice(box.y, box.bottom), slice(box.x, box.right)
        return float(cv2.mean(darkness[rows, columns], mask[rows, columns])[0])

    least = MIN_DARKNESS * level(pieces[0].box)
    others = [p for p in pieces[1:] if longer_side(p) >= MIN_PIECE * size and not is_remains(p.box)]
    return [pieces[0], *(piece for piece in others if level(piece.box) >= least)]


def gather(pieces: list[Component]) -> list[Component]:
    """The first piece, and all pieces near and large enough to be strokes of the same digit."""
    digit, others = pieces[:1], pieces[1:]
    size = longer_side(pieces[0])
    while True:
        box = box_around(digit)
        near = {
            k for k, p in enumerate(others) if longer_side(p) >= MIN_PIECE * size and gap(p.box, box) <= MAX_GAP * size
        }
        if not near:
            return digit
        digit = digit + [others[k] for k in sorted(near)]
        others = [piece for k, piece in enumerate(others) if k not in near]


def longer_side(piece: Component) -> int:
    """Longer side, px."""
    return max(piece.box.width, piece.box.height)


def gap(first: Box, second: Box) -> int:
    """The larger of the horizontal and vertical gaps between two boxes, px; 0 where they overlap."""
    across = max(first.x, second.x) - min(first.right, second.right)
    down = max(first.y, second.y) - min(first.bottom, second.bottom)
    return max(across, down, 0)


def box_around(pieces: list[Component]) -> Box:
    """The box around all of them."""
    x, y = min(p.box.x for p in pieces), min(p.box.y for p in pieces)
    return Box(x, y, max(p.box.right for p in pieces) - x, max(p.box.bottom for p in pieces) - y)
