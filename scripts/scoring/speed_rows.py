"""Rows of speed: milliseconds a page by level beside the lower bound on the same page. Judges no reading.

It runs in the command's own process while no other reads. Ratios within one run are more reliable than times.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from live.api.networks import open_classifier, open_reader
from live.api.reader import as_settings
from live.capture.pictures.pages import read_picture
from scripts.measure.page_speed import PageTime, time_pages
from scripts.scoring.figures import Figure, Row
from scripts.scoring.page_rows import by_kind
from scripts.scoring.pictures import Places, pages
from scripts.scoring.readings import settings_of

THREADS = 2
"""As in `scripts.benchmark`."""
EVERY = 4
"""One page in this many is timed: ten of each level."""
REPEAT = 5


def speed_rows(places: Places, model: Path | None) -> list[Row]:
    """A row for each level of the dev pages. Raises AbsentError, NumcamError and ModelError."""
    levels = by_kind([(page, []) for page in pages(places.bench / "dev")])
    before = cv2.getNumThreads()
    cv2.setNumThreads(THREADS)
    try:
        settings = as_settings(settings_of(model, THREADS))
        classifier = open_classifier(settings)
        reader = open_reader(settings, classifier)
        rows = []
        for level, some in levels.items():
            images = [read_picture(page.path) for page, _ in some[::EVERY]]
            rows.append(_row(level, time_pages(images, reader, classifier, REPEAT)))
        return rows
    finally:
        cv2.setNumThreads(before)


def _row(level: str, times: Sequence[PageTime]) -> Row:
    """The medians of a level, and the ratio of reading to floor on the same page."""
    figures = {
        "pages": Figure(len(times)),
        "ms": Figure(float(np.median([time.ms for time in times]))),
        "95 %, ms": Figure(float(np.percentile([time.ms for time in times], 95))),
        "floor, ms": Figure(float(np.median([time.floor_ms for time in times]))),
        "ratio": Figure(float(np.median([time.ms / time.floor_ms for time in times]))),
    }
    return Row("speed", level, figures)
