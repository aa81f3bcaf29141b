"""The Python API: Reader and Page, from one thread and from several."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

import numcam
from live.core.records import DIGIT_CLASSES
from live.core.settings import Settings
from models.classifier import load_classifier
from tests.program import ROOT

TIPS = ROOT / "docs" / "images" / "tips"
GOOD = TIPS / "good.jpg"


@pytest.fixture(scope="module")
def reader() -> numcam.Reader:
    """With the networks that come with Numcam."""
    return numcam.Reader()


@pytest.fixture(scope="module")
def page(reader: numcam.Reader) -> numcam.Page:
    """A page with a few numbers."""
    return reader.read(GOOD)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A file of three pages, of which the second is turned."""
    image = Image.open(GOOD)
    image.save(tmp_path / "scan.tif", save_all=True, append_images=[image.rotate(90, expand=True), image])
    return tmp_path / "scan.tif"


def test_a_path_bytes_and_an_array_are_read_alike(reader: numcam.Reader, page: numcam.Page) -> None:
    assert page.numbers
    array = cv2.imread(str(GOOD))
    assert array is not None
    pages = [
        reader.read(str(GOOD)),
        reader.read(GOOD.read_bytes()),
        reader.read(array),
        reader.read(array[::, ::-1][:, ::-1]),
    ]
    for other in pages:
        assert other.to_dict() | {"source": ""} == page.to_dict() | {"source": ""}
    assert [other.source for other in pages] == [str(GOOD), "picture", "picture", "picture"]
    assert (page.path, pages[1].path) == (GOOD, None)


def test_grey_arrays_are_read(reader: numcam.Reader) -> None:
    grey = cv2.imread(str(GOOD), cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    read = reader.read(grey)
    assert read.image.shape == (*grey.shape, 3)
    assert read.to_dict() == reader.read(grey[:, :, np.newaxis]).to_dict()
    assert len(read) > 0


@pytest.mark.parametrize(
    "wrong", [np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4)), np.zeros((0, 4), np.uint8), np.zeros(4, np.uint8)]
)
def test_other_arrays_are_refused(reader: numcam.Reader, wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"array \(H, W, 3\) or \(H, W\) of uint8, not \("):
        reader.read(wrong)


def test_other_things_are_refused(reader: numcam.Reader, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="not int"):
        reader.read(0)  # type: ignore[arg-type]
    with pytest.raises(numcam.SourceError, match="There is no picture"):
        reader.read(tmp_path / "none.jpg")
    with pytest.raises(numcam.SourceError, match="empty"):
        reader.read(b"")
    with pytest.raises(numcam.SourceError, match="cut short"):
        reader.read(GOOD.read_bytes()[:-9000])


def test_pages_of_a_file(reader: numcam.Reader, page: numcam.Page, scan: Path) -> None:
    first = reader.read(scan)
    assert (first.number, first.pages, first.source) == (1, 3, f"{scan}#1")
    pages = list(reader.read_all(scan))
    assert [(one.number, one.turn) for one in pages] == [(1, 0), (2, 3), (3, 0)], (
        "how one lies says nothing of the next"
    )
    texts = [{number.text for number in one} for one in pages]
    assert texts[0] == texts[2] == {number.text for number in page}
    assert len(texts[0] & texts[1]) >= len(page) - 1
    assert pages[1].to_dict()["page"] == 2


def test_damage_raises_or_is_remarked(reader: numcam.Reader, tmp_path: Path) -> None:
    content = BytesIO()
    Image.open(GOOD).save(content, "JPEG")
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(content.getvalue()[:-9000])
    with pytest.raises(numcam.SourceError, match="cut short"):
        next(reader.read_all(cut))
    remarks: list[Any] = []
    (left,) = reader.read_all(cut, on_remark=remarks.append)
    assert [(remark.is_failure, "cut short" in remark.text) for remark in remarks] == [(True, True)]
    assert left.image.shape[0] <= 10_000


def test_four_threads_read_what_one_reads(reader: numcam.Reader, scan: Path) -> None:
    """The turned page makes a reader that remembers read the next one otherwise; files are decoded at the same time too."""
    files = [*sorted(TIPS.glob("*.jpg"))[:5], scan, TIPS / "turned.jpg"]

    def read(path: Path) -> list[dict[str, Any]]:
        return [page.to_dict() for page in reader.read_all(path)]

    alone = [read(path) for path in files]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(read, [*files, *reversed(files)]))
    assert together == alone + alone[::-1]


def test_a_page_as_rows_and_json(page: numcam.Page) -> None:
    assert len(page) == len(page.numbers) == len(list(page))
    assert sorted(text for row in page.table() for text in row if text) == sorted(number.shown for number in page)
    assert len({len(row) for row in page.table()}) == 1
    assert json.loads(page.to_json()) == page.to_dict()
    assert json.loads(page.to_json(indent=2)) == page.to_dict()
    assert repr(page).startswith(f"<Page {str(GOOD)!r}, {page.size[0]}x{page.size[1]} px, {len(page)} number")


def test_a_page_as_a_picture(page: numcam.Page, tmp_path: Path) -> None:
    annotated = page.annotate()
    assert annotated.shape == page.image.shape
    assert (annotated != page.image).any()
    for name in ("seen.png", "seen.jpg", "seen.webp"):
        assert page.save(str(tmp_path / name)) == tmp_path / name
    again = cv2.imread(str(tmp_path / "seen.png"))
    assert again is not None
    assert (again == annotated).all()
    page.save(tmp_path / "seen.png")
    assert (tmp_path / "seen.1.png").exists(), "an earlier file is kept"
    for name, told in (("seen", "no suffix"), ("seen.xyz", r"no \.xyz"), ("none/seen.png", "no folder")):
        with pytest.raises(numcam.OutputError, match=told):
            page.save(tmp_path / name)


def test_a_page_is_explained(reader: numcam.Reader, page: numcam.Page) -> None:
    explained = page.explain()
    assert list(explained) == ["1-ink", "2-regions", "3-cuts", "4-inputs", "5-lines", "6-numbers"]
    kept = reader.read(GOOD, keep_trace=True).explain()
    assert all((kept[name] == picture).all() for name, picture in explained.items())
    with pytest.raises(ValueError, match="not made by a Reader"):
        numcam.Page(page.image, (), "mine").explain()


def test_a_notebook_shows_picture_and_table(reader: numcam.Reader, page: numcam.Page, tmp_path: Path) -> None:
    picture = cv2.imdecode(np.frombuffer(page._repr_png_(), np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert max(picture.shape) <= 1600
    odd = tmp_path / "<b>&.jpg"
    odd.write_bytes(GOOD.read_bytes())
    shown = reader.read(odd)._repr_html_()
    assert "<b>" not in shown
    assert "&lt;b&gt;&amp;.jpg" in shown
    assert "data:image/jpeg;base64," in shown
    assert all(f"<td>{number.shown}</td>" in shown for number in page)


def test_settings_of_every_kind(tmp_path: Path, page: numcam.Page) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("grouping:\n  doubt_below: 0.99\noverlay: {digit_boxes: false}\n")
    for given in (mine, str(mine), {"grouping": {"doubt_below": 0.99}, "overlay": {"digit_boxes": False}}):
        assert numcam.Reader(given).settings.grouping.doubt_below == 0.99
    plain = numcam.Reader(mine).read(GOOD)
    assert {number.text for number in plain} == {number.text for number in page}
    assert (plain.annotate() != page.annotate()).any()
    assert numcam.Reader(Settings()).settings == Settings()
    with pytest.raises(numcam.SettingsError, match=r"did you mean grouping\.doubt_below"):
        numcam.Reader({"grouping": {"doubt_bellow": 1}})


def test_another_classifier(page: numcam.Page) -> None:
    shipped = load_classifier(threads=1)

    class Counting:
        """Numcam's own, counted."""

        classes, asked = shipped.classes, 0

        def __call__(self, inputs: Any) -> Any:
            self.asked += len(inputs)
            return shipped(inputs)

    counting = Counting()
    read = numcam.Reader(classifier=counting).read(GOOD)
    assert counting.asked > 0
    assert [number.text for number in read] == [number.text for number in page]
    assert counting.classes > DIGIT_CLASSES


def test_every_error_is_a_numcam_error(tmp_path: Path) -> None:
    with pytest.raises(numcam.NumcamError, match="There is no model"):
        numcam.Reader({"model": {"path": str(tmp_path / "none.onnx")}})
