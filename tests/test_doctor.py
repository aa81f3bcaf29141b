"""`doctor` and `cameras`: what is there is told, what is missing is a line too."""

from __future__ import annotations

import re
import shutil
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from live.__main__ import main
from live.capture.cameras import CameraInfo
from live.commands import cameras, doctor
from models.classifier import WEIGHTS

CAMERAS = [
    CameraInfo(0, "Integrated Camera", ((640, 480), (1280, 720)), "V4L2"),
    CameraInfo(2, "USB Camera", (), "V4L2"),
]


def test_cameras_are_told_with_number_name_and_sizes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cameras, "list_cameras", lambda: CAMERAS)
    assert main(["cameras"]) == 0
    first, second, hint = capsys.readouterr().out.splitlines()
    assert first.split("  ") == ["0", "Integrated Camera", "(V4L2)", "640x480, 1280x720"]
    assert second.startswith("2  USB Camera")
    assert "sizes unknown" in second
    assert hint.endswith("--source 0")


def topics(out: str) -> dict[str, list[str]]:
    """The lines of each topic, by its name."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in out.splitlines():
        name = line[:10].strip() or name
        found.setdefault(name, []).append(line[11:])
    return found


def test_what_is_missing_is_a_line_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing_installed(name: str) -> str:
        raise PackageNotFoundError(name)

    def broken() -> str:
        raise OSError("two\nlines")

    monkeypatch.setattr(doctor, "version", nothing_installed)
    monkeypatch.setattr(doctor, "why_no_display", broken)
    monkeypatch.setattr(doctor, "list_cameras", lambda: CAMERAS)
    monkeypatch.setattr("av.codec.codecs_available", set())
    assert main(["doctor", "--set", "model.path=nowhere.onnx"]) == 0
    told = topics(capsys.readouterr().out)
    assert "av missing" in told["Packages"]
    assert told["Display"] == ["not to be found out: two lines"]
    assert [line.split("  ")[0] for line in told["Cameras"]] == ["0", "2"]
    assert told["Recording"] == ["no H.264 encoder: recordings can't be made"]
    assert "nowhere.onnx" in told["Model"][0]


def test_what_is_there_is_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "list_cameras", list)
    monkeypatch.setattr(doctor, "why_no_display", lambda: None)
    assert main(["doctor"]) == 0
    told = topics(capsys.readouterr().out)
    assert told["Display"] == ["a window can be opened"]
    assert told["Cameras"] == ["none found"]
    assert "libx264" in told["Recording"][0]
    assert told["Clip"][0].startswith("demo.mp4")
    runs = [line for line in told["Model"] if line.startswith("runs: ")]
    assert re.fullmatch(r"runs: digits\.onnx by ONNX Runtime, .* MB, 11 classes", runs[0])
    assert re.fullmatch(r"runs: lines\.onnx by ONNX Runtime, .* MB", runs[1])
    assert not any("missing" in line for line in told["Packages"])


def test_a_model_without_a_card_may_run_as_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "list_cameras", list)
    mine = tmp_path / "mine.model"
    shutil.copyfile(WEIGHTS, mine)
    assert main(["doctor", "--set", f"model.path={mine}", "--set", "model.runtime=onnx"]) == 0
    told = topics(capsys.readouterr().out)["Model"]
    assert "has no card" in told[0]
    assert told[1].startswith("runs: mine.model by ONNX Runtime")
    assert main(["doctor", "--set", f"model.path={mine}"]) == 0
    assert "should end in .onnx" in topics(capsys.readouterr().out)["Model"][0]
