"""Lists and reads the files in ZIP and tar archives, within limits. Unpacks nothing to the disk, and knows no picture."""

from __future__ import annotations

import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from live.capture.pictures.file_bytes import most_bytes, too_large
from live.core.errors import SourceError
from live.core.settings import LimitsSettings

MOST_ENTRIES = 200_000
"""An archive with more files is refused: Python holds 0.6 kB for each, so 120 MB."""
MOST_DIRECTORY = 20_000_000
"""A ZIP's list of files may have this many bytes, 100 for each of `MOST_ENTRIES`; it is checked before the list is read."""
BOMB_BYTES, BOMB_RATIO = 100_000_000, 100
"""A file that unpacks to more bytes, and to more times its packed size, than these is a bomb: scans don't shrink so."""
SUFFIXES = frozenset({".zip", ".cbz", ".tar", ".tgz", ".tbz2", ".txz", ".gz", ".bz2", ".xz", ".cbt"})
"""Files of these suffixes are opened while sources are counted, and looked at as archives; so is what a person named."""
ZIP_STARTS = (b"PK\x03\x04", b"PK\x05\x06")
PACKED_STARTS = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
TAR_MARK_AT = 257
END_RECORD, END_RECORD_64 = b"PK\x05\x06", b"PK\x06\x06"
END_BYTES, LONGEST_COMMENT, LOCATOR_BYTES = 22, 65_535, 20
UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, tarfile.TarError, zlib.error)
"""What the libraries raise on damaged archives; RuntimeError for passwords and unknown compressions."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in an archive."""

    index: int
    """Its place in the archive, from 0."""
    name: str
    problem: str | None = None
    """One line if it isn't read."""


def kind_of_archive(path: Path) -> str | None:
    """`zip`, `tar`, or None if the first bytes are those of something else. Raises OSError."""
    with path.open("rb") as file:
        head = file.read(TAR_MARK_AT + 5)
    if head.startswith(ZIP_STARTS):
        return "zip"
    is_tar = head[TAR_MARK_AT:].startswith(b"ustar") or head.startswith(PACKED_STARTS)
    return "tar" if is_tar else None


def entries_of(path: Path, name: str, limits: LimitsSettings) -> Iterator[Entry]:
    """The files of an archive in its order, without hidden ones. name: for messages. Raises SourceError."""
    try:
        kind = kind_of_archive(path)
        found = zip_entries(path, name, limits) if kind == "zip" else tar_entries(path, name, limits)
        yield from found
    except UNREADABLE as error:
        raise SourceError(
            f"{name} is an archive that can't be read, or only in part: {_reason(error)}. Copy it again."
        ) from error


def zip_entries(path: Path, name: str, limits: LimitsSettings) -> Iterator[Entry]:
    """The files of a ZIP."""
    with path.open("rb") as file:
        if directory_bytes(file) > MOST_DIRECTORY:
            raise SourceError(_too_many(name))
    with zipfile.ZipFile(path) as archive:
        if len(archive.filelist) > MOST_ENTRIES:
            raise SourceError(_too_many(name))
        for index, info in enumerate(archive.infolist()):
            kind = stat.S_IFMT(info.external_attr >> 16)
            if info.is_dir() or kind == stat.S_IFLNK or is_hidden(info.filename):
                continue
            shown = f"{name}/{info.filename}"
            yield Entry(index, info.filename, _zip_problem(info, shown, limits) or outside(info.filename, shown))


def _zip_problem(info: zipfile.ZipInfo, shown: str, limits: LimitsSettings) -> str | None:
    """Why a file of a ZIP isn't read."""
    if info.flag_bits & 1:
        return f"{shown} is encrypted. Unpack the archive with its password, and read the folder."
    if info.file_size > BOMB_BYTES and info.file_size > BOMB_RATIO * max(1, info.compress_size):
        return _bomb(shown, info.file_size, info.compress_size)
    return too_large(shown, limits) if info.file_size > most_bytes(limits) else None


def tar_entries(path: Path, name: str, limits: LimitsSettings) -> Iterator[Entry]:
    """The files of a tar, packed or not."""
    packed = max(1, path.stat().st_size)
    with tarfile.open(path, "r:*") as archive:
        for index in range(MOST_ENTRIES + 1):
            member = archive.next()
            if member is None:
                return
            _forget(archive)
            if not member.isfile() or is_hidden(member.name):
                continue
            shown = f"{name}/{member.name}"
            problem = outside(member.name, shown)
            if member.size > most_bytes(limits):
                problem = too_large(shown, limits)
            if member.size > BOMB_BYTES and member.size > BOMB_RATIO * packed:
                raise SourceError(_bomb(shown, member.size, packed))  # to skip it would mean to unpack it
            yield Entry(index, member.name, problem)
    raise SourceError(_too_many(name))


def directory_bytes(file: IO[bytes]) -> int:
    """The size of a ZIP's list of files, bytes, as its end tells it; 0 if there is no such end. Source: APPNOTE.TXT, 4.3.16."""
    size = file.seek(0, 2)
    start = max(0, size - END_BYTES - LONGEST_COMMENT)
    file.seek(start)
    tail = file.read(size - start)
    at = tail.rfind(END_RECORD)
    if at < 0 or at + END_BYTES > len(tail):
        return 0
    (told,) = struct.unpack_from("<I", tail, at + 12)
    if told != 0xFFFFFFFF or at < LOCATOR_BYTES:
        return int(told)
    (place,) = struct.unpack_from("<Q", tail, at - LOCATOR_BYTES + 8)
    file.seek(min(place, size))
    record = file.read(56)
    if not record.startswith(END_RECORD_64) or len(record) < 56:
        return 0
    return int(struct.unpack_from("<Q", record, 40)[0])


class ZipContents:
    """Reads files of ZIPs; the last archive stays open, since to open one means to read its whole list."""

    def __init__(self) -> None:
        self._path = ""
        self._archive: zipfile.ZipFile | None = None

    def read(self, path: str, entry: int, name: str, limits: LimitsSettings) -> bytes:
        """The bytes of one file. name: for messages. Raises SourceError."""
        most = most_bytes(limits)
        try:
            if self._archive is None or self._path != path:
                self.close()
                self._archive, self._path = zipfile.ZipFile(path), path
            with self._archive.open(self._archive.infolist()[entry]) as file:
                content = file.read(most + 1)
        except (*UNREADABLE, IndexError) as error:
            raise SourceError(f"{name} can't be unpacked: {_reason(error)}.") from error
        if len(content) > most:
            raise SourceError(too_large(name, limits))
        return content

    def close(self) -> None:
        """Close the archive."""
        if self._archive is not None:
            self._archive.close()
        self._archive = None


class TarContents:
    """Reads files of tars in their order, each once; going back begins at the start again."""

    def __init__(self) -> None:
        self._path = ""
        self._archive: tarfile.TarFile | None = None
        self._next = 0

    def read(self, path: str, entry: int, name: str, limits: LimitsSettings) -> bytes:
        """The bytes of one file. name: for messages. Raises SourceError."""
        try:
            return self._read(path, entry, most_bytes(limits))
        except UNREADABLE as error:
            self.close()
            raise SourceError(f"{name} can't be unpacked: {_reason(error)}.") from error

    def _read(self, path: str, entry: int, most: int) -> bytes:
        """The same, with the errors of the library."""
        if self._archive is None or self._path != path or entry < self._next:
            self.close()
            self._archive, self._path, self._next = tarfile.open(path, "r:*"), path, 0  # noqa: SIM115 - closed by `close`
        member = None
        while self._next <= entry:
            member = self._archive.next()
            _forget(self._archive)
            self._next += 1
            if member is None:
                raise EOFError("the archive has changed or was cut short")
        assert member is not None
        file = self._archive.extractfile(member)
        if file is None:
            raise EOFError("the archive has changed")
        content = file.read(most + 1)
        if len(content) < member.size:
            raise EOFError("it was cut short")
        return content

    def close(self) -> None:
        """Close the archive."""
        if self._archive is not None:
            self._archive.close()
        self._archive = None


def is_hidden(name: str) -> bool:
    """Whether a file is hidden, or belongs to the system that made the archive."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any((part.startswith(".") and part not in (".", "..")) or part == "__MACOSX" for part in parts)


def outside(name: str, shown: str) -> str | None:
    """One line for a name that would lead out of the folder into which a person might unpack the archive."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if ".." in parts or name.startswith(("/", "\\")) or ":" in name[1:2]:
        return f"{shown} has a name that leads out of its archive, as no honest program writes it: it isn't read."
    return None


def _forget(archive: tarfile.TarFile) -> None:
    """Drop the members that a tar keeps of all that it has passed: memory would grow with the archive."""
    archive.members = []  # type: ignore[attr-defined] # the stubs lack it


def _too_many(name: str) -> str:
    return f"{name} holds more than {MOST_ENTRIES:,} files. Unpack it, and read the folder."


def _bomb(shown: str, size: int, packed: int) -> str:
    return (
        f"{shown} unpacks to {size / 1e6:,.0f} MB from {packed / 1e6:,.1f} MB: that is a bomb rather than a picture. "
        "If it is one, unpack it by hand."
    )


def _reason(error: Exception) -> str:
    return (
        str(getattr(error, "strerror", None) or error).strip().rstrip(".").splitlines()[0]
        if str(error)
        else type(error).__name__
    )
