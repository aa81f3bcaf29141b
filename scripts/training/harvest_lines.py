"""Cut the pictures that the line network learns from out of drawn pages, with the live reader's own stages. Knows no training.

A group of ink, as the reader groups it, is labelled by the page's truth: the number it is, or that it is none. Where half a
number is in it, or two, or more than the number, it is left out. On half of the pages the digits are nearer to each other than
the style asks for: they touch and overlap.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.settings import Settings
from live.reading.grouping import Group, bounds, find_groups
from live.reading.line_picture import line_picture
from live.reading.reader import PageReader
from live.reading.regions import along
from models.classifier import load_classifier
from scripts.pages.drawn_page import LEVELS, DigitShapes, DrawnPage, draw_page
from scripts.pages.page_style import PageStyle
from scripts.pages.random_style import random_style
from scripts.training.datasets import Digits

SPAWN = get_context("spawn")  # a forked copy of a process in which OpenCV has run threads hangs in its first call
LEVEL_SHARES = {"clean": 0.1, "office": 0.2, "hard": 0.5, "webcam": 0.2}
CROWDED = 0.5
"""Share of pages on which digits stand nearer to each other."""
NEARER = 0.25
"""Largest reduction of the gap on crowded pages, in widths of a digit."""
NEAREST = -0.22
"""Smallest gap, in widths of a digit. With a smaller one, a digit would hide its neighbour."""
WORDS = 0.12
"""Share of pages with mostly words and marks."""
INSIDE, TOUCHED = 0.75, 0.15
"""Shares of a digit from which it belongs to a group, or is cut by it."""
MAX_MARGIN = (0.45, 0.35)
"""Largest margin of a group around its number, horizontally and vertically, in heights of the number."""
NON_NUMBERS_KEPT = 0.5
"""Share of groups without a number and without a digit for the reader that are kept."""


@dataclass(frozen=True, eq=False)
class LineExample:
    """One group of ink and what it is."""

    picture: NDArray[np.uint8]
    """(32, w) uint8, as `line_picture` makes it."""
    text: str
    """Its number; empty where it is none."""
    read_as: str
    """What the reader made of it digit by digit, `#` for what it took for none."""


def harvest_lines(digits: Digits, count: int, seed: int, workers: int) -> Iterator[list[LineExample]]:
    """The runs of each of `count` drawn pages, as they are done, in order."""
    shapes = DigitShapes(digits.images, digits.labels, digits.writers)
    seeds = np.random.SeedSequence([seed, count]).spawn(count)
    with ProcessPoolExecutor(workers, SPAWN, initializer=_begin, initargs=(shapes,)) as pool:
        yield from pool.map(_harvest_page, seeds, chunksize=4)


_shapes: DigitShapes  # each worker's own copies
_reader: PageReader


def _begin(shapes: DigitShapes) -> None:
    """Set a worker up."""
    global _shapes, _reader
    cv2.setNumThreads(1)
    _shapes, _reader = shapes, PageReader(load_classifier(threads=1), Settings())


def _harvest_page(seed: np.random.SeedSequence) -> list[LineExample]:
    """The runs of one page."""
    rng = np.random.default_rng(seed)
    page = draw_page(_shapes, rng, _style(rng))
    trace = _reader.trace(page.image)
    examples = []
    for group in find_groups(trace.kept, Settings().grouping):
        text = text_of(group, page)
        if text is None:
            continue
        picture = line_picture(trace.pieces.ink, bounds(group.members), group.angle)
        read_as = "".join("#" if member.digit is None else str(member.digit.label) for member in group.members)
        if text or read_as.strip("#") or rng.random() < NON_NUMBERS_KEPT:
            examples.append(LineExample(picture, text, read_as))
    return examples


def _style(rng: np.random.Generator) -> PageStyle:
    """How a page looks and what is on it."""
    style = random_style(rng, LEVELS[int(rng.choice(len(LEVELS), p=[LEVEL_SHARES[name] for name in LEVELS]))])
    if rng.random() < CROWDED:
        style = replace(style, digit_gap=max(NEAREST, style.digit_gap - rng.uniform(0, NEARER)))
    if rng.random() < WORDS:
        printed, written = rng.integers(4, 14, 2).tolist()
        style = replace(style, max_digits=int(rng.integers(0, 6)), printed_words=printed, written_words=written)
    return style


def text_of(group: Group, page: DrawnPage) -> str | None:
    """The number that a group is, empty where it is none; None where it is neither clearly the one nor the other."""
    left, top, right, bottom = bounds(group.members)
    tall = bottom - top
    text: str | None = ""
    for number in page.numbers:
        turned = along(number.digit_quads, group.angle)
        low, high = turned.min(axis=1), turned.max(axis=1)
        shared = np.maximum(np.minimum(high, [right, bottom]) - np.maximum(low, [left, top]), 0).prod(axis=1)
        share = shared / np.maximum((high - low).prod(axis=1), 1e-6)
        inside, touched = share > INSIDE, share > TOUCHED
        if not touched.any():
            continue
        if text or number.cut or (touched & ~inside).any():
            return None
        (first, highest), (last, lowest) = low[inside].min(axis=0), high[inside].max(axis=0)
        beside = max(first - left, right - last), max(highest - top, bottom - lowest)
        if beside[0] > MAX_MARGIN[0] * tall or beside[1] > MAX_MARGIN[1] * tall:
            return None
        text = "".join(digit for digit, is_in in zip(number.text, inside, strict=True) if is_in)
    return text
