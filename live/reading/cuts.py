"""Cut touching digits apart: candidate cuts, and the best path through them. Knows ink and probabilities, no pages.

The ink of one or several components is a row of slices between cuts. Each span of slices that may be a digit is one region of a
lattice. After classification, dynamic programming finds the path from the first slice to the last with the best score.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import Box, Region
from live.core.settings import SplittingSettings
from live.reading.regions import Upright, tight

CUT_COST = 0.25
"""Log-probability that each cut must gain: a whole digit is likelier than two touching halves."""
BRIDGE = 0.6
"""Most ink in the column of a cut, as a share of the ink's height; two touching 0s share a long wall."""
MIN_SLICE = 0.1
"""Width of the narrowest span that may be a digit, a 1, as a share of the ink's height."""
MAX_SLICE = 1.6
"""Width of the widest span that may be a digit, a flat 0, as a share of the ink's height."""
MIN_RISE = 0.5
"""Least height of a span that may be a digit, as a share of the ink's height; digits that touch are written by one hand."""

Extent = tuple[float, float, float, float]
"""Left, top, right, bottom, px of the frame turned so that text lines are level."""


@dataclass(frozen=True, eq=False)
class Lattice:
    """The ways to cut one piece of ink."""

    components: tuple[int, ...]
    """Indices of the components that the ink belongs to."""
    spans: tuple[tuple[int, int], ...]
    """First and last cut of each span."""
    regions: tuple[Region, ...]
    """The classifier's input of each span."""
    extents: NDArray[np.float32]
    """(R, 4) float32 left, top, right, bottom of each span, px of the turned frame."""
    last: int
    """Index of the last cut: the ink's right edge."""
    height: float = 0.0
    """Height of the whole ink across the text line, px."""
    cuts: tuple[int, ...] = ()
    """Columns of the whole ink, px: left edge, each cut, right edge; empty without cuts."""


@dataclass(frozen=True, eq=False)
class Part:
    """One span that may be a digit."""

    span: tuple[int, int]
    """Its first and last cut."""
    region: Region
    extent: Extent


@dataclass(frozen=True, eq=False)
class Sliced:
    """One piece of ink with its candidate cuts."""

    components: tuple[int, ...]
    """Indices of the components that the ink belongs to."""
    ink: NDArray[np.uint8]
    """(h, w) uint8, tight."""
    left: float
    """Position of the ink's first column and row, px of the turned frame."""
    top: float
    angle: float
    """Slope of its text line, radians."""
    cuts: tuple[int, ...]
    """Columns of the ink, px: the left edge, each cut, the right edge."""

    @property
    def last(self) -> int:
        """Index of the last cut: the ink's right edge."""
        return len(self.cuts) - 1

    def part(self, i: int, j: int) -> Part | None:
        """The part between two cuts if its size may be a digit's, else None; the whole is always a part."""
        ink, left, top = self.ink[:, self.cuts[i] : self.cuts[j]], self.left + self.cuts[i], self.top
        if (i, j) != (0, self.last):
            inside = _tight_digit(ink, len(self.ink))
            if inside is None:
                return None
            ink, left, top = ink[inside], left + inside[1].start, top + inside[0].start
        extent = (left, top, left + ink.shape[1], top + ink.shape[0])
        return Part((i, j), Region(frame_box(extent, self.angle), ink, self.angle), extent)

    def lattice(self, parts: Sequence[Part]) -> Lattice:
        """The lattice of some of the parts."""
        extents = np.array([part.extent for part in parts], np.float32).reshape(-1, 4)
        spans, regions = tuple(part.span for part in parts), tuple(part.region for part in parts)
        cuts = self.cuts if self.last > 1 else ()
        return Lattice(self.components, spans, regions, extents, self.last, float(len(self.ink)), cuts)


def sliced(
    components: tuple[int, ...], upright: Upright, angle: float, settings: SplittingSettings | None = None
) -> Sliced | None:
    """The ink of `upright` with its candidate cuts, none without settings; None where there is no ink."""
    bounds = tight(upright.ink)
    if bounds is None:
        return None
    rows, columns = bounds
    ink = upright.ink[rows, columns]
    cuts = (0, *(find_cuts(ink, settings) if settings is not None else ()), ink.shape[1])
    return Sliced(components, ink, upright.left + columns.start, upright.top + rows.start, angle, cuts)


def build_lattice(
    components: tuple[int, ...], upright: Upright, angle: float, settings: SplittingSettings | None = None
) -> Lattice:
    """All spans of slices of `upright` that may be a digit: always the whole, and without settings only that."""
    piece = sliced(components, upright, angle, settings)
    if piece is None:
        return Lattice(components, (), (), np.zeros((0, 4), np.float32), 0)
    parts = [piece.part(i, j) for i, j in combinations(range(piece.last + 1), 2)]
    return piece.lattice([part for part in parts if part is not None])


def _tight_digit(part: NDArray[np.uint8], height: int) -> tuple[slice, slice] | None:
    """Rows and columns of a part whose size may be a digit's, else None. height: of the whole ink, px."""
    if not MIN_SLICE * height <= part.shape[1] <= MAX_SLICE * height:
        return None
    inside = tight(part)
    return inside if inside is not None and inside[0].stop - inside[0].start >= MIN_RISE * height else None


def find_cuts(ink: NDArray[np.uint8], settings: SplittingSettings) -> list[int]:
    """Columns where digits may touch: the ink is thinnest there between two thicker places. Narrow ink has none.

    ink: (h, w) uint8, tight. Returns columns from left to right, at most `settings.max_cuts`.
    """
    height, width = ink.shape
    if width < settings.min_aspect * height or settings.max_cuts == 0:
        return []
    profile = cv2.blur(ink.sum(axis=0, dtype=np.float32)[None], (max(1, height // 12) | 1, 1))[0] / 255
    margin = max(2, round(MIN_SLICE * height))
    inner = profile[margin : width - margin]
    if inner.size < 3:
        return []
    valley = (inner <= profile[margin - 1 : width - margin - 1]) & (inner < profile[margin + 1 : width - margin + 1])
    places = np.flatnonzero(valley) + margin
    found: list[int] = []
    for place in places[np.argsort(profile[places])]:
        if profile[place] > BRIDGE * height or len(found) == settings.max_cuts:
            break
        if all(abs(place - other) >= margin for other in found):
            found.append(int(place))
    return sorted(found)


def frame_box(extent: tuple[float, float, float, float], angle: float) -> Box:
    """The upright box, in px of the frame, around an extent of the turned frame."""
    left, top, right, bottom = extent
    if angle == 0:
        x, y = math.floor(left), math.floor(top)
        return Box(x, y, max(1, math.ceil(right) - x), max(1, math.ceil(bottom) - y))
    cos, sin = math.cos(angle), math.sin(angle)
    # plain floats are faster than arrays of four, and this runs once per region
    across = sorted(
        (left * cos - top * sin, right * cos - top * sin, right * cos - bottom * sin, left * cos - bottom * sin)
    )
    down = sorted(
        (left * sin + top * cos, right * sin + top * cos, right * sin + bottom * cos, left * sin + bottom * cos)
    )
    x, y = math.floor(across[0]), math.floor(down[0])
    return Box(x, y, max(1, math.ceil(across[3]) - x), max(1, math.ceil(down[3]) - y))


def best_path(lattice: Lattice, scores: NDArray[np.float32]) -> tuple[float, list[int]]:
    """The path of spans from the first slice to the last with the highest sum of scores.

    scores: (R,) float32, log-probability of the best digit of each span. Returns the sum, less `CUT_COST` a cut, and the
    indices of the spans from left to right; -inf and nothing where no path exists.
    """
    best = np.full(lattice.last + 1, -np.inf)
    best[0] = 0.0
    came = [-1] * (lattice.last + 1)
    for index in sorted(range(len(lattice.spans)), key=lambda k: lattice.spans[k][1]):
        start, stop = lattice.spans[index]
        total = best[start] + scores[index] - (CUT_COST if start > 0 else 0.0)
        if total > best[stop]:
            best[stop], came[stop] = total, index
    path: list[int] = []
    at = lattice.last
    while at > 0 and came[at] >= 0:
        path.append(came[at])
        at = lattice.spans[came[at]][0]
    if at != 0 or not path:
        return -np.inf, []
    return float(best[lattice.last]), path[::-1]
