"""Draw a sheet held by a hand, as one movable layer. Knows no frames and no time."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.pages.sheet import Sheet

SKIN = (126.0, 158.0, 208.0)
SLEEVE = (96.0, 70.0, 52.0)
NAIL_SHEEN = (16.0, 15.0, 12.0)
THUMB = ((0.1, 2.3), (-0.5, 1.1), (-0.42, 0.2), (-0.28, -0.25))
"""Points from the thumb's root to its tip, relative to the grip at the sheet's edge, in tenths of the sheet's width."""
NAIL_AT = (-0.33, -0.35)
LIGHT = np.array([-0.45, -0.6, 0.66])
"""Direction of the light: from the left, above and in front."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class HandHeldSheet:
    """`layer` is (H, W, 4) float32, BGR and alpha from 0 to 255, with premultiplied alpha; the sheet is at `origin`."""

    layer: Floats
    sheet: Sheet
    origin: tuple[int, int]
    """x, y of the sheet's top left corner in the layer, px."""

    @property
    def middle(self) -> NDArray[np.float64]:
        """(2,) centre of the sheet, px of the layer."""
        height, width = self.sheet.image.shape[:2]
        return np.array([self.origin[0] + width / 2, self.origin[1] + height / 2])


def draw_hand_held(sheet: Sheet, rng: np.random.Generator) -> HandHeldSheet:
    """The sheet with a forearm behind its lower edge and a thumb in front of it."""
    height, width = sheet.image.shape[:2]
    side, below = width // 12, int(0.95 * height)
    unit = width / 10
    layer = np.zeros((height + below + side, width + 2 * side, 4), np.float32)
    grip = np.array([side + 0.83 * width, side + height + 0.0])
    for points, radius, colour, softness in _arm():
        _lay(layer, _solid(layer.shape, [grip + unit * np.array(p) for p in points], radius * unit), colour, softness)
    _lay_paper(layer, sheet, side)
    thumb = _solid(layer.shape, [grip + unit * np.array(p) for p in THUMB], 0.43 * unit)
    _shadow(layer, thumb, 0.12 * unit)
    _lay(layer, thumb, SKIN, 4)
    nail = np.zeros(layer.shape[:2], np.uint8)
    at = grip + unit * np.array(NAIL_AT)
    cv2.ellipse(nail, ((float(at[0]), float(at[1])), (0.5 * unit, 0.62 * unit), -16), 255, -1, cv2.LINE_AA)
    sheen = cv2.GaussianBlur(nail, (0, 0), 2.5).astype(np.float32)[..., None] / 255
    layer[..., :3] += sheen * np.array(NAIL_SHEEN, np.float32)
    grain = rng.normal(0, 1.2, layer.shape[:2]).astype(np.float32)[..., None]
    layer[..., :3] = np.clip(layer[..., :3] + grain * (layer[..., 3:] / 255), 0, 255)
    return HandHeldSheet(layer, sheet, (side, side))


def _arm() -> list[tuple[list[tuple[float, float]], float, tuple[float, float, float], float]]:
    """Sleeve, wrist, palm and the fingers behind the sheet: points and radii in tenths of the sheet's width."""
    limbs = [
        ([(1.0, 6.0), (2.6, 16.0)], 1.7, SLEEVE, 10.0),
        ([(0.5, 2.6), (0.9, 5.0)], 1.1, SKIN, 4.0),
        ([(0.2, 1.5), (0.6, 2.4)], 1.2, SKIN, 4.0),
    ]
    for finger in range(3):
        x = 0.35 + 0.5 * finger
        limbs.append(([(x, 1.7 - 0.12 * finger), (x - 0.1, -1.5)], 0.36, SKIN, 4.0))
    return limbs


def _solid(shape: tuple[int, ...], points: list[NDArray[np.float64]], radius: float) -> NDArray[np.uint8]:
    """(H, W) uint8 alpha of a round limb along the points."""
    cover = np.zeros(shape[:2], np.uint8)
    line = np.round(np.array(points) * 16).astype(np.int32)
    cv2.polylines(cover, [line], False, 255, round(2 * radius), cv2.LINE_AA, 4)
    for point in points:
        cv2.circle(cover, tuple(np.round(point * 16).astype(int).tolist()), round(radius * 16), 255, -1, cv2.LINE_AA, 4)
    return cover


def _lay(layer: Floats, cover: NDArray[np.uint8], colour: tuple[float, float, float], softness: float) -> None:
    """Draw a round body over the layer, lit from `LIGHT`."""
    depth = cv2.distanceTransform((cover > 127).astype(np.uint8), cv2.DIST_L2, 5)
    radius = max(float(depth.max()), 1.0)
    across = np.clip(depth / radius, 0, 1)
    relief = cv2.GaussianBlur(radius * np.sqrt(1 - (1 - across) ** 2), (0, 0), softness + radius / 14)
    slope_x, slope_y = (
        cv2.Sobel(relief, cv2.CV_32F, 1, 0, scale=1 / 8),
        cv2.Sobel(relief, cv2.CV_32F, 0, 1, scale=1 / 8),
    )
    facing = (LIGHT[2] - LIGHT[0] * slope_x - LIGHT[1] * slope_y) / np.sqrt(1 + slope_x**2 + slope_y**2)
    light = 0.5 + 0.62 * np.clip(facing, 0, 1)
    tint = np.array(colour, np.float32) * np.clip(light, 0, 1.12)[..., None]
    tint[..., 2] += 10 * (1 - across)  # skin is redder where it turns away
    share = cv2.GaussianBlur(cover, (0, 0), 1.2).astype(np.float32)[..., None] / 255
    layer[..., :3] = layer[..., :3] * (1 - share) + np.clip(tint, 0, 255) * share
    layer[..., 3:] = layer[..., 3:] * (1 - share) + 255 * share


def _lay_paper(layer: Floats, sheet: Sheet, side: int) -> None:
    height, width = sheet.image.shape[:2]
    place = layer[side : side + height, side : side + width]
    bend = 1 + 0.035 * np.sin(np.linspace(0.4, 3.4, width, dtype=np.float32)) - 0.02
    place[..., :3] = np.clip(sheet.image * bend[None, :, None], 0, 255)
    place[..., 3] = 255


def _shadow(layer: Floats, cover: NDArray[np.uint8], reach: float) -> None:
    """Draw the thumb's shadow on the paper."""
    moved = np.array([[1, 0, 0.9 * reach], [0, 1, 0.7 * reach]])
    cast = cv2.GaussianBlur(cv2.warpAffine(cover, moved, cover.shape[::-1]), (0, 0), reach)
    layer[..., :3] *= 1 - 0.45 * cast.astype(np.float32)[..., None] / 255
