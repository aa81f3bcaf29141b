"""List the pictures for `read` (files, folders, stdin), with messages for all other arguments. Decodes no picture."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

from live.capture.addresses import is_address
from live.capture.frame_source import Remark
from live.capture.pictures.folders import list_folder, no_pictures
from live.core.errors import SourceError
from live.core.masking import without_secrets
from live.core.page_name import STDIN


def find_pictures(given: Sequence[str], own: frozenset[Path] = frozenset()) -> Iterator[Path | Remark]:
    """The pictures of all arguments, those of a folder in natural order, and a Remark for what isn't read.

    own: resolved files and folders that this run writes; they are skipped without a message.
    """
    for text in given:
        try:
            yield from find_in(text, own)
        except SourceError as error:
            yield Remark(str(error), is_failure=True)


def find_in(text: str, own: frozenset[Path]) -> Iterator[Path | Remark]:
    """The pictures and messages of one argument. Raises SourceError."""
    path = Path(text)
    if text == str(STDIN):
        yield STDIN
    elif is_address(text) and not is_there(path):
        raise SourceError(about_address(text))
    elif is_folder(path):
        folder = list_folder(path)
        for passed in folder.passed:
            if passed.path.resolve() not in own:
                yield Remark(passed.reason, passed.is_failure)
        if not folder.pictures:
            raise SourceError(no_pictures(path))
        yield from folder.pictures
    elif not is_there(path):
        raise SourceError(f"There is no file or folder {path}. Check its name.")
    else:
        yield path.absolute() if path == STDIN else path  # ./- is a file of that name


def is_folder(path: Path) -> bool:
    """Whether the path is a folder; False for an invalid name."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def is_there(path: Path) -> bool:
    """Whether the path exists; False for an invalid name."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def about_address(address: str) -> str:
    """The message for an address: how to read its picture instead."""
    shown = without_secrets(address)
    return (
        f"{shown} is an address, and `read` takes files. Download it first, as with: curl -O {shlex.quote(shown)} "
        f"(or read it live: --source {shlex.quote(shown)})"
    )
