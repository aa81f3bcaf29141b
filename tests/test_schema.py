"""The JSON that the real program writes, held against docs/schema; and that those files are what the definitions say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from PIL import Image

from live.__main__ import main
from live.core.settings import Settings
from live.outputs.run_outputs import Outputs
from scripts import schema
from scripts.docs_build.schema_records import ROOTS
from tests.program import ROOT, log_rows
from tests.results import number_at, paper, result_of

GOOD = ROOT / "docs" / "images" / "tips" / "good.jpg"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own."""
    monkeypatch.chdir(tmp_path)


def closed(part: Any) -> Any:
    """A schema that takes no field that it doesn't describe."""
    if isinstance(part, Mapping):
        whole = {key: closed(value) for key, value in part.items()}
        return whole | {"additionalProperties": False} if "properties" in part else whole
    return [closed(value) for value in part] if isinstance(part, list) else part


def check(name: str, records: Sequence[Any]) -> None:
    """Whether every record is as docs/schema says, with no field more; fails where there is none."""
    read = json.loads((ROOT / "docs" / "schema" / name).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(read)
    assert read["version"] == schema.VERSION
    validator = Draft202012Validator(closed(read))
    assert records
    for record in records:
        validator.validate(record)


def test_the_files_are_what_the_definitions_say(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert schema.main(["--check"]) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "DOCS", tmp_path)
        assert schema.main(["--check"]) == 1
        assert "schema.md is not what scripts/schema.py says" in capsys.readouterr().err
        assert schema.main([]) == 0
        assert schema.main(["--check"]) == 0


def test_every_field_is_described() -> None:
    for kind in ROOTS.values():
        whole = schema.schema_of(kind)
        for part in (whole, *whole.get("$defs", {}).values()):
            assert all(field.get("description") for field in part["properties"].values()), part["title"]


def test_what_read_prints(capsys: pytest.CaptureFixture[str]) -> None:
    image = Image.open(GOOD)
    image.save("scan.tif", save_all=True, append_images=[image])
    Image.new("RGB", (40, 30), "white").save("empty.png")
    assert main(["read", str(GOOD), "scan.tif", "empty.png", "--json"]) == 0
    pages = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    check("page.json", pages)
    assert [page.get("page") for page in pages] == [None, 1, 2, None]
    assert [bool(page["numbers"]) for page in pages] == [True, True, True, False]


def test_what_the_logs_hold() -> None:
    logs = ("--log", "events.jsonl", "--log-frames", "frames.jsonl")
    assert main(["--source", "demo", "--headless", "--max-frames", "90", *logs]) == 0
    events, frames = log_rows(Path("events.jsonl")), log_rows(Path("frames.jsonl"))
    check("event.json", events)
    check("frame.json", frames)
    assert any(frame["numbers"] for frame in frames)


def test_what_lies_beside_a_snapshot() -> None:
    result = result_of(paper(), number_at("47?1", (20, 40)), number_at("-3!5?%", (20, 80)))
    with Outputs(Settings(), print) as outputs:
        one = outputs.snapshot([result], result.frame.image)
        several = outputs.snapshot([result, result], result.frame.image)
    assert one != several
    check("page.json", [json.loads(one.with_suffix(".json").read_text())])
    check("snapshot.json", [json.loads(several.with_suffix(".json").read_text())])


@pytest.mark.parametrize("name", ["page.json", "snapshot.json", "event.json", "frame.json"])
def test_something_else_is_refused(name: str) -> None:
    read = json.loads((ROOT / "docs" / "schema" / name).read_text(encoding="utf-8"))
    assert not Draft202012Validator(read).is_valid({"source": "a.jpg"})
