"""How a page of a picture file is called, on screen and in file names. Opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

STDIN = Path("-")
"""What stands for the picture that comes through stdin."""
STDIN_NAME = "stdin"


def shown_name(path: Path) -> str:
    """What a person would call it."""
    return STDIN_NAME if path == STDIN else str(path)


@dataclass(frozen=True, slots=True)
class PageName:
    """How a page is called in what `read` writes."""

    path: Path
    number: int = 1
    """From 1."""
    pages: int = 1
    """How many the file has."""

    @property
    def shown(self) -> str:
        """`scan.tif`, or `scan.tif#2` where the file has several pages."""
        return shown_name(self.path) + (f"#{self.number}" if self.pages > 1 else "")

    @property
    def stem(self) -> str:
        """What files and sheets of this page are called: `scan`, or `scan-page2`."""
        stem = shown_name(STDIN) if self.path == STDIN else self.path.stem
        return stem + (f"-page{self.number}" if self.pages > 1 else "")
