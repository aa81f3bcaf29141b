"""Draws page styles at random, one distribution for each level of difficulty. Draws no page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar, get_args

import numpy as np

from scripts.pages.page_style import Colour, Desk, Level, PageStyle, Pen

Choice = TypeVar("Choice")

WHITE_PAPERS: tuple[Colour, ...] = ((248, 250, 252), (235, 240, 244), (226, 232, 236), (240, 236, 232))
TINTED_PAPERS: tuple[Colour, ...] = (
    (196, 232, 240),
    (170, 226, 232),
    (206, 238, 222),
    (226, 214, 240),
    (240, 226, 208),
)
INKS: dict[Pen, tuple[Colour, ...]] = {
    "ballpoint": ((110, 48, 30), (150, 60, 24), (48, 42, 40), (44, 36, 150), (60, 100, 40)),
    "fineliner": ((34, 30, 30), (60, 40, 40), (120, 40, 30), (40, 30, 170)),
    "marker": ((24, 22, 22), (40, 34, 30), (120, 40, 20), (30, 26, 160)),
    "pencil": ((92, 88, 86), (74, 72, 72), (110, 108, 106)),
    "crayon": ((50, 48, 46), (36, 34, 34), (120, 60, 40)),
}
DESKS: dict[Desk, tuple[Colour, ...]] = {
    "wood": ((70, 104, 146), (44, 66, 96), (120, 160, 194), (30, 40, 56)),
    "fabric": ((60, 60, 62), (96, 84, 70), (40, 70, 50), (140, 138, 134)),
    "plain": ((52, 50, 48), (120, 118, 114), (180, 184, 188), (70, 56, 40)),
    "room": ((30, 26, 24), (70, 64, 60), (110, 100, 92), (60, 74, 90)),
}


def random_style(rng: np.random.Generator, level: Level) -> PageStyle:
    """A random style of a level of difficulty."""
    return {"clean": _clean, "office": _office, "hard": _hard, "webcam": _webcam}[level](rng)


def words_style(rng: np.random.Generator) -> PageStyle:
    """A random style of a page of words and marks, without a number."""
    return replace(random_style(rng, "office"), max_digits=0, printed_words=12, written_words=10, marks=6)


def _clean(rng: np.random.Generator) -> PageStyle:
    pens: tuple[Pen, ...] = ("ballpoint", "fineliner", "fineliner", "marker")
    pen = _one(rng, pens)
    return replace(
        _materials(rng, pen, tinted=0.2),
        paper=_one(rng, ("plain", "plain", "plain", "ruled")),
        thickness=rng.uniform(0.1, 1.0) + 0.4 * (pen == "marker"),
        digit_height_px=rng.uniform(38, 84),
        digit_gap=rng.uniform(0.12, 0.45),
        number_gap=rng.uniform(1.2, 2.4),
        slant=rng.normal(0, 0.06),
        tilt=rng.normal(0, 0.03),
        perspective=rng.uniform(0, 0.15),
        page_share=rng.uniform(0.72, 1.05),
        shadow=rng.uniform(0, 0.12),
        vignetting=rng.uniform(0, 0.2),
        exposure=rng.uniform(0.92, 1.04),
        blur_px=rng.uniform(0.2, 0.6),
        noise_sigma=rng.uniform(0.8, 3),
        objects=int(rng.integers(0, 3)),
        jpeg_quality=int(rng.integers(85, 97)),
    )


def _office(rng: np.random.Generator) -> PageStyle:
    pens: tuple[Pen, ...] = ("ballpoint", "ballpoint", "fineliner", "pencil", "marker")
    pen = _one(rng, pens)
    return replace(
        _materials(rng, pen, tinted=0.3),
        paper=_one(rng, ("plain", "ruled", "grid", "margin")),
        thickness=rng.uniform(0.05, 1.0) + 0.3 * (pen == "marker"),
        digit_height_px=rng.uniform(26, 62),
        digit_gap=rng.uniform(0.0, 0.4),
        number_gap=rng.uniform(1.0, 2.2),
        slant=rng.normal(0, 0.1),
        tilt=rng.normal(0, 0.1),
        perspective=rng.uniform(0, 0.45),
        page_share=rng.uniform(0.78, 1.15),
        shadow=rng.uniform(0.1, 0.55),
        vignetting=rng.uniform(0.05, 0.35),
        cast=_cast(rng, 0.07),
        exposure=rng.uniform(0.75, 1.05),
        blur_px=rng.uniform(0.3, 1.0),
        motion_blur_px=rng.uniform(0, 1.5),
        noise_sigma=rng.uniform(1.5, 5),
        objects=int(rng.integers(0, 4)),
        printed_words=int(rng.integers(0, 8)),
        written_words=int(rng.integers(0, 4)),
        marks=int(rng.integers(0, 4)),
        show_through=max(0.0, rng.uniform(-0.15, 0.12)),
        jpeg_quality=int(rng.integers(70, 95)),
    )


def _hard(rng: np.random.Generator) -> PageStyle:
    pens: tuple[Pen, ...] = ("ballpoint", "fineliner", "pencil", "pencil", "marker")
    pen = _one(rng, pens)
    return replace(
        _materials(rng, pen, tinted=0.35),
        paper=_one(rng, ("plain", "ruled", "grid", "margin")),
        thickness=rng.uniform(0.2, 1.2),
        digit_height_px=rng.uniform(16, 40),
        digit_gap=rng.uniform(-0.1, 0.25),
        number_gap=rng.uniform(0.9, 2.0),
        slant=rng.normal(0, 0.14),
        tilt=rng.uniform(-0.38, 0.38),
        perspective=rng.uniform(0.1, 1.0),
        page_share=rng.uniform(0.8, 1.3),
        shadow=rng.uniform(0.2, 0.7),
        vignetting=rng.uniform(0.1, 0.45),
        cast=_cast(rng, 0.12),
        exposure=rng.uniform(0.65, 1.05),
        blur_px=rng.uniform(0.4, 1.2),
        motion_blur_px=rng.uniform(0, 5) * min(1.0, rng.uniform(0.3, 1.4)),
        noise_sigma=rng.uniform(3, 10),
        sharpening=max(0.0, rng.uniform(-0.5, 0.8)),
        objects=int(rng.integers(0, 5)),
        printed_words=int(rng.integers(0, 12)),
        written_words=int(rng.integers(0, 5)),
        marks=int(rng.integers(0, 6)),
        show_through=max(0.0, rng.uniform(-0.2, 0.15)),
        jpeg_quality=int(rng.integers(50, 90)),
    )


def _webcam(rng: np.random.Generator) -> PageStyle:
    pens: tuple[Pen, ...] = ("marker", "marker", "crayon", "crayon", "pencil", "ballpoint")
    pen = _one(rng, pens)
    width, height = _one(rng, ((640, 480), (640, 480), (640, 360), (1280, 720)))
    broad = {"marker": rng.uniform(0.2, 1.1), "crayon": rng.uniform(0.3, 1.3)}.get(pen, rng.uniform(0.0, 0.7))
    return replace(
        _materials(rng, pen, tinted=0.55),
        width=width,
        height=height,
        paper=_one(rng, ("plain", "plain", "plain", "ruled", "grid")),
        thickness=broad,
        digit_height_px=height * rng.uniform(0.1, 0.42),
        digit_gap=rng.uniform(0.1, 0.7),
        number_gap=rng.uniform(1.1, 2.2),
        slant=rng.normal(0, 0.1),
        tilt=rng.normal(0, 0.12),
        perspective=rng.uniform(0, 0.7),
        page_share=rng.uniform(0.85, 1.7),
        shadow=max(0.0, rng.uniform(-0.3, 0.5)),
        vignetting=rng.uniform(0.15, 0.75),
        cast=_cast(rng, 0.16),
        exposure=rng.uniform(0.55, 1.08),
        blur_px=rng.uniform(0.5, 1.6),
        motion_blur_px=max(0.0, rng.uniform(-3, 4)),
        noise_sigma=rng.uniform(2.5, 10),
        sharpening=max(0.0, rng.uniform(-0.4, 1.2)),
        objects=int(rng.integers(0, 3)),
        written_words=int(rng.integers(-3, 2)),
        marks=int(rng.integers(-2, 3)),
        show_through=max(0.0, rng.uniform(-0.2, 0.25)),
        jpeg_quality=int(rng.integers(60, 92)),
        max_digits=int(rng.integers(1, 16)),
    )


def _materials(rng: np.random.Generator, pen: Pen, tinted: float) -> PageStyle:
    """A style with only pen, ink, paper colour and desk set."""
    papers = TINTED_PAPERS if rng.random() < tinted else WHITE_PAPERS
    desk = _one(rng, get_args(Desk))
    return PageStyle(
        pen=pen,
        ink_colour=_shade(rng, _one(rng, INKS[pen]), 10),
        paper_colour=_shade(rng, _one(rng, papers), 7),
        desk=desk,
        desk_colour=_shade(rng, _one(rng, DESKS[desk]), 16),
    )


def _one(rng: np.random.Generator, choices: Sequence[Choice]) -> Choice:
    return choices[int(rng.integers(len(choices)))]


def _shade(rng: np.random.Generator, colour: Colour, spread: float) -> Colour:
    blue, green, red = np.clip(np.array(colour) + rng.normal(0, spread, 3), 0, 255).astype(int).tolist()
    return blue, green, red


def _cast(rng: np.random.Generator, spread: float) -> tuple[float, float, float]:
    warmth = rng.uniform(-spread, spread)
    return 1.0 - warmth, 1.0 + rng.uniform(-spread, spread) / 4, 1.0 + warmth
