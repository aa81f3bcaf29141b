"""`read`: the numbers on still pictures, as a table, JSON or CSV, and annotated copies. Knows no camera and no time."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from live.api.networks import open_classifier, open_reader
from live.capture.pictures.pages import read_pages
from live.commands.picture_list import Told, find_pictures
from live.commands.read_options import ReadOptions
from live.core.atomic_files import put
from live.core.background import heard
from live.core.errors import OutputError, SourceError
from live.core.fields import picture_fields, too_much_ink
from live.core.page_name import PageName
from live.core.records import Frame, FrameResult, Number, Reading, TrackedNumber
from live.core.settings import LimitsSettings, Settings
from live.core.terminal import TERMINAL, is_watched, make_console, say, tell
from live.drawing.overlay import draw
from live.outputs.tables import CsvFile, NumberFile, table_file
from live.reading.orientation import TurningReader
from live.reading.traces import Trace
from models.percent import percent

if TYPE_CHECKING:
    from rich.table import Table

LONG_WORK = 4  # pictures from which on a progress bar is worth its line
KEPT_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
"""Formats that an annotated picture keeps; others become PNG."""


def read_pictures(options: ReadOptions, settings: Settings) -> int:
    """Read all pictures; returns 0, or 1 where one of them couldn't be read. Raises OutputError and ModelError."""
    classifier = open_classifier(settings, say)
    reader = TurningReader(open_reader(settings, classifier), classifier, remembers=False)
    found = list(find_pictures(options.paths, written_by(options)))
    pictures = [item for item in found if isinstance(item, Path)]
    failures = 0
    with suppress(_NothingReadError), ExitStack() as stack:
        results = Results(options, settings, frozenset(path.resolve() for path in pictures), stack)
        for item in with_progress(found, as_json=options.as_json):
            pages = pages_of(item, settings.limits)
            while (page := heard(partial(next, pages, None))) is not None:
                if isinstance(page, Told):
                    failures += page.is_failure
                    say(page.text)
                    continue
                name, image = page
                turned = heard(partial(reader.trace, image))
                results.add(name, image, turned.reading)
                if options.explain:
                    results.explain(turned.image, turned.trace)
        results.show()
        results.keep()
    results.tell_files()  # closed by now, and whole
    return 1 if failures else 0


def pages_of(item: Path | Told, limits: LimitsSettings) -> Iterator[tuple[PageName, NDArray[np.uint8]] | Told]:
    """Every page of a picture with its name; a line stands for what isn't read, or not as a whole."""
    if isinstance(item, Told):
        yield item
        return
    try:
        for page in read_pages(item, limits):
            if page.note is not None and page.number == 1:
                yield Told(page.note, is_failure=False)
            if page.problem is not None:
                yield Told(page.problem)
            if page.image is not None:
                yield PageName(item, page.number, page.pages), page.image
    except SourceError as error:
        yield Told(str(error))


def written_by(options: ReadOptions) -> frozenset[Path]:
    """The files and folders that this run writes."""
    return frozenset(
        path.resolve() for path in (options.save, options.csv_file, options.table_file) if path is not None
    )


def with_progress(items: Sequence[Path | Told], *, as_json: bool) -> Iterator[Path | Told]:
    """The items, with a progress bar on stderr where a person looks on, the work is long, and no lines go past there."""
    lines_go_past = as_json and is_watched(sys.stdout)
    if len(items) < LONG_WORK or not is_watched(sys.stderr) or lines_go_past:
        yield from items
        return
    from rich.progress import Progress

    # not redirected: what goes to a file or a pipe must stay out of the bar's terminal
    with Progress(console=make_console(), transient=True, redirect_stdout=False) as progress:
        yield from progress.track(items, description="Reading")


class _NothingReadError(Exception):
    """No picture was read, so that no file of numbers is to be left."""


class Results:
    """Where the numbers of each picture go, as the options say."""

    def __init__(self, options: ReadOptions, settings: Settings, sources: frozenset[Path], stack: ExitStack) -> None:
        """sources: every picture that is read, none of which is ever touched. stack: closes what is opened here."""
        self._options = options
        self._overlay = settings.overlay
        self._sources = sources
        self._saved: set[Path] = set()
        self._annotations = 0
        self._read = 0  # pages
        self._page = Path()
        self._table = None if options.as_json else new_table()
        self._files: list[NumberFile] = []
        if options.save is not None:
            make_folder(options.save)
        if options.csv_file is not None:
            self._files.append(CsvFile(options.csv_file, stack))
        if options.table_file is not None:
            self._files.append(table_file(options.table_file, stack, several=len(sources) > 1))

    def add(self, name: PageName, image: NDArray[np.uint8], reading: Reading) -> None:
        """Hand on what was read in one picture. Raises OutputError."""
        self._read += 1
        height, width = image.shape[:2]
        if reading.left_out:
            say(f"{name.shown}: {too_much_ink(reading.left_out)}.")
        if self._options.as_json:
            page = (name.number, name.pages) if name.pages > 1 else None
            fields = picture_fields(name.shown, (width, height), reading.numbers, page)
            tell(json.dumps(fields | {"left_out": reading.left_out}))
        for file in self._files:
            file.add(name, reading.numbers)
        if self._options.save is not None:
            suffix = name.path.suffix if name.path.suffix.lower() in KEPT_SUFFIXES else ".png"
            self._page = self._place(self._options.save, name.stem, suffix)
            self._annotations += 1
            write_picture(self._page, heard(partial(self._annotated, name, image, reading)))
        if self._table is not None:
            add_rows(self._table, name, reading.numbers)

    def explain(self, image: NDArray[np.uint8], trace: Trace) -> None:
        """Write what each stage saw of the picture that was added last. Raises OutputError."""
        from live.drawing.explain.pages import explain

        for stage, picture in heard(partial(explain, image, trace, self._overlay)).items():
            write_picture(self._place(self._page.parent, f"{self._page.stem}-{stage}", ".png"), picture)

    def show(self) -> None:
        """Print the table."""
        if self._table is not None and self._table.row_count:
            TERMINAL.show(self._table)

    def keep(self) -> None:
        """Leave no file where no picture was read, by an exception that its `stack` knows."""
        if self._files and not self._read:
            raise _NothingReadError

    def tell_files(self) -> None:
        """Say what was written; to be called once all is closed."""
        if self._annotations:
            stages = ", and what each stage saw" if self._options.explain else ""
            say(f"Annotated pictures: {self._annotations} in {self._options.save}{stages}")
        for path in (self._options.csv_file, self._options.table_file):
            if path is not None:
                say(f"Written: {path}" if self._read else f"Not written: {path}, since no picture was read.")

    def _place(self, folder: Path, stem: str, suffix: str) -> Path:
        """A new file's name: that stem, unless this run has given it away or it is a source."""
        path, number = folder / f"{stem}{suffix}", 1
        while path in self._saved or path.resolve() in self._sources:
            number += 1
            path = folder / f"{stem}-{number}{suffix}"
        self._saved.add(path)
        return path

    def _annotated(self, name: PageName, image: NDArray[np.uint8], reading: Reading) -> NDArray[np.uint8]:
        """The picture with every number framed."""
        shown = tuple(
            TrackedNumber(index, number, hits=1, first_seen=0.0, last_seen=0.0, confirmed=True)
            for index, number in enumerate(reading.numbers)
        )
        frame = Frame(image, index=0, captured_at=0.0, source=name.shown)
        return draw(FrameResult(frame, shown, reading), self._overlay)


def make_folder(folder: Path) -> None:
    """Make the folder for annotated pictures. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} can't be made: {error.strerror}.") from error


def write_picture(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write a picture in the format of its suffix; an earlier file of that name is kept beside it. Raises OutputError."""
    height, width = picture.shape[:2]
    try:
        encoded = heard(partial(cv2.imencode, path.suffix.lower(), picture))
    except cv2.error:
        encoded = False, np.zeros(0, np.uint8)
    if not encoded[0]:  # a WebP has 16,383 px at most, a JPEG 65,535
        raise OutputError(
            f"{path} can't be written: no {path.suffix} holds {width}x{height} px. Give the picture as .png."
        )
    put(path, encoded[1].tobytes())


def new_table() -> Table:
    """The table for people, empty."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE)
    table.add_column("picture", overflow="fold")
    table.add_column("number", style="bold", no_wrap=True)
    table.add_column("sure", justify="right", no_wrap=True)
    return table


def add_rows(table: Table, name: PageName, numbers: Sequence[Number]) -> None:
    """A row a number, the picture's name at its first."""
    if not numbers:
        table.add_row(name.shown, "no numbers", "", style="dim")
    for index, number in enumerate(numbers):
        table.add_row(name.shown if index == 0 else "", number.shown, percent(number.confidence))
