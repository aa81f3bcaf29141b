"""Real webcam frames and phone photographs that lie beside the project, no part of it: what is read of them stays read."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from live.api.networks import open_reader
from live.capture.pictures.pages import read_picture
from live.core.settings import Settings
from live.reading.orientation import OrientedPageReader
from models.classifier import load_classifier

REAL = Path(__file__).parents[2] / "shared" / "bench" / "real"

pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="there are no real pictures in ../shared/bench/real")


@pytest.fixture(scope="module")
def reader() -> OrientedPageReader:
    """With the shipped model and the defaults; no page is remembered."""
    classifier = load_classifier(threads=2)
    return OrientedPageReader(open_reader(Settings(), classifier), remembers=False)


def labels(kind: str) -> dict[str, str]:
    """What is written on each picture of a kind."""
    with (REAL / kind / "labels.csv").open(newline="", encoding="utf-8") as file:
        return {row["file"]: row["text"] for row in csv.DictReader(file)}


def test_webcam_frames_are_read_whole(reader: OrientedPageReader) -> None:
    for name, text in labels("webcam").items():
        numbers = reader.read(read_picture(REAL / "webcam" / name)).numbers
        assert [number.text for number in numbers] == text.split(), name


@pytest.mark.slow
def test_rows_of_newspaper_sudokus_are_read_whole_and_no_photograph_stays_silent(reader: OrientedPageReader) -> None:
    whole = 0
    for name, text in labels("sudoku").items():
        rows = {row.replace(" ", "") for row in text.splitlines() if "0" not in row}
        read = {number.text for number in reader.read(read_picture(REAL / "sudoku" / name)).numbers}
        assert len(read) > 4, name
        whole += len(rows & read)
    assert whole >= 14, "of 27"


def test_cells_of_photographed_sudokus_are_read_and_empty_ones_are_silent(reader: OrientedPageReader) -> None:
    right, wrong, asked = 0, 0, 0
    for path in sorted((REAL / "cells").glob("*/*.jpg"))[::10]:
        texts = [number.text for number in reader.read(read_picture(path)).numbers]
        if path.parent.name == "blank":
            assert texts == [], path.name
        elif path.parent.name != "candidates":  # those hold several digits
            asked, right = asked + 1, right + (texts == [path.parent.name])
            wrong += texts not in ([], [path.parent.name])
    assert asked > 100
    assert right > 0.75 * asked
    assert wrong < 0.04 * asked
