"""Writes the tables of a batch, the JSON of its pages, and what failed, from the journal. Knows no process and no report."""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from live.batch.database import Database
from live.batch.page_rows import COLUMNS, rows_of, unpacked_layout
from live.core.atomic_files import replacing
from live.core.errors import OutputError
from live.outputs.csv_rows import csv_row

NUMBERS_CSV, NUMBERS_PARQUET, FAILED_CSV = "numbers.csv", "numbers.parquet", "failed.csv"
PAGES, VIDEOS = "pages.jsonl", "videos.jsonl"
FAILED_COLUMNS = ("source", "page", "reason", "read")
ROW_GROUP = 20_000
"""Rows of a group of the Parquet file, about a thousand pages: 5 MB in memory."""
HINT = "Type: python -m pip install pyarrow (it is in the extra `batch`)"


@dataclass(frozen=True, slots=True)
class PageRows:
    """A page or video from the journal."""

    name: str
    page: int | None
    """None for a video."""
    json_line: bytes
    rows: list[tuple[Any, ...]]
    csv: bytes


def has_parquet() -> bool:
    """Whether the package that writes Parquet is here."""
    return find_spec("pyarrow") is not None


def pages_in(journal: Database) -> Iterator[PageRows]:
    """Every page and video: sources in their order, those of earlier runs first, page after page."""
    found = journal.rows(
        "SELECT name, pages.page, fields, layout, rows, is_video FROM pages "
        "JOIN sources ON sources.id = pages.source ORDER BY seen, place, pages.page"
    )
    for name, page, fields, layout, rows, is_video in found:
        line = zlib.decompress(fields)
        shown, number = os.fsdecode(name), None if is_video else page
        values = rows_of(shown, number, json.loads(line), unpacked_layout(layout))
        yield PageRows(shown, number, line, values, zlib.decompress(rows))


def write_tables(journal: Database) -> list[Path]:
    """Write all files, each whole or not at all; returns them. Raises OutputError."""
    folder = journal.folder
    names = [NUMBERS_CSV, PAGES, VIDEOS, *([NUMBERS_PARQUET] if has_parquet() else []), FAILED_CSV]
    (videos,) = journal.one("SELECT count(*) FROM pages WHERE is_video")
    if not videos:
        names.remove(VIDEOS)
    _write_all(folder, names, lambda places: _write_rows(journal, places))
    return [folder / name for name in names]


def _write_all(folder: Path, names: list[str], write: Callable[[dict[str, Path]], None]) -> None:
    """Have `write` write all files under temporary names, and then rename them. Raises OutputError."""
    places: dict[str, Path] = {}

    def write_from(index: int) -> None:
        if index == len(names):
            write(places)
            return

        def with_place(new: Path) -> None:
            places[names[index]] = new
            write_from(index + 1)

        replacing(folder / names[index], with_place)

    try:
        write_from(0)
    except OSError as error:
        raise OutputError(
            f"{folder} can't be written: {error.strerror or error}. What was read is kept: the same command goes on."
        ) from error


def _write_rows(journal: Database, places: dict[str, Path]) -> None:
    """Write the content of all files. Raises OSError."""
    with (
        places[NUMBERS_CSV].open("wb") as numbers,
        places[PAGES].open("wb") as pages,
        places[FAILED_CSV].open("wb") as failed,
    ):
        numbers.write(csv_row(COLUMNS).encode())
        videos: IO[bytes] | None = places[VIDEOS].open("wb") if VIDEOS in places else None
        parquet = ParquetRows(places[NUMBERS_PARQUET]) if NUMBERS_PARQUET in places else None
        try:
            for page in pages_in(journal):
                numbers.write(page.csv)
                file = videos if page.page is None else pages
                assert file is not None
                file.write(page.json_line + b"\n")
                if parquet is not None:
                    parquet.add(page.rows)
        finally:
            if parquet is not None:
                parquet.close()
            if videos is not None:
                videos.close()
        write_failed(journal, failed)


def write_failed(journal: Database, file: IO[bytes]) -> None:
    """A row for each page or source that wasn't read, or only in part. Raises OSError."""
    file.write(csv_row(FAILED_COLUMNS).encode())
    found = journal.rows(
        "SELECT name, page, reason, partial FROM problems JOIN sources ON sources.id = problems.source ORDER BY seen, place, page"
    )
    for name, page, reason, is_partial in found:
        row = (os.fsdecode(name), page or None, reason, "in part" if is_partial else "no")
        file.write(csv_row(row).encode())


class ParquetRows:
    """numbers.parquet, group by group."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        text, number, share = pa.string(), pa.int32(), pa.float64()
        self._schema = pa.schema(
            [("source", text), ("page", number), ("number", number), ("time", share), ("until", share), ("row", number),
             ("column", number), ("shown", text), ("text", text), ("digit_text", text), ("value", share), ("confidence", share),
             ("quad", pa.list_(pa.float32(), 8)), ("needs_review", pa.bool_())]
        )  # fmt: skip
        self._pa = pa
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._rows: list[tuple[Any, ...]] = []

    def add(self, rows: list[tuple[Any, ...]]) -> None:
        """Add the rows of a page."""
        self._rows += rows
        while len(self._rows) >= ROW_GROUP:
            self._write(self._rows[:ROW_GROUP])
            del self._rows[:ROW_GROUP]

    def close(self) -> None:
        """Write what is left, and close. Raises OSError."""
        if self._rows:
            self._write(self._rows)
        self._writer.close()

    def _write(self, rows: list[tuple[Any, ...]]) -> None:
        columns = [list(column) for column in zip(*rows, strict=True)]
        first = COLUMNS.index("x0")
        quads = [list(corners) for corners in zip(*columns[first : first + 8], strict=True)]
        columns[first : first + 8] = [quads]
        # names of undecodable bytes are no UTF-8
        columns[0] = [name.encode("utf-8", "backslashreplace").decode() for name in columns[0]]
        value = COLUMNS.index("value")
        columns[value] = [None if one is None else float(one) for one in columns[value]]
        arrays = [self._pa.array(column, field.type) for column, field in zip(columns, self._schema, strict=True)]
        self._writer.write_table(self._pa.Table.from_arrays(arrays, schema=self._schema))


def forget_old(folder: Path, written: list[Path]) -> None:
    """Delete files of an earlier run that this one has none for."""
    for name in (VIDEOS,):
        if folder / name not in written:
            with suppress(OSError):
                (folder / name).unlink(missing_ok=True)
