"""Intermediate results of a reading: components, inputs, answers, candidates, groups. Knows no stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from live.core.records import Reading
from live.reading.cuts import Lattice
from live.reading.decoding import Candidate
from live.reading.grouping import Group
from live.reading.ink import Ink
from live.reading.line_reader import LineReading
from live.reading.regions import Component, Upright

Inputs = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Pieces:
    """The ink of one picture, in components."""

    ink: Ink
    """Without its ruled lines."""
    angle: float
    """Slope of most text lines, radians; each component has its own."""
    components: list[Component]
    uprights: dict[int, Upright]
    """Components of digit size, laid upright, by index."""
    whole: list[Lattice]
    """One lattice for each upright, without cuts."""
    finding_price: float
    """Queries that were spent to find all ink and remove its ruled lines."""


class Found(NamedTuple):
    """What is on a picture before anything is classified."""

    ink: Ink
    """All of it, with ruled lines."""
    pieces: Pieces
    """Its components; none is laid upright yet."""
    left_out: int
    """Pieces of ink that were left out already."""


@dataclass(frozen=True, eq=False)
class Questions:
    """All inputs and answers of the classifier, and the lattices to decode."""

    again: list[Lattice]
    inputs: Inputs
    answers: Inputs
    """Row by row as `inputs`."""
    lattices: list[Lattice]
    """Lattices of the first pass that were not replaced, then those of the second pass."""
    rows: list[int]
    """The row in `inputs` and `answers` of each region of `lattices`."""


@dataclass(frozen=True, eq=False)
class Trace:
    """A reading with its intermediate results, which show why a number was read as it was, or not at all."""

    reading: Reading
    found: Ink
    """All ink, with ruled lines."""
    pieces: Pieces
    answers: Inputs
    """(N, C) float32 answers of the classifier, row by row as `reading.inputs`: first `pieces.whole`, then `again`."""
    again: list[Lattice]
    """The lattices of the second pass: cuts and joins of ink that was not surely one digit."""
    chosen: list[Candidate]
    """The decoded candidates."""
    kept: list[Candidate]
    """Candidates that are no piece of a line."""
    lines: list[LineReading]
    """Groups that were read at once."""
    groups: list[Group]
    """All groups, with their final digits."""
    rejected: Mapping[str, tuple[int, ...]]
    """Indices of the groups that are not reported, by `rejection_reason` or the name of a later step."""
    chances: Mapping[int, float]
    """Probability that a group is a number, for those that the verifier was asked about, by their indices."""
