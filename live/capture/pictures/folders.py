"""Lists the pictures of a folder, and explains why other files are skipped; decodes no picture."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from live.capture.pictures.file_bytes import FROM_A_PIPE, read_bytes
from live.capture.pictures.headers import read_header
from live.capture.pictures.kinds import HEAD_BYTES, PHOTO_SUFFIXES, PICTURE_SUFFIXES, kind_of
from live.core.errors import SourceError
from live.core.settings import LimitsSettings

HIDDEN = frozenset({"desktop.ini", "thumbs.db", "ehthumbs.db"})
"""These are system files of Windows; other systems use names that begin with a dot."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A skipped file of a folder."""

    path: Path
    reason: str
    """One line that contains the name."""
    is_failure: bool
    """Whether its suffix is that of a picture."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a folder, in natural order: 2 before 10."""

    pictures: tuple[Path, ...]
    passed: tuple[Passed, ...]


def list_folder(folder: Path) -> Folder:
    """The pictures of a folder, detected by their first bytes, and the skipped files with the reason; not recursive.

    Hidden files and system files are ignored. Raises SourceError if the folder can't be read.
    """
    try:
        found = sorted(folder.iterdir(), key=natural_order)
    except FileNotFoundError:
        raise SourceError(f"There is no folder {folder}. Check its name.") from None
    except OSError as error:
        raise SourceError(f"The folder {folder} can't be read: {error.strerror or error}.") from error
    pictures, passed = [], []
    for path in found:
        if path.name.startswith(".") or path.name.casefold() in HIDDEN:
            continue
        reason = why_not(path)
        if reason is None:
            pictures.append(path)
        else:
            passed.append(Passed(path, reason, is_failure=path.suffix.lower() in PHOTO_SUFFIXES))
    return Folder(tuple(pictures), tuple(passed))


def why_not(path: Path) -> str | None:
    """One line on why a file of a folder is skipped, or None if it is a picture."""
    if path.is_dir():
        return f"{path} is a folder in a folder. To read what is in it, give it by its own name."
    if not path.exists():
        return f"{path} leads nowhere: what it is a link to is gone."
    if not path.is_file():
        return f"{path} is a pipe or a device, no file. {FROM_A_PIPE}"
    try:
        head = head_of(path)
    except OSError as error:
        return f"The picture {path} can't be read: {error.strerror or error}."
    if not head:
        return f"The picture {path} is empty (0 bytes). Save or copy it again."
    kind = kind_of(head, str(path))
    return None if kind.picture is not None else f"{path} {kind.advice}"


def pictures_in(folder: Path) -> list[Path]:
    """The pictures of a folder, not recursive, in natural order: 2 before 10.

    Hidden files are skipped. Raises SourceError if there is no picture or the folder can't be read.
    """
    found = list_folder(folder)
    if not found.pictures:
        raise SourceError(no_pictures(folder))
    return list(found.pictures)


def no_pictures(folder: Path) -> str:
    """One line for a folder without pictures."""
    return (
        f"The folder {folder} holds no pictures that can be read. "
        "Put JPEG, PNG, HEIC, TIFF, WebP, AVIF, GIF or BMP files there."
    )


def is_picture(path: Path) -> bool:
    """Whether to read the file as a picture, by its first bytes rather than its name.

    A file that is neither picture nor video counts as a picture if it has a picture's suffix, for a better error message.
    """
    try:
        head = head_of(path) if path.is_file() else b""
    except OSError:
        head = b""
    kind = kind_of(head, shlex.quote(path.name))
    return kind.picture is not None or (not kind.is_video and path.suffix.lower() in PICTURE_SUFFIXES)


def is_animation(path: Path, limits: LimitsSettings) -> bool:
    """Whether the file is an animated GIF, which is played like a video."""
    try:
        if not head_of(path).startswith((b"GIF87a", b"GIF89a")):
            return False
        return bool(read_header(read_bytes(path, limits), str(path), limits).note)
    except (OSError, SourceError):  # reported when it is read as a picture
        return False


def head_of(path: Path) -> bytes:
    """The first `HEAD_BYTES` bytes of a file. Raises OSError."""
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def natural_order(path: Path) -> tuple[list[int | str], str]:
    """Sort key: digits are compared as numbers, letters without case; the name itself breaks ties."""
    # re.split returns the digits at odd indices, so int and str are never compared
    pieces = re.split(r"([0-9]+)", path.name.casefold())
    # int() rejects more than 4,300 digits, which some systems allow in names
    return [int(piece[:1000]) if k % 2 else piece for k, piece in enumerate(pieces)], path.name
