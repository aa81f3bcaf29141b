"""What has changed since an earlier scoreboard, row by row. Knows figures, no set and no reader."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text

from scripts.scoring.columns import Column, Table
from scripts.scoring.figures import Board, Figure, Row
from scripts.scoring.tables import filled, new_table


def changes(before: Board, after: Board) -> Group:
    """What differs from an earlier board, row by row."""
    old = {(row.set, row.name): row for row in before.rows}
    told = [_told(table, old.get((row.set, row.name)), row) for table, rows in filled(after) for row in rows]
    lines = [line for some in told for line in some]
    parts: list[Text | RichTable] = [Text("Changes", "bold")]
    if lines:
        parts.append(new_table(["", "", "before", "now", "lost, gained"], lines))
    parts.append(Text(f"{sum(not some for some in told)} rows are the same.", "dim"))
    return Group(*parts)


def _told(table: Table, before: Row | None, row: Row) -> list[list[str]]:
    """The lines on one row; none where it is the same."""
    if before is None:
        return [[row.title, "", "", "new", ""]]
    lines = list(_changed(table, before.figures, row))
    if before.right != row.right and not lines:
        lines = [[row.title, "", "", "other ones, as many"]]
    counted = lost_gained(before.right, row.right)
    return [[*line, counted if k == 0 else ""] for k, line in enumerate(lines)]


def _changed(table: Table, before: Mapping[str, Figure], row: Row) -> Iterator[list[str]]:
    """Title, column, before and now of each figure of a row that changed."""
    for column in table.columns:
        old, new = before.get(column.name), row.figures[column.name]
        if old is None or (old.part, old.whole) == (new.part, new.whole):
            continue
        yield [row.title, column.name, column.form(old), f"{column.form(new)} {verdict(column, old, new)}".rstrip()]


def verdict(column: Column, before: Figure, after: Figure) -> str:
    """`better`, `worse`, or nothing where that can't be said."""
    if before.value is None or after.value is None or math.isclose(before.value, after.value, abs_tol=5e-5):
        return ""
    return {1: "better", -1: "worse", 0: ""}[column.better * (1 if after.value > before.value else -1)]


def lost_gained(before: str, after: str) -> str:
    """How many were right before alone and now alone: `3, 11`; with `*` where that may be chance."""
    if not before or len(before) != len(after):
        return ""
    lost = sum(a > b for a, b in zip(before, after, strict=True))
    gained = sum(a < b for a, b in zip(before, after, strict=True))
    by_chance = abs(gained - lost) < 2 * math.sqrt(lost + gained)
    return f"{lost}, {gained}{' *' if by_chance and lost + gained else ''}"
