"""The records that the engine and its processes exchange. Knows no file, process or reader."""

from __future__ import annotations

from dataclasses import dataclass

from live.core.settings import Settings

CHUNK = 8
"""A process reads this many pages of a file at a time: several share a long PDF, and opening it again costs less than a page."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or one file in an archive."""

    id: int
    """Its row in the journal."""
    name: str
    """Its name for people, as given: `scans/a.tif`, `forms.zip/2025/a.tif`."""
    path: str
    """The absolute path or the address of the file, or of the archive that it is in."""
    entry: int | None = None
    """Its place in the archive, from 0; None outside archives."""
    is_named: bool = True
    """Whether a person named it, rather than a folder or an archive that it is in."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a process is told once, before its first task."""

    settings: Settings
    dpi: int
    """Dots per inch at which the pages of a PDF are drawn."""
    annotated: str | None = None
    """The folder for annotated pictures; None: none are written."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a process is to read: a source, or some of its pages."""

    source: Source
    pages: tuple[int, ...] | None = None
    """Numbers of pages, from 1; None: the first `most` pages of a source whose count is not known yet."""
    most: int = CHUNK
    digest: bytes = b""
    """The digest of what was read before: if it is the same, nothing is read again. Empty: it is read in any case."""
    content: bytes | None = None
    """The file's bytes, if the engine has them: those of a tar file are read one after the other."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A source could be opened."""

    pages: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class PageRead:
    """One page, or one video, was read."""

    page: int
    fields: bytes
    """Its line of JSON, compressed."""
    layout: bytes
    """`PageLayout` as JSON, compressed: what its rows hold beside that line."""
    rows: bytes
    """Its rows of CSV, compressed."""
    numbers: int
    review: int
    """How many of the numbers need review."""
    seconds: float
    """How long it took to decode and read."""
    is_video: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A page, or the whole source, can't be read, or not completely."""

    page: int
    """From 1; 0: the whole source."""
    reason: str
    """One line for people."""
    is_partial: bool = False
    """Whether what could be read was read."""


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A file of a folder or an archive that is no picture, and does not claim to be one."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The source is the same as before."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The task is done."""


@dataclass(frozen=True, slots=True)
class Beat:
    """The process is at work: a long video has no other news for a while."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The process has loaded its networks. problem: one line if it could not."""

    problem: str | None = None


Message = Opened | PageRead | Problem | PassedOver | Unchanged | Finished | Beat | Ready
