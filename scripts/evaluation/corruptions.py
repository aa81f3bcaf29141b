"""Corrupt digits as pens, scanners, cameras and paper do, in one way at a time. Knows pictures, no network and no labels.

Each corruption has one severity, stated with its unit in `what`. Its randomness comes from a seed: the same seed corrupts the
same pictures in the same way. The idea and many of the kinds are from Mu and Gilmer, "MNIST-C: a robustness benchmark for
computer vision", 2019. The code and the severities are Numcam's own, so the figures are not comparable with those of MNIST-C.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]  # (28, 28) float32 in [0, 1], ink is 1
SEED = 1
SIZE = 28
CENTER = (SIZE - 1) / 2
LARGE = 4
"""Corruptions that bend or thicken strokes work at this many times MNIST's size, where strokes are smooth."""


@dataclass(frozen=True, slots=True)
class Corruption:
    """One way to corrupt a digit."""

    name: str
    what: str
    """What happens, and how strongly, with its unit."""
    apply: Callable[[Field, np.random.Generator], Field]
    """(28, 28) float32 in [0, 1] -> the same shape; values outside the range are clipped afterwards."""

    def __call__(self, images: NDArray[np.uint8], seed: int = SEED) -> NDArray[np.uint8]:
        """(N, 28, 28) uint8, ink is 255 -> (N, 28, 28) uint8. N may be 0. The input is not changed."""
        rng = np.random.default_rng(
            [seed, crc32(self.name.encode())]
        )  # independent of the other corruptions and their order
        corrupted = np.empty(images.shape, np.uint8)
        for image, place in zip(images, corrupted, strict=True):
            field = self.apply(image.astype(np.float32) / np.float32(255), rng)
            place[...] = np.rint(np.clip(field, 0, 1) * 255)
        return corrupted


def gaussian_noise(field: Field, rng: np.random.Generator) -> Field:
    """A normal error on every pixel, as from a camera's amplifier in poor light."""
    return field + rng.normal(0, 0.25, field.shape).astype(np.float32)


def shot_noise(field: Field, rng: np.random.Generator) -> Field:
    """Photon noise: 12 photons per pixel from paper, a tenth of that from full ink."""
    return (1 - rng.poisson(12 * (1 - 0.9 * field)) / 12).astype(np.float32)


def impulse_noise(field: Field, rng: np.random.Generator) -> Field:
    """Dead or stuck pixels: 8 % are pure ink or pure paper."""
    return np.where(rng.random(field.shape) < 0.08, rng.integers(0, 2, field.shape), field).astype(np.float32)


def defocus_blur(field: Field, _rng: np.random.Generator) -> Field:
    """A lens out of focus: each point becomes a disc."""
    y, x = np.mgrid[-3:4, -3:4]
    disc = np.clip(2.5 - np.hypot(x, y) + 0.5, 0, 1).astype(np.float32)
    return cv2.filter2D(field, -1, disc / disc.sum(), borderType=cv2.BORDER_CONSTANT)


def motion_blur(field: Field, rng: np.random.Generator) -> Field:
    """The hand moved while the shutter was open, in any direction."""
    angle, length = rng.uniform(0, np.pi), 7
    line = np.zeros((9, 9), np.float32)
    for step in np.linspace(-(length - 1) / 2, (length - 1) / 2, 6 * length):
        line[round(4 + step * np.sin(angle)), round(4 + step * np.cos(angle))] += 1
    return cv2.filter2D(field, -1, line / line.sum(), borderType=cv2.BORDER_CONSTANT)


def rotate(field: Field, rng: np.random.Generator) -> Field:
    """A sheet held at an angle, to either side."""
    angle = np.radians(rng.choice([-1, 1]) * rng.uniform(15, 30))
    cos, sin = np.cos(angle), np.sin(angle)
    return moved(field, np.array([[cos, -sin], [sin, cos]]))


def shear(field: Field, rng: np.random.Generator) -> Field:
    """Slanted handwriting, to either side."""
    return moved(field, np.array([[1, rng.choice([-1, 1]) * rng.uniform(0.3, 0.6)], [0, 1]]))


def scale(field: Field, rng: np.random.Generator) -> Field:
    """A digit that doesn't fill its field."""
    return moved(field, np.eye(2) * rng.uniform(0.5, 0.7))


def translate(field: Field, rng: np.random.Generator) -> Field:
    """A digit that is not centred."""
    angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(2, 4)
    return moved(field, np.eye(2), (far * np.cos(angle), far * np.sin(angle)))


def thick(field: Field, _rng: np.random.Generator) -> Field:
    """A marker instead of a pen."""
    return reinked(field, 0.75)


def thin(field: Field, _rng: np.random.Generator) -> Field:
    """A fine pen. Strokes stay at least 1 px wide, or they would break."""
    return reinked(field, -0.75)


def stripe(field: Field, rng: np.random.Generator) -> Field:
    """An inverted stripe, as from a beam of light or a crease."""
    angle, offset = rng.uniform(0, np.pi), rng.uniform(-4, 4)
    y, x = np.mgrid[:SIZE, :SIZE] - CENTER
    across = np.abs(x * np.sin(angle) - y * np.cos(angle) - offset)
    inside = np.clip(2 - across, 0, 1).astype(np.float32)
    return field * (1 - inside) + (1 - field) * inside


def fog(field: Field, rng: np.random.Generator) -> Field:
    """A shadow or a stain with soft edges, half as dark as ink at its darkest."""
    coarse = rng.random((4, 4)).astype(np.float32)
    cloud = cv2.resize(coarse, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    cloud = (cloud - cloud.min()) / max(float(np.ptp(cloud)), 1e-6)
    return field + (1 - field) * 0.5 * cloud


def faint(field: Field, _rng: np.random.Generator) -> Field:
    """A hard pencil: ink is a quarter as dark."""
    return field * np.float32(0.25)


def spatter(field: Field, rng: np.random.Generator) -> Field:
    """4 to 7 drops of ink at random places."""
    canvas = np.zeros((SIZE * LARGE, SIZE * LARGE), np.uint8)
    for _ in range(int(rng.integers(4, 8))):
        x, y = rng.uniform(2 * LARGE, (SIZE - 2) * LARGE, 2).tolist()
        cv2.circle(canvas, (round(x), round(y)), round(LARGE * rng.uniform(0.6, 1.5)), 255, -1)
    return np.maximum(field, shrunk(canvas))


def ruled_line(field: Field, rng: np.random.Generator) -> Field:
    """A ruled line through the digit, as dark as the digit."""
    canvas = np.zeros((SIZE * LARGE, SIZE * LARGE), np.uint8)
    middle, slope = SIZE * LARGE * rng.uniform(0.35, 0.75), LARGE * rng.uniform(-2, 2)
    ends = (0, round(middle - slope)), (SIZE * LARGE, round(middle + slope))
    cv2.line(canvas, *ends, 255, round(1.2 * LARGE), cv2.LINE_AA)
    return np.maximum(field, shrunk(canvas))


def moved(field: Field, turn: NDArray[np.float64], shift: tuple[float, float] = (0.0, 0.0)) -> Field:
    """The field after a linear map about its centre and a shift to the right and down, px."""
    center = np.full(2, CENTER)
    matrix = np.hstack([turn, (center + shift - turn @ center)[:, None]])
    large = cv2.resize(field, None, fx=LARGE, fy=LARGE, interpolation=cv2.INTER_CUBIC)
    # pixel centres: p of the field is at (p + 0.5) * LARGE - 0.5 of the large field
    matrix[:, 2] = LARGE * (matrix[:, 2] + 0.5 * (1 - turn.sum(axis=1))) - 0.5 * (1 - turn.sum(axis=1))
    return shrunk(cv2.warpAffine(np.clip(large, 0, 1), matrix, large.shape[::-1], flags=cv2.INTER_LINEAR))


def reinked(field: Field, change_px: float) -> Field:
    """Strokes wider or thinner by `change_px` on either side, with edges as soft as before, at least 1 px wide."""
    large = cv2.GaussianBlur(cv2.resize(field, None, fx=LARGE, fy=LARGE, interpolation=cv2.INTER_CUBIC), (0, 0), 1.2)
    inside = (large > 0.45).astype(np.uint8)
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - inside, cv2.DIST_L2, 5)
    if change_px < 0:  # the middle line keeps thin strokes from vanishing
        ridge = (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)) - 0.3) & (distance > 0.5)
        apart = cv2.distanceTransform(1 - ridge.astype(np.uint8), cv2.DIST_L2, 5)
        kept = np.maximum(distance + change_px * LARGE, 0.5 * LARGE - apart)
        return shrunk(np.clip(kept + 0.5, 0, 1) * (distance > -LARGE))
    return shrunk(np.clip(distance + change_px * LARGE + 0.5, 0, 1))


def shrunk(large: NDArray[np.uint8] | Field) -> Field:
    """A large drawing at MNIST's size by area averaging; uint8 becomes float32 in [0, 1]."""
    if large.dtype == np.uint8:
        large = large.astype(np.float32) / np.float32(255)
    return cv2.resize(large, (SIZE, SIZE), interpolation=cv2.INTER_AREA)


CORRUPTIONS = (
    Corruption("gaussian noise", "error of 0.25 of full ink (standard deviation) on each pixel", gaussian_noise),
    Corruption("shot noise", "12 photons a pixel from paper, 1.2 from ink", shot_noise),
    Corruption("impulse noise", "8 % of pixels pure ink or pure paper", impulse_noise),
    Corruption("defocus blur", "disc with a radius of 2.5 px", defocus_blur),
    Corruption("motion blur", "7 px long, in any direction", motion_blur),
    Corruption("rotate", "15° to 30°, either way", rotate),
    Corruption("shear", "0.3 to 0.6 px sideways for each px of height, either way", shear),
    Corruption("scale", "0.5 to 0.7 of the size", scale),
    Corruption("translate", "2 to 4 px, in any direction", translate),
    Corruption("thick", "strokes 1.5 px wider", thick),
    Corruption("thin", "strokes 1.5 px thinner, 1 px at least", thin),
    Corruption("stripe", "inverted stripe 3 px wide, at any slope, 0 to 4 px off centre", stripe),
    Corruption("fog", "soft cloud, up to half as dark as ink", fog),
    Corruption("faint", "ink at a quarter of its darkness", faint),
    Corruption("spatter", "4 to 7 drops of ink, 1.2 to 3 px across", spatter),
    Corruption("ruled line", "line 1.2 px wide across the digit, as dark as ink", ruled_line),
)
