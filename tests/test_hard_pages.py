"""Pages that hold no number, drawn with words, lines and things: nothing may be read on them, from whatever side."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from live.reading.reader import PageReader
from live.reading.turning import TurningReader
from live.settings import Settings
from models.classifier import load_classifier
from scripts.drawn_pages import DigitShapes, draw_page
from scripts.page_style import PageStyle

NO_ROOM = ["0" * 300]  # a number for which no sheet has a place is not written
SILENT: dict[str, dict[str, Any]] = {
    "printed words": {"printed_words": 16},
    "ruled paper": {"paper": "ruled", "printed_words": 4},
    "squared paper": {"paper": "grid"},
    "a margin": {"paper": "margin"},
    "written words": {"written_words": 16},
    "words in pencil on squared paper": {"paper": "grid", "pen": "pencil", "written_words": 12},
    "dark, noisy words": {"written_words": 10, "exposure": 0.35, "noise_sigma": 7.0, "blur_px": 1.0},
    "a sheet on a desk with things": {"objects": 4, "page_share": 0.35},
}


@pytest.fixture(scope="module")
def reader() -> TurningReader:
    """A reader that looks at each page from all sides."""
    classifier = load_classifier(threads=2)
    return TurningReader(PageReader(classifier, Settings()), classifier, remembers=False)


@pytest.mark.parametrize("kind", SILENT)
@pytest.mark.parametrize("seed", [0, 1])
def test_nothing_is_read_where_no_number_is_written(
    kind: str, seed: int, reader: TurningReader, digit_shapes: DigitShapes
) -> None:
    rng = np.random.default_rng([seed, 7])
    style = PageStyle(shadow=0.5 * seed, tilt=float(np.radians(rng.normal(0, 6))), **SILENT[kind])
    page = draw_page(digit_shapes, rng, style, NO_ROOM)
    assert page.numbers == ()
    assert [number.text for number in reader.read(page.image).numbers] == []
