"""Draw a laid-out line with a pen: thickness, grain, gaps, pressure. Knows shapes and fields, no paper and no camera."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.training.lines.hands import Glyph, unit_of
from scripts.training.lines.layout import Layout, Placed, Points
from scripts.training.lines.sources import SIDE, Fields

Ink = NDArray[np.uint8]
"""(H, W) 0 is none, 255 full."""
MNIST_TALL = 40.0  # height of a MNIST digit in its field, px
SUBPIXEL = 3  # bits behind the point that OpenCV draws with
TEXTURE = 512


@dataclass(frozen=True, slots=True)
class Pen:
    """How a pen marks. thick: in heights of a digit; middle: how far it evens out the thickness of MNIST's own pens, 0 to 1."""

    thick: float
    middle: float
    grain: float
    """How much of the ink the paper's grain takes away, 0 to 1."""
    coarse: int
    """Px of the grain."""
    pressure: float
    """How much of the ink comes and goes along the line, 0 to 1."""


def draw_pen(thick: float, rng: np.random.Generator) -> Pen:
    """Any pen of this thickness."""
    kind = rng.random()
    if kind < 0.3:  # pencil, crayon
        return Pen(thick, rng.uniform(0.5, 1), rng.uniform(0.2, 0.6), int(rng.integers(1, 4)), rng.uniform(0, 0.5))
    if kind < 0.7:  # ballpoint
        return Pen(thick, rng.uniform(0, 1), rng.uniform(0, 0.3), 1, rng.uniform(0, 0.5))
    return Pen(thick, rng.uniform(0, 1), 0.0, 1, 0.0)


def draw_line(layout: Layout, shape: tuple[int, int], pen: Pen, fields: Fields, rng: np.random.Generator) -> Ink:
    """A line in a picture of this height and width, px."""
    ink = np.zeros(shape, np.uint8)
    for placed in layout.placed:
        draw_shape(ink, placed, pen, fields)
    if layout.joins:
        tall = float(layout.placed[0].matrix[1, 1])
        polylines(ink, layout.joins, max(1, round(pen.thick * tall * 0.85)))
    return worn(ink, pen, rng)


def draw_shape(ink: Ink, placed: Placed, pen: Pen, fields: Fields) -> None:
    """One shape, into the picture."""
    glyph, size = placed.glyph, float(placed.matrix[1, 1])
    if glyph.row >= 0:
        lay_field(ink, placed, pen, fields)
    elif glyph.picture is not None:
        lay_picture(ink, glyph, glyph.picture, placed.matrix)
    else:
        polylines(ink, placed.points(), max(1, round(pen.thick * size * glyph.bold)))


def polylines(ink: Ink, strokes: Sequence[Points], thick: int) -> None:
    """Strokes of this thickness, px."""
    scale = float(1 << SUBPIXEL)
    for stroke in strokes:
        points = np.rint(stroke * scale).astype(np.int32)
        cv2.polylines(ink, [points], False, 255, thick, cv2.LINE_AA, SUBPIXEL)


def lay_field(ink: Ink, placed: Placed, pen: Pen, fields: Fields) -> None:
    """A MNIST digit: its field, moved to its place, is ink where the pen comes."""
    row, size = placed.glyph.row, float(placed.matrix[1, 1])
    left, top, right, bottom = fields.boxes[row].tolist()
    unit = unit_of(left, top, right, bottom)
    signed = fields.signed(row, max(pen.thick * MNIST_TALL / 4, 0.75 * MNIST_TALL / 2 / size), pen.middle)
    # field px -> heights of a digit -> px; a flat digit stands on the line
    to_unit = np.array([[1 / unit, 0, -left / unit], [0, 1 / unit, 1 - bottom / unit], [0, 0, 1]], np.float32)
    matrix = placed.matrix @ to_unit
    corners = np.array([[0, 0, 1], [SIDE, 0, 1], [0, SIDE, 1], [SIDE, SIDE, 1]], np.float32) @ matrix.T
    low = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    high = np.minimum(np.ceil(corners.max(axis=0)), (ink.shape[1], ink.shape[0])).astype(int)
    if (high <= low).any():
        return
    matrix[:, 2] -= low
    cover = cv2.warpAffine(
        signed, matrix, tuple(int(side) for side in high - low), flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT, borderValue=-9.0,
    )  # fmt: skip
    cell = 2 * size / unit  # px of a MNIST px
    drawn = cv2.convertScaleAbs(np.clip(cover * cell + np.float32(0.5), 0, 1), alpha=255)
    place = ink[low[1] : high[1], low[0] : high[0]]
    np.maximum(place, drawn, out=place)


def lay_picture(ink: Ink, glyph: Glyph, picture: Ink, matrix: NDArray[np.float32]) -> None:
    """A font's word."""
    tall, wide = picture.shape
    to_unit = np.array([[glyph.width / wide, 0, 0], [0, glyph.tall / tall, glyph.top], [0, 0, 1]], np.float32)
    size = (ink.shape[1], ink.shape[0])
    drawn = cv2.warpAffine(picture, matrix @ to_unit, size, flags=cv2.INTER_AREA)
    np.maximum(ink, drawn, out=ink)


def worn(ink: Ink, pen: Pen, rng: np.random.Generator) -> Ink:
    """The ink with the paper's grain and the hand's pressure in it."""
    if pen.grain == 0 and pen.pressure == 0:
        return ink
    worn = ink.astype(np.float32)
    if pen.grain:
        worn *= 1 - np.float32(pen.grain) * texture_crop(rng, ink.shape, pen.coarse)
    if pen.pressure:
        worn *= 1 - np.float32(pen.pressure) * texture_crop(rng, ink.shape, 24)
    return np.asarray(worn, np.uint8)


@cache
def texture() -> NDArray[np.float32]:
    """(512, 512) float32 in [0, 1]: noise that repeats."""
    rng = np.random.default_rng(15)
    noise = rng.random((TEXTURE, TEXTURE), np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 0.8, borderType=cv2.BORDER_REFLECT_101) - np.float32(0.5)
    return np.asarray(np.clip(np.float32(0.5) + soft * 3, 0, 1), np.float32)


def texture_crop(rng: np.random.Generator, shape: tuple[int, ...], coarse: float) -> NDArray[np.float32]:
    """(H, W) float32 in [0, 1] from anywhere in the texture, each grain `coarse` px, 1 or more."""
    tall, wide = (min(int(side / coarse) + 2, TEXTURE) for side in shape[:2])
    top, left = int(rng.integers(TEXTURE - tall + 1)), int(rng.integers(TEXTURE - wide + 1))
    crop = texture()[top : top + tall, left : left + wide]
    if coarse == 1 and crop.shape[0] >= shape[0] and crop.shape[1] >= shape[1]:
        return crop[: shape[0], : shape[1]]
    return np.asarray(cv2.resize(crop, (shape[1], shape[0]), interpolation=cv2.INTER_LINEAR), np.float32)
