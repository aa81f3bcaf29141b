"""The scoreboard as tables, in a terminal, in Markdown, and against an earlier one. Knows figures, no set and no reader."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich import box
from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text

from live.core.atomic_files import replace_file
from models.percent import percent
from scripts.scoring.figures import Board, Figure, Row
from scripts.training.datasets import DataError

BEGIN, END = "<!-- scoreboard: begin -->", "<!-- scoreboard: end -->"
"""The tables of a Markdown file stand between these lines."""
NOTHING = "–"
Form = Callable[[Figure], str]


def count(figure: Figure) -> str:
    """`3,030`."""
    return f"{figure.part:,.0f}"


def share(figure: Figure) -> str:
    """`0.958`."""
    return NOTHING if figure.value is None else f"{figure.value:.3f}"


def fine_share(figure: Figure) -> str:
    """`99.69 %`."""
    return percent(figure.value, 2, counted=True)


def of(figure: Figure) -> str:
    """`293 of 400`."""
    return f"{count(figure)} of {figure.whole:,.0f}" if figure.whole else NOTHING


def of_share(figure: Figure) -> str:
    """`293 of 400, 73.2 %`."""
    return f"{of(figure)}, {percent(figure.value, 1, counted=True)}" if figure.whole else NOTHING


def decimals(figure: Figure) -> str:
    """`0.42`."""
    return NOTHING if figure.value is None else f"{figure.value:.2f}"


def tenths(figure: Figure) -> str:
    """`48.1`."""
    return NOTHING if figure.value is None else f"{figure.value:.1f}"


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of a table."""

    name: str
    form: Form
    better: int = 0
    """1 where more is better, -1 where less is, 0 where it says what was asked."""


@dataclass(frozen=True, slots=True)
class Table:
    """Sets whose rows have the same columns."""

    title: str
    sets: tuple[str, ...]
    columns: tuple[Column, ...]


TABLES = (
    Table(
        "Drawn pages",
        ("dev", "check", "turned", "tables", "kept-back"),
        (
            Column("pages", count), Column("numbers", count), Column("right", share, 1), Column("false", share, -1),
            Column("F1", share, 1), Column("CER", share, -1),
        ),
    ),
    Table(
        "Clips",
        ("clips",),
        (
            Column("frames", count), Column("shown right", share, 1), Column("settles in, s", decimals, -1),
            Column("never read", of, -1), Column("flips a minute", decimals, -1), Column("false a frame", share, -1),
        ),
    ),
    Table(
        "Real pictures",
        ("webcam", "photos", "cheques", "cells", "sudokus"),
        (
            Column("pictures", count), Column("numbers right", of_share, 1), Column("others", count, -1),
            Column("lines right", of, 1), Column("wholly right", of_share, 1), Column("CER", share, -1),
        ),
    ),
    Table(
        "Pictures without a number",
        ("silent",),
        (Column("pictures", count), Column("silent", of_share, 1), Column("shown", count, -1)),
    ),
    Table(
        "Single digits, by the digit network",
        ("digits",),
        (Column("asked", count), Column("right", fine_share, 1), Column("wrong", count, -1)),
    ),
    Table(
        "Trust: the confidence of the numbers that are shown",
        ("calibration",),
        (
            Column("shown", count), Column("right", fine_share, 1), Column("calibration error", share, -1),
            Column("sure", fine_share, 1), Column("of these right", fine_share, 1),
        ),
    ),
    Table(
        "Speed",
        ("speed",),
        (
            Column("pages", count), Column("ms", tenths, -1), Column("95 %, ms", tenths, -1),
            Column("floor, ms", tenths), Column("ratio", decimals, -1),
        ),
    ),
)  # fmt: skip


def cells(table: Table, row: Row) -> list[str]:
    """The texts of one row, its title first."""
    return [row.title, *(column.form(row.figures[column.name]) for column in table.columns)]


def filled(board: Board) -> Iterator[tuple[Table, list[Row]]]:
    """Each table that has rows, with these."""
    for table in TABLES:
        rows = [row for name in table.sets for row in board.rows if row.set == name]
        if rows:
            yield table, rows


def as_rich(board: Board) -> Group:
    """For a terminal."""
    parts: list[Text | RichTable] = []
    for table, rows in filled(board):
        parts += [Text(table.title, "bold"), _rich(["", *_names(table)], (cells(table, row) for row in rows))]
    parts += [Text(f"{one.set}: left out, since {one.reason}.", "dim") for one in board.absent]
    return Group(*parts)


def _rich(names: Sequence[str], rows: Iterator[list[str]]) -> RichTable:
    """A table whose first column is left-aligned."""
    table = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for place, name in enumerate(names):
        table.add_column(name, justify="right" if place else "left", no_wrap=not place)
    for row in rows:
        table.add_row(*row)
    return table


def _names(table: Table) -> list[str]:
    """The names of the columns."""
    return [column.name for column in table.columns]


def as_markdown(board: Board) -> str:
    """For docs/accuracy.md."""
    lines: list[str] = []
    for table, rows in filled(board):
        lines += [f"**{table.title}**", "", " | ".join(["what", *_names(table)])]
        lines += [" | ".join(["---", *["--:"] * len(table.columns)])]
        lines += [" | ".join(cells(table, row)) for row in rows]
        lines += [""]
    lines += [f"Left out: {one.set}, since {one.reason}.\n" for one in board.absent]
    return "\n".join([*lines, took(board)])


def took(board: Board) -> str:
    """How long the run took, and where."""
    about = ", ".join(f"{name} {text}" for name, text in board.about.items())
    return f"Judged in {board.seconds / 60:.1f} minutes, {board.processor_s / 60:.1f} of processors ({about})."


def write_markdown(board: Board, path: Path) -> None:
    """Replace what stands between the markers of a file. Raises DataError where it has none, OSError."""
    text = path.read_text(encoding="utf-8")
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise DataError(f"{path} has no lines {BEGIN} and {END}: put them where the tables go.")
    replace_file(path, f"{head}{BEGIN}\n\n{as_markdown(board)}\n\n{END}{tail}".encode())


def changes(before: Board, after: Board) -> Group:
    """What differs from an earlier board, row by row."""
    old = {(row.set, row.name): row for row in before.rows}
    lines: list[list[str]] = []
    same = 0
    for table, rows in filled(after):
        for row in rows:
            known = old.get((row.set, row.name))
            if known is None:
                lines.append([row.title, "", "", "new", ""])
                continue
            told = list(_changed(table, known.figures, row))
            same += not told
            lines += [
                [*line, lost_gained(known.right, row.right)] if k == 0 else [*line, ""] for k, line in enumerate(told)
            ]
    parts: list[Text | RichTable] = [Text("Changes", "bold")]
    if lines:
        parts.append(_rich(["", "", "before", "now", "lost, gained"], iter(lines)))
    parts.append(Text(f"{same} rows are the same.", "dim"))
    return Group(*parts)


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
