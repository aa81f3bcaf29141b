"""What a batch is asked to do. Opens no file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from live.batch.pdf_pages import DPI
from live.core.errors import SettingsError

MOST_WORKERS = 256
LOWEST_DPI, HIGHEST_DPI = 50, 1200


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """The options of a batch. Raises SettingsError if they can't be followed."""

    inputs: tuple[str, ...]
    """Files, folders, globs, and `@lists` of them."""
    out: Path
    """The folder for all that is written."""
    workers: int = 0
    """The number of processes; 0: as many as there are cores."""
    limit: int | None = None
    """At most this many pages are read in all."""
    sample: int | None = None
    """Only the first page of so many files, picked at random."""
    changed_only: bool = False
    """Whether what was read before is read again if its content has changed."""
    annotate: bool = False
    """Whether annotated pictures are written."""
    dpi: int = DPI
    """Dots per inch at which the pages of PDFs are drawn."""

    def __post_init__(self) -> None:
        if not self.inputs:
            raise SettingsError("batch needs something to read: files, folders, patterns or @lists.")
        for name, value, low, high in (
            ("--workers", self.workers, 0, MOST_WORKERS),
            ("--limit", self.limit, 1, None),
            ("--sample", self.sample, 1, None),
            ("--dpi", self.dpi, LOWEST_DPI, HIGHEST_DPI),
        ):
            if value is not None and (value < low or (high is not None and value > high)):
                raise SettingsError(
                    f"{name} must be {low} {f'to {high}' if high is not None else 'or more'}, not {value}."
                )
        if self.sample is not None and self.changed_only:
            raise SettingsError(
                "--sample and --changed-only exclude each other: a sample is a look at what wasn't read yet."
            )
