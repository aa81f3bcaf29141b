"""Write files whole or not at all: under another name first, renamed once whole and closed. Knows nothing of what is in them.

Logs and recordings go another way: they grow under their own name, line by line and frame by frame, whole at any time.
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
"""Letters of a suffix that the first name keeps: savers go by `.keras` and `.weights.h5`, and names have 255 letters at most."""


def replaced(path: Path, write: Callable[[Path], Any]) -> None:
    """Have `write` write a new file, and only then put it in `path`'s place. Raises OSError with the old file still there.

    What is no file, such as /dev/null or a pipe, is written to as it is.
    """
    if _is_no_file(path):
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
        _take_away(new)


def put_in_place(path: Path, data: bytes) -> None:
    """`replaced` with these bytes. Raises OSError."""
    replaced(path, lambda new: new.write_bytes(data))


def put(path: Path, data: bytes) -> None:
    """A file with these bytes; an earlier one of that name is kept beside it, as `claim` does. Raises OutputError."""
    with WholeFile(path) as file:
        file.write(data)


def first_name(path: Path) -> Path:
    """The temporary name of a file: in the same folder, with the same suffix, used by nothing else."""
    suffix = "".join(path.suffixes[-2:])
    if len(suffix) > LONGEST_SUFFIX:
        suffix = path.suffix[:LONGEST_SUFFIX]
    return path.with_name(f".numcam-{os.getpid()}-{secrets.token_hex(4)}{suffix}")


class WholeFile:
    """A file that has its name once it is whole. Use as a context manager: an exception leaves nothing of it."""

    def __init__(self, path: Path) -> None:
        """Raises OutputError where nothing can be written there, before there is anything to be written."""
        check_place(path)
        self._path = path
        self._as_it_is = _is_no_file(path)
        self._new = path if self._as_it_is else first_name(path)
        self._file: IO[bytes] | None = None
        try:
            self._file = self._new.open("wb")
        except OSError as error:
            raise self._error(error) from error

    def __enter__(self) -> Self:
        """It is open already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it its name, or take it away after an exception. Raises OutputError."""
        if error is None:
            self.close()
        else:
            self.discard()

    def write(self, data: bytes) -> None:
        """Add to it. Raises OutputError, with nothing left of it."""
        assert self._file is not None
        try:
            self._file.write(data)
        except OSError as error:
            self.discard()
            raise self._error(error) from error

    def close(self) -> None:
        """Have it on the disk, and give it its name; what had that name is kept beside it. Raises OutputError."""
        if self._file is None:  # something that could not be written was told already
            return
        try:
            self._file.flush()
            if not self._as_it_is:
                os.fsync(self._file.fileno())
            self._file.close()
            self._file = None
            if not self._as_it_is:
                claim(self._path)
                self._new.rename(self._path)
        except OSError as error:
            raise self._error(error) from error
        finally:
            self.discard()

    def discard(self) -> None:
        """Leave nothing of it that has not its name yet."""
        file, self._file = self._file, None
        with suppress(OSError):  # what a full disk did not take
            if file is not None:
                file.close()
        if not self._as_it_is:
            _take_away(self._new)

    def _error(self, error: OSError) -> OutputError:
        """The one line about it."""
        return OutputError(f"{self._path} can't be written: {error.strerror}. Nothing of it is left.")


def _is_no_file(path: Path) -> bool:
    """Whether something has that name that is neither a file nor a folder."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _take_away(new: Path) -> None:
    """Delete what has not been renamed."""
    with suppress(OSError):
        new.unlink(missing_ok=True)
