"""What a reading worked out on the way: pieces of ink, questions, answers, what was made of them. Knows no stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live.core.records import Reading
from live.reading.cuts import Lattice
from live.reading.decoding import Placed
from live.reading.grouping import Run
from live.reading.ink import Ink
from live.reading.line_reader import LineReading
from live.reading.regions import Component, Upright

Inputs = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Pieces:
    """The ink of one picture in pieces."""

    ink: Ink
    """Without its ruled lines."""
    angle: float
    """Slope of most lines, radians; each component has that of its own."""
    components: list[Component]
    uprights: dict[int, Upright]
    """Those large enough to be a digit, laid upright, by index."""
    whole: list[Lattice]
    """One for each upright, without cuts."""


@dataclass(frozen=True, eq=False)
class Trace:
    """One reading with all that was worked out on the way: what shows why a number was read as it was, or not at all."""

    reading: Reading
    found: Ink
    """All ink, its ruled lines too."""
    pieces: Pieces
    answers: Inputs
    """(N, C) float32, what the classifier answered, row by row as `reading.inputs`: first `pieces.whole`, then `again`."""
    again: list[Lattice]
    """What was asked about a second time: cuts through, and joins of, what was not surely one digit."""
    chosen: list[Placed]
    """The digits and strangers that explain the ink best."""
    kept: list[Placed]
    """Those that are no piece of a line."""
    lines: list[LineReading]
    """What was asked about as a whole."""
    runs: list[Run]
    """What stands together, with its digits as they were read last."""
    rejected: Mapping[str, tuple[int, ...]]
    """Indices of the runs that are not shown, by what rejected them: a reason of `why_none`, or the name of a later step."""
