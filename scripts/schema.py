"""Write docs/schema/*.json and docs/schema.md: the fields of the JSON that Numcam writes. Reads no picture."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from live.core.terminal import say, tell
from scripts.command_line import run_script, script_parser
from scripts.docs_build.schema_records import ROOTS

VERSION = 1
"""Version of all schemas. A new field doesn't change it; a field that is removed or changes its meaning increments it."""
DIALECT = "https://json-schema.org/draft/2020-12/schema"
DOCS = Path(__file__).parents[1] / "docs"


def schema_of(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """The JSON Schema of one kind of record."""
    (_,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    root = parts.pop(kind.__name__)
    return {"$schema": DIALECT, "version": VERSION, **root, **({"$defs": parts} if parts else {})}


def described(schema: Mapping[str, Any]) -> str:
    """The type of a field's values, for people: `integer from 0 to 9`."""
    if "anyOf" in schema:
        return " or ".join(map(described, schema["anyOf"]))
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
        "Made by `python -m scripts.schema` from `scripts/docs_build/schema_records.py`. Each kind of record has a JSON",
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
