"""Photos of one digit, drawn: any size, pen, paper and light, so that what each shows is known."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Photo:
    """What a photo is to be like."""

    height: int = 480
    width: int = 360
    digit: float = 0.5
    """Height of the digit, as a share of the picture's shorter side."""
    at: tuple[float, float] = (0.5, 0.5)
    """Where its middle is, as shares of width and height."""
    paper: tuple[int, int, int] = (226, 232, 235)
    pen: tuple[int, int, int] = (62, 48, 45)
    noise: float = 2.0
    light: float = 0.0
    """How much darker the right side is than the left one, as a share."""
    shadow: float = 0.0
    """How much darker one corner is, with a clear edge, as a share."""
    ruled: bool = False
    squared: bool = False
    desk: float = 0.0
    """Share of the picture's sides beside the sheet that is a dark desk."""


def photograph(shape: Picture, photo: Photo, seed: int = 0) -> Picture:
    """A photo of a digit of MNIST: (28, 28) uint8 -> (height, width, 3) uint8 BGR."""
    rng = np.random.default_rng(seed)
    ink = _laid(shape, photo)
    paper = np.full((photo.height, photo.width, 3), photo.paper, np.float32)
    step = max(8, photo.height // 7)
    pale = np.array(photo.paper, np.float32) * np.float32(0.62)
    if photo.ruled or photo.squared:
        for y in range(step // 2, photo.height, step):
            cv2.line(paper, (0, y), (photo.width, y + photo.width // 60), pale.tolist(), 1 + photo.height // 300)
    if photo.squared:
        for x in range(step // 2, photo.width, step):
            cv2.line(paper, (x, 0), (x - photo.height // 70, photo.height), pale.tolist(), 1 + photo.height // 300)
    seen = paper * (1 - ink[..., None]) + np.array(photo.pen, np.float32) * ink[..., None]
    seen *= _light(photo)[..., None]
    if photo.desk:
        x, y = round(photo.desk * photo.width), round(photo.desk * photo.height)
        desk = np.full_like(seen, (40, 52, 70))
        desk[y:-y, x:-x] = seen[y:-y, x:-x]
        seen = desk
    seen += rng.normal(0, photo.noise, seen.shape)
    return np.clip(np.rint(seen), 0, 255).astype(np.uint8)


def _laid(shape: Picture, photo: Photo) -> Plane:
    """The digit's ink at its place, (height, width) float32 in [0, 1]."""
    x, y, w, h = cv2.boundingRect(shape)
    size = photo.digit * min(photo.height, photo.width) / max(w, h)
    large = cv2.resize(shape, None, fx=16, fy=16, interpolation=cv2.INTER_CUBIC)
    large = np.clip((cv2.GaussianBlur(large, (0, 0), 6).astype(np.float32) - 90) / 70, 0, 1)
    scale = size / 16
    if scale < 1:  # as a lens does: warping alone would skip px
        large = cv2.GaussianBlur(large, (0, 0), 0.45 / scale)
    middle = np.array([photo.at[0] * photo.width, photo.at[1] * photo.height])
    shift = middle - size * np.array([x + w / 2, y + h / 2])
    matrix = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]], np.float32)
    return np.asarray(cv2.warpAffine(large, matrix, (photo.width, photo.height)), np.float32)


def _light(photo: Photo) -> Plane:
    """Brightness, (height, width) float32 up to 1."""
    x, y = np.meshgrid(np.linspace(0, 1, photo.width), np.linspace(0, 1, photo.height))
    light = 1 - photo.light * x
    edge = 1 / (1 + np.exp(-60 * (x + 0.6 * y - 1.1)))  # a few hundredths of the picture wide
    return np.asarray(light * (1 - photo.shadow * edge), np.float32)
