"""Turns what was read on a page or a video into rows, and packs it for the journal. Knows no file and no process."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from live.core.records import DOUBT_MARK
from live.outputs.csv_rows import csv_row

CORNERS = tuple(f"{axis}{corner}" for corner in range(4) for axis in "xy")
COLUMNS = (
    "source", "page", "number", "time", "until", "row", "column", "shown", "text", "digit_text", "value", "confidence",
    *CORNERS, "needs_review",
)  # fmt: skip
"""The columns of numbers.csv; numbers.parquet has `quad` in place of the corners."""
LEVEL = 1
"""zlib's fastest level: a page of 25 numbers takes 0.1 ms, and shrinks to a fifth."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the rows of a page hold beside its JSON, a value a number."""

    row: tuple[int, ...] = ()
    """Rows on the page, from 0; empty for a video."""
    column: tuple[int, ...] = ()
    needs_review: tuple[bool, ...] = ()


def rows_of(name: str, page: int | None, fields: Mapping[str, Any], layout: Layout) -> list[tuple[Any, ...]]:
    """The rows of a page, one a number, with the values of `COLUMNS`. page: its number; None for a video. fields: its JSON."""
    rows = []
    for index, number in enumerate(fields["numbers"]):
        place = (layout.row[index], layout.column[index]) if layout.row else (None, None)
        rows.append(
            (
                name, page, index + 1, number.get("time"), number.get("until"), *place,
                number["shown"], number["text"], number["digit_text"], number["value"], number["confidence"],
                *(value for corner in number["quad"] for value in corner), layout.needs_review[index],
            )
        )  # fmt: skip
    return rows


def csv_rows(rows: Sequence[tuple[Any, ...]]) -> bytes:
    """Rows as CSV; yes and no are `true` and `false`, as in JSON."""
    return "".join(
        csv_row([str(value).lower() if isinstance(value, bool) else value for value in row]) for row in rows
    ).encode()


def needs_review(shown: str) -> bool:
    """Whether a person should look at a number: one of its digits or signs is doubtful."""
    return DOUBT_MARK in shown


def compressed(content: bytes) -> bytes:
    """Bytes as the journal keeps them."""
    return zlib.compress(content, LEVEL)


def packed(value: Any) -> bytes:
    """A value as compressed JSON, in ASCII."""
    return compressed(json.dumps(value).encode())


def packed_layout(layout: Layout) -> bytes:
    """A layout, packed."""
    return packed([layout.row, layout.column, layout.needs_review])


def unpacked_layout(content: bytes) -> Layout:
    """A layout that was packed."""
    row, column, review = json.loads(zlib.decompress(content))
    return Layout(tuple(row), tuple(column), tuple(review))
