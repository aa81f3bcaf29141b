"""`python -m scripts`: lists the commands of this folder by the first sentence of their docstrings. Runs none."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from live.core.terminal import TERMINAL
from scripts.command_line import run_script, script_parser

FOLDER = Path(__file__).parent
GROUPS = {
    "Train and export": ("train", "train_lines", "train_verifier", "export"),
    "Evaluate a network": ("evaluate", "compare", "predict"),
    "Draw pages and clips": ("drawn_pages", "make_demo"),
    "Measure the whole program": (
        "benchmark",
        "live_age",
        "serve_speed",
        "still_cost",
        "batch_cost",
        "soak",
        "worst_search",
        "fuzz",
    ),
    "Judge what is read on pages": ("scoreboard", "ablate", "page_confidence", "expected_formats", "same_readings"),
    "Make the documentation": ("doc_pictures", "draw_rooms", "schema", "store_notebook"),
}
OTHERS = "Others"


@dataclass(frozen=True, slots=True)
class Command:
    """A module that is run as `python -m scripts.NAME`."""

    name: str
    summary: str
    """The first sentence of its docstring."""
    group: str


def find_commands(folder: Path = FOLDER) -> list[Command]:
    """The modules at the top of the folder that can be run, group by group."""
    found = []
    for path in folder.glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.stem == "__main__" or "\nif __name__ == " not in text:
            continue
        doc = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
        group = next((group for group, names in GROUPS.items() if path.stem in names), OTHERS)
        found.append(Command(path.stem, doc.partition(". ")[0].rstrip(".") + ".", group))
    order = [*GROUPS, OTHERS]
    place = {name: k for names in GROUPS.values() for k, name in enumerate(names)}
    return sorted(found, key=lambda one: (order.index(one.group), place.get(one.name, len(place)), one.name))


def index(commands: Sequence[Command]) -> str:
    """The list for people: one line per command, below the name of its group."""
    width = max((len(command.name) for command in commands), default=0) + 2
    lines: list[str] = []
    group = None
    for command in commands:
        if command.group != group:
            group = command.group
            lines += ["", group]
        lines.append(f"  {command.name:<{width}}{command.summary}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the list; returns the exit code."""
    script_parser("scripts", __doc__).parse_args(arguments)
    TERMINAL.tell_lines("python -m scripts.NAME runs a command; with --help, it says what it does and takes.")
    TERMINAL.tell_lines(index(find_commands()))
    return 0


if __name__ == "__main__":
    run_script(main)
