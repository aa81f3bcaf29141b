"""Draw patterns that are expensive for a reader: ink that is no writing, or far too much writing. Knows no reader.

Every pattern takes a bare page, (H, W) uint8, on which it draws in place, eight params in [0, 1] that say how, and a generator.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Page = NDArray[np.uint8]
Params = tuple[float, ...]
Pattern = Callable[[Page, Params, np.random.Generator], None]

PARAMS = 8
PAPER, BLACK = 235, 20
FACES = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_PLAIN)
MOST_SHAPES = 40_000
"""Largest number of shapes on a page. More would take seconds to draw."""


def between(param: float, low: float, high: float) -> float:
    """A param from 0 to 1 mapped to the range logarithmically. low: above 0."""
    return low * (high / low) ** param


def angle_of(param: float) -> float:
    """A param from 0 to 1 mapped to an angle from 0 to pi, radians."""
    return math.pi * param


def _grid(page: Page, across: float, down: float, jitter: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """(N, 2) places on a grid with these steps in px, each moved by up to `jitter` steps."""
    height, width = page.shape
    while (width / across) * (height / down) > MOST_SHAPES:
        across, down = 1.1 * across, 1.1 * down
    x, y = np.meshgrid(np.arange(across / 2, width, across), np.arange(down / 2, height, down))
    places = np.stack([x.ravel(), y.ravel()], axis=1)
    return places + jitter * (rng.random(places.shape) - 0.5) * (across, down)


def _stroke(page: Page, points: NDArray[np.float64], thick: int, ink: int = BLACK) -> None:
    """A line through (N, 2) points, in place."""
    cv2.polylines(page, [np.rint(points * 16).astype(np.int32)], False, ink, thick, cv2.LINE_AA, 4)


def grid_of_strokes(page: Page, params: Params, rng: np.random.Generator) -> None:
    """Short slanted or bent strokes in dense rows and columns."""
    across, tall = between(params[0], 4, 60), between(params[1], 6, 120)
    down, slant, bend = tall * between(params[2], 0.6, 2.5), 4 * (params[3] - 0.5), 3 * (params[4] - 0.5)
    thick, steps = 1 + int(4 * params[5] ** 2), np.linspace(-0.5, 0.5, 9)
    shape = np.stack([slant * steps + bend * np.sin(3 * math.pi * steps) / 3, steps], axis=1) * tall
    for place in _grid(page, across, down, params[6] ** 3, rng):
        _stroke(page, shape + place, thick)


def hatching(page: Page, params: Params, rng: np.random.Generator) -> None:
    """Parallel lines in one or two directions, solid or dashed."""
    height, width = page.shape
    y, x = np.indices(page.shape, np.float32)
    for k in range(1 + int(2 * params[7])):
        angle, apart = angle_of(params[0]) + k * (0.3 + params[6]), between(params[1], 2.5, 60)
        across = (x * math.sin(angle) + y * math.cos(angle)) % apart
        along = (x * math.cos(angle) - y * math.sin(angle)) % between(params[3], 6, max(width, height, 7))
        inked = (across < max(1.0, apart * params[2])) & (along < (0.2 + params[4]) * between(params[3], 6, 7 + width))
        page[inked & (rng.random(page.shape) > 0.2 * params[5] ** 3)] = BLACK


def dots(page: Page, params: Params, rng: np.random.Generator) -> None:
    """Ellipses on a grid."""
    apart = between(params[0], 3, 60)
    size = max(0.5, apart * between(params[1], 0.15, 0.7))
    axes = max(1, round(size * between(params[2], 0.3, 1))), max(1, round(size * between(params[3], 0.3, 1)))
    hole = params[5] > 0.6
    for x, y in _grid(page, apart, apart * between(params[6], 0.7, 2), params[4] ** 2, rng):
        cv2.ellipse(page, (round(x), round(y)), axes, 180 * params[7], 0, 360, BLACK, 1 if hole else cv2.FILLED)


def strokes(page: Page, params: Params, rng: np.random.Generator) -> None:
    """Strokes at random places, straight or bent."""
    height, width = page.shape
    count, long = int(between(params[0], 50, 12_000)), between(params[1], 4, 150)
    thick, spread, bend = 1 + int(5 * params[2] ** 2), math.pi * params[3], 2 * params[4]
    steps = np.linspace(-0.5, 0.5, 5 if params[4] > 0.3 else 2)
    for _ in range(count):
        angle = angle_of(params[5]) + spread * (rng.random() - 0.5)
        along, across = np.array([math.cos(angle), math.sin(angle)]), np.array([-math.sin(angle), math.cos(angle)])
        curve = steps[:, None] * along + bend * (rng.random() - 0.5) * np.sin(math.pi * steps)[:, None] * across
        _stroke(page, curve * long * (0.5 + params[6] * rng.random()) + rng.random(2) * (width, height), thick)


def noise(page: Page, params: Params, rng: np.random.Generator) -> None:
    """Noise of any scale and density, smooth or binary, isotropic or not."""
    across, down = between(params[0], 0.3, 20), between(params[1], 0.3, 20)
    field = cv2.GaussianBlur(rng.standard_normal(page.shape).astype(np.float32), (0, 0), across, sigmaY=down)
    field = (field - field.mean()) / max(float(field.std()), 1e-6)
    if params[3] > 0.3:
        page[np.abs(field) < 2 * params[2] ** 2 if params[4] > 0.5 else field > 3 * (params[2] - 0.3)] = BLACK
    else:
        page[:] = np.clip(PAPER - 100 * params[2] * np.maximum(field, 0), 0, 255)


def checkerboard(page: Page, params: Params, rng: np.random.Generator) -> None:
    """A rotated checkerboard, with some squares left out."""
    y, x = np.indices(page.shape, np.float32)
    side, angle = between(params[0], 1, 40), angle_of(params[1]) if params[2] > 0.4 else 0.0
    across = np.floor((x * math.cos(angle) - y * math.sin(angle)) / side).astype(int)
    down = np.floor((x * math.sin(angle) + y * math.cos(angle)) / (side * between(params[3], 0.5, 2))).astype(int)
    kept = rng.random((np.ptp(down) + 1, np.ptp(across) + 1)) >= 0.7 * params[4] ** 2
    page[((across + down) % 2 == 0) & kept[down - down.min(), across - across.min()]] = BLACK


def rings(page: Page, params: Params, rng: np.random.Generator) -> None:
    """Concentric circles or spirals around one or several centres."""
    height, width = page.shape
    y, x = np.indices(page.shape, np.float32)
    apart, count = between(params[0], 3, 60), int(between(params[1], 1, 16))
    nearest = np.full(page.shape, np.inf, np.float32)
    for middle in rng.random((count, 2)) * (width, height) if count > 1 else [(width / 2, height / 2)]:
        dx, dy = x - middle[0], (y - middle[1]) * between(params[2], 0.5, 2)
        turn = int(3 * params[3]) * apart * np.arctan2(dy, dx) / (2 * math.pi)
        nearest = np.minimum(nearest, np.hypot(dx, dy) + turn)
    page[nearest % apart < max(1.0, apart * params[4] * 0.7)] = BLACK
    page[rng.random(page.shape) < 0.1 * params[5] ** 4] = PAPER


def boxes_in_boxes(page: Page, params: Params, rng: np.random.Generator) -> None:
    """Nested frames all over the page."""
    side = between(params[0], 12, max(page.shape) + 12.0)
    apart, thick = between(params[1], 2, 20), 1 + int(3 * params[2] ** 2)
    for x, y in _grid(page, side * 1.05, side * 1.05 * between(params[3], 0.4, 1), 0.3 * params[4] ** 3, rng):
        for half in np.arange(apart, side / 2, apart):
            corners = (round(x - half), round(y - half * (0.4 + 0.6 * params[3]))), (round(x + half), round(y + half))
            cv2.rectangle(page, *corners, BLACK, thick)


def fractal(page: Page, params: Params, rng: np.random.Generator) -> None:  # noqa: ARG001 (a pattern's own parameters)
    """A Sierpinski carpet of any base, or a fractal tree."""
    height, width = page.shape
    if params[0] > 0.4:
        base, cell = 2 + int(3 * params[1]), max(1, int(between(params[2], 1, 8)))
        y, x = (indices // cell for indices in np.indices(page.shape))
        holes = np.zeros(page.shape, bool)
        for _ in range(1 + int(8 * params[3])):
            holes |= (x % base == base // 2) & (y % base == base // 2)
            x, y = x // base, y // base
        page[~holes if params[4] > 0.5 else holes] = BLACK
        return
    ends = np.array([[width / 2, height - 1.0, -math.pi / 2]])
    long = height * (0.15 + 0.3 * params[1])
    while long > 3 and len(ends) < MOST_SHAPES:
        tips = ends[:, :2] + long * np.stack([np.cos(ends[:, 2]), np.sin(ends[:, 2])], axis=1)
        for start, tip in zip(ends[:, :2], tips, strict=True):
            _stroke(page, np.stack([start, tip]), 1 + int(long / 30))
        turn = 0.2 + params[2]
        ends = np.concatenate([np.column_stack([tips, ends[:, 2] + way]) for way in (-turn, turn)])
        long *= 0.6 + 0.2 * params[3]


def maze(page: Page, params: Params, rng: np.random.Generator) -> None:
    """Randomly rotated tiles with a diagonal, an arc or a bar, which form long walls."""
    side = max(3, int(between(params[0], 4, 60)))
    thick, kept = 1 + int(3 * params[1] ** 2), 1 - 0.6 * params[2] ** 2
    for x, y in _grid(page, side, side, 0.0, rng).astype(int):
        if rng.random() > kept:
            continue
        turned, half = rng.random() < 0.2 + 0.6 * params[3], side // 2
        if params[4] > 0.6:
            for corner, start in (((x - half, y - half), 0), ((x + half, y + half), 180)):
                corner = (corner[0], 2 * y - corner[1]) if turned else corner
                cv2.ellipse(page, corner, (half, half), -90 if turned else 0, start, start + 90, BLACK, thick)
        elif params[4] > 0.3:
            ends = ((x - half, y), (x + half, y)) if turned else ((x, y - half), (x, y + half))
            cv2.line(page, *ends, BLACK, thick)
        else:
            cv2.line(
                page,
                (x - half, y + half if turned else y - half),
                (x + half, y - half if turned else y + half),
                20,
                thick,
            )


def combs(page: Page, params: Params, rng: np.random.Generator) -> None:
    """Long thin lines with teeth."""
    height, width = page.shape
    apart, down = max(2, int(between(params[0], 2, 30))), max(4, int(between(params[1], 8, 160)))
    long, thick = max(2, int(down * (0.3 + 0.69 * params[2]))), 1 + int(3 * params[3] ** 3)
    for top in range(0, height, down):
        page[top : top + thick if params[4] > 0.2 else top] = BLACK
        for left in range(int(apart * params[5]), width, apart):
            page[top : top + max(1, int(long * (1 - params[6] * rng.random()))), left : left + thick] = BLACK
    if params[7] > 0.6:
        page[:] = cv2.warpAffine(
            page,
            np.array([[1, 0.4 * (params[7] - 0.6), 0], [params[7] - 0.8, 1, 0]], np.float32),
            (width, height),
            borderValue=PAPER,
        )


def halftone(page: Page, params: Params, rng: np.random.Generator) -> None:
    """A picture in halftone dots, as in a newspaper."""
    y, x = np.indices(page.shape, np.float32)
    apart, angle = between(params[0], 2, 30), angle_of(params[1])
    screen = np.cos((x * math.cos(angle) - y * math.sin(angle)) * 2 * math.pi / apart)
    screen = screen * np.cos((x * math.sin(angle) + y * math.cos(angle)) * 2 * math.pi / apart)
    tone = cv2.resize(rng.random((4, 6)).astype(np.float32), page.shape[::-1], interpolation=cv2.INTER_CUBIC)
    page[screen > 1.6 * (tone + params[2] - 0.7)] = BLACK


def writing(page: Page, params: Params, rng: np.random.Generator) -> None:
    """Digits or letters, down to very small and dense: numbers, words, or chains that touch."""
    signs = "0123456789" if params[0] > 0.4 else "abcdefghijkmnoprstuvwxyzBSOIZ"
    face = FACES[int(3.99 * params[1])]
    tall = between(params[2], 7, 120)
    scale, thick = tall / cv2.getTextSize("8", face, 1, 1)[0][1], 1 + int(params[3] * tall / 12)
    step, down = tall * between(params[4], 0.45, 1.6), tall * between(params[5], 1.0, 3)
    long = int(between(params[6], 1, 60))
    for place, (x, y) in enumerate(_grid(page, step, down, 0.3 * params[7] ** 3, rng)):
        if long == 1 or place % (long + 1) < long or long > 30:
            sign = signs[int(len(signs) * rng.random())]
            cv2.putText(page, sign, (int(x - step / 2), int(y + tall / 2)), face, scale, BLACK, thick, cv2.LINE_AA)


def flat(page: Page, params: Params, rng: np.random.Generator) -> None:
    """One grey, a gradient, or half of each."""
    width = page.shape[1]
    page[:] = int(255.99 * params[0]) if params[1] < 0.7 else np.linspace(0, 255, width).astype(np.uint8)
    if params[2] > 0.5:
        page[:, : int(width * params[3])] = int(255.99 * params[4])
    page[rng.random(page.shape) < 0.02 * params[5] ** 4] = 255 - int(255.99 * params[0])


PATTERNS: dict[str, Pattern] = {
    pattern.__name__.replace("_", "-"): pattern
    for pattern in (
        grid_of_strokes, hatching, dots, strokes, noise, checkerboard, rings, boxes_in_boxes, fractal, maze, combs, halftone,
        writing, flat,
    )
}  # fmt: skip
