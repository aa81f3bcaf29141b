"""`read` with a reader that reads what it is told: many pictures, odd names, and originals that are never touched."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.__main__ import main
from live.core.records import Number
from tests.fake_readers import FakePageReader
from tests.results import number_at, paper


class ToldReader(FakePageReader):
    """Reads 4711 on white pictures and nothing on dark ones."""

    def numbers_on(self, image: NDArray[np.uint8]) -> Sequence[Number]:
        """By the paper's light."""
        return (number_at("4711", (20, 40), slope=0.1),) if image.mean() > 128 else ()


@pytest.fixture(autouse=True)
def told_reader(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A reader without a network, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("live.api.reader.open_reader", ToldReader)
    monkeypatch.setattr("live.api.reader.open_classifier", lambda *_: SimpleNamespace(classes=11))


def picture(name: str, shade: int = 230) -> Path:
    """A page of 160x120 px in that file; its folder is made."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix.lower(), paper((160, 120), shade))[1].tobytes())
    return path


def test_the_table_says_where_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    picture("a.png")
    picture("b.png", shade=20)
    assert main(["read", "a.png", "b.png"]) == 0
    out, err = capsys.readouterr()
    rows = [line.split() for line in out.splitlines() if ".png" in line]
    assert rows == [["a.png", "4711", "95", "%"], ["b.png", "no", "numbers"]]
    assert err == ""


def test_names_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    picture("[bold]x :smile: é.png")
    assert main(["read", "."]) == 0
    assert "[bold]x :smile: é.png" in capsys.readouterr().out


def test_the_originals_are_never_touched(capsys: pytest.CaptureFixture[str]) -> None:
    originals = {path: path.read_bytes() for path in (picture("scans/page1.png"), picture("scans/page2.jpg"))}
    for _ in range(2):
        assert main(["read", *map(str, originals), "--save", "scans"]) == 0
    for path, content in originals.items():
        assert path.read_bytes() == content
    names = sorted(path.name for path in Path("scans").iterdir())
    assert names == ["page1-2.1.png", "page1-2.png", "page1.png", "page2-2.1.jpg", "page2-2.jpg", "page2.jpg"]
    assert "2 in scans" in capsys.readouterr().err


def test_pictures_of_one_name_are_all_kept() -> None:
    picture("a/page.png")
    picture("b/page.png", shade=20)
    picture("c/scan.ppm")
    assert main(["read", "a", "b", "c", "--save", "new/saved", "--json"]) == 0
    saved = sorted(path.name for path in Path("new/saved").iterdir())
    assert saved == ["page-2.png", "page.png", "scan.png"], "what few programs can write becomes PNG"
    dark = cv2.imread("new/saved/page-2.png")
    assert dark is not None
    assert dark.mean() == 20, "nothing to annotate"


def test_rows_are_as_they_are_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    picture("a.png")
    assert main(["read", "a.png", "--csv", "numbers.csv", "--json"]) == 0
    (number,) = json.loads(capsys.readouterr().out)["numbers"]
    with Path("numbers.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["source"], row["text"], float(row["confidence"])) == ("a.png", number["text"], number["confidence"])
    corners = [[float(row[f"x{k}"]), float(row[f"y{k}"])] for k in range(4)]
    assert corners == number["quad"]
    assert all(len(row[name].partition(".")[2]) == 1 for name in row if name[0] in "xy"), "to a tenth of a px"


def test_what_can_not_be_read_is_one_line_each_and_the_others_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    picture("good.png")
    Path("empty").mkdir()
    Path("zero.png").write_bytes(b"")
    Path("text.png").write_text("no picture")
    assert main(["read", "zero.png", "text.png", "empty", "none", "good.png", "--json"]) == 1
    out, err = capsys.readouterr()
    assert [json.loads(line)["source"] for line in out.splitlines()] == ["good.png"]
    assert [next(name for name in ("zero", "text", "empty", "none") if name in line) for line in err.splitlines()] == [
        "zero", "text", "empty", "none",
    ]  # fmt: skip


def test_only_bad_pictures_print_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "none.png"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("prepare", "arguments", "words"),
    [
        (lambda: None, ["--csv", "none/n.csv"], "no folder none"),
        (lambda: Path("file").touch(), ["--save", "file"], "folder file can't be made"),
        (lambda: Path("folder.csv").mkdir(), ["--csv", "folder.csv"], "folder.csv is a folder"),
    ],
)
def test_what_can_not_be_written_is_told_in_one_line(
    prepare: Callable[[], None], arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    picture("a.png")
    prepare()
    assert main(["read", "a.png", *arguments]) == 1
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


class Terminal(io.StringIO):
    """A stderr that a person looks at."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_progress_is_shown_to_a_person_who_waits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for count in range(1, 7):
        picture(f"scans/page{count}.png")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert main(["read", "scans", "--json"]) == 0
    assert "Reading" in terminal.getvalue()
    assert len(capsys.readouterr().out.splitlines()) == 6


def test_progress_is_not_shown_for_short_work_nor_between_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    for count in range(1, 7):
        picture(f"scans/page{count}.png")
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert main(["read", "scans/page1.png", "--json"]) == 0
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert main(["read", "scans", "--json"]) == 0
    assert terminal.getvalue() == ""
