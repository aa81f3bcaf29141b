"""Draw pages that may cost a reader much time and memory, from recipes that can be varied. Knows no reader."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from scripts.pages.worst_patterns import PAPER, PARAMS, PATTERNS

FRAME = (1280, 720)
ODD_SIZES = ((1, 1), (1, 10_000), (8000, 16), (20_000, 20), (3, 720), (640, 480), (333, 1777))
ODD_SHARE = 0.1
"""Share of pages with another size than `FRAME`."""
COLOURS = 0.1
"""Share of pages with coloured ink."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The parameters of one page, to draw it again."""

    pattern: str
    """A name of `PATTERNS`."""
    params: tuple[float, ...]
    """`PARAMS` values for the pattern, then one for blur and one for noise; 0 to 1."""
    seed: int
    size: tuple[int, int] = FRAME
    """Width and height, px."""

    @property
    def name(self) -> str:
        """Pattern, size, seed and params in one word."""
        params = "-".join(f"{round(99 * param):02d}" for param in self.params)
        return f"{self.pattern}-{self.size[0]}x{self.size[1]}-{self.seed}-{params}"


def random_recipe(rng: np.random.Generator, pattern: str | None = None) -> Recipe:
    """A random page, of one pattern where it is given."""
    names = list(PATTERNS)
    chosen = pattern or names[int(rng.integers(len(names)))]
    size = ODD_SIZES[int(rng.integers(len(ODD_SIZES)))] if rng.random() < ODD_SHARE else FRAME
    return Recipe(chosen, tuple(rng.random(PARAMS + 2).round(3).tolist()), int(rng.integers(1 << 30)), size)


def changed(recipe: Recipe, rng: np.random.Generator) -> Recipe:
    """A variation of a page: small changes of some params, or a new value of one."""
    params = np.array(recipe.params)
    if rng.random() < 0.3:
        params[rng.integers(len(params))] = rng.random()
    else:
        params = np.clip(params + (rng.random(len(params)) < 0.4) * rng.normal(0, 0.08, len(params)), 0, 1)
    return replace(recipe, params=tuple(params.round(3).tolist()))


def draw_recipe(recipe: Recipe) -> NDArray[np.uint8]:
    """The page, (H, W, 3) uint8 BGR."""
    rng = np.random.default_rng(recipe.seed)
    width, height = recipe.size
    page = np.full((height, width), PAPER, np.uint8)
    *params, blur, grain = recipe.params
    PATTERNS[recipe.pattern](page, tuple(params), rng)
    if blur > 0.7:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), 0.3 + 5 * (blur - 0.7)), np.uint8)
    if grain > 0.7:
        noise = rng.standard_normal(page.shape, np.float32) * np.float32(100 * (grain - 0.7))
        page = np.clip(page + noise, 0, 255).astype(np.uint8)
    image = np.repeat(page[..., None], 3, axis=2)
    if rng.random() < COLOURS:
        image[..., int(rng.integers(3))] = PAPER
    return image


def worst_page(rng: np.random.Generator) -> tuple[str, NDArray[np.uint8]]:
    """A page that may be expensive: its name, and (H, W, 3) uint8 BGR."""
    recipe = random_recipe(rng)
    return recipe.name, draw_recipe(recipe)
