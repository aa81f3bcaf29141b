"""Decode the most probable explanation of all ink: digits and non-digits. Knows probabilities, no pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES, Digit
from live.reading.cuts import Lattice, best_path
from live.reading.heights import typical_height

NON_DIGIT_COST = 1.2
"""Log-probability that it costs to leave ink of a digit's size unread; lower values read more letters as digits."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A decoded piece of ink with its place along the text line: a digit, or a non-digit."""

    digit: Digit | None
    left: float
    top: float
    right: float
    bottom: float
    angle: float = 0.0
    """Slope of its text line, radians. Extents along lines of different slopes can't be compared."""
    row: int = -1
    """The row of its region in `Reading.inputs`; -1 for a digit that was read with its whole number at once."""

    @property
    def height(self) -> float:
        """Extent across the text line, px."""
        return self.bottom - self.top


@dataclass(frozen=True, eq=False)
class _Option:
    """One explanation of some components."""

    components: tuple[int, ...]
    score: float
    candidates: tuple[Candidate, ...]


def scores_alone(lattices: list[Lattice], probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """(N,) log-probability of the best explanation of each piece alone, as one digit or a non-digit.

    lattices: each of one component, without cuts; probabilities: (N, C) float32, row by row.
    """
    logs, non_digit = _logs(probabilities)
    tall = np.array([lattice.height for lattice in lattices])
    left = non_digit - NON_DIGIT_COST * np.minimum(1.0, tall / _reference_height(lattices))
    return np.asarray(np.maximum(logs, left), np.float64)


def _logs(probabilities: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(N,) log-probabilities of the likeliest digit, and of a non-digit."""
    logs = np.log(np.maximum(probabilities[:, :DIGIT_CLASSES].max(axis=1, initial=0.0), 1e-6))
    return logs, np.log(np.maximum(probabilities[:, DIGIT_CLASSES:].sum(axis=1), 1e-6))


def decode(
    lattices: list[Lattice], probabilities: NDArray[np.float32], rows: Sequence[int] | None = None
) -> list[Candidate]:
    """The candidates that explain every component exactly once.

    lattices: those of single components first or last, in any order; each component has one of its own. probabilities:
    (N, C) float32, in the order of the lattices' regions. rows: (N,) the row of each region in `Reading.inputs`; None: its
    place in `probabilities`.
    """
    rows = range(len(probabilities)) if rows is None else rows
    logs, non_digit = _logs(probabilities)
    single: dict[int, _Option] = {}
    joined: list[_Option] = []
    reference = _reference_height(lattices)
    start = 0
    for lattice in lattices:
        stop = start + len(lattice.spans)
        if stop > start:
            option = _best_option(lattice, rows[start:stop], probabilities[start:stop], logs[start:stop])
            if len(lattice.components) == 1:
                component = lattice.components[0]
                single[component] = _or_non_digit(option, lattice, rows[start:stop], non_digit[start:stop], reference)
            elif option.candidates:
                joined.append(option)
        start = stop
    return _exclusive(single, joined)


def _exclusive(single: dict[int, _Option], joined: list[_Option]) -> list[Candidate]:
    """Accept joins in order of falling gain over their components alone, then the remaining components."""
    gains = [
        (option.score - sum(single[c].score for c in option.components if c in single), option) for option in joined
    ]
    taken: set[int] = set()
    candidates: list[Candidate] = []
    for gain, option in sorted(gains, key=lambda pair: -pair[0]):
        if gain > 0 and taken.isdisjoint(option.components):
            taken.update(option.components)
            candidates.extend(option.candidates)
    for component, option in single.items():
        if component not in taken:
            candidates.extend(option.candidates)
    return candidates


def _best_option(
    lattice: Lattice, rows: Sequence[int], probabilities: NDArray[np.float32], logs: NDArray[np.float32]
) -> _Option:
    """The best path of one lattice, all of it digits. rows: of its regions in `Reading.inputs`."""
    # most ink has a single explanation, so no path is searched
    score, path = (float(logs[0]), [0]) if len(lattice.spans) == 1 else best_path(lattice, logs)
    candidates = tuple(_candidate(lattice, k, Digit(lattice.regions[k].box, probabilities[k]), rows[k]) for k in path)
    return _Option(lattice.components, score, candidates)


def _or_non_digit(
    option: _Option, lattice: Lattice, rows: Sequence[int], non_digit: NDArray[np.float32], reference: float
) -> _Option:
    """The option, or the ink as a non-digit where that is likelier.

    rows: of its regions in `Reading.inputs`. reference: height of the page's writing, px.
    """
    whole = lattice.spans.index((0, lattice.last)) if (0, lattice.last) in lattice.spans else 0
    score = float(non_digit[whole]) - NON_DIGIT_COST * min(1.0, lattice.height / reference)
    if score <= option.score:
        return option
    return _Option(lattice.components, score, (_candidate(lattice, whole, None, rows[whole]),))


def _candidate(lattice: Lattice, span: int, digit: Digit | None, row: int) -> Candidate:
    """The candidate of one span of a lattice."""
    left, top, right, bottom = lattice.extents[span].tolist()
    return Candidate(digit, left, top, right, bottom, lattice.regions[span].angle, row)


def _reference_height(lattices: list[Lattice]) -> float:
    """Typical height of single components, px; 1 where there is none."""
    heights = [lattice.height for lattice in lattices if len(lattice.components) == 1 and lattice.spans]
    return typical_height(np.array(heights)) or 1.0
