"""Names for new files: nothing that was written before is ever written over. Knows no file's contents."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from live.core.errors import OutputError


def check_place(path: Path) -> None:
    """Raise OutputError where no file can be made at `path`: the folder is missing, or the name is a folder's."""
    if path.is_dir():
        raise OutputError(f"{path} is a folder: name a file in it, such as {path / 'numbers'}{path.suffix or '.mp4'}.")
    if not path.parent.is_dir():
        raise OutputError(f"There is no folder {path.parent} to write {path.name} into: make it first.")


def claim(path: Path) -> Path:
    """Make room for a new file at `path`, and return it; the file itself isn't made.

    An earlier file of that name is kept beside it: `out.mp4` becomes `out.1.mp4`, or the next number that is free. What is
    no file, such as /dev/null, is left as it is. Raises OutputError as `check_place` does.
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
    """A new name in that folder that tells the time: numcam-20260131-174502.mp4, never an existing one."""
    return unused(folder / f"numcam-{datetime.now().astimezone():%Y%m%d-%H%M%S}{suffix}")


def unused(path: Path) -> Path:
    """`path`, or where something has that name the first one that is free: out.mp4, out-2.mp4, out-3.mp4."""
    free, number = path, 1
    while _is_taken(free):
        number += 1
        free = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return free


def _is_taken(path: Path) -> bool:
    """Whether something has that name, a link that leads nowhere too."""
    return path.exists() or path.is_symlink()
