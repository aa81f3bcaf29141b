"""Statistics of the fuzz command: counts, slowest and largest inputs, faults by kind. Runs nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.fuzzing.case import Case
from scripts.fuzzing.judge import Fault, cost
from scripts.fuzzing.watchdog import Outcome

if TYPE_CHECKING:
    from rich.console import Console  # noqa: TID251 - a type

EXAMPLES = 3
"""Number of inputs that are kept for each kind of fault."""
PRINTED = 2000
"""A finding holds at most this many characters of the output."""


@dataclass(slots=True)
class Row:
    """One kind of input."""

    tried: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    slowest: tuple[float, str] = (0.0, "")
    largest: tuple[float, str] = (0.0, "")
    crashes: int = 0
    others: int = 0


class Tally:
    """Counts by kind. `show` prints them."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self.seen: Counter[tuple[str, Fault]] = Counter()
        """How often each fault occurred in each kind of input."""

    @property
    def tried(self) -> int:
        """Inputs so far."""
        return sum(row.tried for row in self.rows.values())

    @property
    def found(self) -> int:
        """Number of inputs with a fault."""
        return sum(row.crashes + row.others for row in self.rows.values())

    def add(self, case: Case, outcome: Outcome, found: list[Fault], blank: Outcome | None) -> bool:
        """Count an input; returns whether it is to be kept."""
        row = self.rows.setdefault(case.kind, Row())
        row.tried += 1
        row.codes[outcome.signal or outcome.ended or str(outcome.code)] += 1
        cpu_s, memory_mb = cost(outcome, blank)
        row.slowest = max(row.slowest, (cpu_s, case.name))
        row.largest = max(row.largest, (memory_mb, case.name))
        if any(fault.is_crash for fault in found):
            row.crashes += 1
        elif found:
            row.others += 1
        for fault in found:
            self.seen[case.kind, fault] += 1
        return any(self.seen[case.kind, fault] <= EXAMPLES for fault in found)

    def line(self) -> str:
        """A line of progress."""
        crashes = sum(row.crashes for row in self.rows.values())
        return f"{self.tried:,} inputs, {crashes} crashes, {self.found - crashes} others"

    def as_text(self, case: Case, outcome: Outcome, found: list[Fault], path: Path) -> str:
        """The faults of an input, for the file of findings."""
        wrong = "; ".join(f"{fault.what}: {fault.detail}" for fault in found)
        return (
            f"{case.name} ({case.about}) {wrong}\n  python -m scripts.fuzz --again {path}\n  {case.command()!r}\n"
            f"  {self.printed(outcome)!r}\n\n"
        )

    @staticmethod
    def printed(outcome: Outcome) -> str:
        """The outcome of an input with its output; control characters are escaped."""
        ended = outcome.signal or outcome.ended or f"exit code {outcome.code}"
        told = f"{ended}, {outcome.cpu_s:.2f} s, {outcome.memory_mb:.0f} MB"
        for name, text in (("stdout", outcome.stdout), ("stderr", outcome.stderr)):
            if text:
                spelled = repr(text.decode("utf-8", "backslashreplace")[-PRINTED:])[1:-1].replace("\\n", "\n    ")
                told += f"\n  {name}:\n    {spelled.rstrip()}"
        return told

    def show(self, console: Console, findings: Path, started: int) -> None:
        """Print the table."""
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE)
        for name in ("inputs", "tried", "exit codes", "slowest", "largest", "crashes", "others"):
            table.add_column(name, justify="left" if name in ("inputs", "exit codes") else "right")
        for kind, row in self.rows.items():
            codes = ", ".join(f"{code}: {count:,}" for code, count in sorted(row.codes.items()))
            slowest, largest = (f"{row.slowest[0]:.2f} s", f"{row.largest[0]:.0f} MB")
            table.add_row(kind, f"{row.tried:,}", codes, slowest, largest, f"{row.crashes:,}", f"{row.others:,}")
        console.print(table)
        for kind, row in self.rows.items():
            console.print(f"{kind}: slowest {row.slowest[1]}, largest {row.largest[1]}")
        for (kind, fault), count in self.seen.most_common():
            console.print(f"{kind}: {count:,} times {fault.what}: {fault.detail}")
        console.print(f"{self.line()}; {started} processes." + (f" Kept in {findings}." if self.found else ""))
