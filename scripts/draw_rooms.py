"""Draw the rooms of Numcam and their imports, from the import contracts and the code. Knows no module's work.

python -m scripts.draw_rooms             writes docs/images/rooms.svg
python -m scripts.draw_rooms --check     writes nothing; exit code 1 where the picture is out of date
"""

from __future__ import annotations

import ast
import textwrap
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import grimp
import numpy as np

from live.core.terminal import say, tell
from scripts.command_line import run_script, script_parser

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "rooms.svg"
CONTRACTS = ROOT / "pyproject.toml"
PACKAGES = ("numcam", "scripts", "live", "models")

# px of the picture
WIDTH, MARGIN, COLUMN, BOX, ROW_GAP, BOX_GAP = 1000, 24, 180, 66, 34, 13
LETTER, LINE = 7.0, 16  # the width of a letter of a purpose, on average, and the height of its lines, px
ASIDE = 36  # how far from a box's corner a bent arrow begins and ends, px
STYLE = """
  .box { fill: #f4f7f6; stroke: #2f7d6b; stroke-width: 1.5; }
  .name { font: 600 15px system-ui, sans-serif; fill: #10312a; }
  .what { font: 12px system-ui, sans-serif; fill: #40534e; }
  .arrow { fill: none; stroke: #7f9a93; stroke-width: 1.4; marker-end: url(#head); }
  .head { fill: #7f9a93; }
  @media (prefers-color-scheme: dark) {
    .box { fill: #1d2b28; stroke: #63b8a4; } .name { fill: #e6f4f0; } .what { fill: #b9cdc7; }
    .arrow { stroke: #6f8a83; } .head { fill: #6f8a83; }
  }
"""


@dataclass(frozen=True, slots=True)
class Room:
    """A package, or a module at the top of one, with its place in the picture."""

    name: str
    """Dotted."""
    purpose: str
    """The first sentence of its docstring, without the full stop."""
    row: int
    """From 0 at the top: a room imports only rooms of rows below its own."""
    columns: tuple[int, ...]
    """Side by side, from 0 at the left: those that its box covers."""

    @property
    def width(self) -> float:
        """Of its box, px."""
        return len(self.columns) * (COLUMN + BOX_GAP) - BOX_GAP

    @property
    def left(self) -> float:
        """Of its box, px."""
        return MARGIN + self.columns[0] * (COLUMN + BOX_GAP)

    @property
    def top(self) -> float:
        """Of its box, px."""
        return MARGIN + self.row * (BOX + ROW_GAP)


def layers_of(contracts: Path) -> list[list[str]]:
    """The rooms row by row, as the contracts of type "layers" have them: the rooms of `live` take the place of `live`."""
    layered = [
        contract
        for contract in tomllib.loads(contracts.read_text())["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers"
    ]
    outer = next(contract for contract in layered if "containers" not in contract)
    inner = next(contract for contract in layered if contract.get("containers") == ["live"])
    rows: list[list[str]] = []
    for package in outer["layers"]:
        if package == "live":
            rows += [[f"live.{name.strip()}" for name in layer.split("|")] for layer in inner["layers"]]
        else:
            rows.append([name.strip() for name in package.split("|")])
    return rows


def purpose_of(name: str) -> str:
    """The first sentence of a package's or module's docstring. Raises SystemExit where it has none."""
    path = ROOT / name.replace(".", "/")
    source = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    text = ast.get_docstring(ast.parse(source.read_text())) or ""
    if not text:
        raise SystemExit(f"{source.relative_to(ROOT)} has no docstring: say there what the room is for.")
    return " ".join(text.split()).partition(". ")[0].rstrip(".").partition(":")[0].replace("`", "")


def rooms_of(rows: Sequence[Sequence[str]], arrows: Iterable[tuple[str, str]]) -> list[Room]:
    """The rooms with their places. The widest row sets the columns; a box leaves the columns of passing arrows free."""
    arrows, row_of = list(arrows), {name: row for row, names in enumerate(rows) for name in names}
    widest = max(range(len(rows)), key=lambda row: len(rows[row]))
    most = len(rows[widest])
    columns = {name: {column} for column, name in enumerate(rows[widest])}
    for row in [*range(widest), *range(widest + 1, len(rows))]:
        passing = [(first, last) for first, last in arrows if row_of[first] < row < row_of[last]]
        if row < widest:
            free = set(range(most)) - set().union(*(columns.get(last, set()) for _, last in passing))
        else:
            above = [columns[first] for first, last in arrows if last in rows[row]]
            free = set().union(*above) - set().union(
                *(columns[first] for first, _ in passing if row_of[first] >= widest)
            )
        parts = np.array_split(sorted(free or range(most)), len(rows[row]))
        columns |= {name: set(part.tolist()) for name, part in zip(rows[row], parts, strict=True)}
    return [
        Room(name, purpose_of(name), row_of[name], tuple(sorted(columns[name]))) for names in rows for name in names
    ]


def imports_of(names: Sequence[str]) -> set[tuple[str, str]]:
    """Which room imports which, by the code, without arrows that follow from others (transitive reduction)."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)

    def members(name: str) -> set[str]:
        return {name} | graph.find_descendants(name)

    room_of = {module: name for name in names for module in members(name)}
    found = {
        (room_of[module], room_of[imported])
        for module in room_of
        for imported in graph.find_modules_directly_imported_by(module)
        if imported in room_of and room_of[imported] != room_of[module]
    }
    return {(first, last) for first, last in found if not _leads(first, last, found - {(first, last)})}


def _leads(first: str, last: str, arrows: Iterable[tuple[str, str]]) -> bool:
    """Whether other arrows lead from one room to another."""
    seen, waiting = {first}, [first]
    while waiting:
        name = waiting.pop()
        for begin, end in arrows:
            if begin == name and end not in seen:
                seen.add(end)
                waiting.append(end)
    return last in seen


def picture_of(rooms: Sequence[Room], arrows: Iterable[tuple[str, str]]) -> str:
    """The picture as SVG."""
    at = {room.name: room for room in rooms}
    height = max(room.top for room in rooms) + BOX + MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img">',
        "<title>The rooms of Numcam: a room imports only rooms below it</title>",
        f"<style>{STYLE}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        '<path class="head" d="M0 0 8 4 0 8z"/></marker></defs>',
    ]
    parts += [_arrow(at[first], at[last]) for first, last in sorted(arrows)]
    parts += [part for room in rooms for part in _box(room)]
    return "\n".join([*parts, "</svg>", ""])


def _box(room: Room) -> list[str]:
    """A room: its name, and its purpose in a line or two."""
    middle = room.left + room.width / 2
    purpose = textwrap.wrap(room.purpose, int(room.width / LETTER))
    top = room.top + (BOX - LINE * len(purpose)) / 2 + 3
    placed = [("name", room.name, top)] + [("what", text, top + LINE * line) for line, text in enumerate(purpose, 1)]
    return [
        f'<rect class="box" x="{room.left:.1f}" y="{room.top:.1f}" width="{room.width:.1f}" height="{BOX}" rx="8"/>',
        *(
            f'<text class="{kind}" x="{middle:.1f}" y="{y:.1f}" text-anchor="middle">{escape(text)}</text>'
            for kind, text, y in placed
        ),
    ]


def _arrow(first: Room, last: Room) -> str:
    """From the lower edge of one box to the upper edge of another: straight down where the boxes overlap, else bent."""
    left, right = max(first.left, last.left), min(first.left + first.width, last.left + last.width)
    begin, end = first.top + BOX, last.top
    if left < right:
        x = (left + right) / 2
        return f'<path class="arrow" d="M{x:.1f} {begin:.1f} V{end:.1f}"/>'
    leftwards = last.left < first.left
    x = first.left + (ASIDE if leftwards else first.width - ASIDE)
    to = last.left + (last.width - ASIDE if leftwards else ASIDE)
    return f'<path class="arrow" d="M{x:.1f} {begin:.1f} C{x:.1f} {end:.1f} {to:.1f} {begin:.1f} {to:.1f} {end:.1f}"/>'


def draw(contracts: Path = CONTRACTS) -> str:
    """The picture of the rooms as they are now."""
    rows = layers_of(contracts)
    arrows = imports_of([name for row in rows for name in row])
    return picture_of(rooms_of(rows, arrows), arrows)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    parser = script_parser("scripts.draw_rooms", __doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit code 1 where the picture is out of date"
    )
    options = parser.parse_args(arguments)
    picture = draw()
    if options.check:
        if not PICTURE.exists() or PICTURE.read_text() != picture:
            say("docs/images/rooms.svg is out of date. Draw it again: python -m scripts.draw_rooms")
            return 1
        return 0
    PICTURE.write_text(picture)
    tell(f"Written: {PICTURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    run_script(main)
