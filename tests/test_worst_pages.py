"""Drawn worst pages: each pattern draws at every size, the same page from the same recipe."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from scripts.pages.worst_pages import FRAME, ODD_SIZES, changed, draw_recipe, random_recipe, worst_page
from scripts.pages.worst_patterns import PATTERNS


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pattern_draws_at_every_size(pattern: str) -> None:
    rng = np.random.default_rng(7)
    for size in (FRAME, *ODD_SIZES):
        image = draw_recipe(replace(random_recipe(rng, pattern), size=size))
        assert image.shape == (size[1], size[0], 3)
        assert image.dtype == np.uint8


def test_a_recipe_draws_the_same_page_again_and_a_changed_one_another() -> None:
    rng = np.random.default_rng(3)
    recipe = replace(random_recipe(rng, "strokes"), size=(320, 180))
    assert np.array_equal(draw_recipe(recipe), draw_recipe(recipe))
    others = [draw_recipe(changed(recipe, rng)) for _ in range(4)]
    assert any(not np.array_equal(draw_recipe(recipe), other) for other in others)


def test_pages_have_names_of_their_own() -> None:
    rng = np.random.default_rng(5)
    names = [worst_page(rng)[0] for _ in range(6)]
    assert len(set(names)) == len(names)
