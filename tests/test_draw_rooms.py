"""Tests of scripts/draw_rooms.py: the picture of the rooms is true, and a room that moves or loses its docstring is noticed."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import draw_rooms
from scripts.draw_rooms import CONTRACTS, PICTURE, draw, imports_of, layers_of, main, rooms_of


def test_the_stored_picture_shows_the_rooms_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--check"])

    assert code == 0, capsys.readouterr().err


def test_a_picture_of_other_rooms_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "rooms.svg"
    old.write_text(PICTURE.read_text().replace("live.capture", "live.cameras"))
    monkeypatch.setattr(draw_rooms, "PICTURE", old)

    assert main(["--check"]) == 1
    assert "python -m scripts.draw_rooms" in capsys.readouterr().err


def test_other_contracts_give_another_picture(tmp_path: Path) -> None:
    contracts = tmp_path / "pyproject.toml"
    contracts.write_text(CONTRACTS.read_text().replace('"window | capture', '"window",\n    "capture'))

    assert draw(contracts) != PICTURE.read_text()


def test_arrows_lead_down_and_each_says_something_new() -> None:
    rows = layers_of(CONTRACTS)
    row_of = {name: row for row, names in enumerate(rows) for name in names}
    arrows = imports_of(list(row_of))

    assert arrows
    assert all(row_of[first] < row_of[last] for first, last in arrows)
    assert ("live.drawing", "live.reading") in arrows
    assert ("live.commands", "live.core") not in arrows  # it follows from others


def test_no_two_boxes_overlap() -> None:
    rows = layers_of(CONTRACTS)
    rooms = rooms_of(rows, imports_of([name for row in rows for name in row]))

    for room in rooms:
        others = [other for other in rooms if other.row == room.row and other is not room]
        assert not any(set(room.columns) & set(other.columns) for other in others)
