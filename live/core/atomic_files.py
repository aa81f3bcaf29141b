"""Write files atomically: to a temporary file that is renamed once it is complete. Doesn't know their content.

Logs and recordings don't use this: they are appended to under their final name, and are valid at any time.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from live.core.errors import OutputError
from live.core.file_names import check_place, claim

LONGEST_SUFFIX = 40
"""The longest suffix that a temporary name keeps, in characters: `.keras` and `.weights.h5` fit; a name has at most 255."""


def replacing(path: Path, write: Callable[[Path], Any]) -> None:
    """Have `write` write a temporary file, then replace `path` with it. On OSError the old file is unchanged.

    A device or a pipe, such as /dev/null, is written to directly.
    """
    if _is_special(path):
        write(path)
        return
    new = first_name(path)
    try:
        write(new)
        if new.is_file():
            with new.open("rb+") as file:
                os.fsync(file.fileno())
        new.replace(path)
    finally:
        _delete(new)


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file's content with these bytes atomically. Raises OSError."""
    replacing(path, lambda new: new.write_bytes(data))


def write_file(path: Path, data: bytes) -> None:
    """Write a new file with these bytes; `claim` keeps an earlier one under another name. Raises OutputError."""
    with WholeFile(path) as file:
        file.write(data)


def first_name(path: Path) -> Path:
    """A unique temporary name in the same folder, with the same suffix."""
    suffix = "".join(path.suffixes[-2:])
    if len(suffix) > LONGEST_SUFFIX:
        suffix = path.suffix[:LONGEST_SUFFIX]
    return path.with_name(f".numcam-{os.getpid()}-{secrets.token_hex(4)}{suffix}")


class WholeFile:
    """A file that gets its name once it is complete. Use as a context manager: an exception deletes it."""

    def __init__(self, path: Path) -> None:
        """Open the temporary file. Raises OutputError where nothing can be written there."""
        check_place(path)
        self._path = path
        self._is_direct = _is_special(path)
        self._new = path if self._is_direct else first_name(path)
        self._file: IO[bytes] | None = None
        try:
            self._file = self._new.open("wb")
        except OSError as error:
            raise self._error(error) from error

    def __enter__(self) -> Self:
        """Return the open file."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Rename the file, or delete it after an exception. Raises OutputError."""
        if error is None:
            self.close()
        else:
            self.discard()

    def write(self, data: bytes) -> None:
        """Append bytes. On an error it deletes the file and raises OutputError."""
        assert self._file is not None
        try:
            self._file.write(data)
        except OSError as error:
            self.discard()
            raise self._error(error) from error

    def close(self) -> None:
        """Sync the file to disk and rename it; an earlier file is kept under another name. Raises OutputError."""
        if self._file is None:  # closed, or a failed write was reported already
            return
        try:
            self._file.flush()
            if not self._is_direct:
                os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
            if not self._is_direct:
                claim(self._path)
                self._new.rename(self._path)
        except OSError as error:
            raise self._error(error) from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Close and delete the temporary file."""
        file, self._file = self._file, None
        with suppress(OSError):  # a full disk may fail again here
            if file is not None:
                file.close()
        if not self._is_direct:
            _delete(self._new)

    def _error(self, error: OSError) -> OutputError:
        """The error with its message for the user."""
        return OutputError(f"{self._path} can't be written: {error.strerror}. Nothing of it is left.")


def _is_special(path: Path) -> bool:
    """Whether the path is a device or a pipe: neither a file nor a folder."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _delete(new: Path) -> None:
    """Delete the temporary file, if it is there."""
    with suppress(OSError):
        new.unlink(missing_ok=True)
