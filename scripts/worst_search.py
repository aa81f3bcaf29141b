"""Search for the drawn pages that cost the reader most time or memory, by hill climbing. Knows the reader from outside.

python -m scripts.worst_search --minutes 10 --save FOLDER
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live.api.frame_reader import STILL_TRACKING
from live.api.networks import open_classifier, open_reader
from live.core.records import Frame
from live.core.results import FrameResult
from live.core.settings import Settings
from live.core.terminal import tell
from live.drawing.hud import HudState, draw_hud
from live.drawing.overlay import draw
from live.reading.orientation import OrientedPageReader
from live.tracking.tracker import NumberTracker
from models.classifier import Classifier
from scripts.command_line import script_parser
from scripts.pages.worst_pages import Recipe, changed, draw_recipe, random_recipe
from scripts.pages.worst_patterns import PATTERNS

STATUS, REFERENCES = Path("/proc/self/status"), Path("/proc/self/clear_refs")
RANDOM, BEST, PRINTED = (
    0.3,
    12,
    8,
)  # share of pages that are random, the best of which others are tried nearby, lines that are printed
RESET_PEAK = "5"
"""The value that resets the peak of resident memory in Linux's `clear_refs`, by proc(5)."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of one frame."""

    seconds: float
    """Processor time of all threads."""
    megabytes: float
    """Growth of the process's memory at its peak; 0 where the system doesn't report it."""


@dataclass(slots=True)
class Pipeline:
    """The live program without a window: a frame is read, tracked and drawn."""

    settings: Settings = field(default_factory=Settings)
    classifier: Classifier = field(init=False)
    reader: OrientedPageReader = field(init=False)

    def __post_init__(self) -> None:
        self.classifier = open_classifier(self.settings)
        # each picture counts as a new page, and all orientations are tried: the most expensive case
        self.reader = OrientedPageReader(open_reader(self.settings, self.classifier), remembers=False)

    def process(self, image: NDArray[np.uint8]) -> FrameResult:
        """Read, track and draw one frame."""
        reading = self.reader.read(image)
        tracker = NumberTracker(STILL_TRACKING, self.settings.grouping.doubt_below)
        height, width = image.shape[:2]
        tracker.update(reading.numbers, 0.0, (width, height))
        numbers = tracker.update(reading.numbers, 0.04, (width, height))
        result = FrameResult(Frame(image, 0, 0.04, "worst"), numbers, reading)
        draw_hud(draw(result, self.settings.overlay), HudState())
        return result


def cost_of(pipeline: Pipeline, image: NDArray[np.uint8]) -> tuple[Cost, FrameResult]:
    """The cost of one frame, and its result."""
    gc.collect()
    before = _status("VmRSS")
    REFERENCES.write_text(RESET_PEAK)
    start = time.process_time()
    result = pipeline.process(image)
    spent = time.process_time() - start
    return Cost(spent, (_status("VmHWM") - before) / 1024), result


def _status(name: str) -> int:
    """A value of this process's status in Linux, kB."""
    return next(int(line.split()[1]) for line in STATUS.read_text().splitlines() if line.startswith(name))


def search(pipeline: Pipeline, end: float, rng: np.random.Generator, goal: str) -> list[tuple[Cost, Recipe]]:
    """Pages and their costs, tried until `end` (time.monotonic): random ones, then variations of the most expensive.

    goal: `seconds` or `megabytes`.
    """
    tried: list[tuple[Cost, Recipe]] = []
    patterns = list(PATTERNS)
    while time.monotonic() < end:
        if len(tried) < 4 * len(patterns) or rng.random() < RANDOM:
            recipe = random_recipe(rng, patterns[len(tried) % len(patterns)])
        else:
            best = sorted(tried, key=lambda pair: -getattr(pair[0], goal))[:BEST]
            recipe = changed(best[int(rng.integers(len(best)))][1], rng)
        cost, _ = cost_of(pipeline, draw_recipe(recipe))
        tried.append((cost, recipe))
    return tried


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the most expensive pages; returns the exit code."""
    parser = script_parser("scripts.worst_search", __doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", type=Path, help="write the most expensive pages into this folder")
    options = parser.parse_args(arguments)
    pipeline, rng = Pipeline(), np.random.default_rng(options.seed)
    pipeline.process(draw_recipe(random_recipe(rng)))  # the first picture loads libraries, which is not its own cost
    for goal in ("seconds", "megabytes"):
        tried = search(pipeline, time.monotonic() + 30 * options.minutes, rng, goal)
        tried.sort(key=lambda pair: -getattr(pair[0], goal))
        tell(f"{len(tried)} pages; those with most {goal}:")
        for cost, recipe in tried[:PRINTED]:
            tell(f"  {cost.seconds:6.3f} s  {cost.megabytes:6.1f} MB  {recipe.name}")
            if options.save is not None:
                options.save.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(options.save / f"{recipe.name}.png"), draw_recipe(recipe))
    return 0


if __name__ == "__main__":
    sys.exit(main())
