"""Redraw MNIST's digits as a pen on paper and a camera show them, and draw non-digits. Knows no network.

Every picture is made by the steps of the live reader: strokes are drawn large, seen by a camera at some size with blur and noise,
cut out, and converted to MNIST's format. So the training pictures look like the pictures that the network gets later.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live.reading.regions import tight
from models.mnist_format import to_mnist

SCALE = 4
"""Strokes are drawn at this many times MNIST's size."""
NOT_A_DIGIT = 10
Picture = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class PenSettings:
    """Strengths of the changes. Ranges are (low, high) of uniform distributions unless said otherwise."""

    rotation_deg: float = 9.0
    """Standard deviation, degrees."""
    shear: float = 0.16
    """Standard deviation."""
    aspect: tuple[float, float] = (0.72, 1.3)
    thickness: tuple[float, float] = (-2.6, 3.4)
    """Change of the stroke's half width, px of a drawing (`SCALE` times MNIST's field)."""
    height_px: tuple[float, float] = (11.0, 90.0)
    """Height at which the camera sees the digit, px; log-uniform."""
    blur: tuple[float, float] = (0.3, 1.15)
    """Camera blur, px (standard deviation) at 20 px of height and more."""
    noise: float = 0.06
    """Largest sensor noise, as a share of full ink."""
    grain: float = 0.3
    """Share of digits with an uneven stroke, as of a pencil or a dry marker."""


def enlarge(digit: Picture) -> NDArray[np.float32]:
    """A smooth drawing of a MNIST digit: (28, 28) uint8 -> (160, 160) float32, signed distance to the stroke's edge, px."""
    large = cv2.resize(digit, None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_CUBIC)
    large = cv2.copyMakeBorder(large, 24, 24, 24, 24, cv2.BORDER_CONSTANT, value=0)
    inside = (cv2.GaussianBlur(large, (0, 0), 1.2) > 110).astype(np.uint8)
    return cv2.distanceTransform(inside, cv2.DIST_L2, 3) - cv2.distanceTransform(1 - inside, cv2.DIST_L2, 3)


def redraw(distance: NDArray[np.float32], rng: np.random.Generator, pen: PenSettings) -> NDArray[np.float32]:
    """The digit with another pen, rotation and slant: (h, w) float32 in [0, 1], ink is 1, at the drawing's size."""
    half_width = max(float(distance.max()), 1.0)
    low = max(pen.thickness[0], 1.3 - half_width)  # strokes must not vanish
    change = rng.uniform(low, max(pen.thickness[1], low + 0.1))
    angle, shear = np.radians(rng.normal(0, pen.rotation_deg)), rng.normal(0, pen.shear)
    stretch = np.sqrt(np.exp(rng.uniform(*np.log(pen.aspect))))
    cos, sin = np.cos(angle), np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]]) @ np.array([[stretch, shear], [0, 1 / stretch]])
    center = np.array(distance.shape[::-1]) / 2
    matrix = np.hstack([turn, (center - turn @ center)[:, None]])
    if rng.random() < 0.6:  # an unsteady hand
        flow = cv2.resize(
            rng.normal(0, rng.uniform(0.5, 2.6), (5, 5, 2)).astype(np.float32),
            distance.shape[::-1],
            interpolation=cv2.INTER_CUBIC,
        )
        grid = np.stack(np.meshgrid(*(np.arange(n, dtype=np.float32) for n in distance.shape[::-1])), axis=-1)
        distance = cv2.remap(distance, grid + flow, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    moved = cv2.warpAffine(distance, matrix, distance.shape[::-1], borderMode=cv2.BORDER_CONSTANT, borderValue=-30)
    return np.clip(moved + change + 0.5, 0, 1)


def photograph(drawing: NDArray[np.float32], rng: np.random.Generator, pen: PenSettings) -> Picture | None:
    """The reader's cut-out from a camera picture of the drawing: (h, w) uint8 grey ink, tight; None where no ink is left."""
    columns = np.flatnonzero(drawing.max(axis=0) > 0.5)
    rows = np.flatnonzero(drawing.max(axis=1) > 0.5)
    if len(rows) < 3 or len(columns) < 2:
        return None
    pad = 6
    drawing = cv2.copyMakeBorder(drawing, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
    drawing = drawing[rows[0] : rows[-1] + 2 * pad + 1, columns[0] : columns[-1] + 2 * pad + 1]
    if rng.random() < pen.grain:
        texture = rng.normal(0, 1, (drawing.shape[0] // 2 + 1, drawing.shape[1] // 2 + 1)).astype(np.float32)
        texture = cv2.resize(texture, drawing.shape[::-1], interpolation=cv2.INTER_LINEAR)
        drawing = drawing * np.clip(1 - rng.uniform(0.1, 0.5) * np.abs(texture), 0.15, 1)
    height = np.exp(rng.uniform(*np.log(pen.height_px)))
    scale = height / max(len(rows), len(columns))
    size = max(3, round(drawing.shape[1] * scale)), max(3, round(drawing.shape[0] * scale))
    seen = cv2.resize(drawing, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    blur = rng.uniform(*pen.blur) * min(1.0, height / 20) + 0.01
    seen = cv2.GaussianBlur(seen, (0, 0), blur * (1 if height < 45 or rng.random() < 0.7 else 2))
    if rng.random() < 0.15 and height > 18:  # motion blur
        length = int(rng.integers(2, 4 + height // 16))
        seen = cv2.blur(seen, (length, 1) if rng.random() < 0.5 else (1, length))
    seen = seen + rng.normal(0, rng.uniform(0, pen.noise), seen.shape).astype(np.float32)
    return cut_out(seen, float(rng.uniform(0.28, 0.5)))


def cut_out(seen: NDArray[np.float32], share: float) -> Picture | None:
    """Ink darker than `share` of the darkest stroke, with a soft edge, stretched, tight: as in `regions.upright`."""
    peak = float(seen.max())
    if peak <= 0.05:
        return None
    mask = cv2.dilate((seen > share * peak).astype(np.uint8), np.ones((3, 3), np.uint8))
    seen = np.clip(seen, 0, 1) * mask
    strong = seen[seen > 0]
    level = float(np.mean(strong[strong >= strong.mean()]))
    ink = np.clip(seen * (255 / max(level, 0.02)), 0, 255).astype(np.uint8)
    bounds = tight(ink)
    return None if bounds is None else ink[bounds]


def field_of(ink: Picture | None) -> Picture | None:
    """A cut-out in MNIST's format, (28, 28) uint8; None for None."""
    return None if ink is None else np.rint(to_mnist(ink) * 255).astype(np.uint8)


def part_of(drawing: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """A piece of a digit with a third to two thirds of its ink, as from a wrong cut or a broken stroke."""
    rows, columns = np.flatnonzero(drawing.max(axis=1) > 0.5), np.flatnonzero(drawing.max(axis=0) > 0.5)
    if len(rows) < 8 or len(columns) < 8:
        return drawing * 0
    upright = rng.random() < 0.6
    line = columns if upright else rows
    place = int(line[int(len(line) * rng.uniform(0.3, 0.7))])
    slant = rng.normal(0, 0.25)
    across = np.arange(drawing.shape[0 if upright else 1])
    edge = place + slant * (across - across.mean())
    along = np.arange(drawing.shape[1 if upright else 0])
    keep = (along[None, :] < edge[:, None]) ^ (rng.random() < 0.5)
    piece = drawing * (keep if upright else keep.T)
    high, wide = np.ptp(np.flatnonzero(piece.max(axis=1) > 0.5)), np.ptp(np.flatnonzero(piece.max(axis=0) > 0.5))
    # a vertical stroke looks like a 1: only its line shows that it is none
    return piece if high < 2 * wide else piece * 0


def joined(first: NDArray[np.float32], second: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Two touching digits in one picture: a non-digit."""
    a = first[:, : np.flatnonzero(first.max(axis=0) > 0.5)[-1] + 1]
    b = second[:, np.flatnonzero(second.max(axis=0) > 0.5)[0] :]
    overlap = int(rng.integers(0, 9))
    together = np.zeros((first.shape[0], a.shape[1] + b.shape[1]), np.float32)
    together[:, : a.shape[1]] = a
    start = a.shape[1] - overlap
    drop = int(rng.normal(0, 5))
    b = np.roll(b, drop, axis=0)
    together[:, start : start + b.shape[1]] = np.maximum(together[:, start : start + b.shape[1]], b)
    return together


FACES = (
    cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_PLAIN, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX,
    cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
)  # fmt: skip
LETTERS = "acdefhkmnprtuvwxyABCDEFGHJKLMNPRTUVWXY#&%?!=+*@$<>"  # without those that look like digits


def letter(rng: np.random.Generator) -> NDArray[np.float32]:
    """A letter or sign: (160, 160) float32 in [0, 1]."""
    canvas = np.zeros((160, 160), np.uint8)
    sign = LETTERS[rng.integers(len(LETTERS))]
    face = int(FACES[rng.integers(len(FACES))]) | (cv2.FONT_ITALIC if rng.random() < 0.2 else 0)
    cv2.putText(canvas, sign, (40, 115), face, float(rng.uniform(2.2, 3.4)), 255, int(rng.integers(3, 13)), cv2.LINE_AA)
    return canvas.astype(np.float32) / np.float32(255)


def scrawl(rng: np.random.Generator) -> NDArray[np.float32]:
    """Other marks on paper: lines, corners, crossings, blots, dashes, ticks, curves. (160, 160) float32 in [0, 1]."""
    canvas = np.zeros((160, 160), np.uint8)
    width = int(rng.integers(2, 14))
    kind = rng.random()
    if kind < 0.2:  # a ruled line or a dash, not vertical, which would be a 1
        y, slope = int(rng.integers(60, 100)), rng.normal(0, 0.25)
        x0, x1 = int(rng.integers(15, 60)), int(rng.integers(90, 145))
        cv2.line(canvas, (x0, int(y - 40 * slope)), (x1, int(y + 40 * slope)), 255, width, cv2.LINE_AA)
    elif kind < 0.4:  # a crossing of a grid, a corner, a plus
        x, y = rng.integers(55, 105, 2).tolist()
        reach = rng.integers(0, 60, 4)
        reach[rng.random(4) < 0.25] = 0
        cv2.line(canvas, (int(x - reach[0]), y), (int(x + reach[1]), y), 255, width, cv2.LINE_AA)
        cv2.line(canvas, (x, int(y - reach[2])), (x, int(y + reach[3])), 255, width, cv2.LINE_AA)
    elif kind < 0.65:  # a blot or the end of a shadow
        blob = cv2.GaussianBlur(rng.normal(0, 1, (160, 160)).astype(np.float32), (0, 0), float(rng.uniform(6, 16)))
        disc = np.zeros((160, 160), np.float32)
        cv2.ellipse(disc, (80, 80), (int(rng.integers(15, 60)), int(rng.integers(15, 60))), 0, 0, 360, 1, -1)
        canvas = np.where((blob / blob.std() > rng.uniform(-1.6, 0.6)) & (disc > 0), 255, 0).astype(np.uint8)
    elif kind < 0.85:  # a curve through a few points
        points = rng.uniform(25, 135, (int(rng.integers(3, 7)), 2))
        t = np.linspace(0, len(points) - 1, 60)
        curve = np.stack([np.interp(t, np.arange(len(points)), points[:, k]) for k in (0, 1)], axis=1)
        curve = cv2.blur(curve.astype(np.float32), (1, 9))
        cv2.polylines(canvas, [np.rint(curve).astype(np.int32)], bool(rng.random() < 0.15), 255, width, cv2.LINE_AA)
    else:  # hatching, or a word too small to separate
        for _ in range(int(rng.integers(3, 9))):
            (x, y), (dx, dy) = rng.integers(35, 125, 2).tolist(), rng.integers(-35, 36, 2).tolist()
            cv2.line(canvas, (x, y), (x + dx, y + dy), 255, width, cv2.LINE_AA)
    return canvas.astype(np.float32) / np.float32(255)
