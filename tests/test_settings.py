"""Settings: layers, ranges, what is said where one is wrong, and that config.yaml lists them all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from live.errors import SettingsError
from live.settings import Settings, load_settings, merge

CONFIG = Path(__file__).parents[1] / "config.yaml"
COMMENTED = re.compile(r"^ *(?P<name>[a-z_]+): *(?P<value>\S+) +# (?P<comment>.+)$")


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder without settings of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_config_yaml_holds_every_setting_with_its_default() -> None:
    assert yaml.safe_load(CONFIG.read_text(encoding="utf-8")) == msgspec.to_builtins(Settings())
    assert load_settings(CONFIG) == Settings()


def bounds(kind: msgspec.inspect.Type) -> Iterator[float]:
    """The limits of a setting's type, but 0: nobody takes a negative number of seconds for granted."""
    if isinstance(kind, msgspec.inspect.UnionType):
        for part in kind.types:
            yield from bounds(part)
    elif isinstance(kind, (msgspec.inspect.IntType, msgspec.inspect.FloatType)):
        yield from (limit for limit in (kind.ge, kind.gt, kind.le, kind.lt) if limit)


def leaves(kind: msgspec.inspect.Type) -> Iterator[tuple[str, msgspec.inspect.Type]]:
    """Every setting's name with its type, in the order of the code, sections left out."""
    assert isinstance(kind, msgspec.inspect.StructType)
    for field in kind.fields:
        if isinstance(field.type, msgspec.inspect.StructType):
            yield from leaves(field.type)
        else:
            yield field.name, field.type


def test_each_setting_in_config_yaml_tells_its_range() -> None:
    lines = [match for line in CONFIG.read_text(encoding="utf-8").splitlines() if (match := COMMENTED.match(line))]
    kinds = list(leaves(msgspec.inspect.type_info(Settings)))
    assert sorted(line["name"] for line in lines) == sorted(name for name, _ in kinds)
    for name, kind in kinds:
        comments = [line["comment"] for line in lines if line["name"] == name]
        for limit in bounds(kind):
            told = re.compile(rf"(?<![\d.]){limit:g}(?![\d.]*\d)")
            assert any(told.search(comment) for comment in comments), f"{name}: {limit:g} is not in {comments}"


def test_without_a_file_there_are_the_defaults() -> None:
    assert load_settings() == Settings()


def test_the_current_folder_is_below_the_file_named_and_options_are_above(empty_folder: Path) -> None:
    written(empty_folder, "camera: {width: 640, height: 480}\nlog: a.csv\nmirror: true", "config.yaml")
    mine = written(empty_folder, "camera: {width: 800}\nlog: b.csv")
    settings = load_settings(mine, {"log": "c.csv", "record": None})
    assert (settings.camera.width, settings.camera.height) == (800, 480)
    assert (settings.log, settings.record, settings.mirror) == ("c.csv", None, True)


def test_an_empty_file_changes_nothing(empty_folder: Path) -> None:
    assert load_settings(written(empty_folder, "# nothing here\n")) == Settings()


def test_a_cameras_number_may_be_written_as_a_number(empty_folder: Path) -> None:
    assert load_settings(written(empty_folder, "source: 0")).source == "0"
    assert load_settings(written(empty_folder, "source: 0")).sources == ("0",)
    assert load_settings(written(empty_folder, "source: [0, clip.mp4]")).sources == ("0", "clip.mp4")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("camera: {widht: 640}", ["camera.widht", "no setting", "config.yaml"]),
        ("colour: red", ["colour", "no setting"]),
        ("camera: {width: 10}", ["camera.width", ">= 64"]),
        ("camera: {width: wide}", ["camera.width", "int"]),
        ("camera: 640", ["camera", "object"]),
        ("tracking: {confirm_confidence: 1.5}", ["tracking.confirm_confidence", "<= 1"]),
        ("max_frames: 0", ["max_frames", ">= 1"]),
        ("max_seconds: -1", ["max_seconds", "> 0"]),
        ("max_seconds: .nan", ["max_seconds"]),
        ("headless: 7", ["headless", "bool"]),
        ("model: {runtime: torch}", ["model.runtime", "auto", "onnx", "tflite", "keras", "torch"]),
        ("model: {runtime: null}", ["model.runtime", "str"]),
        ("source: true", ["source", "str"]),
        ("source: []", ["source", ">= 1"]),
        ("source: [true]", ["source", "str"]),
        ("- a list", ["list"]),
        ("just words", ["str"]),
        ("a: [", ["not valid YAML"]),
        ("source: !!python/object:os.system {}", ["not valid YAML"]),
    ],
)
def test_what_is_wrong_is_told_in_one_line(empty_folder: Path, text: str, words: list[str]) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings(written(empty_folder, text))
    message = str(error.value)
    assert "mine.yaml" in message
    assert "\n" not in message
    for word in words:
        assert word in message


def test_a_file_that_can_not_be_read_is_named(empty_folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"No settings file .*none\.yaml"):
        load_settings(empty_folder / "none.yaml")
    with pytest.raises(SettingsError, match="can't be read"):
        load_settings(empty_folder)
    (empty_folder / "latin.yaml").write_bytes(b"record: caf\xe9.mp4")
    with pytest.raises(SettingsError, match="can't be read"):
        load_settings(empty_folder / "latin.yaml")


def test_a_wrong_option_is_told_as_the_command_lines() -> None:
    with pytest.raises(SettingsError, match=r"^In the command line: max_seconds: .*> 0"):
        load_settings(options={"max_seconds": -3.0})


def test_a_command_of_the_folders_own_file_is_not_run_unasked(empty_folder: Path) -> None:
    mine = written(empty_folder, "on_number: touch x", "config.yaml")
    with pytest.raises(SettingsError, match="names a command, which is not run unasked"):
        load_settings()
    with pytest.raises(SettingsError, match="not run unasked"):
        load_settings(written(empty_folder, "mirror: true"), {"on_number": "touch y"})
    assert load_settings(mine).on_number == "touch x"
    written(empty_folder, "on_number: null", "config.yaml")
    assert load_settings(options={"on_number": "touch y"}).on_number == "touch y"
    assert load_settings(written(empty_folder, "on_number: touch z")).on_number == "touch z"


def test_settings_can_not_be_changed() -> None:
    with pytest.raises(AttributeError):
        Settings().mirror = True  # type: ignore[misc]


names = st.sampled_from("abc")
sections = st.dictionaries(names, st.integers(0, 9), max_size=3)
trees = st.dictionaries(names, sections | st.integers(0, 9), max_size=3)


@given(trees, trees)
def test_merging_keeps_what_is_above_and_loses_nothing_of_what_is_below(
    below: dict[str, Any], above: dict[str, Any]
) -> None:
    merged = merge(below, above)
    assert set(merged) == set(below) | set(above)
    assert merge(merged, above) == merged
    for name, value in above.items():
        if not isinstance(value, dict):
            assert merged[name] == value
    assert merge(below, {}) == below
