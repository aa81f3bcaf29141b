"""Settings: the layers, the errors, and that config.yaml says what the code does."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
import yaml

from live.errors import SettingsError
from live.settings import Settings, load_settings

CONFIG = Path(__file__).parents[1] / "config.yaml"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder without a config.yaml."""
    monkeypatch.chdir(tmp_path)


def written(text: str, name: str = "mine.yaml") -> Path:
    """A settings file in the current folder."""
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def test_config_yaml_names_every_setting_with_its_default() -> None:
    assert yaml.safe_load(CONFIG.read_text(encoding="utf-8")) == msgspec.to_builtins(Settings())


def test_every_setting_has_a_comment() -> None:
    for line in CONFIG.read_text(encoding="utf-8").splitlines():
        if ":" in line.split("#")[0] and line.split("#")[0].split(":", 1)[1].strip():
            assert "#" in line, line


def test_layers_go_over_each_other() -> None:
    written("camera: {width: 640, height: 480}\nmirror: true\nsource: 3\n", "config.yaml")
    settings = load_settings(written("camera: {width: 800}\n"), {"source": "demo", "record": None})
    assert (settings.camera.width, settings.camera.height) == (800, 480)
    assert settings.mirror
    assert settings.source == "demo"
    assert settings.record is None
    assert load_settings().source == "3"


def test_without_files_the_defaults_hold() -> None:
    assert load_settings() == Settings()
    assert load_settings(written("")) == Settings()
    assert load_settings(written("# nothing\n")) == Settings()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour: red", "no setting colour"),
        ("camera: {widht: 3}", "no setting camera.widht"),
        ("camera: {width: 3}", "camera.width.*>= 64"),
        ("tracking: {min_iou: 2}", "tracking.min_iou.*<= 1"),
        ("mirror: maybe", "mirror.*bool"),
        ("camera: 7", "camera"),
        ("max_seconds: -1", "max_seconds"),
        ("source: true", "source.*str"),
        ("[1, 2]", "not a list"),
        ("a: [", "not valid YAML"),
    ],
)
def test_what_is_wrong_is_told_in_one_line(text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as caught:
        load_settings(written(text))
    assert "\n" not in str(caught.value)
    assert "mine.yaml" in str(caught.value)


def test_wrong_options_name_the_command_line() -> None:
    with pytest.raises(SettingsError, match="the command line: max_frames"):
        load_settings(None, {"max_frames": 0})


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No settings file"):
        load_settings(Path("none.yaml"))
    with pytest.raises(SettingsError, match="can't be read"):
        load_settings(tmp_path)
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00\x80")
    with pytest.raises(SettingsError, match="can't be read|not valid"):
        load_settings(binary)
