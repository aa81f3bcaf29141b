"""What a line is written on: papers and their patterns, cloth, wood, shadows. Knows no writing.

A pattern is how much darker it makes the paper, (H, W) float32 in [0, 1]; several may lie over one another.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.training.lines.ink import polylines, texture_crop

Pattern = NDArray[np.float32]
Rng = np.random.Generator
Shape = tuple[int, int]
MOST_LINES = 60  # of one family: more of them are a grey


def as_pattern(ink: NDArray[np.uint8]) -> Pattern:
    """Drawn lines as a pattern."""
    return ink.astype(np.float32) * np.float32(1 / 255)


def parallels(shape: Shape, spacing: float, angle: float, rng: Rng) -> Pattern:
    """Straight lines, px apart, at an angle to the level, radians."""
    ink = np.zeros(shape, np.uint8)
    reach = float(np.hypot(*shape))
    along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
    middle = np.array([shape[1] / 2, shape[0] / 2]) + across * rng.uniform(0, spacing)
    count = min(int(reach / spacing) + 1, MOST_LINES)
    thick = 1 if spacing < 12 or rng.random() < 0.7 else int(rng.integers(2, 4))
    lines = [
        np.array([middle + across * k * spacing - along * reach, middle + across * k * spacing + along * reach])
        for k in range(-count // 2, count // 2 + 1)
    ]
    polylines(ink, lines, thick)
    return as_pattern(ink)


def ruled(shape: Shape, rng: Rng) -> Pattern:
    """A copybook's lines."""
    return parallels(shape, rng.uniform(0.35, 1.3) * shape[0], rng.normal(0, 0.03), rng)


def squared(shape: Shape, rng: Rng) -> Pattern:
    """Squared paper."""
    spacing, angle = rng.uniform(9, 50), rng.normal(0, 0.04)
    return np.maximum(parallels(shape, spacing, angle, rng), parallels(shape, spacing, angle + np.pi / 2, rng))


def dotted(shape: Shape, rng: Rng) -> Pattern:
    """Dots in rows: a bullet journal's, or a print's fine ones."""
    spacing = rng.uniform(3, 9) if rng.random() < 0.6 else rng.uniform(12, 35)
    size = rng.uniform(0.12, 0.3) if spacing < 10 else rng.uniform(0.05, 0.14)
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    start, skew = rng.uniform(0, spacing, 2), rng.choice([0, 0.5])
    row = (rows + start[0]) / spacing
    column = (columns + start[1]) / spacing + skew * (np.floor(row) % 2)
    away = np.hypot(row - np.floor(row) - 0.5, column - np.floor(column) - 0.5)
    return np.asarray(np.clip((size - away) * spacing + 0.7, 0, 1), np.float32)


def guilloche(shape: Shape, rng: Rng) -> Pattern:
    """Families of waves as on banknotes and cheques."""
    columns = np.arange(0, shape[1] + 6, 5, dtype=np.float32)
    ink = np.zeros(shape, np.uint8)
    for _ in range(rng.integers(1, 4)):
        spacing, swing = rng.uniform(3, 9), rng.uniform(0, 8)
        length, turn = rng.uniform(15, 120), rng.uniform(0, 0.6)
        slope = rng.normal(0, 0.12) if rng.random() < 0.6 else rng.normal(0, 0.8)
        count = int((shape[0] + abs(slope) * shape[1]) / spacing) + 2
        start = min(0.0, -slope * shape[1]) - swing
        waves = [
            start + k * spacing + slope * columns + swing * np.sin(columns * (2 * np.pi / length) + turn * k)
            for k in range(min(count, MOST_LINES))
        ]
        polylines(ink, [np.stack([columns, wave], axis=1) for wave in waves], 1)
    return as_pattern(ink)


def hatched(shape: Shape, rng: Rng) -> Pattern:
    """Fine straight lines at any angle, one family or two."""
    pattern = parallels(shape, rng.uniform(3, 10), rng.uniform(0, np.pi), rng)
    if rng.random() < 0.5:
        np.maximum(pattern, parallels(shape, rng.uniform(3, 16), rng.uniform(0, np.pi), rng), out=pattern)
    return pattern


def woven(shape: Shape, rng: Rng) -> Pattern:
    """Cloth: threads over and under."""
    rows, columns = np.ogrid[: shape[0], : shape[1]]
    step = rng.uniform(1.0, 2.8)
    weave = np.sin(rows / step + rng.uniform(0, 6)) * np.sin(columns / step + rng.uniform(0, 6))
    return np.asarray(0.5 + 0.3 * weave + 0.4 * (texture_crop(rng, shape, 2) - 0.5), np.float32)


def wooden(shape: Shape, rng: Rng) -> Pattern:
    """Wood: grain along one way."""
    tall, wide = shape
    along = (max(2, tall // 2), max(2, wide // 30)) if rng.random() < 0.7 else (max(2, tall // 30), max(2, wide // 2))
    return np.asarray(cv2.resize(texture_crop(rng, along, 1), (wide, tall), interpolation=cv2.INTER_CUBIC), np.float32)


def rough(shape: Shape, rng: Rng) -> Pattern:
    """Recycled paper, stains, crumpling."""
    return np.asarray(
        0.6 * texture_crop(rng, shape, rng.uniform(1, 4)) + 0.4 * texture_crop(rng, shape, 30), np.float32
    )


def light(shape: Shape, rng: Rng) -> Pattern:
    """(H, W) float32: how bright the paper is, about 1; uneven light and the edge of a shadow."""
    tall, wide = shape
    across = np.linspace(0, rng.normal(0, 0.12), wide, dtype=np.float32)
    down = np.linspace(0, rng.normal(0, 0.08), tall, dtype=np.float32)[:, None]
    bright = np.float32(1) + across + down
    if rng.random() < 0.12:  # an edge of a shadow, sharp or soft
        rows, columns = np.ogrid[:tall, :wide]
        turn, soft = rng.uniform(0, 2 * np.pi), rng.uniform(1, 40)
        edge = (columns - rng.uniform(0, wide)) * np.cos(turn) + (rows - rng.uniform(0, tall)) * np.sin(turn)
        bright = bright * (1 - np.float32(rng.uniform(0.15, 0.6)) / (1 + np.exp(-np.clip(edge / soft, -20, 20))))
    return np.asarray(bright, np.float32)
