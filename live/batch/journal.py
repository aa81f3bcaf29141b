"""Keeps which sources there are, and what was read of them, so that a run goes on where another one ended. Reads no picture."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from live.batch.database import Database
from live.batch.inputs import Found
from live.batch.records import PageRead, Problem, Source

WAITING, DONE, FAILED, PASSED = range(4)
"""States of a source: still to be read; every page was read; one was not; it is no picture, and does not claim to be one."""
AT_A_TIME = 256
"""So many waiting sources are fetched together: one query for each would take longer than all else that the engine does."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A source that is to be read."""

    source: Source
    pages: int | None
    """How many pages it has, if an earlier run has told."""
    digest: bytes
    """The digest of an earlier, complete reading, else empty."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all that a run found."""

    sources: int = 0
    waiting: int = 0
    pages: int = 0
    """Pages and videos that were read."""
    numbers: int = 0
    review: int = 0
    """Numbers that need review."""
    failed: int = 0
    """Rows of failed.csv that are failures of whole pages or files."""
    passed: int = 0
    """Files that are no pictures."""


class Journal(Database):
    """What was read into one folder."""

    def __init__(self, folder: Path) -> None:
        """Open or make it. Raises OutputError."""
        super().__init__(folder)
        self.number = int(self.meta("run") or 0) + 1
        """The number of this run, from 1."""
        self.set_meta("run", str(self.number))
        self.commit()

    def enlist(self, place: int, found: Found) -> None:
        """Note a source of this run. place: its place among all, from 0. What was not read before is tried again."""
        where = (os.fsencode(found.path), -1 if found.entry is None else found.entry)
        mixed = int.from_bytes(hashlib.blake2b(b"%s\0%d" % where, digest_size=7).digest(), "big")
        state = WAITING if found.problem is None else FAILED
        (source,) = self.one(
            "INSERT INTO sources (path, entry, name, named, seen, place, mixed, state) VALUES (?,?,?,?,?,?,?,?) "
            "ON CONFLICT (path, entry) DO UPDATE SET name=excluded.name, named=excluded.named, seen=excluded.seen, "
            f"place=excluded.place, state=CASE WHEN state={DONE} AND excluded.state={WAITING} THEN state ELSE excluded.state END "
            "RETURNING id",
            (*where, os.fsencode(found.name), found.is_named, self.number, place, mixed, state),
        )
        if found.problem is not None:
            self.run("DELETE FROM problems WHERE source=?", (source,))
            self.add_problem(source, Problem(0, found.problem))

    def waiting(self, *, again: bool = False, is_mixed: bool = False) -> Iterator[Waiting]:
        """The sources of this run that are to be read, in order.

        again: those too that were read before. is_mixed: in a random order that is always the same.
        """
        key = "mixed" if is_mixed else "place"
        query = (
            f"SELECT id, name, path, entry, named, pages, digest, state, {key} FROM sources "
            f"WHERE seen=? AND {key}>? AND state IN ({WAITING}, {DONE if again else WAITING}) ORDER BY {key} LIMIT {AT_A_TIME}"
        )
        last = -1
        while rows := list(self.rows(query, (self.number, last))):
            for row in rows:
                yield _waiting(row)
            last = rows[-1][-1]

    def open(self, source: int, pages: int, digest: bytes) -> None:
        """A source was opened; if it is another than before, what was read of it is forgotten."""
        (before,) = self.one("SELECT digest FROM sources WHERE id=?", (source,))
        if before is not None and before != digest:
            for table in ("pages", "problems"):
                self.run(f"DELETE FROM {table} WHERE source=?", (source,))
        self.run("DELETE FROM problems WHERE source=? AND page=0", (source,))
        self.run(f"UPDATE sources SET pages=?, digest=?, state={WAITING} WHERE id=?", (pages, digest, source))

    def add_page(self, source: int, page: PageRead) -> None:
        """Keep a page."""
        self.run("DELETE FROM problems WHERE source=? AND page=? AND partial=0", (source, page.page))
        self.run(
            "INSERT OR REPLACE INTO pages VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (source, page.page, page.fields, page.layout, page.rows, page.numbers, page.review, page.seconds, time.time(),
             self.number, page.is_video),
        )  # fmt: skip

    def add_problem(self, source: int, problem: Problem) -> None:
        """Keep why a page, or the source, wasn't read."""
        # names of undecodable bytes reach the reasons
        reason = problem.reason.encode("utf-8", "backslashreplace").decode()
        self.run("INSERT OR REPLACE INTO problems VALUES (?,?,?,?)", (source, problem.page, reason, problem.is_partial))

    def missing(self, source: int, pages: int) -> tuple[int, ...]:
        """The numbers of the pages that were neither read nor failed in this run, of that many."""
        found = self.rows(
            "SELECT page FROM pages WHERE source=? UNION SELECT page FROM problems WHERE source=? AND partial=0",
            (source, source),
        )
        have = {row[0] for row in found}
        return tuple(page for page in range(1, pages + 1) if page not in have)

    def forget_problems(self, source: int) -> None:
        """Pages that failed before are tried again; those that were read in part are not."""
        self.run("DELETE FROM problems WHERE source=? AND partial=0", (source,))

    def settle(self, source: int, state: int | None = None) -> None:
        """All of a source was tried. state: None: by what failed."""
        if state is None:
            failed = self.one("SELECT 1 FROM problems WHERE source=? AND partial=0", (source,))
            state = DONE if failed is None else FAILED
        self.run("UPDATE sources SET state=? WHERE id=?", (state, source))

    def totals(self) -> Totals:
        """Sums over the sources of this run."""
        seen = "source IN (SELECT id FROM sources WHERE seen=?)"
        pages = self.one(f"SELECT count(*), total(numbers), total(review) FROM pages WHERE {seen}", (self.number,))
        states = dict(self.rows("SELECT state, count(*) FROM sources WHERE seen=? GROUP BY state", (self.number,)))
        (failed,) = self.one(f"SELECT count(*) FROM problems WHERE partial=0 AND {seen}", (self.number,))
        waiting, passed = states.get(WAITING, 0), states.get(PASSED, 0)
        return Totals(sum(states.values()), waiting, pages[0], int(pages[1]), int(pages[2]), failed, passed)


def _waiting(row: Any) -> Waiting:
    """A row of the table as a record."""
    number, name, path, entry, named, pages, digest, state, _ = row
    source = Source(number, os.fsdecode(name), os.fsdecode(path), None if entry < 0 else entry, bool(named))
    return Waiting(source, pages, (digest or b"") if state == DONE else b"")
