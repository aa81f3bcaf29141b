"""What is seen around a sheet or in place of one: desks, cloth, rooms, hands, screens, clutter. Knows no sheet."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.training.lines.grounds import rough, wooden, woven
from scripts.training.lines.ink import texture_crop

Rng = np.random.Generator
Scene = NDArray[np.float32]
"""(H, W) float32 grey levels."""
Shape = tuple[int, int]


def plain(shape: Shape, rng: Rng) -> Scene:
    """A smooth surface, a little uneven."""
    bright, swing = rng.uniform(10, 240), rng.uniform(0, 30)
    return np.asarray(bright + swing * (texture_crop(rng, shape, rng.uniform(30, 90)) - 0.5), np.float32)


def desk(shape: Shape, rng: Rng) -> Scene:
    """Wood, cloth, something rough."""
    draw = (wooden, wooden, woven, rough)[rng.integers(4)]
    bright, contrast = rng.uniform(20, 210), rng.uniform(0.05, 0.6)
    return np.asarray(bright * (1 - contrast * draw(shape, rng)), np.float32)


def blobs(shape: Shape, rng: Rng) -> Scene:
    """Smooth things of all sizes: a face, a hand, a room out of focus."""
    scene = np.full(shape, rng.uniform(20, 220), np.float32)
    for coarse in (90, 40, 15):
        scene += rng.uniform(0, 90) * (texture_crop(rng, shape, coarse) - np.float32(0.5))
    for _ in range(rng.integers(0, 7)):
        cover = np.zeros(shape, np.uint8)
        middle = (rng.uniform(0, 1, 2) * shape[::-1]).astype(int).tolist()
        axes = (rng.uniform(0.05, 0.5, 2) * max(shape)).astype(int).tolist()
        cv2.ellipse(cover, middle, axes, float(rng.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA)
        soft = cv2.blur(cover, (int(rng.integers(1, 20)),) * 2).astype(np.float32) * np.float32(1 / 255)
        scene += soft * (np.float32(rng.uniform(10, 240)) - scene)
    return scene


def things(shape: Shape, rng: Rng) -> Scene:
    """Boxes, edges, shelves, cables, keys: photo-like clutter with sharp edges."""
    scene = blobs(shape, rng) if rng.random() < 0.5 else plain(shape, rng)
    side = max(shape)
    for _ in range(rng.integers(4, 40)):
        middle = rng.uniform(0, 1, 2) * shape[::-1]
        size, turn = side * np.exp(rng.uniform(-4, -0.8)), rng.uniform(0, np.pi)
        grey = float(rng.uniform(5, 250))
        kind = rng.random()
        if kind < 0.55:
            ratio = np.exp(rng.uniform(-1.5, 1.5))
            box = cv2.boxPoints(((float(middle[0]), float(middle[1])), (size, size * ratio), float(np.degrees(turn))))
            cv2.fillConvexPoly(scene, np.rint(box * 8).astype(np.int32), grey, cv2.LINE_8, 3)
        elif kind < 0.7:
            axes = (int(size), int(size * rng.uniform(0.3, 1)) + 1)
            thick = -1 if rng.random() < 0.5 else int(rng.integers(1, 5))
            cv2.ellipse(scene, middle.astype(int).tolist(), axes, float(np.degrees(turn)), 0, 360, grey, thick)
        elif kind < 0.85:
            reach = np.array((np.cos(turn), np.sin(turn))) * size * 2
            ends = np.rint(np.array([middle - reach, middle + reach])).astype(int).tolist()
            cv2.line(scene, ends[0], ends[1], grey, int(rng.integers(1, 6)))
        else:  # a row or a field of the same thing: keys, slats, books
            rows, columns = int(rng.integers(1, 5)), int(rng.integers(3, 16))
            step = np.exp(
                rng.uniform(np.log(5), np.log(30)),
            ) * np.array((1, rng.uniform(0.6, 2.5)))
            inner = step * rng.uniform(0.4, 0.9, 2)
            for row in range(rows):
                for column in range(columns):
                    low = (middle + step * (column, row)).astype(int).tolist()
                    high = (middle + step * (column, row) + inner).astype(int).tolist()
                    cv2.rectangle(scene, low, high, grey, -1 if rng.random() < 0.9 else 1)
    return scene


def fractal(shape: Shape, rng: Rng) -> Scene:
    """Leaves, gravel, hair, fabric: noise at all scales, stretched or not, with sharp levels or not."""
    scene = np.zeros(shape, np.float32)
    stretch = rng.uniform(1, 4) if rng.random() < 0.4 else 1.0
    own = (shape[0], max(8, int(shape[1] / stretch)))
    strength, fall = 1.0, rng.uniform(0.4, 0.9)
    small = np.zeros(own, np.float32)
    for coarse in (48, 24, 12, 6, 3, 1.5):
        small += np.float32(strength) * (texture_crop(rng, own, coarse) - np.float32(0.5))
        strength *= fall
    scene = cv2.resize(small, shape[::-1], interpolation=cv2.INTER_LINEAR) if stretch > 1 else small
    if rng.random() < 0.4:
        scene = np.tanh(scene * rng.uniform(3, 12))
    low, high = float(scene.min()), float(scene.max())
    dark, contrast = rng.uniform(0, 100), rng.uniform(30, 180)
    return np.asarray(dark + contrast * (scene - low) / max(high - low, 1e-3), np.float32)


KINDS: tuple[Callable[[Shape, Rng], Scene], ...] = (plain, plain, desk, desk, desk, blobs, things, things, fractal)
ALONE: tuple[Callable[[Shape, Rng], Scene], ...] = (blobs, things, things, fractal, fractal, desk)


def around(shape: Shape, rng: Rng) -> Scene:
    """What a sheet lies on or is held in front of."""
    return KINDS[rng.integers(len(KINDS))](shape, rng)


def alone(shape: Shape, rng: Rng) -> Scene:
    """A picture without a sheet."""
    return ALONE[rng.integers(len(ALONE))](shape, rng)
