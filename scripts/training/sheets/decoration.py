"""What else is on a sheet: ruled paper, drawings, scribbles, crossings-out, blots, holes. Knows no camera."""

from __future__ import annotations

import cv2
import numpy as np

from scripts.training.lines.shapes import smooth
from scripts.training.sheets import vocabulary as say
from scripts.training.sheets.kinds import Kind
from scripts.training.sheets.printing import print_line
from scripts.training.sheets.sheet import Sheet, stroke
from scripts.training.sheets.writing import Author, Tools

Rng = np.random.Generator


def paper_lines(sheet: Sheet, tall: float, rng: Rng) -> None:
    """A copybook's lines, or squares."""
    step = tall * rng.uniform(0.5, 2.6)
    dark, thick = rng.uniform(0.08, 0.5), int(rng.choice([1, 1, 2]))
    first = rng.uniform(0, step)
    for y in np.arange(first, sheet.tall, step):
        sheet.rule([(0, y), (sheet.wide, y)], thick, dark)
    if rng.random() < 0.5:
        for x in np.arange(rng.uniform(0, step), sheet.wide, step):
            sheet.rule([(x, 0), (x, sheet.tall)], thick, dark)
    elif rng.random() < 0.3:
        x = rng.uniform(0.05, 0.2) * sheet.wide
        sheet.rule([(x, 0), (x, sheet.tall)], thick, min(2 * dark, 1))


def drawing(sheet: Sheet, tall: float, rng: Rng) -> None:
    """Something drawn with a pen: arrows, circles, boxes, curves, zigzags, underlines."""
    dark, thick = rng.uniform(0.4, 1), max(1, round(tall * rng.uniform(0.03, 0.12)))
    middle = rng.uniform(0, 1, 2) * (sheet.wide, sheet.tall)
    size = tall * float(np.exp(rng.uniform(-0.3, 2)))
    kind = rng.random()
    if kind < 0.25:
        turns = np.linspace(0, 2 * np.pi * rng.uniform(0.6, 2.2), 40)
        axes = rng.uniform(0.3, 1, 2) * size
        wander = np.linspace(1, rng.uniform(0.6, 1.2), 40)[:, None]
        points = middle + np.stack([np.cos(turns), np.sin(turns)], axis=1) * axes * wander
    elif kind < 0.4:
        corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1)]) * rng.uniform(0.3, 1, 2) * size
        points = middle + corners + rng.normal(0, 0.05 * size, (5, 2))
    elif kind < 0.6:
        ends = middle + rng.normal(0, size, (2, 2))
        back = (ends[0] - ends[1]) * 0.25
        points = np.array([ends[0], ends[1], ends[1] + back + back[::-1] * (0.5, -0.5), ends[1]])
    else:
        count = int(rng.integers(3, 16))
        knots = middle + np.cumsum(rng.normal(0, size * 0.5, (count, 2)), axis=0)
        points = smooth(knots.astype(np.float32)).astype(np.float64) if rng.random() < 0.7 else knots
    sheet.rule(np.asarray(points, np.float32), thick, dark)


def crossing_out(sheet: Sheet, rng: Rng) -> None:
    """A number or word is crossed out: then it is no number any more."""
    own = [k for k, region in enumerate(sheet.regions) if region.kind in (Kind.NUMBER, Kind.WRITING)]
    if not own:
        return
    index = own[rng.integers(len(own))]
    region = sheet.regions[index]
    left_top, right_top, right_low, left_low = region.quad
    thick = max(1, round(region.tall * rng.uniform(0.05, 0.13)))
    lines = int(rng.integers(1, 4))
    if rng.random() < 0.5:  # to and fro
        across = np.linspace(-0.1, 1.1, int(rng.integers(4, 9) * max(1, lines)))
        down = np.where(np.arange(len(across)) % 2, 0.85, 0.15) + rng.normal(0, 0.08, len(across))
        points = left_top + across[:, None] * (right_top - left_top) + down[:, None] * (left_low - left_top)
        stroke(sheet.ink, np.asarray(points, np.float32), thick, 1.0)
    else:
        for _ in range(max(2, lines)):
            start = left_top + rng.uniform(0.25, 0.75) * (left_low - left_top) - 0.1 * (right_top - left_top)
            end = right_top + rng.uniform(0.25, 0.75) * (right_low - right_top) + 0.1 * (right_top - left_top)
            stroke(sheet.ink, np.asarray([start, end], np.float32), thick, 1.0)
    sheet.regions[index] = region._replace(kind=Kind.WRITING)


def header(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """A printed or written title at the top or the foot."""
    y = rng.choice([tall * 0.8, sheet.tall - 0.3 * tall])
    at = (rng.uniform(0, 0.6) * sheet.wide, float(y))
    if rng.random() < 0.6:
        print_line(sheet, tools.font(rng), say.label(rng), at, (tall * rng.uniform(0.4, 1.4), rng.uniform(0.4, 1)))
    else:
        author = Author(tools, tall, rng)
        x = author.word(sheet, say.word(rng), at)[2]
        if rng.random() < 0.5:
            author.number(sheet, say.number(rng, 8), (x + author.apart(), at[1]))


def blots(sheet: Sheet, rng: Rng) -> None:
    """Holes, spots, stickers."""
    for _ in range(rng.integers(1, 7)):
        middle = (rng.uniform(0, 1, 2) * (sheet.wide, sheet.tall)).astype(int).tolist()
        axes = np.exp(rng.uniform(0, 4, 2)).astype(int).tolist()
        cv2.ellipse(
            sheet.ink, middle, axes, float(rng.uniform(0, 180)), 0, 360, int(rng.integers(30, 255)), -1, cv2.LINE_AA
        )


def decorate(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """Some of all that, on some sheets."""
    if rng.random() < 0.12:
        header(sheet, tools, tall, rng)
    if rng.random() < 0.12:
        for _ in range(rng.integers(1, 4)):
            crossing_out(sheet, rng)
    if rng.random() < 0.15:
        for _ in range(rng.integers(1, 5)):
            drawing(sheet, tall, rng)
    if rng.random() < 0.06:
        blots(sheet, rng)
