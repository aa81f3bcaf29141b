"""Draw empty paper with grain, lines and folds, and lay ink on it. Knows no writing."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.pages.page_style import Colour, PageStyle
from scripts.pages.pen import grain_crop

SHIFT = 4
"""Fractional bits of coordinates in OpenCV's drawing calls, for lines between two px."""
RULES: tuple[Colour, ...] = ((226, 196, 168), (210, 200, 190), (200, 214, 176), (190, 190, 196))
MARGIN_RULE: Colour = (170, 160, 232)


def blank_paper(
    style: PageStyle, rng: np.random.Generator, shape: tuple[int, int], lines: tuple[float, float]
) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 paper of the style. lines: distance between lines of writing, px, and y of the first line."""
    height, width = shape
    clouds = cv2.resize(rng.standard_normal((5, 7)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    light = clouds * 1.6 + grain_crop(rng, height, width) * rng.uniform(0.8, 2.6)
    if rng.random() < 0.25:
        light += _fold(rng, shape)
    planes = [np.clip(light + level, 0, 255).astype(np.uint8) for level in style.paper_colour]
    image = np.asarray(cv2.merge(planes), np.uint8)
    if style.paper != "plain":
        lay_ink(image, _ruling(style, rng, shape, lines), _rule_colour(style, rng), rng.uniform(0.35, 0.8))
    if style.paper == "margin":
        red = np.zeros(shape, np.uint8)
        x = rng.uniform(0.08, 0.16) * width
        _line(red, (x, 0), (x, height), 1)
        lay_ink(image, red, MARGIN_RULE, 0.8)
    return image


def lay_ink(image: NDArray[np.uint8], cover: NDArray[np.uint8], colour: Colour, opacity: float) -> None:
    """Darken (H, W, 3) paper towards `colour` where (H, W) `cover` is 255. Ink never makes paper brighter."""
    planes = []
    for plane, level in zip(cv2.split(image), colour, strict=True):
        depth = cv2.subtract(plane, np.full_like(plane, level))
        planes.append(cv2.subtract(plane, cv2.multiply(depth, cover, scale=opacity / 255)))
    cv2.merge(planes, image)


def _fold(rng: np.random.Generator, shape: tuple[int, int]) -> NDArray[np.float32]:
    """The change of brightness at a fold: one side is lighter, the other darker, grey levels."""
    along = int(rng.integers(2))
    length = shape[along]
    distance = np.arange(length, dtype=np.float32) - length * rng.uniform(0.3, 0.7)
    spread = rng.uniform(0.01, 0.04) * length
    light = rng.uniform(4, 14) * distance / spread * np.exp(-np.abs(distance) / spread)
    return np.asarray(light[:, None] if along == 0 else light[None, :], dtype=np.float32)


def _ruling(
    style: PageStyle, rng: np.random.Generator, shape: tuple[int, int], lines: tuple[float, float]
) -> NDArray[np.uint8]:
    """(H, W) uint8: printed lines. Writing stands on ruled lines; its place on a grid is random."""
    height, width = shape
    pitch, first = lines
    cover = np.zeros(shape, np.uint8)
    thick = 2 if pitch > 90 and rng.random() < 0.6 else 1
    step = pitch if style.paper != "grid" else pitch * rng.choice([0.33, 0.5, 0.5, 1.0]) * rng.uniform(0.95, 1.05)
    for y in np.arange(first % step, height, step):
        _line(cover, (0, y), (width, y), thick)
    if style.paper == "grid":
        for x in np.arange(step * rng.uniform(0.2, 1.0), width, step):
            _line(cover, (x, 0), (x, height), thick)
    return cover


def _rule_colour(style: PageStyle, rng: np.random.Generator) -> Colour:
    blue, green, red = RULES[rng.integers(len(RULES))]
    tint = [level / 255 for level in style.paper_colour]
    return int(blue * tint[0]), int(green * tint[1]), int(red * tint[2])


def _line(cover: NDArray[np.uint8], start: tuple[float, float], end: tuple[float, float], thick: int) -> None:
    points = [(round(x * (1 << SHIFT)), round(y * (1 << SHIFT))) for x, y in (start, end)]
    cv2.line(cover, points[0], points[1], 255, thick, cv2.LINE_AA, SHIFT)
