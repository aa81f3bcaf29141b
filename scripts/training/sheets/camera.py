"""See a sheet through a camera: where it lies, its ground, light, blur, noise, storing. Knows no writing and no truth."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.training.lines import grounds
from scripts.training.lines.ink import Ink, texture_crop
from scripts.training.sheets.surroundings import Scene, around

Rng = np.random.Generator
Matrix = NDArray[np.float64]
UPRIGHT = 0.85
"""Share of sheets that stand upright in the picture, a few degrees aside, since turned pages are turned before they are read."""
PATTERNS = (grounds.dotted, grounds.guilloche, grounds.hatched, grounds.woven, grounds.rough, grounds.rough)


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a sheet is seen. matrix: (3, 3), from px of the sheet to px of the picture."""

    matrix: Matrix
    sheet: tuple[int, int]
    """Width and height of the sheet, px of its own."""
    turn: float


def draw_pose(shape: tuple[int, int], rng: Rng) -> Pose:
    """A sheet somewhere in a picture of this height and width."""
    tall, wide = shape
    kind = rng.random()
    quarter = 0.0 if kind < UPRIGHT else float(rng.choice([90, 90, 180, 270, 270]))
    turn = np.radians(quarter + rng.normal(0, 4)) if kind < 0.9 else rng.uniform(0, 2 * np.pi)
    fills = rng.random() < 0.5
    cover = rng.uniform(1.05, 1.3) if fills else rng.uniform(0.6, 0.98)
    own_wide, own_tall = (
        (float(wide), float(tall)) if round(np.degrees(turn) / 90) % 2 == 0 else (float(tall), float(wide))
    )
    if not fills:
        own_wide, own_tall = own_wide * rng.uniform(0.6, 1.05), own_tall * rng.uniform(0.8, 1.15)
    size = (max(64, round(own_wide * cover)), max(64, round(own_tall * cover)))
    return _posed(size, shape, float(turn), rng)


def _posed(size: tuple[int, int], shape: tuple[int, int], turn: float, rng: Rng) -> Pose:
    """A sheet of this size in a picture of this shape. turn: radians."""
    tall, wide = shape
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * (np.array(size) / 2)
    strength = rng.choice([0.0, 0.03, 0.06, 0.12])
    corners = corners * (1 + rng.normal(0, strength, (4, 2)).clip(-0.25, 0.25))
    cos, sin = np.cos(turn), np.sin(turn)
    middle = np.array((wide, tall)) / 2 + rng.normal(0, 0.06, 2) * (wide, tall)
    seen = corners @ np.array([[cos, sin], [-sin, cos]]) + middle
    flat = np.array([(0, 0), (size[0], 0), size, (0, size[1])], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, seen.astype(np.float32))
    return Pose(np.asarray(matrix, np.float64), size, turn)


def seen_at(points: NDArray[np.floating], matrix: Matrix) -> NDArray[np.float32]:
    """(K, 2) px of the sheet -> px of the picture."""
    moved = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ matrix.T
    return np.asarray(moved[:, :2] / moved[:, 2:], np.float32)


def photograph(ink: Ink, pose: Pose, shape: tuple[int, int], patterned: bool, rng: Rng) -> Scene:
    """The sheet in its surroundings, (H, W) float32 grey levels, sharp and in even light."""
    matrix, size = pose.matrix, (shape[1], shape[0])
    marked = cv2.warpPerspective(ink, matrix, size, flags=cv2.INTER_LINEAR).astype(np.float32) * np.float32(1 / 255)
    cover = cv2.warpPerspective(np.full_like(ink, 255), matrix, size, flags=cv2.INTER_LINEAR)
    board = rng.random() < 0.07
    paper = rng.uniform(15, 80) if board else rng.uniform(90, 250)
    sheet = np.full(shape, paper, np.float32)
    if patterned:
        draw = PATTERNS[rng.integers(len(PATTERNS))]
        strength = np.float32(rng.uniform(0.05, 0.4))
        pattern = draw((ink.shape[0], ink.shape[1]), rng)
        pattern = cv2.warpPerspective(pattern, matrix, size, flags=cv2.INTER_LINEAR)
        sheet *= 1 - strength * pattern
    if board:
        sheet += marked * np.float32(rng.uniform(60, 170))
    else:
        sheet *= 1 - marked * np.float32(rng.triangular(0.4, 0.9, 0.97))
    share = cover.astype(np.float32) * np.float32(1 / 255)
    scene = around(shape, rng)
    if rng.random() < 0.5:  # the sheet's own shadow
        offset = rng.normal(0, 5, 2)
        shade = cv2.GaussianBlur(share, (0, 0), rng.uniform(1, 8))
        shifted = cv2.warpAffine(shade, np.array([[1, 0, offset[0]], [0, 1, offset[1]]], np.float32), size)
        scene = scene * (1 - np.float32(rng.uniform(0.2, 0.7)) * shifted)
    return np.asarray(scene + share * (sheet - scene), np.float32)


def lit(scene: Scene, rng: Rng) -> Scene:
    """The scene in uneven light: falling off, edges of shadows, a lamp's circle."""
    bright = grounds.light(scene.shape, rng)
    tall, wide = scene.shape
    if rng.random() < 0.25:
        rows, columns = np.ogrid[:tall, :wide]
        away = ((columns / wide - rng.uniform(0.2, 0.8)) ** 2 + (rows / tall - rng.uniform(0.2, 0.8)) ** 2).astype(
            np.float32
        )
        bright = bright * (1 - np.float32(rng.uniform(0.2, 1.0)) * away)
    if rng.random() < 0.3:
        cast = np.zeros(scene.shape, np.uint8)
        count = int(rng.integers(3, 7))
        points = rng.uniform(-0.2, 1.2, (count, 2)) * (wide, tall)
        cv2.fillPoly(cast, [np.rint(points).astype(np.int32)], 255)
        soft = cv2.GaussianBlur(cast, (0, 0), float(np.exp(rng.uniform(-0.5, 2.7))))
        bright = bright * (1 - np.float32(rng.uniform(0.15, 0.6) / 255) * soft)
    return np.asarray(scene * np.maximum(bright, np.float32(0.08)), np.float32)


def stored(scene: Scene, least: float, rng: Rng) -> NDArray[np.uint8]:
    """As a camera gives it: blurred, noisy, stored. least: px of the smallest digit, which stays legible."""
    if rng.random() < 0.5:
        scene = cv2.GaussianBlur(scene, (0, 0), rng.uniform(0.3, min(0.3 + 0.05 * least, 2.0)))
    if rng.random() < 0.12:
        scene = moving(scene, rng.uniform(0.08, 0.22) * least, rng)
    if rng.random() < 0.7:
        noise = texture_crop(rng, scene.shape, 1.0 if rng.random() < 0.7 else rng.uniform(1, 2.5)) - np.float32(0.5)
        scene = scene + noise * np.float32(min(rng.exponential(6), 30) * float(scene.mean()) / 120)
    if rng.random() < 0.2:
        scene = 255 * np.power(np.clip(scene, 0, 255) / 255, np.float32(rng.uniform(0.6, 1.7)))
    grey = np.clip(scene, 0, 255).astype(np.uint8)
    if rng.random() < 0.3:
        _, packed = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))])
        grey = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return np.asarray(grey, np.uint8)


def moving(scene: Scene, length: float, rng: Rng) -> Scene:
    """Blur of a moving hand, px long."""
    side = int(max(3, 2 * round(length / 2) + 1))
    kernel = np.zeros((side, side), np.float32)
    turn, middle = rng.uniform(0, np.pi), side // 2
    reach = np.array((np.cos(turn), np.sin(turn))) * length / 2
    ends = np.rint(np.array([middle - reach, middle + reach])).astype(int).tolist()
    cv2.line(kernel, ends[0], ends[1], 1.0)
    return np.asarray(cv2.filter2D(scene, -1, kernel / float(kernel.sum())), np.float32)
