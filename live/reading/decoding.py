"""Choose, of all the ways to see the ink, the one the classifier believes. Knows probabilities, never pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES, Digit
from live.reading.cuts import Lattice, best_path
from live.reading.heights import usual_height

STRANGER_COST = 1.2  # log-probability that it costs to leave ink of a digit's size unread


@dataclass(frozen=True, eq=False)
class Placed:
    """A chosen piece of ink with its place along the line: a digit, or a stranger that is none."""

    digit: Digit | None
    left: float
    top: float
    right: float
    bottom: float
    angle: float = 0.0
    """Slope of its line, radians: extents along lines of different slopes are not comparable."""
    row: int = -1
    """The row of its region in `Reading.inputs`; -1 for a digit that was read with its whole number at once."""

    @property
    def height(self) -> float:
        """Extent across the line, px."""
        return self.bottom - self.top


@dataclass(frozen=True, eq=False)
class _Option:
    """One way to see some components."""

    components: tuple[int, ...]
    score: float
    placed: tuple[Placed, ...]


def scores_alone(lattices: list[Lattice], probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """(N,) how well each piece of ink is explained by itself, as one digit or as none: logarithms, below 0.

    lattices: each of one component, without cuts; probabilities: (N, C) float32, row by row.
    """
    logs, strange = _logs(probabilities)
    tall = np.array([lattice.height for lattice in lattices])
    left = strange - STRANGER_COST * np.minimum(1.0, tall / _reference_height(lattices))
    return np.asarray(np.maximum(logs, left), np.float64)


def _logs(probabilities: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(N,) logarithms of the probability of the likeliest digit, and of none."""
    logs = np.log(np.maximum(probabilities[:, :DIGIT_CLASSES].max(axis=1, initial=0.0), 1e-6))
    return logs, np.log(np.maximum(probabilities[:, DIGIT_CLASSES:].sum(axis=1), 1e-6))


def choose(
    lattices: list[Lattice], probabilities: NDArray[np.float32], rows: Sequence[int] | None = None
) -> list[Placed]:
    """The digits and strangers that explain every component once.

    lattices: those of single components first or last, in any order; each component has one of its own. probabilities:
    (N, C) float32, in the order of the lattices' regions. rows: (N,) the row of each region in `Reading.inputs`; None: its
    place in `probabilities`.
    """
    rows = range(len(probabilities)) if rows is None else rows
    logs, strange = _logs(probabilities)
    single: dict[int, _Option] = {}
    joined: list[_Option] = []
    reference = _reference_height(lattices)
    start = 0
    for lattice in lattices:
        stop = start + len(lattice.runs)
        if stop > start:
            option = _best_option(lattice, rows[start:stop], probabilities[start:stop], logs[start:stop])
            if len(lattice.components) == 1:
                component = lattice.components[0]
                single[component] = _or_stranger(option, lattice, rows[start:stop], strange[start:stop], reference)
            elif option.placed:
                joined.append(option)
        start = stop
    return _exclusive(single, joined)


def _exclusive(single: dict[int, _Option], joined: list[_Option]) -> list[Placed]:
    """Take the joins that gain most over their components alone, then the components that no join took."""
    gains = [
        (option.score - sum(single[c].score for c in option.components if c in single), option) for option in joined
    ]
    taken: set[int] = set()
    placed: list[Placed] = []
    for gain, option in sorted(gains, key=lambda pair: -pair[0]):
        if gain > 0 and taken.isdisjoint(option.components):
            taken.update(option.components)
            placed.extend(option.placed)
    for component, option in single.items():
        if component not in taken:
            placed.extend(option.placed)
    return placed


def _best_option(
    lattice: Lattice, rows: Sequence[int], probabilities: NDArray[np.float32], logs: NDArray[np.float32]
) -> _Option:
    """The best path of one lattice: its ink as digits. rows: of its regions in `Reading.inputs`."""
    # most ink is one digit with no other way to see it: no path needs to be searched
    score, path = (float(logs[0]), [0]) if len(lattice.runs) == 1 else best_path(lattice, logs)
    placed = tuple(_placed(lattice, k, Digit(lattice.regions[k].box, probabilities[k]), rows[k]) for k in path)
    return _Option(lattice.components, score, placed)


def _or_stranger(
    option: _Option, lattice: Lattice, rows: Sequence[int], strange: NDArray[np.float32], reference: float
) -> _Option:
    """The option, or the ink left as a stranger where that is likelier.

    rows: of its regions in `Reading.inputs`. reference: height of the page's writing, px.
    """
    whole = lattice.runs.index((0, lattice.last)) if (0, lattice.last) in lattice.runs else 0
    score = float(strange[whole]) - STRANGER_COST * min(1.0, lattice.height / reference)
    if score <= option.score:
        return option
    return _Option(lattice.components, score, (_placed(lattice, whole, None, rows[whole]),))


def _placed(lattice: Lattice, run: int, digit: Digit | None, row: int) -> Placed:
    """What one run of a lattice was taken for."""
    left, top, right, bottom = lattice.extents[run].tolist()
    return Placed(digit, left, top, right, bottom, lattice.regions[run].angle, row)


def _reference_height(lattices: list[Lattice]) -> float:
    """Height that most of the ink has that is one component, px; 1 where there is none."""
    heights = [lattice.height for lattice in lattices if len(lattice.components) == 1 and lattice.runs]
    return usual_height(np.array(heights)) or 1.0
