"""The scoreboard as tables, in a terminal and in Markdown. Knows figures, no set and no reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich import box
from rich.console import Group
from rich.table import Table as RichTable
from rich.text import Text

from live.core.atomic_files import replace_file
from scripts.scoring.columns import TABLES, Table
from scripts.scoring.figures import Board, Row
from scripts.training.datasets import DataError

BEGIN, END = "<!-- scoreboard: begin -->", "<!-- scoreboard: end -->"
"""The tables of a Markdown file stand between these lines."""


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
        parts += [Text(table.title, "bold"), new_table(["", *_names(table)], (cells(table, row) for row in rows))]
    parts += [Text(f"{one.set}: left out, since {one.reason}.", "dim") for one in board.absent]
    return Group(*parts)


def new_table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> RichTable:
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
