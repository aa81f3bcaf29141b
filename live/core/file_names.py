"""Choose names for new files, so that no existing file is overwritten. Knows no file's contents."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from live.core.errors import OutputError


def check_place(path: Path) -> None:
    """Raise OutputError if no file can be created at `path`: the parent folder is missing, or `path` is a folder."""
    if path.is_dir():
        raise OutputError(f"{path} is a folder: name a file in it, such as {path / 'numbers'}{path.suffix or '.mp4'}.")
    if not path.parent.is_dir():
        raise OutputError(f"There is no folder {path.parent} to write {path.name} into: make it first.")


def claim(path: Path) -> Path:
    """Free the name `path` for a new file, and return it. The file itself isn't created.

    An existing file is renamed: `out.mp4` becomes `out.1.mp4`, or takes the next free number. A device, such as
    /dev/null, is left unchanged. Raises OutputError as `check_place` does.
    """
    check_place(path)
    if path.is_file() or path.is_symlink():
        number = 1
        while _is_taken(aside := path.with_name(f"{path.stem}.{number}{path.suffix}")):
            number += 1
        try:
            path.rename(aside)
        except OSError as error:
            raise OutputError(f"{path} is there already and can't be put aside: {error.strerror}.") from error
    return path


def timestamped(suffix: str, folder: Path = Path()) -> Path:
    """An unused name in that folder with the current time: numcam-20260131-174502.mp4."""
    return unused(folder / f"numcam-{datetime.now().astimezone():%Y%m%d-%H%M%S}{suffix}")


def unused(path: Path) -> Path:
    """`path`, or the first free name if it exists: out.mp4, out-2.mp4, out-3.mp4."""
    free, number = path, 1
    while _is_taken(free):
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def _is_taken(path: Path) -> bool:
    """Whether the path exists. A broken link counts too."""
    return path.exists() or path.is_symlink()
