"""Augment digits at random in each epoch: distort all, and degrade a few. Knows arrays in MNIST's format, no network.

Distortion is rotation, shear, scale, shift and a smooth random field, as handwriting varies. Degradation is haze, noise, blur or
faint ink, as in camera pictures.
Source: Simard, Steinkraus and Platt, "Best practices for convolutional neural networks applied to visual document analysis",
2003, for affine and elastic distortion of MNIST.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.mnist_format import FIELD_PX

CENTER = (FIELD_PX - 1) / 2
KNOTS = 5
"""The random field is drawn on a grid of this many points in each direction."""


@dataclass(frozen=True, slots=True)
class Distortion:
    """Strengths of the distortion: standard deviations of normal distributions."""

    rotation_deg: float = 9.0
    shear: float = 0.13
    scale: float = 0.09
    """Standard deviation of the logarithms of width and height, drawn independently."""
    shift_px: float = 0.6
    elastic_px: float = 0.9


@dataclass(frozen=True, slots=True)
class Degradation:
    """Strengths of the degradation: largest values of uniform distributions; full ink is 1."""

    share: float = 0.15
    """Share of pictures that are degraded, each in one way."""
    haze: float = 0.3
    """Grey added to all pixels."""
    noise: float = 0.15
    """Standard deviation."""
    blur_px: float = 1.0
    """Standard deviation."""
    fade: float = 0.6
    """What the ink loses."""


def distort(
    images: NDArray[np.uint8], rng: np.random.Generator, distortion: Distortion | None = None
) -> NDArray[np.uint8]:
    """(N, 28, 28) uint8 -> (N, 28, 28) uint8, each distorted independently. N may be 0."""
    how = distortion or Distortion()
    count = len(images)
    angle = np.radians(rng.normal(0, how.rotation_deg, count))
    turn = np.stack([np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)], axis=1).reshape(-1, 2, 2)
    slant = np.tile(np.eye(2), (count, 1, 1))
    slant[:, 0, 1] = rng.normal(0, how.shear, count)
    stretch = np.exp(rng.normal(0, how.scale, (count, 2)))[:, :, None] * np.eye(2)
    matrix = (turn @ slant @ stretch).astype(np.float32)
    shift = rng.normal(0, how.shift_px, (count, 1, 2)).astype(np.float32) + np.float32(CENTER)
    knots = rng.normal(0, how.elastic_px, (count, KNOTS * KNOTS, 2)).astype(np.float32)
    maps = (_FIELD @ matrix.transpose(0, 2, 1) + shift + _BETWEEN @ knots).reshape(count, FIELD_PX, FIELD_PX, 2)
    bent = np.empty_like(images)
    for k in range(count):
        # not linear: it blurs, and a network trained on blurred strokes is worse on sharp ones
        cv2.remap(images[k], maps[k], None, cv2.INTER_CUBIC, dst=bent[k], borderMode=cv2.BORDER_CONSTANT)
    return bent


def degrade(
    images: NDArray[np.uint8], rng: np.random.Generator, degradation: Degradation | None = None
) -> NDArray[np.uint8]:
    """(N, 28, 28) uint8 -> (N, 28, 28) uint8, a few of them hazy, noisy, blurred or faint. N may be 0."""
    how = degradation or Degradation()
    degraded = images.copy()
    ways = rng.integers(0, 4, len(images))
    strengths = rng.random(len(images))
    for k in np.flatnonzero(rng.random(len(images)) < how.share):
        ink, strength = images[k].astype(np.float32), float(strengths[k])
        if ways[k] == 0:
            ink += how.haze * strength * (255 - ink)
        elif ways[k] == 1:
            ink += rng.normal(0, 255 * how.noise * strength, ink.shape)
        elif ways[k] == 2:
            ink = cv2.GaussianBlur(ink, (0, 0), how.blur_px * strength + 0.01)
        else:
            ink *= 1 - how.fade * strength
        degraded[k] = np.clip(ink, 0, 255)
    return degraded


def _between() -> NDArray[np.float32]:
    """(28 * 28, KNOTS * KNOTS) weights that interpolate values at the knots smoothly over the field."""
    place = np.linspace(0, KNOTS - 1, FIELD_PX)[:, None] - np.arange(KNOTS)[None, :]
    weights = np.exp(-0.5 * (place / 0.6) ** 2)
    weights /= np.sqrt((weights**2).sum(axis=1, keepdims=True))
    return np.kron(weights, weights).astype(np.float32)


_AXIS = np.arange(FIELD_PX, dtype=np.float32) - np.float32(CENTER)
_FIELD = np.stack(np.meshgrid(_AXIS, _AXIS), axis=-1).reshape(-1, 2)
_BETWEEN = _between()
