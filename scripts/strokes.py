"""Draw digits as many Europeans write them, stroke by stroke: shapes that MNIST hardly has. Knows no picture of a digit.

1 with a flag and sometimes a foot, 7 with a bar across, 4 left open, 9 with a straight tail, 0 with a slash, 2 with a loop.
Points are in a field of width 1 and height 1, y down; each draw moves them a little, as hands do.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Stroke = tuple[tuple[float, float], ...]

SHAPES: tuple[tuple[int, bool, tuple[Stroke, ...]], ...] = (
    # label, whether corners are rounded, strokes
    (1, False, (((0.25, 0.35), (0.6, 0.02), (0.6, 1.0)),)),
    (1, False, (((0.1, 0.5), (0.62, 0.0), (0.58, 1.0)),)),
    (1, False, (((0.3, 0.3), (0.55, 0.02), (0.55, 1.0)), ((0.25, 1.0), (0.85, 1.0)))),
    (7, False, (((0.1, 0.05), (0.85, 0.02), (0.4, 1.0)), ((0.25, 0.5), (0.8, 0.47)))),
    (7, False, (((0.1, 0.22), (0.12, 0.04), (0.88, 0.02), (0.42, 1.0)), ((0.3, 0.52), (0.78, 0.48)))),
    (7, False, (((0.05, 0.2), (0.85, 0.0), (0.45, 1.0)),)),
    (4, False, (((0.3, 0.0), (0.1, 0.62), (0.95, 0.62)), ((0.7, 0.3), (0.66, 1.0)))),
    (4, False, (((0.6, 0.0), (0.05, 0.68), (0.98, 0.66)), ((0.68, 0.25), (0.66, 1.0)))),
    (9, True, (((0.8, 0.12), (0.45, 0.0), (0.12, 0.2), (0.25, 0.48), (0.6, 0.46), (0.82, 0.1), (0.8, 0.5), (0.78, 1.0)),)),
    (9, True, (((0.8, 0.15), (0.45, 0.0), (0.12, 0.22), (0.3, 0.5), (0.7, 0.4), (0.8, 0.1), (0.8, 0.6), (0.6, 1), (0.2, 0.9)),)),
    (0, True, (((0.5, 0.0), (0.1, 0.3), (0.1, 0.7), (0.5, 1.0), (0.9, 0.7), (0.9, 0.3), (0.5, 0.0)), ((0.8, 0.1), (0.2, 0.9)))),
    (2, True, (((0.1, 0.25), (0.45, 0.0), (0.85, 0.22), (0.6, 0.65), (0.15, 0.97), (0.1, 0.8), (0.35, 0.82), (0.95, 0.98)),)),
)  # fmt: skip


def draw_stroke_digit(rng: np.random.Generator) -> tuple[NDArray[np.float32], int]:
    """One digit and its label: (160, 160) float32 in [0, 1], ink is 1."""
    label, rounded, strokes = SHAPES[rng.integers(len(SHAPES))]
    canvas = np.zeros((160, 160), np.uint8)
    width, height = rng.uniform(38, 72), rng.uniform(72, 96)
    slant, turn = rng.normal(0, 0.16), rng.normal(0, 0.1)
    thick = int(np.clip(rng.lognormal(1.9, 0.5), 2, 18))
    for stroke in strokes:
        points = np.array(stroke) + rng.normal(0, 0.035, (len(stroke), 2))
        points = wandering(points, 8 if rounded else 2, rng)
        x = (points[:, 0] - 0.5) * width - (points[:, 1] - 0.5) * height * slant
        y = (points[:, 1] - 0.5) * height + x * turn
        line = np.rint(16 * (np.stack([x, y], axis=1) + 80)).astype(np.int32)
        cv2.polylines(canvas, [line], False, 255, thick, cv2.LINE_AA, shift=4)
    return canvas.astype(np.float32) / np.float32(255), label


def wandering(points: NDArray[np.float64], smooth: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n, 2) corners -> (m, 2) points along them, corners rounded over `smooth` steps, not quite straight."""
    each = 12
    t = np.linspace(0, len(points) - 1, each * (len(points) - 1) + 1)
    line = np.stack([np.interp(t, np.arange(len(points)), points[:, k]) for k in (0, 1)], axis=1)
    line += np.cumsum(rng.normal(0, 0.004, line.shape), axis=0)
    return np.asarray(cv2.blur(line, (1, 2 * (smooth // 2) + 1), borderType=cv2.BORDER_REPLICATE))
