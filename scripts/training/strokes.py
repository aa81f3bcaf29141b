"""Draw digits in European handwriting, stroke by stroke, which MNIST lacks. Knows no picture of a digit.

1 with a flag and sometimes a foot, 7 with a bar across, 4 left open, 9 with a straight or curled tail, 0 with a slash, 2 with
a loop, 8 of two rings, 5 with a detached top stroke, and the plain forms. Points are in a field of width 1 and height 1, y down.
Each draw moves them a little at random, and a round stroke is a spline through them.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Stroke = tuple[tuple[float, float], ...]
ANGULAR, ROUND = False, True

SHAPES: tuple[tuple[int, tuple[tuple[bool, Stroke], ...]], ...] = (
    # label, strokes: whether it is round, its points
    (0, ((ROUND, ((0.5, 0), (0.14, 0.2), (0.08, 0.6), (0.45, 1), (0.86, 0.7), (0.85, 0.25), (0.52, 0.0))),)),
    (0, ((ROUND, ((0.6, 0.04), (0.2, 0.14), (0.05, 0.6), (0.4, 1), (0.9, 0.65), (0.8, 0.15), (0.4, 0.02),
          (0.28, 0.1))),)),
    (0, ((ROUND, ((0.5, 0), (0.1, 0.3), (0.1, 0.7), (0.5, 1), (0.9, 0.7), (0.9, 0.3), (0.5, 0))),
         (ANGULAR, ((0.82, 0.08), (0.18, 0.92))))),
    (1, ((ANGULAR, ((0.25, 0.35), (0.6, 0.02), (0.6, 1.0))),)),
    (1, ((ANGULAR, ((0.1, 0.5), (0.62, 0.0), (0.58, 1.0))),)),
    (1, ((ANGULAR, ((0.0, 0.68), (0.66, 0.0), (0.6, 1.0))),)),
    (1, ((ANGULAR, ((0.3, 0.3), (0.55, 0.02), (0.55, 1.0))), (ANGULAR, ((0.25, 1.0), (0.85, 1.0))))),
    (1, ((ANGULAR, ((0.15, 0.42), (0.55, 0.0), (0.55, 1.0))), (ANGULAR, ((0.2, 1.0), (0.9, 0.98))))),
    (2, ((ROUND, ((0.1, 0.25), (0.45, 0), (0.85, 0.22), (0.6, 0.65), (0.15, 0.97), (0.1, 0.8),
          (0.35, 0.82), (0.95, 0.98))),)),
    (2, ((ROUND, ((0.12, 0.22), (0.48, 0), (0.84, 0.24), (0.5, 0.66), (0.08, 1.0))),
         (ANGULAR, ((0.08, 1.0), (0.95, 0.98))))),
    (2, ((ROUND, ((0.08, 0.3), (0.4, 0.02), (0.82, 0.2), (0.7, 0.55), (0.1, 0.98))),
         (ROUND, ((0.1, 0.98), (0.45, 0.88), (0.7, 1.0), (1.0, 0.9))))),
    (3, ((ROUND, ((0.12, 0.14), (0.5, 0), (0.84, 0.2), (0.4, 0.46))),
         (ROUND, ((0.4, 0.46), (0.9, 0.7), (0.5, 1.0), (0.08, 0.86))))),
    (3, ((ANGULAR, ((0.12, 0.02), (0.85, 0.0), (0.42, 0.42))),
         (ROUND, ((0.42, 0.42), (0.9, 0.62), (0.62, 0.98), (0.08, 0.9))))),
    (3, ((ROUND, ((0.15, 0.2), (0.45, 0), (0.8, 0.18), (0.5, 0.44), (0.4, 0.5), (0.55, 0.5), (0.88, 0.74),
          (0.45, 1.0), (0.05, 0.8))),)),
    (4, ((ANGULAR, ((0.3, 0.0), (0.1, 0.62), (0.95, 0.62))), (ANGULAR, ((0.7, 0.3), (0.66, 1.0))))),
    (4, ((ANGULAR, ((0.6, 0.0), (0.05, 0.68), (0.98, 0.66))), (ANGULAR, ((0.68, 0.25), (0.66, 1.0))))),
    (4, ((ANGULAR, ((0.12, 0.0), (0.1, 0.5), (0.8, 0.5))), (ANGULAR, ((0.8, 0.0), (0.78, 1.0))))),
    (4, ((ANGULAR, ((0.72, 1.0), (0.74, 0.0), (0.02, 0.7), (0.98, 0.7))),)),
    (5, ((ROUND, ((0.2, 0.02), (0.15, 0.42), (0.55, 0.36), (0.9, 0.64), (0.55, 0.98), (0.05, 0.9))),
         (ANGULAR, ((0.2, 0.02), (0.85, 0.0))))),
    (5, ((ANGULAR, ((0.85, 0.0), (0.2, 0.02), (0.16, 0.44))),
         (ROUND, ((0.16, 0.44), (0.6, 0.36), (0.9, 0.68), (0.5, 1.0), (0.06, 0.88))))),
    (5, ((ROUND, ((0.25, 0.08), (0.2, 0.45), (0.7, 0.42), (0.85, 0.75), (0.45, 1.0), (0.05, 0.92))),
         (ANGULAR, ((0.32, 0.03), (0.95, -0.04))))),
    (6, ((ROUND, ((0.75, 0.02), (0.3, 0.25), (0.08, 0.7), (0.45, 1.0), (0.85, 0.75), (0.5, 0.5), (0.12, 0.7))),)),
    (6, ((ROUND, ((0.45, 0.0), (0.15, 0.4), (0.1, 0.78), (0.45, 1.0), (0.8, 0.8), (0.6, 0.56), (0.16, 0.72))),)),
    (6, ((ROUND, ((0.9, 0.1), (0.5, 0.05), (0.12, 0.45), (0.14, 0.88), (0.55, 1), (0.88, 0.76),
          (0.6, 0.54), (0.15, 0.68))),)),
    (7, ((ANGULAR, ((0.1, 0.05), (0.85, 0.02), (0.4, 1.0))), (ANGULAR, ((0.25, 0.5), (0.8, 0.47))))),
    (7, ((ANGULAR, ((0.1, 0.22), (0.12, 0.04), (0.88, 0.02), (0.42, 1.0))), (ANGULAR, ((0.3, 0.52), (0.78, 0.48))))),
    (7, ((ROUND, ((0.05, 0.15), (0.3, 0.02), (0.55, 0.1), (0.9, 0.0))), (ANGULAR, ((0.9, 0.0), (0.45, 1.0))),
         (ANGULAR, ((0.35, 0.55), (0.85, 0.45))))),
    (7, ((ANGULAR, ((0.02, 0.06), (0.92, 0.0), (0.5, 1.0))),)),
    (7, ((ANGULAR, ((0.08, 0.03), (0.9, 0.0))), (ROUND, ((0.9, 0.0), (0.6, 0.4), (0.5, 1.0))))),
    (8, ((ROUND, ((0.8, 0.12), (0.45, 0), (0.18, 0.22), (0.5, 0.48), (0.86, 0.76), (0.48, 1),
          (0.12, 0.76), (0.5, 0.48), (0.82, 0.2), (0.75, 0.08))),)),
    (8, ((ROUND, ((0.5, 0.0), (0.2, 0.2), (0.5, 0.46), (0.8, 0.2), (0.5, 0.0))),
         (ROUND, ((0.5, 0.46), (0.1, 0.74), (0.5, 1.0), (0.9, 0.74), (0.5, 0.46))))),
    (8, ((ROUND, ((0.5, 0.48), (0.2, 0.22), (0.5, 0), (0.8, 0.2), (0.5, 0.48), (0.14, 0.78), (0.5, 1),
          (0.86, 0.78), (0.5, 0.48))),)),
    (8, ((ROUND, ((0.9, 0.05), (0.4, 0.02), (0.15, 0.25), (0.8, 0.7), (0.5, 1), (0.15, 0.78),
          (0.55, 0.42), (0.92, 0.1))),)),
    (9, ((ROUND, ((0.8, 0.12), (0.45, 0), (0.12, 0.2), (0.25, 0.48), (0.6, 0.46), (0.82, 0.1), (0.8, 0.5),
          (0.78, 1))),)),
    (9, ((ROUND, ((0.8, 0.15), (0.45, 0), (0.12, 0.22), (0.3, 0.5), (0.7, 0.4), (0.8, 0.1), (0.8, 0.6),
          (0.6, 1), (0.2, 0.9))),)),
    (9, ((ROUND, ((0.78, 0.2), (0.5, 0), (0.15, 0.2), (0.4, 0.48), (0.78, 0.2))),
         (ANGULAR, ((0.8, 0.1), (0.62, 1.0))))),
    (9, ((ROUND, ((0.8, 0.22), (0.5, 0), (0.12, 0.22), (0.42, 0.5), (0.8, 0.22))),
         (ROUND, ((0.8, 0.15), (0.82, 0.7), (0.5, 1.0), (0.08, 0.86))))),
    (9, ((ROUND, ((0.82, 0.2), (0.5, 0.02), (0.14, 0.24), (0.45, 0.5), (0.8, 0.24), (0.7, 0.7), (0.2, 1.02))),)),
)  # fmt: skip


def draw_stroke_digit(rng: np.random.Generator) -> tuple[NDArray[np.float32], int]:
    """A random digit and its label: (160, 160) float32 in [0, 1], ink is 1."""
    label, strokes = SHAPES[rng.integers(len(SHAPES))]
    canvas = np.zeros((160, 160), np.uint8)
    # a narrow 7 without a bar looks like a 1
    width, height = rng.uniform(52 if label == 7 else 34, 76), rng.uniform(72, 96)
    slant, turn = rng.normal(0, 0.16), rng.normal(0, 0.1)
    thick = int(np.clip(rng.lognormal(1.9, 0.5), 2, 18))
    unsteady = rng.uniform(0.015, 0.055)
    for is_round, stroke in strokes:
        points = np.array(stroke) + rng.normal(0, unsteady, (len(stroke), 2))
        points = wandering(spline(points) if is_round else points, rng)
        x = (points[:, 0] - 0.5) * width - (points[:, 1] - 0.5) * height * slant
        y = (points[:, 1] - 0.5) * height + x * turn
        line = np.rint(16 * (np.stack([x, y], axis=1) + 80)).astype(np.int32)
        cv2.polylines(canvas, [line], False, 255, thick, cv2.LINE_AA, shift=4)
    return canvas.astype(np.float32) / np.float32(255), label


def spline(points: NDArray[np.float64], each: int = 8) -> NDArray[np.float64]:
    """(n, 2) points -> (m, 2) points on the Catmull-Rom spline through them, `each` to a span.

    Source: Catmull and Rom, "A class of local interpolating splines", 1974; tension one half.
    """
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    a, b, c, d = (padded[k : len(padded) - 3 + k, None, :] for k in range(4))
    t = np.linspace(0, 1, each, endpoint=False)[None, :, None]
    curve = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
    return np.vstack([curve.reshape(-1, 2), points[-1:]])


def wandering(points: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """(n, 2) corners -> (m, 2) points along the polygon, with slightly rounded corners and uneven sides."""
    each = max(3, 36 // len(points))
    t = np.linspace(0, len(points) - 1, each * (len(points) - 1) + 1)
    line = np.stack([np.interp(t, np.arange(len(points)), points[:, k]) for k in (0, 1)], axis=1)
    line += np.cumsum(rng.normal(0, 0.004, line.shape), axis=0)
    return np.asarray(cv2.blur(line, (1, 3), borderType=cv2.BORDER_REPLICATE))
