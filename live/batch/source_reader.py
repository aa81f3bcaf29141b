"""Reads one source, page by page, exactly as `read` and the live loop do. Runs in a process of its own; knows no journal."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import cv2

from live.api.page import Page
from live.api.reader import Reader
from live.batch.archive_files import ZipContents
from live.batch.page_rows import Layout, compressed, csv_rows, needs_review, packed, packed_layout, rows_of
from live.batch.pdf_pages import PdfPages
from live.batch.records import Message, Opened, PageRead, PassedOver, Problem, Setup, Task, Unchanged
from live.batch.video_numbers import read_video
from live.capture.pictures.file_bytes import checked, read_bytes
from live.capture.pictures.folders import head_of
from live.capture.pictures.headers import read_header
from live.capture.pictures.kinds import HEAD_BYTES, PHOTO_SUFFIXES, Kind, kind_of
from live.capture.pictures.pages import Page as DecodedPage
from live.capture.pictures.pages import decode_pages
from live.capture.video_files import VIDEO_SUFFIXES
from live.core.atomic_files import replace_file
from live.core.errors import NumcamError, SourceError
from live.core.fields import too_much_ink
from live.core.page_name import PageName
from live.core.records import Number
from live.outputs.picture_file import encode_picture
from live.outputs.table_layout import cells_of

DIGEST_BYTES = 16
HASHED_AT_ONCE = 1 << 20
PDF_MARK, PDF_WITHIN = b"%PDF-", 1024
"""A PDF begins with this mark somewhere in so many bytes. Source: ISO 32000-1, appendix H."""
CLAIMED_SUFFIXES = PHOTO_SUFFIXES | VIDEO_SUFFIXES | {".pdf"}
"""A file of a folder that has such a name, and is something else, is a failure; others are passed over."""
Emit = Callable[[Message], None]


class SourceReader:
    """Reads sources with one reader, whose networks stay loaded."""

    def __init__(self, setup: Setup) -> None:
        """Load the networks. Raises NumcamError."""
        self._setup = setup
        self._limits = setup.settings.limits
        self._reader = Reader(setup.settings)
        self._zips = ZipContents()

    def read(self, task: Task, emit: Emit) -> None:
        """Read a source, or some of its pages; `emit` is called with what comes of it."""
        try:
            self._read(task, emit)
        except NumcamError as error:
            emit(Problem(0, str(error).replace(task.source.path, task.source.name)))
        except OSError as error:
            emit(Problem(0, f"{task.source.name} can't be read: {error.strerror or error}."))

    def _read(self, task: Task, emit: Emit) -> None:
        """The same. Raises NumcamError and OSError."""
        source = task.source
        content = task.content
        if content is None and source.entry is not None:
            content = self._zips.read(source.path, source.entry, source.name, self._limits)
        head = head_of(Path(source.path)) if content is None else content[:HEAD_BYTES]
        kind = kind_of(head, source.name)
        if kind.is_video:
            self._read_video(task, content, emit)
        elif kind.picture is not None or PDF_MARK in head[:PDF_WITHIN] or not head:
            content = read_bytes(Path(source.path), self._limits) if content is None else content
            self._read_pages(task, checked(content, source.name, self._limits), kind, emit)
        else:
            reason = f"{source.name} {kind.advice}"
            is_claimed = source.is_named or Path(source.name).suffix.lower() in CLAIMED_SUFFIXES
            emit(Problem(0, reason) if is_claimed else PassedOver(reason))

    def _read_pages(self, task: Task, content: bytes, kind: Kind, emit: Emit) -> None:
        """Read the wanted pages of a picture or a PDF."""
        digest = hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest()
        if task.digest == digest:
            emit(Unchanged())
            return
        wanted = range(1, task.most + 1) if task.pages is None else frozenset(task.pages)
        name = task.source.name
        if kind.picture is None:
            with PdfPages(content, name, self._limits, self._setup.dpi) as pdf:
                emit(Opened(pdf.count, digest))
                self._read_each(task, pdf.read(wanted), emit)
            return
        emit(Opened(len(read_header(content, name, self._limits).pages), digest))
        self._read_each(task, decode_pages(content, name, self._limits, wanted=wanted), emit)

    def _read_each(self, task: Task, pages: Iterator[DecodedPage], emit: Emit) -> None:
        """Read decoded pages."""
        begun = time.perf_counter()
        for decoded in pages:
            if decoded.image is None:
                emit(Problem(decoded.number, decoded.problem or f"{decoded.name} can't be read."))
            else:
                page = self._reader.read_decoded(decoded, decoded.image)
                reasons = [decoded.problem] if decoded.problem is not None else []
                if page.left_out:
                    reasons.append(f"{decoded.name}: {too_much_ink(page.left_out)}.")
                if reasons:  # first: a run that is killed in between reads the page again
                    emit(Problem(decoded.number, " ".join(reasons), is_partial=True))
                emit(self._packed(task.source.name, page, begun))
            begun = time.perf_counter()

    def _packed(self, name: str, page: Page, begun: float) -> PageRead:
        """A page as it goes to the engine; its annotated picture is written here."""
        fields, layout = page.to_dict(), layout_of(page.numbers)
        if self._setup.annotated is not None:
            path = annotated_path(Path(self._setup.annotated), PageName(Path(name), page.number, page.pages))
            try:
                replace_file(path, encode_picture(path, page.annotate()))
            except OSError as error:
                raise SourceError(f"{path} can't be written: {error.strerror or error}.") from error
        rows = rows_of(name, page.number, fields, layout)
        told = packed(fields), packed_layout(layout), compressed(csv_rows(rows))
        seconds = time.perf_counter() - begun
        return PageRead(page.number, *told, len(rows), sum(layout.needs_review), seconds)

    def _read_video(self, task: Task, content: bytes | None, emit: Emit) -> None:
        """Read a video; one in an archive is unpacked into a file for the time, since FFmpeg takes files."""
        begun = time.perf_counter()
        with file_of(task.source.path, content) as path:
            digest = digest_of(path)
            if task.digest == digest:
                emit(Unchanged())
                return
            emit(Opened(1, digest))
            name = task.source.name
            fields, reasons = read_video(path, name, self._setup.settings, emit)
        layout = Layout(needs_review=tuple(needs_review(number["shown"]) for number in fields["numbers"]))
        rows = rows_of(name, None, fields, layout)
        review = sum(layout.needs_review)
        seconds = time.perf_counter() - begun
        csv = compressed(csv_rows(rows))
        told = packed(fields), packed_layout(layout), csv
        if reasons:
            emit(Problem(1, " ".join(reasons), is_partial=True))
        emit(PageRead(1, *told, len(rows), review, seconds, is_video=True))


def layout_of(numbers: tuple[Number, ...]) -> Layout:
    """Where the numbers of a page stand, and which need review."""
    if not numbers:
        return Layout()
    row, column = cells_of([number.quad for number in numbers])
    return Layout(tuple(row), tuple(column), tuple(needs_review(number.shown) for number in numbers))


def annotated_path(folder: Path, name: PageName) -> Path:
    """The file of a page's annotated picture: its own name, and eight letters that tell it from others of that name."""
    told = hashlib.blake2b(os.fsencode(name.shown), digest_size=4).hexdigest()
    stem = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in name.stem)[:60]
    return folder / f"{stem}-{told}.jpg"


def digest_of(path: Path) -> bytes:
    """The digest of a file's content. Raises OSError."""
    digest = hashlib.blake2b(digest_size=DIGEST_BYTES)
    with path.open("rb") as file:
        while block := file.read(HASHED_AT_ONCE):
            digest.update(block)
    return digest.digest()


@contextmanager
def file_of(path: str, content: bytes | None) -> Iterator[Path]:
    """The file of a video; bytes are written into one for the time. Raises OSError."""
    if content is None:
        yield Path(path)
        return
    with tempfile.TemporaryDirectory(prefix="numcam-") as folder:
        made = Path(folder) / "video"
        made.write_bytes(content)
        yield made


def prepare_process() -> None:
    """One thread for OpenCV: each process has one core, and the others are taken."""
    cv2.setNumThreads(1)
