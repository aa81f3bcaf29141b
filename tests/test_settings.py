"""Settings: layers, ranges, what is said where one is wrong, and that config.yaml lists them all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from live.core.errors import SettingsError
from live.core.settings import Settings
from live.core.settings_check import merge
from live.core.settings_files import load_settings
from live.core.settings_names import declared, number

CONFIG = Path(__file__).parents[1] / "config.yaml"
COMMENTED = re.compile(r"^ *(?P<name>[a-z_]+): *(?P<value>\S+) +# (?P<comment>.+)$")


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder without settings of its own, of a user who has none either."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path, text: str, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_config_yaml_holds_every_setting_with_its_default() -> None:
    assert yaml.safe_load(CONFIG.read_text(encoding="utf-8")) == msgspec.to_builtins(Settings())
    assert load_settings(CONFIG) == Settings()


def test_each_setting_in_config_yaml_tells_its_range_and_who_may_set_it() -> None:
    lines = [match for line in CONFIG.read_text(encoding="utf-8").splitlines() if (match := COMMENTED.match(line))]
    assert sorted(line["name"] for line in lines) == sorted(name.rpartition(".")[2] for name in declared())
    for setting in declared().values():
        comments = [line["comment"] for line in lines if line["name"] == setting.name.rpartition(".")[2]]
        # nobody takes a negative number of seconds for granted
        for limit in (setting.meta.ge, setting.meta.gt, setting.meta.le, setting.meta.lt):
            told = re.compile(rf"(?<![\d.,]){number(limit)}(?!\d|[.,]\d)") if limit else None
            assert told is None or any(told.search(comment) for comment in comments), f"{setting.name}: {limit:g}"
        assert all(comment.startswith("! ") == (setting.who == "asked") for comment in comments), setting.name


def test_every_setting_says_who_may_set_it() -> None:
    """A new one that says nothing counts as one that only a person may set; this test asks for the word all the same."""
    assert [setting.name for setting in declared().values() if not setting.is_declared] == []
    harmless = [setting for setting in declared().values() if setting.who == "harmless"]
    assert all(setting.kind in (bool, int, float) for setting in harmless if setting.name != "output.decimal"), (
        "a text or a choice may write, run or load"
    )
    assert [setting.name for setting in declared().values() if setting.who == "nearby"] == ["source"]
    assert not any(
        setting.name.partition(".")[0]
        in ("record", "log", "log_frames", "on_number", "clipboard", "model", "limits", "training")
        for setting in harmless
    )


def test_without_a_file_there_are_the_defaults() -> None:
    assert load_settings() == Settings()


def test_an_empty_file_changes_nothing(empty_folder: Path) -> None:
    assert load_settings(written(empty_folder, "# nothing here\n")) == Settings()


def test_a_cameras_number_may_be_written_as_a_number(empty_folder: Path) -> None:
    assert load_settings(written(empty_folder, "source: 0")).source == "0"
    assert load_settings(written(empty_folder, "source: 0")).sources == ("0",)
    assert load_settings(written(empty_folder, "source: [0, clip.mp4]")).sources == ("0", "clip.mp4")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("camera: {widht: 640}", "there is no setting camera.widht; did you mean camera.width?"),
        ("widht: 640", "there is no setting widht; did you mean camera.width?"),
        ("min-iou: .3", "there is no setting min-iou; did you mean tracking.min_iou?"),
        ("colour: red", "there is no setting colour. "),
        ("camera: {width: 10}", "camera.width takes a whole number from 64 to 7680 px, not 10."),
        ("camera: {width: wide}", 'camera.width takes a whole number from 64 to 7680 px, not "wide".'),
        ("camera: {width: 640.5}", "camera.width takes a whole number from 64 to 7680 px, not 640.5."),
        ("camera: {fps: 0}", "camera.fps takes a number above 0, up to 240 frames a second, not 0."),
        ("camera: 640", "camera is a section: its settings stand below it"),
        ("camera:", "the section camera is empty. Write its settings below it"),
        (
            "camera.width: 640",
            "camera.width stands in a section: write camera: on a line of its own, and width: below it",
        ),
        ("camera: {camera.width: 640}", "there is no setting camera.camera.width; did you mean camera.width?"),
        ("tracking: {confirm_confidence: 1.5}", "tracking.confirm_confidence takes a number from 0 to 1, not 1.5."),
        ("max_frames: 0", "max_frames takes a whole number from 1 to 1,000,000,000, or null, not 0."),
        ("max_seconds: -1", "max_seconds takes a number above 0, up to 31,536,000 seconds, or null, not -1."),
        ("max_seconds: .nan", "not nan."),
        ("max_seconds: .inf", "not inf."),
        ("tracking: {memory_s: 1e999}", "not inf."),
        ("headless: 7", "headless takes true or false, not 7."),
        ("headless:", "headless takes true or false, not nothing (null)."),
        ("model: {runtime: torch}", 'model.runtime takes auto, onnx, tflite or keras, not "torch".'),
        ("model: {runtime: null}", "model.runtime takes auto, onnx, tflite or keras, not nothing (null)."),
        ("source: true", "a folder or an address, not true."),
        ("source: []", "not an empty list."),
        ("source: [true]", "not a list with true in it."),
        ("source: ''", "not an empty text."),
        (f"source: [{'0, ' * 65}]", "not 65 of them."),
        ("log: read.txt", 'log takes a file ending in .jsonl or .csv, or null, not "read.txt".'),
        ("log: 2026-13-45", "log takes a file ending in .jsonl or .csv"),
        ("log_frames: frames.csv", 'log_frames takes a file ending in .jsonl, or null, not "frames.csv".'),
        ("record: {a: 1}", "not settings below it."),
        ("- a list", "must hold lines of the form name: value"),
        ("just words", "must hold lines of the form name: value"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(empty_folder: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError) as error:
        load_settings(written(empty_folder, text))
    message = str(error.value)
    assert "mine.yaml" in message
    assert says in message
    assert message.isprintable()
    assert not re.search(r"`|\bint\b|\bstr\b|\bbool\b|object|dict|None|type", message), "a programmer's words"


def test_a_file_that_can_not_be_read_is_named(empty_folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"There is no settings file .*none\.yaml"):
        load_settings(empty_folder / "none.yaml")
    with pytest.raises(SettingsError, match=r"is a folder\. Name a file in it"):
        load_settings(empty_folder)
    (empty_folder / "latin.yaml").write_bytes(b"record: caf\xe9.mp4")
    with pytest.raises(SettingsError, match=r"is no text in UTF-8\. Save it as such"):
        load_settings(empty_folder / "latin.yaml")


def test_a_wrong_option_is_told_as_the_command_lines() -> None:
    with pytest.raises(SettingsError, match=r"^In the command line: max_seconds takes a number above 0, .*not -3\.0\."):
        load_settings(options={"max_seconds": -3.0})


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
