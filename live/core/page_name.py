"""Name the pages of picture files, on screen and in file names. Opens no file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

STDIN = Path("-")
"""The path argument that means: read the picture from stdin."""
STDIN_NAME = "stdin"


def shown_name(path: Path) -> str:
    """The path's name for display."""
    return STDIN_NAME if path == STDIN else str(path)


@dataclass(frozen=True, slots=True)
class PageName:
    """The name of a page in the output of `read`."""

    path: Path
    number: int = 1
    """The page number, from 1."""
    pages: int = 1
    """The page count of the file."""

    @property
    def shown(self) -> str:
        """The name for display: `scan.tif`, or `scan.tif#2` if the file has several pages."""
        return shown_name(self.path) + (f"#{self.number}" if self.pages > 1 else "")

    @property
    def stem(self) -> str:
        """The name of this page's files and sheets: `scan`, or `scan-page2`."""
        stem = shown_name(STDIN) if self.path == STDIN else self.path.stem
        return stem + (f"-page{self.number}" if self.pages > 1 else "")
