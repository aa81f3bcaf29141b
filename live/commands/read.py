"""`read`: the numbers on still pictures, as a table, JSON or CSV, and annotated copies. Knows no camera and no time."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from live.errors import OutputError, SourceError
from live.output_files import claim
from live.reading.reader import PageReader
from live.records import Frame, FrameResult, Reading, TrackedNumber
from live.reports import picture_fields
from live.settings import Settings
from live.video.overlay import draw
from live.video.pictures import pictures_in, read_picture
from models.classifier import load_classifier

LONG_WORK = 4  # pictures from which on a progress bar is worth its line
CSV_COLUMNS = ("source", "text", "confidence", "x0", "y0", "x1", "y1", "x2", "y2", "x3", "y3")


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What is to be done with the pictures."""

    paths: tuple[Path, ...]
    as_json: bool = False
    save: Path | None = None
    csv_file: Path | None = None


@dataclass(frozen=True, eq=False)
class ReadPicture:
    """One picture that could be read."""

    path: Path
    image: NDArray[np.uint8]
    reading: Reading


def read_pictures(options: ReadOptions, settings: Settings) -> int:
    """Read all pictures; returns 0, or 1 where one of them couldn't be read."""
    model = Path(settings.model.path) if settings.model.path is not None else None
    reader = PageReader(load_classifier(model, settings.model.threads), settings)
    if options.save is not None:
        make_folder(options.save)
    found = list(find_pictures(options.paths))
    done: list[ReadPicture] = []
    failed = False
    for item in with_progress(found):
        try:
            if isinstance(item, SourceError):
                raise item
            image = read_picture(item)
            picture = ReadPicture(item, image, reader.read(image))
        except SourceError as error:
            print(error, file=sys.stderr)
            failed = True
            continue
        if options.as_json:
            print(json.dumps(fields_of(picture)), flush=True)
        if options.save is not None:
            save_annotated(picture, options.save, settings)
        done.append(ReadPicture(item, image[:1, :1] if len(found) > 1 else image, picture.reading))
    if options.csv_file is not None:
        write_csv(options.csv_file, done)
    if not options.as_json:
        show_table(done)
    return 1 if failed else 0


def find_pictures(paths: Sequence[Path]) -> Iterator[Path | SourceError]:
    """The pictures of all paths, a folder's in natural order; an error stands where a path can't be read."""
    for path in paths:
        try:
            if path.is_dir():
                yield from pictures_in(path)
            elif path.exists():
                yield path
            else:
                yield SourceError(f"There is no file or folder {path}.")
        except SourceError as error:
            yield error


def with_progress(items: list[Path | SourceError]) -> Iterator[Path | SourceError]:
    """The items, with a progress bar on stderr where a person looks on and the work is long."""
    if len(items) < LONG_WORK or not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, description="Reading", console=Console(stderr=True), transient=True)


def fields_of(picture: ReadPicture) -> dict[str, object]:
    """The line of JSON of one picture, as plain values."""
    height, width = picture.reading.ink.shape
    return picture_fields(str(picture.path), (width, height), picture.reading.numbers)


def make_folder(folder: Path) -> None:
    """Make the folder for annotated pictures. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} can't be made: {error.strerror}.") from error


def save_annotated(picture: ReadPicture, folder: Path, settings: Settings) -> None:
    """Write the annotated picture into `folder` under the picture's own name, as PNG. Raises OutputError."""
    shown = tuple(
        TrackedNumber(index, number, hits=1, first_seen=0.0, last_seen=0.0, confirmed=True)
        for index, number in enumerate(picture.reading.numbers)
    )
    frame = Frame(picture.image, index=0, captured_at=0.0, source=picture.path.name)
    annotated = draw(FrameResult(frame, shown, picture.reading), settings.overlay)
    # two pictures of one name from two folders are both kept: `claim` puts the earlier one aside
    path = claim(folder / f"{picture.path.stem}.png")
    try:
        path.write_bytes(cv2.imencode(".png", annotated)[1].tobytes())
    except OSError as error:
        raise OutputError(f"{path} can't be written: {error.strerror}.") from error


def write_csv(path: Path, pictures: Sequence[ReadPicture]) -> None:
    """One row a number. Raises OutputError."""
    try:
        with claim(path).open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(CSV_COLUMNS)
            for picture in pictures:
                for number in picture.reading.numbers:
                    corners = [round(float(value), 1) for value in number.quad.ravel()]
                    rows.writerow([picture.path, number.text, round(number.confidence, 4), *corners])
    except OSError as error:
        raise OutputError(f"{path} can't be written: {error.strerror}.") from error


def show_table(pictures: Sequence[ReadPicture]) -> None:
    """A readable table: a row a number, the picture's name at its first."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE)
    table.add_column("picture", overflow="fold")
    table.add_column("number", style="bold", no_wrap=True)
    table.add_column("sure", justify="right", no_wrap=True)
    for picture in pictures:
        if not picture.reading.numbers:
            table.add_row(picture.path.name, "no numbers", "")
        for index, number in enumerate(picture.reading.numbers):
            name = picture.path.name if index == 0 else ""
            table.add_row(name, number.text, f"{100 * number.confidence:.0f} %")
    if pictures:
        Console().print(table)


