"""`read`: write the numbers on still pictures as a table, JSON or CSV, and annotated copies. Knows no camera and no time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from live.api.page import Page
from live.api.reader import Reader
from live.capture.frame_source import Remark
from live.capture.quiet import silence_opencv
from live.commands.picture_list import find_pictures
from live.commands.read_options import ReadOptions
from live.core.atomic_files import write_file
from live.core.background import run_in_background
from live.core.errors import OutputError, SourceError
from live.core.fields import too_much_ink
from live.core.page_name import PageName
from live.core.records import Number
from live.core.settings import Settings
from live.core.terminal import TERMINAL, is_watched, make_console, say, tell
from live.outputs.picture_file import encode_picture
from live.outputs.tables import CsvFile, NumberFile, table_file
from models.percent import percent

if TYPE_CHECKING:
    from rich.table import Table

LONG_WORK = 4  # the fewest pictures for which a progress bar is shown
KEPT_SUFFIXES = frozenset({".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
"""Formats that an annotated picture keeps; others become PNG."""


def read_pictures(options: ReadOptions, settings: Settings) -> int:
    """Read all pictures. Returns 0, or 1 if one of them couldn't be read. Raises OutputError and ModelError."""
    silence_opencv()
    reader = Reader(settings)
    for note in reader.notes:
        say(note)
    found = list(find_pictures(options.paths, written_by(options)))
    pictures = [item for item in found if isinstance(item, Path)]
    failures = 0
    with suppress(_NothingReadError), ExitStack() as stack:
        sources = frozenset(path.resolve() for path in pictures)
        results = Results(options, sources, stack, expects=reader.expectation is not None)
        for item in with_progress(found, as_json=options.as_json):
            for page in pages_of(item, partial(reader.read_all, keep_trace=options.explain)):
                if isinstance(page, Remark):
                    failures += page.is_failure
                    say(page.text)
                    continue
                results.add(page)
                if options.explain:
                    results.explain(page)
        results.show()
        results.keep()
    results.report_files()  # they are closed and complete here
    return 1 if failures else 0


def pages_of(item: Path | Remark, read_all: Callable[..., Iterator[Page]]) -> Iterator[Page | Remark]:
    """Read every page of a picture; a Remark reports what isn't read, or not completely."""
    if isinstance(item, Remark):
        yield item
        return
    remarks: list[Remark] = []
    pages = read_all(item, on_remark=remarks.append)
    page: Page | None
    problem: SourceError | None = None
    while True:
        try:
            page = run_in_background(partial(next, pages, None))
        except SourceError as error:
            page, problem = None, error
        yield from remarks
        remarks.clear()
        if page is None:
            break
        yield page
    if problem is not None:
        yield Remark(str(problem), is_failure=True)


def written_by(options: ReadOptions) -> frozenset[Path]:
    """The files and folders that this run writes."""
    return frozenset(
        path.resolve() for path in (options.save, options.csv_file, options.table_file) if path is not None
    )


def with_progress(items: Sequence[Path | Remark], *, as_json: bool) -> Iterator[Path | Remark]:
    """Iterate with a progress bar on stderr, if that is a terminal, the items are many and no JSON lines go there too."""
    lines_go_past = as_json and is_watched(sys.stdout)
    if len(items) < LONG_WORK or not is_watched(sys.stderr) or lines_go_past:
        yield from items
        return
    from rich.progress import Progress

    # not redirected: stdout may be a file or a pipe, and must not go to the bar's terminal
    with Progress(console=make_console(), transient=True, redirect_stdout=False) as progress:
        yield from progress.track(items, description="Reading")


class _NothingReadError(Exception):
    """No picture was read, so no file of numbers is kept."""


class Results:
    """The outputs of `read`, as selected by the options."""

    def __init__(
        self, options: ReadOptions, sources: frozenset[Path], stack: ExitStack, *, expects: bool = False
    ) -> None:
        """sources: all input pictures, which are never overwritten. stack: closes the files. expects: formats are expected."""
        self._options = options
        self._sources = sources
        self._saved: set[Path] = set()
        self._annotations = 0
        self._read = 0  # pages
        self._page = Path()
        self._table = None if options.as_json else new_table(expects=expects)
        self._files: list[NumberFile] = []
        if options.save is not None:
            make_folder(options.save)
        if options.csv_file is not None:
            self._files.append(CsvFile(options.csv_file, stack))
        if options.table_file is not None:
            self._files.append(table_file(options.table_file, stack, several=len(sources) > 1))

    def add(self, page: Page) -> None:
        """Write the result of one page to all outputs. Raises OutputError."""
        self._read += 1
        name = name_of(page)
        if page.left_out:
            say(f"{name.shown}: {too_much_ink(page.left_out)}.")
        if self._options.as_json:
            tell(page.to_json())
        for file in self._files:
            file.add(name, page.numbers)
        if self._options.save is not None:
            suffix = name.path.suffix if name.path.suffix.lower() in KEPT_SUFFIXES else ".png"
            self._page = self._place(self._options.save, name.stem, suffix)
            self._annotations += 1
            write(self._page, run_in_background(page.annotate))
        if self._table is not None:
            add_rows(self._table, name, page.numbers)

    def explain(self, page: Page) -> None:
        """Write the debugging picture of each stage for the page added last. Raises OutputError."""
        for stage, picture in run_in_background(page.explain).items():
            write(self._place(self._page.parent, f"{self._page.stem}-{stage}", ".png"), picture)

    def show(self) -> None:
        """Print the table."""
        if self._table is not None and self._table.row_count:
            TERMINAL.show(self._table)

    def keep(self) -> None:
        """Keep the files, or raise the exception that makes `stack` discard them if no picture was read."""
        if self._files and not self._read:
            raise _NothingReadError

    def report_files(self) -> None:
        """Report the written files. Call it after all are closed."""
        if self._annotations:
            stages = ", and what each stage saw" if self._options.explain else ""
            say(f"Annotated pictures: {self._annotations} in {self._options.save}{stages}")
        for path in (self._options.csv_file, self._options.table_file):
            if path is not None:
                say(f"Written: {path}" if self._read else f"Not written: {path}, since no picture was read.")

    def _place(self, folder: Path, stem: str, suffix: str) -> Path:
        """A new file's path; a number is appended to the stem if this run used the path already or it is a source."""
        path, number = folder / f"{stem}{suffix}", 1
        while path in self._saved or path.resolve() in self._sources:
            number += 1
            path = folder / f"{stem}-{number}{suffix}"
        self._saved.add(path)
        return path


def make_folder(folder: Path) -> None:
    """Make the folder for annotated pictures. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} can't be made: {error.strerror}.") from error


def name_of(page: Page) -> PageName:
    """The name of a page in files, sheets and tables."""
    assert page.path is not None
    return PageName(page.path, page.number, page.pages)


def write(path: Path, picture: NDArray[np.uint8]) -> None:
    """Write a picture in the format of its suffix. An existing file is renamed. Raises OutputError."""
    write_file(path, run_in_background(partial(encode_picture, path, picture)))


def new_table(*, expects: bool = False) -> Table:
    """Make the empty table for the terminal. expects: with a column for the format that each number fits."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE)
    table.add_column("picture", overflow="fold")
    table.add_column("number", style="bold", no_wrap=True)
    table.add_column("sure", justify="right", no_wrap=True)
    if expects:
        table.add_column("expected", overflow="fold")
    return table


def add_rows(table: Table, name: PageName, numbers: Sequence[Number]) -> None:
    """Add one row per number; the first has the picture's name."""
    if not numbers:
        table.add_row(name.shown, "no numbers", "", style="dim")
    for index, number in enumerate(numbers):
        row = [name.shown if index == 0 else "", number.shown, percent(number.confidence)]
        if number.fits is not None:
            row.append(number.format if number.fits else "no")
        table.add_row(*row)
