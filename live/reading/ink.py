"""Tell ink from paper in any light. Knows grey values, never digits.

The light is evened out by comparing each pixel with the paper around it; what is then darker than about a third of the
darkest stroke nearby is ink. So a shadow, a vignette, a faint ruled line beside a pen stroke and sensor noise all fall
away, and no limit depends on the frame's size or on how dark the pen is.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.settings import InkSettings
from live.reading.paper import cell_px, find_paper, window_cells
from live.reading.polarity import with_dark_ink

DARK_PAPER = 0.35  # share of the frame's bright level under which a dark desk is not evened up any further
MAD_TO_SIGMA = 1.4826  # median absolute deviation to standard deviation, of normal noise
STEEP, SOFT = 0.19, 0.12  # steepness of a sharp picture's edges, and of one that needs all the sharpening
CRISP, BLURRED = 1.6, 1.0  # the same of crispness
PEN_GAIN = 0.5  # a pen's darkness gains about half as much by sharpening as its amount says
WIDE = np.ones((5, 5), np.uint8)  # cells that are dark side by side: no stroke is as wide
RIM = 0.25  # share by which the paper's brightness changes within as many cells at the rim of a thing, and in no shadow
FAINTER = 0.7  # of what noise never reaches: a px may be as faint as this, as noise seldom is,
AROUND = 0.55  # if the mean of 3x3 px around it is so dark, as that of noise never is
BLUR_WINDOW = 0.007  # share of the frame's longer side: about as far as a camera blurs


@dataclass(frozen=True, eq=False)
class Ink:
    """What is written on a picture."""

    darkness: NDArray[np.uint8]
    """(H, W) uint8: how much darker than the paper around it, 0 paper, 255 black."""
    mask: NDArray[np.uint8]
    """(H, W) uint8: 255 is ink, 0 is not."""
    paper: NDArray[np.uint8]
    """(H / step, W / step) uint8: brightness of the paper, or whatever lies there, without its strokes."""
    step: int
    """Side of one cell of `paper`, px of the frame."""


def find_ink(image: NDArray[np.uint8], settings: InkSettings, *, wide: bool = True) -> Ink:
    """Even out the light and find the ink.

    image: (H, W, 3) uint8 BGR. wide: also strokes wider than `settings.paper_window`. Returns arrays of that height and width.
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
    """What a frame's darkness is like."""

    least: float
    """Darkness that everything has that is written, 0 to 255."""
    noise_floor: float
    """Darkness that noise doesn't reach, 0 to 255."""
    pen_floor: float
    """Darkness that the page's pen always reaches, 0 to 255."""
    steepness: float
    """What share of the pen's darkness the strokes' edges gain from one px to the next."""
    crispness: float
    """And what share over a stroke's width."""

    def floor(self, sharpening: float = 0.0) -> float:
        """Darkness from which on anything is ink, 0 to 255, in a frame sharpened so much: noise gains most by it."""
        of_paper = max(self.least, FAINTER * self.noise_floor)
        return max(of_paper * (1 + sharpening), self.pen_floor * (1 + PEN_GAIN * sharpening))

    def floor_around(self, sharpening: float = 0.0) -> float:
        """The same for the mean of 3x3 px; 0 where the frame has little noise, or a pen so dark that noise is no matter."""
        noise = self.noise_floor * (1 + sharpening)
        return AROUND * noise if self.floor(sharpening) < noise else 0.0


def measure_levels(
    darkness: NDArray[np.uint8], settings: InkSettings, paper: NDArray[np.uint8] | None = None
) -> Levels:
    """The noise of the sensor, the darkness of the pen, and how crisp its edges are. darkness: (H, W) uint8.

    paper: from `find_paper`, so that the desk beside a sheet is no pen; None, where all that is dark was written, however wide.
    """
    rows = np.ascontiguousarray(darkness[::4])  # a quarter of the rows tell as much as all
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
    """0 for a crisp picture, 1 for one so blurred that strokes run into each other.

    Edges must be soft in themselves and beside the strokes: a thick marker's soft edge harms nothing, nor is a thin pen blurred.
    """
    soft = (STEEP - levels.steepness) / (STEEP - SOFT)
    blurred = (CRISP - levels.crispness) / (CRISP - BLURRED)
    return min(1.0, max(0.0, min(soft, blurred)))


def even_light(gray: NDArray[np.uint8], paper: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """How much darker than its paper each pixel is, as a share of the paper's own brightness.

    gray: (H, W) uint8; paper: from `find_paper`. Returns (H, W) uint8, 0 paper, 255 black on any paper, in any light.
    """
    height, width = gray.shape
    bright = max(1.0, DARK_PAPER * level_at(paper, 0.9))
    full = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    darker = cv2.subtract(full, gray)
    # into the same memory: to touch more of it costs more than the sums
    return cv2.divide(darker, cv2.max(full, bright, dst=full), dst=darker, scale=255)


def sharpen(darkness: NDArray[np.uint8], amount: float) -> NDArray[np.uint8]:
    """Undo some of the blur of lens and motion: unsharp masking, over a window that grows with the frame.

    darkness: (H, W) uint8. Returns the same; strokes that blur had joined come apart again.
    """
    side = max(3, round(BLUR_WINDOW * max(darkness.shape))) | 1
    return cv2.addWeighted(darkness, 1 + amount, cv2.blur(darkness, (side, side)), -amount, 0)


def ink_mask(
    darkness: NDArray[np.uint8], floor: float, settings: InkSettings, floor_around: float = 0.0
) -> NDArray[np.uint8]:
    """What is dark enough to be ink: darker than `floor`, and than a share of the darkest stroke nearby.

    darkness: (H, W) uint8 from `even_light`. floor_around: for the mean of the 3x3 px around it, 0 to 255. Returns (H, W)
    uint8, 255 is ink.
    """
    height, width = darkness.shape
    step = cell_px(darkness.shape)
    smooth = cv2.blur(darkness, (3, 3))  # one px of noise is no stroke
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
    """The grey level that `share` of all pixels (of those in `mask`) don't exceed: a percentile, by counting."""
    counts = cv2.calcHist([levels], [0], mask, [256], [0, 256]).ravel().cumsum()
    return float(np.searchsorted(counts, share * counts[-1]))


def written_on(rows: NDArray[np.uint8], floor: float, paper: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Where a pen may have written: (h, W) uint8, 255 there, and 0 where something wide is dark, and along the rims of things.

    A dark desk beside a bright sheet is as dark as the blackest pen, and is none. rows: (h, W) uint8, every fourth row of the
    darkness. paper: from `find_paper`, whose cells it goes by.
    """
    cells = cv2.resize(rows, paper.shape[::-1], interpolation=cv2.INTER_AREA)
    dark = cv2.compare(cells, np.full_like(cells, min(255, floor)), cv2.CMP_GT)
    wide = cv2.dilate(cv2.erode(dark, WIDE), WIDE, iterations=3)
    change = cv2.morphologyEx(paper, cv2.MORPH_GRADIENT, WIDE)
    rims = cv2.compare(change, cv2.convertScaleAbs(paper, alpha=RIM), cv2.CMP_GE)
    return cv2.resize(cv2.bitwise_not(cv2.bitwise_or(wide, rims)), rows.shape[::-1], interpolation=cv2.INTER_NEAREST)


def pen_level(darkness: NDArray[np.uint8], floor: float, mask: NDArray[np.uint8] | None = None) -> float:
    """Mean darkness of what was written: the darker class of all that is darker than `floor`, by Otsu's method.

    The lighter class is what a page carries besides: ruled lines, wood grain, edges of strokes. 0 on a bare page.
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
