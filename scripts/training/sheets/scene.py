"""Draw a picture of a sheet, or of none, with what stands where. Knows no reader.

A picture follows from its seed alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scripts.training.sheets import boxes, forms, layouts, surroundings
from scripts.training.sheets.camera import draw_pose, lit, photograph, stored
from scripts.training.sheets.decoration import decorate, paper_lines
from scripts.training.sheets.kinds import Kind
from scripts.training.sheets.sheet import Sheet
from scripts.training.sheets.truth import NOTHING, Regions, seen_regions
from scripts.training.sheets.writing import Tools

Rng = np.random.Generator
SHAPES = ((720, 1280), (720, 1280), (720, 1280), (960, 1280), (480, 640))
"""Height and width of pictures, px."""
LAYOUTS: tuple[tuple[layouts.PageLayout, float], ...] = (
    (layouts.loose, 0.24), (forms.table, 0.19), (forms.form, 0.13), (layouts.listed, 0.1), (layouts.sums, 0.05),
    (layouts.worded, 0.08), (layouts.newspaper, 0.07), (layouts.large, 0.1), (boxes.sudoku, 0.05), (boxes.cheque, 0.05),
    (layouts.letters, 0.08), (layouts.empty, 0.02),
)  # fmt: skip
SHARES = np.cumsum([share for _, share in LAYOUTS])
ALONE = 0.08
"""Share of pictures without a sheet."""
RULED, PATTERNED = 0.3, 0.18
"""Shares of sheets with ruled or squared paper, and with a patterned ground."""
USUAL_TALL = 20.0
"""Height of a digit that pictures without one are blurred for, px."""


class Picture(NamedTuple):
    """A picture and its truth. grey: (H, W) uint8."""

    grey: NDArray[np.uint8]
    regions: Regions


def draw(tools: Tools, seed: list[int]) -> Picture:
    """The picture of this seed."""
    rng = np.random.default_rng(seed)
    shape = SHAPES[rng.integers(len(SHAPES))]
    if rng.random() < ALONE:
        return Picture(stored(lit(surroundings.alone(shape, rng), rng), USUAL_TALL, rng), NOTHING)
    pose = draw_pose(shape, rng)
    sheet = Sheet.blank(*pose.sheet)
    write(sheet, tools, rng)
    regions = seen_regions(sheet, pose)
    numbers = regions.talls[regions.kinds == Kind.NUMBER]
    least = float(numbers.min()) if len(numbers) else USUAL_TALL
    scene = lit(photograph(sheet.ink, pose, shape, sheet.patterned, rng), rng)
    return Picture(stored(scene, least, rng), regions)


def write(sheet: Sheet, tools: Tools, rng: Rng) -> None:
    """Fill an empty sheet."""
    tall = digit_tall(rng)
    layout = LAYOUTS[int(np.searchsorted(SHARES, rng.random() * SHARES[-1]))][0]
    sheet.patterned = bool(rng.random() < (0.8 if layout is boxes.cheque else PATTERNED))
    layout(sheet, tools, tall, rng)
    if rng.random() < RULED:
        paper_lines(sheet, tall, rng)
    decorate(sheet, tools, tall, rng)


def digit_tall(rng: Rng) -> float:
    """Height of a digit, px of the picture: mostly 13 to 85, seldom up to 400."""
    if rng.random() < 0.12:
        return float(np.exp(rng.uniform(np.log(80), np.log(400))))
    return float(np.exp(rng.uniform(np.log(13), np.log(85))))
