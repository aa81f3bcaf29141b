"""Groups that the live reader finds on drawn pictures, in their surroundings, and what they are. Knows no verifier.

Two drawers take turns: sheets of every kind (scripts/training/sheets), and the pages that the digit network learns from
(scripts/pages).
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from live.api.networks import open_reader
from live.core.settings import Settings
from live.reading.grouping import Group, quad_of
from live.reading.reader import PageReader
from live.reading.verification import window_of
from models.classifier import load_classifier
from models.verifier import Kind
from models.verifier_format import TALL_PX, WIDE_PX, group_features
from scripts.pages.drawn_page import LEVELS, DigitShapes, draw_page, random_style
from scripts.pages.random_style import words_style
from scripts.training.datasets import Digits, load_mnist, split_by_writer
from scripts.training.lines.materials import Sources, materials
from scripts.training.lines.sources import HELD_OUT
from scripts.training.runs import SPLIT_SEED, Arrays, cached
from scripts.training.sheets import kinds, scene
from scripts.training.sheets.truth import Regions, kind_map, regions_of_numbers, shares
from scripts.training.sheets.writing import Tools

SPAWN = get_context("spawn")  # a forked copy of a process in which OpenCV has run threads hangs in its first call
PAGES_OF_DIGITS, WORDS_OF_THEM = 0.35, 0.25
"""Share of pictures that scripts/pages draws, and of pages of words among them."""
LEVEL_SHARES = {"clean": 0.2, "office": 0.25, "hard": 0.25, "webcam": 0.3}
LITTERED = 0.3
"""Share of its pages with more things on the desk, and less of it covered by paper."""
MOST_A_PICTURE = 60
"""Groups of one picture: texture has hundreds that are alike."""
MOSTLY, HARDLY = 0.5, 0.15
"""Share of a group's area from which it is a number, and below which it is none; what is between isn't learned from."""
PARTS = ("learning", "held_out")


class Groups(NamedTuple):
    """Groups as the verifier sees them, and what they are."""

    windows: NDArray[np.uint8]
    """(N, 48, 144)."""
    widths: NDArray[np.uint8]
    """(N,) px of each group in its window."""
    features: NDArray[np.float32]
    """(N, 7)."""
    kinds: NDArray[np.int64]
    """(N,) `models.verifier.Kind`."""

    @classmethod
    def joined(cls, parts: list[Groups]) -> Groups:
        """All of them."""
        return cls(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


EMPTY = Groups(
    np.zeros((0, TALL_PX, WIDE_PX), np.uint8),
    np.zeros(0, np.uint8),
    np.zeros((0, 7), np.float32),
    np.zeros(0, np.int64),
)


class Drawing(NamedTuple):
    """What pictures are drawn from. prints: a folder of printed fonts, or None."""

    sources: Sources
    prints: Path | None
    seed: int


def examples(options: argparse.Namespace, path: Path) -> tuple[Groups, Groups]:
    """The groups to learn from and those of other writers, kept in `path`. Raises DataError and OSError."""
    folder = options.output.with_suffix(".fields")

    def draw() -> Arrays:
        folder.mkdir(parents=True, exist_ok=True)
        sources = Sources(options.data, options.pendigits, options.fonts, folder)
        materials(sources)  # their fields are made once, before the processes need them
        counts = options.pages, max(1, round(HELD_OUT * options.pages))
        both = [
            harvested(
                Drawing(sources._replace(held_out=held_out), options.prints, options.seed), count, options.workers
            )
            for held_out, count in zip((False, True), counts, strict=True)
        ]
        return {
            f"{part}_{name}": array
            for part, groups in zip(PARTS, both, strict=True)
            for name, array in groups._asdict().items()
        }

    arrays = cached(path, draw)
    return tuple(Groups(*(arrays[f"{part}_{name}"] for name in Groups._fields)) for part in PARTS)  # type: ignore[return-value]


def harvested(drawing: Drawing, count: int, workers: int) -> Groups:
    """The groups of so many pictures, in their order."""
    with ProcessPoolExecutor(workers, SPAWN, initializer=_begin, initargs=(drawing,)) as pool:
        found = pool.map(partial(_harvest, drawing.seed, drawing.sources.held_out), range(count), chunksize=4)
        return Groups.joined([EMPTY, *track(found, total=count, description="Drawing", transient=True)])


_tools: Tools  # each worker's own copies
_shapes: DigitShapes
_reader: PageReader


def _begin(drawing: Drawing) -> None:
    """Set a worker up."""
    global _tools, _shapes, _reader  # noqa: PLW0603 - a worker process has no other place to keep them
    cv2.setNumThreads(1)
    _tools = Tools.of(materials(drawing.sources), drawing.prints)
    _shapes = shapes_of(load_mnist(drawing.sources.mnist)[0], held_out=drawing.sources.held_out)
    _reader = open_reader(Settings(), load_classifier(threads=1))


def shapes_of(digits: Digits, *, held_out: bool) -> DigitShapes:
    """MNIST's digits of the writers to learn from, or of those held out."""
    part = split_by_writer(digits, HELD_OUT, np.random.default_rng(SPLIT_SEED))[int(held_out)]
    return DigitShapes(part.images, part.labels, part.writers)


def _harvest(seed: int, held_out: bool, number: int) -> Groups:
    """The groups of one picture."""
    image, regions = drawn([seed, int(held_out), number])
    trace = _reader.trace(image)
    known = kind_map(regions, image.shape)
    found = [(group, kind_of(group, known)) for group in trace.groups if group.digits]
    told = [(group, kind) for group, kind in found if kind is not None]
    chosen = np.random.default_rng([seed, 3, number]).permutation(len(told))[:MOST_A_PICTURE]
    if not len(chosen):
        return EMPTY
    groups, labels = zip(*(told[k] for k in sorted(chosen.tolist())), strict=True)
    seen = [window_of(group.extent, group.angle, trace.found) for group in groups]
    features = [group_features(np.stack([digit.probabilities for digit in group.digits])) for group in groups]
    return Groups(
        np.stack([window for window, _ in seen]), np.array([wide for _, wide in seen], np.uint8),
        np.array(features, np.float32), np.array(labels, np.int64),
    )  # fmt: skip


def drawn(seed: list[int]) -> tuple[NDArray[np.uint8], Regions]:
    """A picture, (H, W, 3) uint8 BGR, and what stands where."""
    rng = np.random.default_rng([*seed, 9])
    if rng.random() >= PAGES_OF_DIGITS:
        picture = scene.draw(_tools, seed)
        return np.asarray(cv2.cvtColor(picture.grey, cv2.COLOR_GRAY2BGR), np.uint8), picture.regions
    worded = rng.random() < WORDS_OF_THEM
    level = LEVELS[int(rng.choice(len(LEVELS), p=[LEVEL_SHARES[name] for name in LEVELS]))]
    style = words_style(rng) if worded else random_style(rng, level)
    if rng.random() < LITTERED:
        style = replace(style, objects=int(rng.integers(2, 7)), page_share=float(rng.uniform(0.2, 0.8)))
    page = draw_page(_shapes, rng, style)
    return page.image, regions_of_numbers([number.quad for number in page.numbers])


def kind_of(group: Group, known: NDArray[np.uint8]) -> Kind | None:
    """What a group is, by what stands in its quad; None where that is mixed. known: of `kind_map`."""
    inside = shares(known, quad_of(group.extent, group.angle))
    number, printed = float(inside[kinds.Kind.NUMBER]), float(inside[kinds.Kind.FIGURES])
    if number > MOSTLY:
        return Kind.NUMBER
    if printed > MOSTLY:
        return Kind.PRINTED
    return Kind.OTHER if max(number, printed) < HARDLY else None
