"""A batch from start to end: finds the sources, has them read, and writes the files. Prints nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from live import __version__
from live.batch.engine import LocalEngine, cores
from live.batch.inputs import find_sources
from live.batch.journal import Journal, Totals
from live.batch.options import BatchOptions
from live.batch.progress import Progress, duration
from live.batch.reading import SourcesReading
from live.batch.records import Setup
from live.batch.tables import (
    FAILED_CSV,
    HINT,
    NUMBERS_CSV,
    NUMBERS_PARQUET,
    PAGES,
    VIDEOS,
    forget_old,
    has_parquet,
    write_tables,
)
from live.core.errors import OutputError, SettingsError
from live.core.file_names import claim
from live.core.settings import Settings
from models.percent import percent

ANNOTATED = "annotated"
READING_SECTIONS = ("ink", "regions", "splitting", "grouping", "tracking", "output")
"""Sections of the settings that change what is read."""
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a run has done, and what lies in its folder now."""

    files: tuple[Path, ...]
    """The files that were written."""
    pages: int
    """Pages and videos that were read, in all runs of these inputs."""
    numbers: int
    review: int
    """Numbers that need review."""
    failed: int
    """Pages and files that couldn't be read: rows of failed.csv."""
    waiting: int
    """Files that are still to be read, after a limit, a sample or an interruption."""


def run_batch(
    options: BatchOptions,
    settings: Settings,
    *,
    say: Say,
    stopped: Callable[[], bool] = lambda: False,
    tell_progress: Say | None = None,
) -> BatchResult:
    """Read all inputs, or go on with it.

    say: called with each line for the user. stopped: whether the run is to end early. tell_progress: called with lines of
    progress; None: they are shown on stderr. Raises SettingsError, OutputError, and NumcamError if the networks can't be loaded.
    """
    make_folder(options.out)
    if options.annotate:
        make_folder(options.out / ANNOTATED)
    if not has_parquet():
        say(f"{NUMBERS_PARQUET} isn't written: the package pyarrow is missing. {HINT}")
    with Journal(options.out) as journal:
        prepare(journal, options, settings)
        sources = enlist(journal, options, settings)
        before = journal.totals()
        if before.pages:
            say(f"Going on: {before.pages:,} pages are read already.")
        setup = Setup(
            replace_model(settings),
            options.dpi,
            str((options.out / ANNOTATED).absolute()) if options.annotate else None,
        )
        open_sources = before.sources if options.changed_only else before.waiting
        with Progress(min(open_sources, options.sample or open_sources), tell_progress) as progress:
            reading = SourcesReading(journal, options, settings.limits, progress)
            if open_sources:
                with LocalEngine(setup, min(options.workers or cores(), open_sources)) as engine:
                    reading.run(engine, stopped)
        journal.commit()
        totals = journal.totals()
        if stopped():
            say(f"Stopped after {totals.pages:,} pages. The same command goes on.")
            return result_of(totals, ())
        if options.sample is not None:
            for line in estimate(progress, sources, reading.sampled_pages, options.workers or cores()):
                say(line)
        files = write_outputs(journal)
        if totals.passed:
            files_are = "file is" if totals.passed == 1 else "files are"
            say(f"{totals.passed:,} {files_are} no picture, PDF or video: passed over.")
        return result_of(totals, files)


def write_outputs(journal: Journal) -> tuple[Path, ...]:
    """Write every file from the journal. Raises OutputError."""
    files = write_tables(journal)
    forget_old(journal.folder, files)
    return tuple(files)


def prepare(journal: Journal, options: BatchOptions, settings: Settings) -> None:
    """See that the folder is this batch's own, and read with these settings. Raises OutputError and SettingsError."""
    told = fingerprint(settings, options.dpi)
    before = journal.meta("settings")
    if before is not None and before != told:
        raise SettingsError(
            f"{options.out} holds pages that were read with other settings, or by another version of Numcam. "
            "Choose another folder with --out."
        )
    if before is None:  # what lies there under these names is somebody else's
        for name in (NUMBERS_CSV, NUMBERS_PARQUET, PAGES, VIDEOS, FAILED_CSV):
            claim(options.out / name)
        journal.set_meta("settings", told)
    journal.commit()


def enlist(journal: Journal, options: BatchOptions, settings: Settings) -> int:
    """Note all sources in the journal; returns how many there are."""
    place = -1
    for place, found in enumerate(find_sources(options.inputs, options.out, settings.limits)):
        journal.enlist(place, found)
        journal.commit_if_due()
    journal.commit()
    return place + 1


def fingerprint(settings: Settings, dpi: int) -> str:
    """A text that is the same for settings with which the same is read. Limits and threads change nothing of it."""
    told = [msgspec.to_builtins(getattr(settings, section)) for section in READING_SECTIONS]
    told += [settings.formats, settings.only_expected]
    content = msgspec.json.encode(
        [told, settings.model.path, settings.model.runtime, settings.model.lines, dpi, __version__]
    )
    return hashlib.blake2b(content, digest_size=16).hexdigest()


def replace_model(settings: Settings) -> Settings:
    """The same settings with one thread for the networks."""
    return msgspec.structs.replace(settings, model=msgspec.structs.replace(settings.model, threads=1))


def make_folder(folder: Path) -> None:
    """Make a folder for outputs. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"The folder {folder} can't be made: {error.strerror or error}.") from error


def estimate(progress: Progress, sources: int, pages: list[int], workers: int) -> list[str]:
    """What a sample tells of the whole, line by line. pages: how many each file of the sample has."""
    if not progress.pages:
        return ["The sample holds no page that can be read."]
    of_file = sum(pages) / max(1, len(pages))
    whole = sources * of_file
    share = progress.review / max(1, progress.numbers)
    seconds = whole * progress.work_s / progress.pages / workers
    return [
        f"Sample: {progress.pages:,} pages of {sources:,} files, {progress.numbers / progress.pages:.1f} numbers a page, "
        f"{percent(share) if progress.numbers else '0 %'} of them need review, {progress.failed:,} failed.",
        f"All of it: about {whole:,.0f} pages in {duration(seconds)}, {whole * progress.numbers / progress.pages:,.0f} numbers, "
        f"{whole * progress.review / progress.pages:,.0f} of them to review.",
    ]


def result_of(totals: Totals, files: tuple[Path, ...]) -> BatchResult:
    """The result of a run."""
    return BatchResult(files, totals.pages, totals.numbers, totals.review, totals.failed, totals.waiting)
