"""Open what lines are drawn with: digits of MNIST, trajectories of pens, fonts. Draws nothing."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from scripts.training.lines.fonts import Fonts
from scripts.training.lines.hands import Materials
from scripts.training.lines.sources import parts


class Sources(NamedTuple):
    """Where lines are drawn from."""

    mnist: Path | None
    pendigits: Path | None
    fonts: Path | None
    folder: Path
    """Keeps the fields."""
    held_out: bool = False
    """Whether the writers held out write, or the others."""


def materials(sources: Sources) -> Materials:
    """What lines are drawn with. Raises DataError and OSError."""
    both = parts(sources.mnist, sources.pendigits, sources.folder)
    return Materials(both[int(sources.held_out)], Fonts(sources.fonts))
