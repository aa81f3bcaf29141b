"""Separate ink from paper in any light. Knows grey values, no digits.

Each pixel is compared with the paper around it, which evens out the light; pixels darker than about a third of the darkest
stroke nearby are ink. Shadows, vignettes, faint ruled lines beside a pen stroke and sensor noise fall away, and no limit
depends on the frame's size or on the pen's darkness.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.settings import InkSettings
from live.reading.paper import cell_px, find_paper, longer_side, window_cells
from live.reading.polarity import with_dark_ink

DARK_PAPER = 0.35
"""Paper darker than this share of the frame's bright level, such as a dark desk, is not brightened any further."""
MAD_TO_SIGMA = 1.4826
"""Ratio of standard deviation to median absolute deviation of normal noise."""
STEEP, SOFT = 0.19, 0.12
"""Edge steepness of a sharp picture, and of one that needs full sharpening."""
CRISP, BLURRED = 1.6, 1.0
"""Crispness of a sharp picture, and of one that needs full sharpening."""
PEN_GAIN = 0.5
"""A pen's darkness gains about this share of the sharpening amount."""
WIDE = np.ones((5, 5), np.uint8)
"""Cells that are dark side by side over this window are no stroke."""
RIM = 0.25
"""At the rim of an object, paper brightness changes by this share within as many cells; in a shadow it doesn't."""
FAINTER = 0.7
"""A pixel of ink may be as faint as this share of the noise limit if the mean around it is dark enough."""
AROUND = 0.55
"""The mean of its 3x3 px must then exceed this share of the noise limit, which noise never does."""
BLUR_WINDOW = 0.007
"""Window of the sharpening, about a camera's blur, as a share of the frame's longer side."""


@dataclass(frozen=True, eq=False)
class Ink:
    """The ink of a picture."""

    darkness: NDArray[np.uint8]
    """(H, W) uint8: darkness relative to the paper around, 0 is paper, 255 is black."""
    mask: NDArray[np.uint8]
    """(H, W) uint8: 255 is ink, 0 is not."""
    paper: NDArray[np.uint8]
    """(H / step, W / step) uint8: brightness of the background without strokes."""
    step: int
    """Side of one cell of `paper`, px of the frame."""


def find_ink(image: NDArray[np.uint8], settings: InkSettings, *, wide: bool = True) -> Ink:
    """Even out the light and find the ink.

    image: (H, W, 3) uint8 BGR. wide: include strokes wider than `settings.paper_window`. Returns arrays of that height and width.
    """
    gray = with_dark_ink(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), settings.paper_window)
    step = cell_px(gray.shape)
    return ink_on(find_paper(gray, step, settings.paper_window, wide=wide), gray, step, settings)


def ink_on(paper: NDArray[np.uint8], gray: NDArray[np.uint8], step: int, settings: InkSettings) -> Ink:
    """The ink on a paper whose brightness is known. paper: on a grid of one cell in `step` px; gray: (H, W) uint8."""
    darkness = even_light(gray, paper)
    levels = measure_levels(darkness, settings, paper)
    amount = settings.sharpening * blurredness(levels)
    if amount > 0:
        darkness = sharpen(darkness, amount)
    mask = ink_mask(darkness, levels.floor(amount), settings, levels.floor_around(amount))
    return Ink(darkness, mask, paper, step)


@dataclass(frozen=True, slots=True)
class Levels:
    """Statistics of a frame's darkness."""

    least: float
    """Least darkness of ink, 0 to 255."""
    noise_floor: float
    """Darkness above all noise, 0 to 255."""
    pen_floor: float
    """Least darkness of the page's pen, 0 to 255."""
    steepness: float
    """Gain of the strokes' edges from one px to the next, as a share of the pen's darkness."""
    crispness: float
    """Steepness times the strokes' mean width."""

    def floor(self, sharpening: float = 0.0) -> float:
        """Least darkness of ink after sharpening by this amount, 0 to 255; noise gains most by it."""
        of_paper = max(self.least, FAINTER * self.noise_floor)
        return max(of_paper * (1 + sharpening), self.pen_floor * (1 + PEN_GAIN * sharpening))

    def floor_around(self, sharpening: float = 0.0) -> float:
        """The same for the mean of 3x3 px; 0 where noise is low or the pen is much darker than it."""
        noise = self.noise_floor * (1 + sharpening)
        return AROUND * noise if self.floor(sharpening) < noise else 0.0


def measure_levels(
    darkness: NDArray[np.uint8], settings: InkSettings, paper: NDArray[np.uint8] | None = None
) -> Levels:
    """Measure sensor noise, the pen's darkness and the sharpness of its edges. darkness: (H, W) uint8.

    paper: from `find_paper`, to exclude the desk beside a sheet; None where everything dark is writing.
    """
    rows = np.ascontiguousarray(darkness[::4])  # a quarter of the rows is enough
    detail = cv2.absdiff(rows, cv2.blur(rows, (3, 1)))
    least, noise = 255 * settings.min_contrast, settings.noise_factor * MAD_TO_SIGMA * level_at(detail, 0.5)
    floor = max(least, noise)
    inside = None if paper is None else written_on(rows, floor, paper)
    pen = pen_level(rows, floor, inside) or pen_level(rows, floor)
    if pen == 0:
        return Levels(least, noise, 0.0, STEEP, CRISP)
    strokes = cv2.compare(rows, np.full_like(rows, min(255, 0.3 * pen)), cv2.CMP_GT)
    begins = cv2.countNonZero(cv2.compare(strokes[:, 1:], strokes[:, :-1], cv2.CMP_GT)) if rows.shape[1] > 1 else 0
    width = cv2.countNonZero(strokes) / max(begins, 1)
    steepness = level_at(detail, 0.98, strokes) / pen
    return Levels(least, noise, settings.page_share * pen, steepness, width * steepness)


def blurredness(levels: Levels) -> float:
    """Blur from 0 for a sharp picture to 1 for one whose strokes merge.

    Both steepness and crispness must be low: a thick marker's soft edge does no harm, and a thin pen isn't blurred.
    """
    soft = (STEEP - levels.steepness) / (STEEP - SOFT)
    blurred = (CRISP - levels.crispness) / (CRISP - BLURRED)
    return min(1.0, max(0.0, min(soft, blurred)))


def even_light(gray: NDArray[np.uint8], paper: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Darkness of each pixel relative to its paper, as a share of the paper's brightness.

    gray: (H, W) uint8; paper: from `find_paper`. Returns (H, W) uint8, 0 paper, 255 black on any paper, in any light.
    """
    height, width = gray.shape
    bright = max(1.0, DARK_PAPER * level_at(paper, 0.9))
    full = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    darker = cv2.subtract(full, gray)
    # in place: more memory traffic costs more than the arithmetic
    return cv2.divide(darker, cv2.max(full, bright, dst=full), dst=darker, scale=255)


def sharpen(darkness: NDArray[np.uint8], amount: float) -> NDArray[np.uint8]:
    """Reduce blur of lens and motion by unsharp masking, over a window that grows with the frame.

    darkness: (H, W) uint8. Returns (H, W) uint8; strokes that were merged by blur separate again.
    """
    side = max(3, round(BLUR_WINDOW * longer_side(darkness.shape))) | 1
    return cv2.addWeighted(darkness, 1 + amount, cv2.blur(darkness, (side, side)), -amount, 0)


def ink_mask(
    darkness: NDArray[np.uint8], floor: float, settings: InkSettings, floor_around: float = 0.0
) -> NDArray[np.uint8]:
    """Mask of the ink: pixels darker than `floor` and than a share of the darkest stroke nearby.

    darkness: (H, W) uint8 from `even_light`. floor_around: least mean of the 3x3 px around, 0 to 255. Returns (H, W)
    uint8, 255 is ink.
    """
    height, width = darkness.shape
    step = cell_px(darkness.shape)
    smooth = cv2.blur(darkness, (3, 3))  # a single px of noise is no stroke
    strokes = cv2.threshold(smooth, floor_around, 255, cv2.THRESH_BINARY)[1] if floor_around > 0 else None
    peaks = cv2.dilate(smooth, np.ones((step, step), np.uint8), dst=smooth)[::step, ::step]
    reach = window_cells(peaks.shape, settings.paper_window / 2)
    peaks = cv2.blur(cv2.dilate(peaks, np.ones((reach, reach), np.uint8)), (reach, reach))
    limit = cv2.resize(
        np.maximum(peaks * np.float32(settings.stroke_share), np.float32(floor)).astype(np.uint8),
        (width, height),
        interpolation=cv2.INTER_LINEAR,
    )
    mask = cv2.compare(darkness, limit, cv2.CMP_GT, dst=limit)
    return mask if strokes is None else cv2.bitwise_and(mask, strokes, dst=mask)


def level_at(levels: NDArray[np.uint8], share: float, mask: NDArray[np.uint8] | None = None) -> float:
    """The percentile `share` (0 to 1) of all grey levels, or of those in `mask`, by counting."""
    counts = cv2.calcHist([levels], [0], mask, [256], [0, 256]).ravel().cumsum()
    return float(np.searchsorted(counts, share * counts[-1]))


def written_on(rows: NDArray[np.uint8], floor: float, paper: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Mask of where a pen may have written, (h, W) uint8: 0 in wide dark areas and along the rims of objects, else 255.

    A dark desk beside a bright sheet is as dark as the blackest pen. rows: (h, W) uint8, every fourth row of the
    darkness. paper: from `find_paper`.
    """
    cells = cv2.resize(rows, paper.shape[::-1], interpolation=cv2.INTER_AREA)
    dark = cv2.compare(cells, np.full_like(cells, min(255, floor)), cv2.CMP_GT)
    wide = cv2.dilate(cv2.erode(dark, WIDE), WIDE, iterations=3)
    change = cv2.morphologyEx(paper, cv2.MORPH_GRADIENT, WIDE)
    rims = cv2.compare(change, cv2.convertScaleAbs(paper, alpha=RIM), cv2.CMP_GE)
    return cv2.resize(cv2.bitwise_not(cv2.bitwise_or(wide, rims)), rows.shape[::-1], interpolation=cv2.INTER_NEAREST)


def pen_level(darkness: NDArray[np.uint8], floor: float, mask: NDArray[np.uint8] | None = None) -> float:
    """Mean darkness of the pen: the darker class of all pixels above `floor`, by Otsu's method.

    The lighter class is ruled lines, wood grain and edges of strokes. 0 on a bare page.
    """
    counts = cv2.calcHist([darkness], [0], mask, [256], [0, 256]).ravel()
    counts[: int(floor) + 1] = 0
    total = counts.sum()
    if total == 0:
        return 0.0
    levels = np.arange(256)
    below, sums = np.cumsum(counts), np.cumsum(counts * levels)
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (sums[-1] * below - sums * total) ** 2 / (below * (total - below))
    cut = int(np.nanargmax(np.where(np.isfinite(between), between, -1.0)))
    above = total - below[cut]
    return float((sums[-1] - sums[cut]) / above) if above > 0 else float(sums[-1] / total)
