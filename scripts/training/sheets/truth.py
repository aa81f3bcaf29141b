"""Where everything on a drawn sheet is seen. Knows quads, no ink and no light."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.training.sheets.camera import Pose, seen_at
from scripts.training.sheets.kinds import Kind
from scripts.training.sheets.sheet import Sheet

Quads = NDArray[np.float32]
"""(N, 4, 2) px, clockwise from the top left of each line."""
SHIFT = 4
"""Bits behind the point that polygons are drawn with."""
CELL_PX = 2
"""Px of the picture that one cell of the map answers for, each way."""


class Regions(NamedTuple):
    """All that is written or printed, where it is seen, px of the picture; numbers come last."""

    kinds: NDArray[np.uint8]
    quads: Quads
    talls: NDArray[np.float32]
    """Height that each line is known by."""


_ORDER = {Kind.PRINT: 0, Kind.FIGURES: 0, Kind.WRITING: 1, Kind.NUMBER: 2}
NOTHING = Regions(np.zeros(0, np.uint8), np.zeros((0, 4, 2), np.float32), np.zeros(0, np.float32))


def regions_of_numbers(quads: list[Quads]) -> Regions:
    """Regions that all are handwritten numbers. quads: (4, 2) each."""
    if not quads:
        return NOTHING
    whole = np.stack(quads).astype(np.float32)
    return Regions(np.full(len(whole), int(Kind.NUMBER), np.uint8), whole, talls(whole))


def seen_regions(sheet: Sheet, pose: Pose) -> Regions:
    """Where everything that stands on a sheet is seen; what is beyond the sheet's edge is left out."""
    limits = np.array((sheet.wide, sheet.tall), np.float32)
    found = sorted(sheet.regions, key=lambda region: _ORDER[region.kind])
    if not found:
        return NOTHING
    whole = np.stack([region.quad for region in found])
    cut = np.clip(whole, 0, limits)
    own = talls(whole)
    seen = seen_at(cut.reshape(-1, 2), pose.matrix).reshape(-1, 4, 2)
    there = (widths(cut) > 0.3 * widths(whole)) & (talls(cut) > 0.5 * own)
    grown = np.array([region.tall for region in found], np.float32) / np.maximum(own, 1e-3)
    kinds = np.array([region.kind for region in found], np.uint8)
    return Regions(kinds[there], seen[there], np.asarray(talls(seen) * grown, np.float32)[there])


def kind_map(regions: Regions, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """(H / 2, W / 2) uint8 `Kind` of every cell of a picture of this height and width."""
    kinds = np.zeros((shape[0] // CELL_PX, shape[1] // CELL_PX), np.uint8)
    for quad, kind in zip(_to_cells(regions.quads), regions.kinds.tolist(), strict=True):
        cv2.fillConvexPoly(kinds, quad, kind, cv2.LINE_8, SHIFT)
    return kinds


def shares(kinds: NDArray[np.uint8], quad: NDArray[np.float32]) -> NDArray[np.float64]:
    """(5,) share of each `Kind` inside a quad (4, 2), px of the picture; zeros outside of it."""
    cells = quad / CELL_PX
    low = np.maximum(np.floor(cells.min(axis=0)).astype(int), 0)
    high = np.maximum(np.ceil(cells.max(axis=0)).astype(int) + 1, low + 1)
    part = kinds[low[1] : high[1], low[0] : high[0]]
    inside = np.zeros(part.shape, np.uint8)
    if part.size:
        cv2.fillConvexPoly(inside, np.rint((cells - low) * (1 << SHIFT)).astype(np.int32), 1, cv2.LINE_8, SHIFT)
    counts = np.bincount(part[inside > 0], minlength=len(Kind))
    return np.asarray(counts / max(int(counts.sum()), 1))


def widths(quads: Quads) -> NDArray[np.float32]:
    """(N,) px."""
    sides = np.hypot(*(quads[:, 1] - quads[:, 0]).T) + np.hypot(*(quads[:, 2] - quads[:, 3]).T)
    return np.asarray(sides / 2, np.float32)


def talls(quads: Quads) -> NDArray[np.float32]:
    """(N,) px."""
    sides = np.hypot(*(quads[:, 3] - quads[:, 0]).T) + np.hypot(*(quads[:, 2] - quads[:, 1]).T)
    return np.asarray(sides / 2, np.float32)


def _to_cells(points: NDArray[np.float32]) -> NDArray[np.int32]:
    """Px of the picture -> places in the map, as OpenCV takes them with `SHIFT`."""
    return np.rint(np.clip(points / CELL_PX, -2000, 4000) * (1 << SHIFT)).astype(np.int32)
