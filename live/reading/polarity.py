"""Invert light ink on a dark background, and nothing else. Knows grey values, no mask, no digits.

Strokes cover less than half of any window wider than themselves, so a median shows the background without them: paper, board,
screen, desk. Ink is darker or lighter than that background in any light. The frame is split into dark and bright backgrounds,
and each is judged by itself: a sheet on a dark desk stays as it is, and so does the desk, which has no writing.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from live.reading.paper import cell_px, window_cells

Cells = NDArray[np.uint8]

WINDOW = 0.06
"""Window of the median as a share of the longer side, as `ink.paper_window`; strokes up to half as wide are found."""
LEAST = 16
"""Least grey-level difference of a stroke from its background, in cells of a few px; wood grain and noise have less."""
CLEARLY = 2.5
"""Ink is light where there is this many times more light than dark ink; at most 1.1 on 625 ordinary pictures."""
NO_GRAIN = 0.25
"""Least light ink as a share of all dark ink of the frame; the grain of dark desks came to 0.14 on those pictures."""
WRITTEN = 1000
"""Ink of a short number, in grey levels times cells; the grain of an empty dark desk has less."""
APART = 50
"""Least difference of dark and bright backgrounds that are two objects, not one in uneven light, grey levels."""
BLOB = np.ones((7, 7), np.uint8)
"""Light areas wider than this, in cells, are objects, such as a card on a dark desk."""


def with_dark_ink(gray: Cells, share: float = WINDOW) -> Cells:
    """The picture with all ink darker than its background; the same array where it already is.

    gray: (H, W) uint8. share: of the longer side, as `ink.paper_window`. Returns (H, W) uint8.
    """
    step = cell_px(gray.shape)
    height, width = gray.shape
    cells = cv2.resize(gray, (max(1, width // step), max(1, height // step)), interpolation=cv2.INTER_AREA)
    window = window_cells(cells.shape, share)
    ground = ground_of(cells, window)
    light, split = light_grounds(cells, ground, window)
    return gray if light is None else inverted_there(gray, light, split)


def ground_of(cells: Cells, window: int) -> Cells:
    """Brightness of the background: (h, w) uint8."""
    return np.asarray(cv2.medianBlur(cells, min(window, 255)), np.uint8)


def light_grounds(cells: Cells, ground: Cells, window: int) -> tuple[Cells | None, float]:
    """Where light ink stands on its ground, (h, w) uint8, 255 there, or None where that is nowhere.

    And the level that parts dark grounds from bright ones; below 0 where they are one.
    """
    lighter, darker = without_blobs(strokes(cells, ground)), strokes(ground, cells)
    least = max(WRITTEN, NO_GRAIN * cv2.sumElems(darker)[0])
    if cv2.sumElems(lighter)[0] < least:  # true of nearly every frame
        return None, 0.0
    split, bright = cv2.threshold(ground, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    is_one = cv2.mean(ground, bright)[0] - cv2.mean(ground, cv2.bitwise_not(bright))[0] < APART
    found = np.zeros_like(cells)
    unwritten = np.zeros_like(cells)
    for parts in [np.full_like(cells, 255)] if is_one else [bright, cv2.bitwise_not(bright)]:
        count, labels = cv2.connectedComponents(parts, connectivity=4)
        # what is near the rim of a thing belongs to the rim; a median rounds its corners
        inside = cv2.erode(parts, np.ones((2 * window + 1, 2 * window + 1), np.uint8)) > 0
        much_light = np.bincount(labels[inside], lighter[inside], count)
        much_dark = np.bincount(labels[inside], darker[inside], count)
        is_light = (much_light >= least) & (much_light > CLEARLY * much_dark)
        is_light[0] = False
        found[is_light[labels]] = 255
        if is_light.any():
            is_empty = much_dark < WRITTEN
            is_empty[0] = False
            unwritten[is_empty[labels]] = 255
    if not found.any():
        return None, 0.0
    return cv2.bitwise_or(found, unwritten), -1.0 if is_one else float(split)


def strokes(upper: Cells, lower: Cells) -> Cells:
    """Difference of `upper` and `lower` where it is large enough, else 0: (h, w) uint8."""
    return np.asarray(cv2.threshold(cv2.subtract(upper, lower), LEAST, 255, cv2.THRESH_TOZERO)[1], np.uint8)


def without_blobs(levels: Cells) -> Cells:
    """The levels of parts as narrow as a stroke; 0 in and around wider ones."""
    blobs = cv2.morphologyEx(cv2.threshold(levels, 0, 255, cv2.THRESH_BINARY)[1], cv2.MORPH_OPEN, BLOB)
    return np.asarray(cv2.bitwise_and(levels, cv2.bitwise_not(cv2.dilate(blobs, BLOB))), np.uint8)


def inverted_there(gray: Cells, where: Cells, split: float) -> Cells:
    """The picture (H, W) uint8, light for dark in the grounds marked in `where`, (h, w) uint8; sharp at the rims of things.

    split: the level that parts dark grounds from bright ones; below 0 where they are one.
    """
    if split < 0 or cv2.countNonZero(where) == where.size:
        return np.asarray(cv2.bitwise_not(gray), np.uint8)
    rim = np.ones((3, 3), np.uint8)
    size = gray.shape[::-1]
    wide = cv2.resize(cv2.dilate(where, rim, iterations=2), size, interpolation=cv2.INTER_NEAREST)
    core = cv2.resize(cv2.erode(where, rim, iterations=2), size, interpolation=cv2.INTER_NEAREST)
    dark = cv2.threshold(gray, split, 255, cv2.THRESH_BINARY_INV)[1]
    return np.asarray(cv2.bitwise_xor(gray, cv2.bitwise_or(core, cv2.bitwise_and(wide, dark))), np.uint8)
