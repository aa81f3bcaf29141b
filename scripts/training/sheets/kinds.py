"""What may stand somewhere on a sheet. Knows no picture."""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """What stands in a place."""

    GROUND = 0
    NUMBER = 1
    """A handwritten number: the whole quad of it."""
    WRITING = 2
    """Other handwriting: words, letters, operators alone, what is crossed out."""
    PRINT = 3
    """Printed words."""
    FIGURES = 4
    """A printed number."""
