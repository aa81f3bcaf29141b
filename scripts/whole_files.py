"""Write files whole or not at all: under another name first, and then renamed. Knows nothing of what is in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any


def replaced(path: Path, write: Callable[[Path], Any]) -> None:
    """Have `write` write a new file, and only then put it in `path`'s place. Raises OSError with the old file still there."""
    new = path.with_name("new-" + path.name)
    try:
        write(new)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
