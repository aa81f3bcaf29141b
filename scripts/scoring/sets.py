"""The sets of the scoreboard: which pictures and clips each needs, and its rows. Knows no process and no table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from scripts.evaluation.clip_scores import ClipScore, score_clip
from scripts.scoring.drawn import kept_back_pages, kept_back_words, word_pages
from scripts.scoring.figures import Row
from scripts.scoring.page_rows import Read, clip_row, line_rows, page_rows, signed_rows, silent_rows, trust_rows
from scripts.scoring.pictures import (
    AbsentError,
    Picture,
    Places,
    cell_pictures,
    line_pictures,
    pages,
    signed_pictures,
    sudoku_pictures,
    turned_pages,
    webcam_pictures,
)
from scripts.scoring.readings import Readings
from scripts.training.datasets import DataError

WILD = "-wild-"
"""In the name of a clip in which the page swings, turns and is covered."""


@dataclass(frozen=True, slots=True)
class PictureSet:
    """A set of pictures."""

    name: str
    load: Callable[[Places], list[Picture]]
    """Raises AbsentError."""
    rows: Callable[[str, Read], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip and what is in view, frame by frame."""

    path: Path
    fps: float
    truth: list[dict[str, Any]]

    @property
    def kind(self) -> str:
        """Ordinary or wild."""
        return "wild" if WILD in self.path.name else "ordinary"


def _digit_cells(places: Places) -> list[Picture]:
    """Cells with one digit."""
    return [cell for cell in cell_pictures(places.bench / "real/cells") if cell.lines]


def _silent(places: Places) -> list[Picture]:
    """Pictures that hold no handwritten number."""
    try:
        cells = [cell for cell in cell_pictures(places.bench / "real/cells") if not cell.lines]
    except AbsentError:
        cells = []
    named = [replace(cell, kind=f"cells, {cell.kind}") for cell in cells]
    return [*named, *word_pages(places), *kept_back_words(places)]


def _trusted(places: Places) -> list[Picture]:
    """Drawn and real pictures whose truth holds all that is on them.

    Left out: forms, whose printed digits are not in the truth; sudokus, of which only whole rows are; candidates.
    """
    bench = places.bench
    loads: tuple[tuple[str, Callable[[], list[Picture]]], ...] = (
        ("drawn", partial(pages, bench / "dev")),
        ("drawn", partial(pages, bench / "check")),
        ("drawn", partial(pages, bench / "tables")),
        ("real", partial(webcam_pictures, bench / "real/webcam")),
        ("real", partial(line_pictures, bench / "real/photos")),
        ("real", partial(line_pictures, bench / "real/cheques")),
        ("real", partial(cell_pictures, bench / "real/cells")),
    )
    found: list[Picture] = []
    for kind, load in loads:
        try:
            found += [replace(p, kind=kind) for p in load() if "form" not in p.kind and p.kind != "candidates"]
        except AbsentError:
            continue
    if not found:
        raise AbsentError(f"there are no pictures in {bench}")
    return found


PICTURE_SETS = (
    PictureSet("dev", lambda places: pages(places.bench / "dev"), page_rows),
    PictureSet("check", lambda places: pages(places.bench / "check"), page_rows),
    PictureSet("turned", lambda places: turned_pages(places.bench / "dev"), page_rows),
    PictureSet("tables", lambda places: pages(places.bench / "tables"), page_rows),
    PictureSet("kept-back", kept_back_pages, page_rows),
    PictureSet("webcam", lambda places: webcam_pictures(places.bench / "real/webcam"), line_rows),
    PictureSet("photos", lambda places: line_pictures(places.bench / "real/photos"), line_rows),
    PictureSet("cheques", lambda places: line_pictures(places.bench / "real/cheques"), line_rows),
    PictureSet("cells", _digit_cells, line_rows),
    PictureSet("sudokus", lambda places: sudoku_pictures(places.bench / "real/sudoku"), line_rows),
    PictureSet("signs", lambda places: signed_pictures(places.bench / "cases/picture"), signed_rows),
    PictureSet("silent", _silent, silent_rows),
    PictureSet("calibration", _trusted, trust_rows),
)


def load_clips(places: Places) -> list[Clip]:
    """The clips of the bench. Raises AbsentError where there are none, DataError where the truth is damaged."""
    folder = places.bench / "dev/video"
    path = folder / "truth.jsonl"
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [Clip(folder / line["file"], float(line["fps"]), line["frames"]) for line in lines]
    except OSError:
        raise AbsentError(f"there is no {path}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path} should hold JSON lines of clips: {error!r}.") from error


def clip_rows(clips: list[Clip], readings: Readings) -> Iterator[Row]:
    """A row for each clip, and one for the clips of each kind."""
    scores: dict[str, list[ClipScore]] = {}
    for clip in clips:
        score = score_clip(clip.truth, readings.clips[clip.path], clip.fps)
        scores.setdefault(clip.kind, []).append(score)
        yield clip_row("clips", clip.path.stem, [score])
    for kind, some in scores.items():
        if len(some) > 1:
            yield clip_row("clips", kind, some)


def rows_of(one: PictureSet, pictures: list[Picture], read: Mapping[tuple[Path, float], Any]) -> Iterator[Row]:
    """The rows of a set."""
    yield from one.rows(one.name, [(picture, read[picture.key]) for picture in pictures])
