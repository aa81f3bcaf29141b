"""Finds the sources of a batch: files, folders, globs, lists of names, the files in archives. Reads no picture."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from live.batch.archive_files import SUFFIXES, entries_of, kind_of_archive
from live.capture.addresses import is_address
from live.capture.pictures.file_bytes import FROM_A_PIPE
from live.capture.pictures.folders import HIDDEN, natural_order
from live.core.errors import SourceError
from live.core.masking import without_secrets
from live.core.settings import LimitsSettings

LIST_MARK = "@"
"""An argument that begins with it names a list: a text file with an input a line."""
LONGEST_LIST = 1_000_000_000
"""A list of names may have this many bytes, ten million names of a hundred; it is read line by line."""


@dataclass(frozen=True, slots=True)
class Found:
    """A source, or what is none."""

    name: str
    """Its name for people."""
    path: str
    """The absolute path of the file, or of its archive."""
    entry: int | None = None
    """Its place in the archive."""
    is_named: bool = True
    """Whether a person named it, rather than a folder or an archive."""
    problem: str | None = None
    """One line if it isn't read."""


def find_sources(given: Sequence[str], own: Path, limits: LimitsSettings) -> Iterator[Found]:
    """The sources of all arguments, one argument after the other, those of a folder in natural order.

    given: files, folders, globs and `@lists`. own: the folder that this run writes, which is passed over.
    """
    finder = _Finder(own.resolve(), limits)
    for text in given:
        yield from finder.find(text)


class _Finder:
    """Finds sources."""

    def __init__(self, own: Path, limits: LimitsSettings) -> None:
        self._own, self._limits = own, limits

    def find(self, text: str) -> Iterator[Found]:
        """The sources of one argument."""
        if text.startswith(LIST_MARK) and len(text) > 1:
            yield from self._in_list(Path(text[1:]))
        else:
            yield from self._named(text)

    def _named(self, text: str) -> Iterator[Found]:
        """The sources of a name, which may be a glob."""
        path = Path(text)
        try:
            is_there = os.path.lexists(path)
        except ValueError:  # a zero byte
            is_there = False
        if is_there:
            yield from self._at(path)
        elif is_address(text):
            shown = without_secrets(text)
            yield _refused(
                shown, f"{shown} is an address. Download it first, or read it live with --source.", path=shown
            )
        elif glob.has_magic(text):
            names = sorted(map(Path, glob.iglob(text, recursive=True)), key=_order_of_path)  # noqa: PTH207 - absolute ones too
            if not names:
                yield _refused(
                    text, f"Nothing matches {text}. Check the pattern, and quote it: the shell must not take it apart."
                )
            for name in names:
                if name.is_file() or not any(part.startswith("**") for part in path.parts):
                    yield from self._at(name)
        else:
            yield _refused(text, f"There is no file or folder {path}. Check its name.")

    def _at(self, path: Path) -> Iterator[Found]:
        """The sources of a file or folder that is there."""
        try:
            if path.is_dir():
                yield from self._in_folder(path, ())
            else:
                yield from self._file(path, is_named=True)
        except OSError as error:
            yield _refused(str(path), f"{path} can't be read: {error.strerror or error}.")

    def _in_folder(self, folder: Path, above: tuple[tuple[int, int], ...]) -> Iterator[Found]:
        """Everything in a folder and in those in it. above: which folders it is in, by device and inode."""
        try:
            found = folder.stat()
            here = (found.st_dev, found.st_ino)
            if here in above:
                yield _refused(str(folder), f"{folder} is a link to a folder that it is in itself: it isn't followed.")
                return
            if folder.resolve() == self._own:
                return
            names = sorted(folder.iterdir(), key=natural_order)
        except OSError as error:
            yield _refused(str(folder), f"The folder {folder} can't be read: {error.strerror or error}.")
            return
        for path in names:
            if path.name.startswith(".") or path.name.casefold() in HIDDEN:
                continue
            try:
                if path.is_dir():
                    yield from self._in_folder(path, (*above, here))
                else:
                    yield from self._file(path, is_named=False)
            except OSError as error:
                yield _refused(str(path), f"{path} can't be read: {error.strerror or error}.")

    def _file(self, path: Path, *, is_named: bool) -> Iterator[Found]:
        """A file, or the files in it if it is an archive. Raises OSError."""
        if not path.exists():
            yield _refused(str(path), f"{path} leads nowhere: what it is a link to is gone.")
            return
        if not path.is_file():
            yield _refused(str(path), f"{path} is a pipe or a device, no file. {FROM_A_PIPE}")
            return
        suffix = path.suffix.lower()
        if (is_named or suffix in SUFFIXES) and kind_of_archive(path) is not None:
            yield from self._in_archive(path)
            return
        yield Found(str(path), _absolute(path), is_named=is_named)

    def _in_archive(self, path: Path) -> Iterator[Found]:
        """The files of an archive."""
        place, count = _absolute(path), 0
        try:
            for entry in entries_of(path, str(path), self._limits):
                count += 1
                yield Found(f"{path}/{entry.name}", place, entry.index, is_named=False, problem=entry.problem)
        except SourceError as error:
            yield _refused(str(path), str(error))
            return
        if count == 0:
            yield _refused(str(path), f"{path} is an archive without a file that may be a picture.")

    def _in_list(self, path: Path) -> Iterator[Found]:
        """The sources of each line of a list; `find -print0` writes zero bytes instead of line ends."""
        try:
            if path.stat().st_size > LONGEST_LIST:
                raise SourceError(f"The list {path} is larger than {LONGEST_LIST / 1e9:g} GB. Split it.")
            with path.open("rb") as file:
                ends_with_zero = b"\0" in file.read(65_536)
            lines = _lines(path, b"\0" if ends_with_zero else b"\n")
            for line in lines:
                text = os.fsdecode(line if ends_with_zero else line.strip(b"\r\n"))
                if text.strip():
                    yield from self._named(text)
        except SourceError as error:
            yield _refused(str(path), str(error))
        except OSError as error:
            yield _refused(str(path), f"The list {path} can't be read: {error.strerror or error}.")


def _lines(path: Path, end: bytes) -> Iterator[bytes]:
    """The lines of a file, without their end."""
    rest = b""
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            *lines, rest = (rest + block).split(end)
            yield from lines
    yield rest


def _order_of_path(path: Path) -> list[tuple[list[int | str], str]]:
    """Sort key of a path: each part in natural order."""
    return [natural_order(Path(part)) for part in path.parts]


def _absolute(path: Path) -> str:
    """The absolute path, by which a source is known from run to run."""
    return os.path.abspath(path)  # noqa: PTH100 - Path.absolute keeps `..`


def _refused(name: str, problem: str, path: str | None = None) -> Found:
    """What isn't read."""
    return Found(name, path or _absolute(Path(name.replace("\0", "?"))), problem=problem)
