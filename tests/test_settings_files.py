"""Settings files: which of them counts, what one that merely lies in the folder may set, and that none does harm."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from live.core.errors import SettingsError
from live.core.settings import Settings
from live.core.settings_files import load_settings, user_file
from live.core.settings_names import Declared, declared
from live.core.settings_text import LARGEST, parse_yaml
from live.core.settings_trust import is_nearby

ROOT = Path(__file__).parents[1]
CASES = ROOT / ".." / "shared" / "bench" / "cases" / "settings"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder without settings, of a user whose own lie in a place that isn't there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def said() -> list[str]:
    """The lines that a person is told."""
    return []


def own_file(text: str) -> Path:
    """The user's own settings, written to the platform's place."""
    user_file().parent.mkdir(parents=True)
    user_file().write_text(text, encoding="utf-8")
    return user_file()


def test_each_file_goes_over_those_before_it(folder: Path, said: list[str]) -> None:
    (folder / "config.yaml").write_text("camera: {width: 640, height: 480, fps: 5}\nmirror: true\nheadless: true")
    own = own_file("camera: {width: 800, height: 600}\nlog: own.csv\nrecord: own.mp4\nheadless: false")
    mine = folder / "mine.yaml"
    mine.write_text("camera: {width: 1024}\nlog: mine.csv\non_number: notify")
    settings = load_settings(mine, {"log": "line.csv", "clipboard": False}, said.append)
    assert (settings.camera.width, settings.camera.height, settings.camera.fps) == (1024, 600, 5)
    assert (settings.log, settings.record, settings.on_number) == ("line.csv", "own.mp4", "notify")
    assert (settings.mirror, settings.headless) == (True, False)
    assert said == [f"Settings: config.yaml of this folder; then {own}."]


def test_the_users_own_file_is_read_from_any_folder(said: list[str]) -> None:
    assert load_settings(say=said.append) == Settings()
    own = own_file("clipboard: true")
    assert load_settings(say=said.append).clipboard
    assert said == [f"Settings: {own}."]
    own.write_text("clipbord: true")
    with pytest.raises(
        SettingsError, match=r"^In .*config\.yaml: there is no setting clipbord; did you mean clipboard\?"
    ):
        load_settings()


def other_than_default(setting: Declared) -> Any:
    """A value that the setting takes, and that isn't its default."""
    if isinstance(setting.kind, tuple):
        return setting.kind[-1]
    if setting.kind is bool:
        return not setting.default
    if setting.kind is str:
        return "http://door/stream" if setting.name == "source" else "x.jsonl"
    value = setting.meta.le if setting.meta.le is not None else 7
    return setting.kind(value if value != setting.default else (setting.meta.ge or 1))


def as_yaml(name: str, value: Any) -> str:
    """A settings file with one setting."""
    section, _, last = name.rpartition(".")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{section}:\n  {last}: {text}\n" if section else f"{last}: {text}\n"


@pytest.mark.parametrize("name", list(declared()))
def test_a_file_that_merely_lies_in_the_folder_sets_only_what_does_no_harm(
    folder: Path, said: list[str], name: str
) -> None:
    setting = declared()[name]
    (folder / "config.yaml").write_text(as_yaml(name, other_than_default(setting)))
    found = load_settings(say=said.append)
    named = load_settings(Path("config.yaml"))
    assert named != Settings(), "the file that is named counts"
    if setting.who == "harmless":
        assert found == named
        assert said == ["Settings: config.yaml of this folder."]
    else:
        assert found == Settings()
        assert said == [
            f"Settings: config.yaml of this folder, but for {name}, which a file that merely lies there may not set (to trust "
            "it, say --config config.yaml)."
        ]


def test_what_the_folders_file_may_not_set_does_not_hide_the_users_own(folder: Path) -> None:
    own_file("log: own.csv\nlimits: {megapixels: 20}\nsource: http://door/stream")
    (folder / "config.yaml").write_text((ROOT / "config.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    settings = load_settings()
    assert (settings.log, settings.limits.megapixels, settings.source) == ("own.csv", 20, "http://door/stream")


def test_the_file_that_comes_with_numcam_may_lie_in_the_folder(folder: Path, said: list[str]) -> None:
    (folder / "config.yaml").write_text((ROOT / "config.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert load_settings(say=said.append) == Settings()
    assert said == ["Settings: config.yaml of this folder."]


def test_a_source_of_the_folders_file_lies_in_that_folder() -> None:
    for source in (
        "auto",
        "demo",
        "0",
        "12",
        "clip.mp4",
        "scans/",
        "scans/page 1.jpg",
        "clip-17:45.mp4",
        ["0", "clip.mp4"],
    ):
        assert is_nearby(source), source
    for source in (
        "http://door/x.jpg", "RTSP://door", "rtsp://u:p@door/s", "file:///etc/passwd", "/dev/video0", "/net/server/x.mp4",
        "../x.mp4",
        "scans/../../x", "~/x.mp4", "~other/x", r"\\server\share\x.mp4", "//server/share/x.mp4", r"C:\x.mp4", "c:x.mp4", r"..\x",
        ["0", "http://door/"],
    ):  # fmt: skip
        assert not is_nearby(source), source


OTHERS = {
    "a template": "# other\n! invalid {{ template }}\n",
    "a list": "- a\n- b\n",
    "words": "just words",
    "other names": "version: 2\njobs: [build]\n",
    "a network's": "model: resnet50\ntraining:\n  epochs: 5\n  data: imagenet\n",
    "a robot's": "camera:\n  topic: /usb_cam\n  fps: 30\n",
    "several documents": "a: 1\n---\nb: 2\n",
    "tags": "handler: !!python/object:os.system {}\n",
    "aliases": "base: &b {x: 1}\nmore: {<<: *b}\n",
    "a string's key": '"key": 1\n',
    "numbers for names": "1: 2\n",
    "tabs": "a:\n\tb: 1\n",
    "huge": "name: " + "x" * 4 * LARGEST,
    "a log's": "log: debug\n",
    "a recorder's": "source: demo\nclipboard: shared\n",
    "a log's, with a slip": "log: [debug\n",
    "another's, that names a camera": "camera: 3\nhost: 0.0.0.0\n",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_another_programs_file_is_left_out_and_said_to_be(folder: Path, said: list[str], text: str) -> None:
    (folder / "config.yaml").write_text(text)
    assert load_settings(say=said.append) == Settings()
    (line,) = said
    assert line.startswith("config.yaml of this folder was left out, as another program's (")
    assert line.endswith("If it is Numcam's, begin it with the line # Numcam.")
    assert line.isprintable()
    with pytest.raises(SettingsError):
        load_settings(Path("config.yaml"))
    (folder / "config.yaml").write_text("# Numcam\n" + text)
    if len(text) < LARGEST:  # what is larger isn't looked into
        with pytest.raises(SettingsError):
            load_settings()


@pytest.mark.parametrize(
    "data", [b"\x00\x01\xff", b"\x89PNG\r\n\x1a\n", "caf\xe9: 1".encode("latin-1"), b"\xff\xfe\xd8"]
)
def test_bytes_that_are_no_text_are_left_out(folder: Path, said: list[str], data: bytes) -> None:
    (folder / "config.yaml").write_bytes(data)
    assert load_settings(say=said.append) == Settings()
    assert len(said) == 1
    with pytest.raises(SettingsError):
        load_settings(Path("config.yaml"))


@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_what_is_no_file_is_not_waited_for(folder: Path, said: list[str], kind: str) -> None:
    place = folder / "config.yaml"
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        if not hasattr(os, "mkfifo"):
            pytest.skip("there are no such pipes here")
        os.mkfifo(place)
    else:
        if not Path("/dev/zero").exists():
            pytest.skip("there is no /dev/zero here")
        place.symlink_to("/dev/zero")
    assert load_settings(say=said.append) == Settings()
    assert len(said) == 1
    assert said[0].startswith("config.yaml of this folder was left out")
    with pytest.raises(SettingsError):
        load_settings(place)


def test_a_file_that_may_not_be_read_is_told(folder: Path, said: list[str]) -> None:
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        pytest.skip("everything may be read here")
    place = folder / "config.yaml"
    place.write_text("mirror: true")
    place.chmod(0)
    assert load_settings(say=said.append) == Settings()
    assert "Permission denied" in said[0]
    with pytest.raises(SettingsError, match="Permission denied"):
        load_settings(place)


NESTED = "[" * 3000
HARMFUL = {
    "aliases that multiply": "a: &a [x, x]\nb: &b [*a, *a]\nsource: *b",
    "an alias of itself": "source: &a [*a]",
    "lists in lists": f"camera: {NESTED}",
    "lists in lists, closed": f"camera: {NESTED}{']' * 3000}",
    "sections in sections": "camera: " + "{camera: " * 3000,
    "dashes": "source:\n" + "- " * 3000,
    "5000 digits": "max_frames: " + "9" * 5000,
    "5000 digits of another kind": "max_frames: 0x" + "f" * 5000,
    "5000 digits and a fraction": "max_seconds: " + "9" * 5000 + ".5",
    "a day that isn't": "log: 2026-13-45",
    "a day": "log: 2026-01-31",
    "an hour": "log: 17:45:00",
    "NUL": "log: 'a\0b.csv'",
    "NUL, escaped": r'log: "a\0b.csv"',
    "half of a character": r'log: "\uD800.csv"',
    "half of a character for a number": r'camera: {width: "\uDFFF"}',
    "half of a character as a name": r'"\uD800": 1',
    "NUL in a recording": r'record: "a\0b.mp4"',
    "NUL in a command": r'on_number: "a\0b"',
    "half a letter": r'record: "\ud800.mp4"',
    "a bell": "log: 'a\a.csv'",
    "no text for a name": "1: 2",
    "true for a name": "true: 2",
    "null for a name": "~: 2",
    "a list for a name": "[a, b]: 2",
    "a section for a name": "{a: b}: 2",
    "a name twice": "headless: true\nheadless: false",
    "a name twice in a section": "camera:\n  width: 640\n  width: 800",
    "a section twice": "camera: {width: 640}\ncamera: {height: 480}",
    "octal": "camera: {width: 0720}",
    "octal with a sign": "max_seconds: -010",
    "an empty section": "camera:",
    "a name of 260 letters": "a" * 260 + ": 1",
    "a name of 260 letters in a section": "camera: {" + "a" * 260 + ": 1}",
    "a file of 260 letters": "log: " + "a" * 260 + ".csv",
    "a recording of 260 letters": "record: " + "a" * 260 + ".mp4",
    "a source of 260 letters": "source: " + "a" * 260 + ".mp4",
    "a source without end": "source: " + "a/" * 5000,
    "a tag": "source: !!python/object/apply:os.system ['touch x']",
    "a tag of one's own": "source: !mine 0",
    "a merge": "<<: {headless: true}",
    "two documents": "headless: true\n---\nheadless: false",
    "a tab": "camera:\n\twidth: 640",
    "a bracket that stays open": "source: [0, 1",
    "a quote that stays open": "source: 'clip.mp4",
    "a colon too many": "source: a: b",
    "too much": "# x\n" * LARGEST,
    "too many names": "\n".join(f"a{i}: 1" for i in range(9000)),
    "not a number": "max_seconds: .nan",
    "no end": "max_seconds: .inf",
    "escape sequences": r'"\e[31mred": 1',
    "escape sequences in a value": r'headless: "\e]0;title\a"',
}


@pytest.mark.parametrize("text", HARMFUL.values(), ids=HARMFUL)
@pytest.mark.parametrize("where", ["named", "here", "own"])
def test_harmful_settings_are_told_in_a_line(folder: Path, text: str, where: str) -> None:
    config = None
    if where == "own":
        own_file(text)
    else:
        (folder / "config.yaml").write_text(f"# Numcam's\n{text}" if where == "here" else text)
        config = Path("config.yaml") if where == "named" else None
    if where == "here" and text.startswith("# x"):
        assert load_settings() == Settings()
        return
    with pytest.raises(SettingsError) as error:
        load_settings(config)
    assert str(error.value).isprintable()
    assert len(str(error.value)) < 500
    assert str(error.value).endswith((".", "?"))


@pytest.mark.parametrize("case", sorted(CASES.glob("*.yaml")) or [None], ids=lambda case: case.stem if case else "none")
def test_the_cases_of_bug_reports_are_told_in_a_line(case: Path | None) -> None:
    if case is None:
        pytest.skip("../shared isn't here")
    with pytest.raises(SettingsError) as error:
        load_settings(case)
    assert str(error.value).isprintable()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("yes", True),
        ("Off", False),
        ("-12", -12),
        ("1_000", 1000),
        ("0", 0),
        ("0x1f", 31),
        ("0o17", 15),
        ("0.5", 0.5),
        ("0", 0),
        ("1e3", 1000.0),
        ("-.5", -0.5),
        ("2026-01-31", "2026-01-31"),
        ("17:45", "17:45"),
        ("'0720'", "0720"),
        ("[0, clip.mp4]", [0, "clip.mp4"]),
        ("{a: {b: c}}", {"a": {"b": "c"}}),
        ("'true'", "true"),
        ("=", "="),
    ],
)
def test_values_are_what_a_person_means_by_them(text: str, value: Any) -> None:
    found = parse_yaml(text, "here")
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_ways_in_which_editors_save_text_are_read(folder: Path, encoding: str) -> None:
    (folder / "mine.yaml").write_bytes("record: café.mp4\r\nmirror: true\r\n".encode(encoding))
    settings = load_settings(folder / "mine.yaml")
    assert (settings.record, settings.mirror) == ("café.mp4", True)


@pytest.mark.parametrize("length", [10, 300, 5000])
def test_no_password_is_repeated_in_a_message(folder: Path, length: int) -> None:
    (folder / "mine.yaml").write_text(f"log: rtsp://me:{'secret' * (length // 6)}@door/stream")
    with pytest.raises(SettingsError) as error:
        load_settings(folder / "mine.yaml")
    assert "secret" not in str(error.value)
