"""Show a sheet on a desk as a camera sees it: desk, perspective, light, lens, sensor. Knows no numbers."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.pages.page_style import PageStyle
from scripts.pages.pen import grain_crop

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]
LIGHT_STEP = 16
"""Light changes slowly, so it is drawn at the frame's size divided by this."""


def place_sheet(
    style: PageStyle, rng: np.random.Generator, sheet_shape: tuple[int, ...], focus: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """(3, 3) homography from px of the sheet to px of the frame: rotation, perspective and offset.

    focus: (2,) a point of the sheet to place near the frame's middle, for pages larger than the frame.
    """
    height, width = sheet_shape[:2]
    scale = style.width * style.page_share / width
    lean = 0.5 * style.perspective * rng.uniform(-1, 1, 2)
    cosine, sine = np.cos(style.tilt), np.sin(style.tilt)
    centred = np.array([[scale, 0, -scale * width / 2], [0, scale, -scale * height / 2], [0, 0, 1]])
    turned = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    side = np.array([[1, 0, 0], [0, 1 - 0.2 * style.perspective, 0], [lean[0] / style.width, lean[1] / style.width, 1]])
    seen = side @ turned @ centred
    frame = np.array([style.width, style.height])
    if focus is not None and style.page_share > 1:
        at = frame * (0.5 + rng.uniform(-0.2, 0.2, 2)) - project(seen, focus[None])[0]
    else:
        spare = np.abs(frame - np.array([width, height]) * scale)
        at = frame / 2 + rng.uniform(-0.5, 0.5, 2) * spare + rng.normal(0, 0.02, 2) * style.width
    return np.asarray(np.array([[1, 0, at[0]], [0, 1, at[1]], [0, 0, 1]]) @ seen)


def project(homography: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float32]:
    """Map (..., 2) points of the sheet to px of the frame."""
    flat = points.reshape(-1, 1, 2)
    return np.asarray(cv2.perspectiveTransform(flat, homography), np.float32).reshape(points.shape)


def lay_sheet(background: Picture, sheet: Picture, homography: NDArray[np.float64]) -> Picture:
    """The sheet with its soft shadow over the desk: (H, W, 3) uint8, a new picture."""
    height, width = background.shape[:2]
    corners = np.array([[0, 0], [sheet.shape[1], 0], [sheet.shape[1], sheet.shape[0]], [0, sheet.shape[0]]], np.float64)
    quad = project(homography, corners)
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, np.round(quad * 16).astype(np.int32), 255, cv2.LINE_AA, 4)
    small = cv2.resize(mask, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    offset = np.array([[1, 0, 0.004 * width], [0, 1, 0.006 * width]]) * np.array([[1, 1, 0.25]])
    cast = cv2.GaussianBlur(cv2.warpAffine(small, offset, small.shape[::-1]), (0, 0), 0.002 * width)
    shade = cv2.resize(cast, (width, height), interpolation=cv2.INTER_LINEAR)
    desk = cv2.multiply(background, cv2.merge([255 - shade // 2] * 3), scale=1 / 255)
    page = cv2.warpPerspective(sheet, homography, (width, height), borderMode=cv2.BORDER_REPLICATE)
    return blend(np.asarray(desk, np.uint8), np.asarray(page, np.uint8), mask)


def to_levels(seen: NDArray[np.floating[Any]]) -> Picture:
    """Grey levels as integers, clipped to 0 to 255."""
    return np.asarray(np.clip(seen, 0, 255), dtype=np.uint8)


def blend(below: Picture, above: Picture, mask: Picture) -> Picture:
    """`above` where (H, W) mask is 255, `below` where it is 0."""
    mask3 = cv2.merge([mask] * 3)
    return np.asarray(
        cv2.add(cv2.multiply(above, mask3, scale=1 / 255), cv2.multiply(below, 255 - mask3, scale=1 / 255)),
        dtype=np.uint8,
    )


def light_field(style: PageStyle, rng: np.random.Generator) -> Floats:
    """(H, W, 3) float32 gains: exposure, gradient, vignetting, shadow and colour of the light."""
    rows, columns = -(-style.height // LIGHT_STEP), -(-style.width // LIGHT_STEP)
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j].astype(np.float32)
    middle = rng.uniform(-0.25, 0.25, 2)
    radius2 = ((x - middle[0]) ** 2 + (y - middle[1]) ** 2 * 0.7) / 1.7
    slope = rng.normal(0, 0.05, 2)
    light = style.exposure * (1 - style.vignetting * np.clip(radius2, 0, 1.2)) * (1 + slope[0] * x + slope[1] * y)
    shade = style.shadow * _shadow(rng, rows, columns)
    gains = np.dstack(
        [light * gain * (1 - shade * part) for gain, part in zip(style.cast, (0.9, 1.0, 1.04), strict=True)]
    )
    return np.asarray(cv2.resize(gains, (style.width, style.height), interpolation=cv2.INTER_CUBIC), np.float32)


def _shadow(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    """(rows, columns) float32, 1 in full shadow: the shadow of a hand or head, with a randomly soft edge."""
    shadow = np.zeros((rows, columns), np.float32)
    turns = np.sort(rng.uniform(0, 2 * np.pi, 7))
    reach = rng.uniform(0.25, 0.8, 7) * columns * 0.6
    middle = rng.uniform(0, 1, 2) * (columns, rows)
    corners = middle + np.stack([np.cos(turns), np.sin(turns)], axis=1) * reach[:, None]
    cv2.fillPoly(shadow, [corners.astype(np.int32)], 1.0)
    return np.asarray(cv2.GaussianBlur(shadow, (0, 0), rng.uniform(0.012, 0.09) * columns), np.float32)


def see(scene: Picture, style: PageStyle, light: Floats, rng: np.random.Generator) -> Picture:
    """The camera's picture of the scene: light, lens, sensor, sharpening and JPEG; (H, W, 3) uint8."""
    optics = cv2.multiply(scene, light, dtype=cv2.CV_32F)
    if style.blur_px > 0.15:
        optics = cv2.GaussianBlur(optics, (0, 0), style.blur_px)
    if style.motion_blur_px > 1:
        optics = cv2.filter2D(optics, -1, streak(style.motion_blur_px, rng.uniform(0, np.pi)))
    seen = add_noise(np.asarray(optics, np.float32), style.noise_sigma, rng)
    if style.sharpening:
        soft = cv2.GaussianBlur(seen, (0, 0), 1.6)
        seen = np.asarray(cv2.addWeighted(seen, 1 + style.sharpening, soft, -style.sharpening, 0), np.float32)
    written, packed = cv2.imencode(".jpg", to_levels(seen), [cv2.IMWRITE_JPEG_QUALITY, style.jpeg_quality])
    if not written:
        raise RuntimeError("OpenCV could not write a JPEG in memory")
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), np.uint8)


def streak(length_px: float, angle: float) -> Floats:
    """A kernel of motion blur over `length_px` in a direction, sum 1."""
    side = int(np.ceil(length_px)) // 2 * 2 + 3
    kernel = np.zeros((side, side), np.float32)
    reach = np.array([np.cos(angle), np.sin(angle)]) * length_px / 2
    ends = [tuple(int(v) for v in np.round((side // 2 + sign * reach) * 16)) for sign in (-1, 1)]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1, cv2.LINE_8, 4)
    soft = cv2.GaussianBlur(kernel, (3, 3), 0.5)
    return np.asarray(soft / soft.sum(), np.float32)


def add_noise(seen: Floats, sigma: float, rng: np.random.Generator) -> Floats:
    """Add the sensor's noise: mostly luminance, with a little coarser noise of colour."""
    if sigma <= 0:
        return seen
    height, width = seen.shape[:2]
    grey = rng.standard_normal((height, width), np.float32) * np.float32(sigma)
    small = rng.standard_normal((-(-height // 3), -(-width // 3), 3), np.float32) * np.float32(0.6 * sigma)
    colour = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.add(cv2.add(seen, cv2.merge([grey] * 3)), colour), np.float32)


def draw_desk(style: PageStyle, rng: np.random.Generator) -> Picture:
    """(H, W, 3) uint8: the desk behind the sheet, with a few objects on it."""
    height, width = style.height, style.width
    if style.desk == "room":
        blocks = rng.normal(0, 7, (4, 6, 3)) + rng.normal(0, 26, (4, 6, 1))
        relief = cv2.resize(blocks.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    elif style.desk == "wood":
        relief = cv2.merge([_wood(rng, height, width)] * 3)
    else:
        strength = 9 if style.desk == "fabric" else 3
        relief = cv2.merge([grain_crop(rng, height, width) * strength] * 3)
    picture = to_levels(np.asarray(relief, np.float32) + np.array(style.desk_colour, np.float32))
    for _ in range(style.objects):
        _object(picture, rng)
    return picture


def _wood(rng: np.random.Generator, height: int, width: int) -> Floats:
    """(height, width) float32: wavy horizontal grain of wood, and the gap between two boards."""
    bands = cv2.resize(
        rng.standard_normal((height // 3, 5)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    fine = cv2.resize(
        rng.standard_normal((height, 24)).astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR
    )
    wood = 7 * bands + 5 * fine
    seam = int(rng.uniform(0, height))
    wood[seam : seam + 2] -= 40
    return np.asarray(wood, np.float32)


def _object(desk: Picture, rng: np.random.Generator) -> None:
    """Draw a pen, a cup, a coin or a note near the edge, with its shadow, in place."""
    height, width = desk.shape[:2]
    side = rng.integers(4)
    along = rng.uniform(0.05, 0.95)
    spot = np.array([(along, 0.04), (along, 0.96), (0.04, along), (0.96, along)][side]) * (width, height)
    size = rng.uniform(0.03, 0.12) * width
    colour = rng.integers(20, 235, 3).tolist()
    turn = rng.uniform(0, 180)
    kind = rng.integers(4)
    for offset, shade in ((size * 0.08, None), (0.0, colour)):
        layer = desk.copy()
        x, y = (spot + offset).astype(int).tolist()
        paint = shade or [20, 20, 20]
        if kind == 0:
            reach = np.array([np.cos(np.radians(turn)), np.sin(np.radians(turn))]) * size * 1.6
            ends = [(int(x + sign * reach[0]), int(y + sign * reach[1])) for sign in (-1, 1)]
            cv2.line(layer, ends[0], ends[1], paint, max(2, int(size * 0.14)), cv2.LINE_AA)
        elif kind == 1:
            cv2.circle(layer, (x, y), int(size * 0.8), paint, -1, cv2.LINE_AA)
            if shade:
                cv2.circle(layer, (x, y), int(size * 0.62), [level // 2 for level in colour], -1, cv2.LINE_AA)
        elif kind == 2:
            cv2.ellipse(layer, (x, y), (int(size * 0.4), int(size * 0.4)), turn, 0, 360, paint, -1, cv2.LINE_AA)
        else:
            box = cv2.boxPoints(((x, y), (size * 1.6, size * 1.2), turn))
            cv2.fillConvexPoly(layer, box.astype(np.int32), paint, cv2.LINE_AA)
        cv2.addWeighted(layer, 0.5 if shade is None else 1.0, desk, 0.5 if shade is None else 0.0, 0, desk)
