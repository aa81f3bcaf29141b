"""Write docs/schema/*.json and docs/schema.md: the fields of the JSON that Numcam writes. Reads no picture."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from live.core.terminal import say, tell
from scripts.command_line import run_script, script_parser

VERSION = 1
"""Version of all schemas. A new field doesn't change it; a field that is removed or changes its meaning increments it."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCS = Path(__file__).parents[1] / "docs"

Point = tuple[float, float]


def field(description: str, **limits: Any) -> Any:
    """The description of a field, and the limits of its values."""
    return msgspec.Meta(description=description, **limits)


Source = Annotated[str, field("What a person would call the picture or camera: `scan.tif`, `scan.tif#2`, `camera 0`.")]
Shown = Annotated[
    str,
    field("The number as a person is shown it, with `?` for each digit in doubt: `12?4`.", pattern="^[0-9?]+$"),
]
Text = Annotated[str, field("The likeliest digit at each place; leading zeros stay: `1234`.", pattern="^[0-9]+$")]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Confidence = Annotated[Share, field("Probability that every digit is right, to four decimals.")]
Quad = Annotated[
    list[Point],
    field(
        "Corners as [x, y], px of the picture to a tenth, clockwise from the top left of the number's own line.",
        min_length=4,
        max_length=4,
    ),
]
TrackId = Annotated[
    int, field("The same as long as the number stays in view; no other number of the run has it.", ge=1)
]
Seconds = Annotated[float, field("Seconds since the first frame, on the clock of the source.")]
LeftOut = Annotated[
    int, field("Pieces of ink that were not looked at, or not closely: too much ink to read in time.", ge=0)
]


class Digit(msgspec.Struct):
    """One digit of a number."""

    label: Annotated[int, field("The likeliest digit.", ge=0, le=9)]
    confidence: Annotated[Share, field("Probability of `label`, to four decimals.")]
    certainty: Annotated[Share, field("Probability of `label` given that this is a digit at all, to four decimals.")]
    box: Annotated[
        list[int], field("Upright box [x, y, width, height], px of the picture.", min_length=4, max_length=4)
    ]


class Number(msgspec.Struct):
    """A number on a page."""

    shown: Shown
    text: Text
    confidence: Confidence
    quad: Quad
    digits: Annotated[list[Digit], field("Its digits, left to right.", min_length=1)]


class Page(msgspec.Struct):
    """One picture and its numbers: a line of `read --json`, `Page.to_dict`, the file beside a snapshot of one source."""

    source: Source
    width: Annotated[int, field("Width of the picture, px.", ge=1)]
    height: Annotated[int, field("Height of the picture, px.", ge=1)]
    numbers: Annotated[list[Number], field("In reading order: from top to bottom, left to right on a line.")]
    left_out: LeftOut
    page: (
        Annotated[int, field("Which page of its file it is; only of a file with several.", ge=1)] | msgspec.UnsetType
    ) = msgspec.UNSET
    pages: (
        Annotated[int, field("How many pages its file has; only of a file with several.", ge=2)] | msgspec.UnsetType
    ) = msgspec.UNSET


class Snapshot(msgspec.Struct):
    """The file beside a snapshot of several sources. A snapshot of one source is a page: page.json."""

    sources: Annotated[list[Page], field("A page of each source, as the picture shows them.", min_length=2)]


class Event(msgspec.Struct):
    """Something that happened to a shown number: a line of `--log file.jsonl`."""

    time: Seconds
    clock: Annotated[
        str,
        field(
            "When Numcam found it, on the wall clock, as ISO 8601 with milliseconds and offset.",
            pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$",
        ),
    ]
    event: Annotated[
        Literal["appeared", "changed", "left"],
        field("`appeared`: it is shown now; `changed`: it is read otherwise than before; `left`: it is shown no more."),
    ]
    source: Source
    track_id: TrackId
    shown: Shown
    text: Text
    confidence: Confidence
    quad: Quad


class TrackedNumber(msgspec.Struct):
    """A number in one frame."""

    track_id: TrackId
    shown: Shown
    text: Text
    confidence: Confidence
    quad: Quad
    confirmed: Annotated[bool, field("Whether it has been read long enough to be shown.")]


class Frame(msgspec.Struct):
    """One frame that was read: a line of `--log-frames`, or `StreamFrame.to_dict`, which has the shown numbers alone."""

    frame: Annotated[
        int, field("Counts the frames of the source from 0; those that were skipped are counted too.", ge=0)
    ]
    time: Seconds
    source: Source
    left_out: LeftOut
    numbers: Annotated[list[TrackedNumber], field("Every number in view, shown or not yet.")]


ROOTS: dict[str, type[msgspec.Struct]] = {
    "page.json": Page,
    "snapshot.json": Snapshot,
    "event.json": Event,
    "frame.json": Frame,
}


def schema_of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of one kind of record."""
    (_,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    root = parts.pop(kind.__name__)
    return {"$schema": DIALECT, "version": VERSION, **root, **({"$defs": parts} if parts else {})}


def described(schema: Mapping[str, Any]) -> str:
    """The type of a field's values, for people: `integer from 0 to 9`."""
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    if "$ref" in schema:
        return f"[{schema['$ref'].rpartition('/')[2]}](#{schema['$ref'].rpartition('/')[2].lower()})"
    if schema["type"] == "array":
        count = f"{schema['minItems']} × " if schema.get("minItems", 0) == schema.get("maxItems") else ""
        inner = schema.get("items") or {}
        if inner.get("type") == "array":
            return f"array of {count}[x, y]"
        return f"array of {count}{described(inner)}"
    low, high = schema.get("minimum"), schema.get("maximum")
    limits = f" from {low:g} to {high:g}" if high is not None else (f", at least {low:g}" if low is not None else "")
    return f"{schema['type']}{limits}"


def section(name: str, schema: Mapping[str, Any], level: int) -> list[str]:
    """One kind of record as a section of the page."""
    lines = [
        f"{'#' * level} {name}",
        "",
        schema["description"],
        "",
        "| Field | Kind | Meaning |",
        "| --- | --- | --- |",
    ]
    required = schema.get("required", ())
    for key, value in schema["properties"].items():
        optional = "" if key in required else " (optional)"
        lines.append(f"| `{key}`{optional} | {described(value)} | {value.get('description', '')} |")
    return [*lines, ""]


def page_of_all() -> str:
    """docs/schema.md."""
    lines = [
        "# The JSON that Numcam writes", "",
        "Made by `python -m scripts.schema` from the definitions in `scripts/schema.py`. Each kind of record has a JSON",
        f"Schema (2020-12), all of them in version {VERSION}. A later Numcam may add fields: a program that reads the JSON",
        "should leave out those that it doesn't know. A field that goes, or means something else, makes a new version, named",
        "in the change log.", "",
        "All texts are UTF-8, each record of a `.jsonl` file is one line, and px count from the picture's top left corner.", "",
    ]  # fmt: skip
    parts: dict[str, Any] = {}
    for name, kind in ROOTS.items():
        schema = schema_of(kind)
        lines += [*section(kind.__name__, schema, 2)]
        lines += [f"Schema: [{name}](schema/{name})", ""]
        parts |= schema.get("$defs", {})
    for name, schema in sorted(parts.items()):
        if name not in {kind.__name__ for kind in ROOTS.values()}:
            lines += section(name, schema, 2)
    return "\n".join(lines).rstrip() + "\n"


def files() -> dict[Path, str]:
    """Everything that is written, by its file."""
    schemas = {
        DOCS / "schema" / name: json.dumps(schema_of(kind), indent=2, ensure_ascii=False) + "\n"
        for name, kind in ROOTS.items()
    }
    return {**schemas, DOCS / "schema.md": page_of_all()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or check them; returns the exit code."""
    parser = script_parser("scripts.schema", __doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 where a file is out of date")
    options = parser.parse_args(arguments)
    stale = [path for path, text in files().items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    if options.check:
        for path in stale:
            say(f"{path} is not what scripts/schema.py says. Type: python -m scripts.schema")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(exist_ok=True)
        path.write_text(files()[path], encoding="utf-8", newline="\n")
        tell(f"Written: {path}")
    return 0


if __name__ == "__main__":
    run_script(main)
