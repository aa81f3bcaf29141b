"""The database of a batch, in a hidden file beside its outputs. Knows its tables, not what they mean.

SQLite writes a transaction whole or not at all, and keeps what was committed when the process is killed. The file is locked for
the time of a run, so that a second run in the same folder is refused. docs/decisions/0034-batch.md
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from live.core.errors import OutputError

NAME = ".numcam-batch.sqlite"
VERSION = "1"
"""The version of the tables; another one is refused."""
COMMIT_S = 1.0
"""Pages are committed together once a second: a killed process loses those of a second, which are then read again."""
AT_A_TIME = 32
"""Rows of a query are fetched in such groups: a page has some kB."""
TABLES = (
    "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
    # seen: the newest run that found the source, place: its place in that run; mixed: a random number, always the same
    "CREATE TABLE IF NOT EXISTS sources (id INTEGER PRIMARY KEY, path BLOB, entry INTEGER, name BLOB, named INTEGER, "
    "seen INTEGER, place INTEGER, mixed INTEGER, state INTEGER, pages INTEGER, digest BLOB, UNIQUE (path, entry))",
    "CREATE INDEX IF NOT EXISTS by_place ON sources (seen, place)",
    "CREATE INDEX IF NOT EXISTS by_mixed ON sources (seen, mixed)",
    "CREATE TABLE IF NOT EXISTS pages (source INTEGER, page INTEGER, fields BLOB, layout BLOB, rows BLOB, numbers INTEGER, "
    "review INTEGER, seconds REAL, clock REAL, run INTEGER, is_video INTEGER, PRIMARY KEY (source, page))",
    "CREATE TABLE IF NOT EXISTS problems (source INTEGER, page INTEGER, reason TEXT, partial INTEGER, "
    "PRIMARY KEY (source, page))",
)


class Database:
    """The tables of one folder. Use as a context manager; all errors are OutputErrors with a line for people."""

    def __init__(self, folder: Path) -> None:
        """Open the database of a folder, or make it. Raises OutputError, also if another process has it."""
        self.folder = folder
        self.path = folder / NAME
        self._committed_at = time.monotonic()
        with self.told():
            self.is_new = not self.path.exists()
            self._base = sqlite3.connect(self.path, isolation_level=None, timeout=0.5)
            try:
                self._prepare()
            except BaseException:
                self._base.close()
                raise

    def _prepare(self) -> None:
        """Lock the file, and make the tables."""
        for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=NORMAL"):
            self._base.execute(f"PRAGMA {pragma}")
        self._base.execute("BEGIN EXCLUSIVE")
        for table in TABLES:
            self._base.execute(table)
        told = self.meta("version")
        if told not in (None, VERSION):
            raise OutputError(
                f"{self.folder} holds a batch of another version of Numcam. Choose another folder with --out."
            )
        self.set_meta("version", VERSION)
        self.commit()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Commit what is open, and close."""
        try:
            with self.told():
                if self._base.in_transaction:
                    self._base.execute("COMMIT")
        finally:
            self._base.close()

    @contextmanager
    def told(self) -> Iterator[None]:
        """Raise an error of SQLite as an OutputError."""
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise OutputError(_in_plain_words(self.folder, error)) from error

    def run(self, statement: str, values: tuple[Any, ...] = ()) -> int:
        """Run a statement; returns how many rows it changed."""
        with self.told():
            return self._base.execute(statement, values).rowcount

    def one(self, query: str, values: tuple[Any, ...] = ()) -> Any:
        """The first row of a query, or None."""
        with self.told():
            return self._base.execute(query, values).fetchone()

    def rows(self, query: str, values: tuple[Any, ...] = ()) -> Iterator[Any]:
        """The rows of a query, as they are asked for."""
        with self.told():
            cursor = self._base.execute(query, values)
        while True:
            with self.told():
                rows = cursor.fetchmany(AT_A_TIME)
            if not rows:
                return
            yield from rows

    def meta(self, key: str) -> str | None:
        """A text that was kept."""
        row = self.one("SELECT value FROM meta WHERE key=?", (key,))
        return None if row is None else str(row[0])

    def set_meta(self, key: str, value: str) -> None:
        """Keep a text."""
        self.run("INSERT OR REPLACE INTO meta VALUES (?,?)", (key, value))

    def commit(self) -> None:
        """Commit, and begin the next transaction."""
        self.run("COMMIT")
        self.run("BEGIN")
        self._committed_at = time.monotonic()

    def commit_if_due(self) -> None:
        """Commit once a second."""
        if time.monotonic() - self._committed_at >= COMMIT_S:
            self.commit()


def _in_plain_words(folder: Path, error: Exception) -> str:
    """One line for an error of SQLite."""
    told = str(getattr(error, "strerror", None) or error).rstrip(".")
    if "locked" in told:
        return f"Another batch is writing into {folder} now. Wait for it, or choose another folder with --out."
    if "full" in told:
        return f"There is no space left in {folder}. What was read is kept: make room, and the same command goes on."
    if "malformed" in told or "not a database" in told:
        return f"{folder / NAME} is damaged, so the batch can't go on. Choose another folder with --out."
    return f"{folder} can't be written: {told}. Choose another folder with --out."
