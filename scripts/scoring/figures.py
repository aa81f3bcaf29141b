"""The rows of the scoreboard: counts with their rates, and as JSON. Knows no reader, no picture and no table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from live.core.atomic_files import replace_file
from scripts.training.datasets import DataError

FORM = 1
"""Version of the JSON. It changes where an older file can't be compared."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A rate with the counts it was made of."""

    part: float
    whole: float = 1.0
    """What `part` is a share or a multiple of; 1 for a count or a measured value."""

    @property
    def value(self) -> float | None:
        """`part` by `whole`; None where nothing was counted."""
        return self.part / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    set: str
    """Name of the set, as `--sets` takes it."""
    name: str
    """Part of the set; empty for all of it."""
    figures: Mapping[str, Figure]
    """By the name of the column."""
    right: str = ""
    """"1" or "0" for everything that was asked, in a fixed order, where that is known."""

    @property
    def title(self) -> str:
        """Set and part, for people."""
        return f"{self.set}, {self.name}" if self.name else self.set


@dataclass(frozen=True, slots=True)
class Absent:
    """A set without rows."""

    set: str
    reason: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class Board:
    """All rows of one run."""

    rows: tuple[Row, ...]
    absent: tuple[Absent, ...] = ()
    seconds: float = 0.0
    """How long the run took."""
    processor_s: float = 0.0
    """Seconds of all processors, which say more where other programs run."""
    about: Mapping[str, str] = field(default_factory=dict)
    """What was judged and where: version, processor, processes."""

    def to_json(self) -> str:
        """A text that `from_json` takes, a line for each row."""
        head = {"form": FORM, "about": dict(self.about), "seconds": round(self.seconds, 1)}
        head["processor_s"] = round(self.processor_s, 1)
        rows = ",\n".join(json.dumps(_plain(row)) for row in self.rows)
        absent = json.dumps([[one.set, one.reason] for one in self.absent])
        return f'{json.dumps(head)[:-1]}, "absent": {absent}, "rows": [\n{rows}\n]}}\n'


def _plain(row: Row) -> dict[str, Any]:
    """A row as plain values."""
    figures = {name: [_short(figure.part), _short(figure.whole)] for name, figure in row.figures.items()}
    return {"set": row.set, "name": row.name, "figures": figures, "right": row.right}


def _short(value: float) -> float:
    """A count as a whole number, a measured value with four decimals."""
    return int(value) if float(value).is_integer() else round(float(value), 4)


def save_board(board: Board, path: Path) -> None:
    """Write a board as JSON. Raises OSError."""
    replace_file(path, board.to_json().encode())


def load_board(path: Path) -> Board:
    """A board of an earlier run. Raises DataError with one line where there is none."""
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain["form"] != FORM:
            raise DataError(f"{path} was written by another version of this command: run it again with --save.")
        rows = tuple(_row(one) for one in plain["rows"])
        absent = tuple(Absent(name, reason) for name, reason in plain["absent"])
        return Board(rows, absent, float(plain["seconds"]), float(plain["processor_s"]), plain["about"])
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}. Write one with --save FILE.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"{path} is no scoreboard: write one with --save FILE.") from error


def _row(plain: dict[str, Any]) -> Row:
    """A row of plain values."""
    figures = {name: Figure(*map(float, counts)) for name, counts in plain["figures"].items()}
    return Row(plain["set"], plain["name"], figures, plain["right"])


def bits(right: list[bool] | tuple[bool, ...]) -> str:
    """The text of `Row.right`."""
    return "".join("1" if one else "0" for one in right)
