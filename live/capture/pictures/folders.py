"""The files of a folder: which are pictures, and what is said of the others. Decodes no picture."""

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
"""What Windows leaves in folders, as others leave files whose name begins with a dot."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A file of a folder that isn't read."""

    path: Path
    reason: str
    """One line, its name in it."""
    is_failure: bool
    """Whether its name says that it is a picture."""


@dataclass(frozen=True, slots=True)
class Folder:
    """What lies in a folder, in natural order: 2 before 10."""

    pictures: tuple[Path, ...]
    passed: tuple[Passed, ...]


def list_folder(folder: Path) -> Folder:
    """The pictures of a folder by their first bytes, not of the folders in it, and what is skipped, with the reason.

    What the system hides, or leaves there for itself, isn't mentioned. Raises SourceError where the folder can't be read.
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
    """One line on why a file of a folder isn't read, or None where it is a picture."""
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
    """The pictures of a folder, not of the folders in it, in natural order: 2 before 10.

    Hidden files are left out. Raises SourceError where there is no picture or the folder can't be read.
    """
    found = list_folder(folder)
    if not found.pictures:
        raise SourceError(no_pictures(folder))
    return list(found.pictures)


def no_pictures(folder: Path) -> str:
    """One line for a folder without any."""
    return (
        f"The folder {folder} holds no pictures that can be read. "
        "Put JPEG, PNG, HEIC, TIFF, WebP, AVIF, GIF or BMP files there."
    )


def is_picture(path: Path) -> bool:
    """Whether the file is to be read as a picture: by its first bytes, whatever its name.

    What is neither a picture nor a video counts as a picture where its name says so: that tells best what is wrong with it.
    """
    try:
        head = head_of(path) if path.is_file() else b""
    except OSError:
        head = b""
    kind = kind_of(head, shlex.quote(path.name))
    return kind.picture is not None or (not kind.is_video and path.suffix.lower() in PICTURE_SUFFIXES)


def is_animation(path: Path, limits: LimitsSettings) -> bool:
    """Whether the file is a GIF of several pictures, which is played as a video is."""
    try:
        if not head_of(path).startswith((b"GIF87a", b"GIF89a")):
            return False
        return bool(read_header(read_bytes(path, limits), str(path), limits).note)
    except (OSError, SourceError):  # told where it is read as a picture
        return False


def head_of(path: Path) -> bytes:
    """A file's first bytes. Raises OSError."""
    with path.open("rb") as file:
        return file.read(HEAD_BYTES)


def natural_order(path: Path) -> tuple[list[int | str], str]:
    """A key to sort by: runs of digits count as numbers, capitals as small letters; the name itself settles ties."""
    # re.split puts what it split by, the digits, at every second place: int and str never meet
    pieces = re.split(r"([0-9]+)", path.name.casefold())
    # Python makes no number of 4,301 digits; some systems allow such names
    return [int(piece[:1000]) if k % 2 else piece for k, piece in enumerate(pieces)], path.name
