"""Tables from quads: rows and columns come back, tilted, bent, ragged, uneven and with cells missing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from live.outputs.table_layout import lay_out

Quads = list[NDArray[np.float32]]
HEIGHT = 40.0  # of a digit, px


def random_table(rng: np.random.Generator, rows: int, columns: int, missing: float = 0.0) -> list[list[str]]:
    """Numbers of 1 to 4 digits; some cells empty, but no row and no column wholly."""
    table = [["".join(rng.choice(list("0123456789"), rng.integers(1, 5))) for _ in range(columns)] for _ in range(rows)]
    for row in range(rows):
        for column in range(columns):
            last = sum(map(bool, table[row])) == 1 or sum(bool(line[column]) for line in table) == 1
            if rng.random() < missing and not last:
                table[row][column] = ""
    return table


def quads_of(
    table: Sequence[Sequence[str]], *, align: float = 1.0, tilt_deg: float = 0.0, bend: float = 0.0,
    jitter: float = 0.0, uneven: float = 0.0, seed: int = 0,
) -> tuple[Quads, list[str]]:  # fmt: skip
    """Where the cells stand, and their texts, in an order by chance.

    align: 0 is left, 0.5 centred, 1 right. bend: how far the lines' middles hang, in heights. jitter: of each number, and
    uneven: of each number's height, both in heights of a digit.
    """
    rng = np.random.default_rng(seed)
    widest, pitch = 4 * 0.7 * HEIGHT, 1.8 * HEIGHT
    step = widest + HEIGHT
    turn = np.radians(tilt_deg)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    quads, texts = [], []
    for r, row in enumerate(table):
        for c, text in enumerate(row):
            if not text:
                continue
            width, tall = 0.7 * HEIGHT * len(text), HEIGHT * (1 + uneven * rng.uniform(-1, 1))
            left = c * step + align * (widest - width) + jitter * HEIGHT * rng.uniform(-1, 1)
            along = (left + width / 2) / (step * len(row))
            foot = r * pitch + HEIGHT * (bend * 4 * along * (1 - along) + jitter * rng.uniform(-1, 1))
            corners = [[left, foot - tall], [left + width, foot - tall], [left + width, foot], [left, foot]]
            quads.append((np.array(corners) @ matrix + 700).astype(np.float32))
            texts.append(text)
    order = rng.permutation(len(quads))
    return [quads[k] for k in order], [texts[k] for k in order]


def test_no_number_is_no_row() -> None:
    assert lay_out([], []) == []


def test_one_number_is_one_cell() -> None:
    quads, texts = quads_of([["007"]], tilt_deg=12)
    assert lay_out(quads, texts) == [["007"]]


def test_a_single_row_and_a_single_column_stay_so() -> None:
    assert lay_out(*quads_of([["1", "22", "333", "4"]], tilt_deg=8)) == [["1", "22", "333", "4"]]
    assert lay_out(*quads_of([["1"], ["2222"], ["33"]], tilt_deg=-8)) == [["1"], ["2222"], ["33"]]


@pytest.mark.parametrize("tilt_deg", [-15, -6, -1, 0, 0.7, 4, 15])
@pytest.mark.parametrize("align", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(("rows", "columns"), [(5, 4), (12, 8)])
def test_rows_and_columns_come_back(rows: int, columns: int, align: float, tilt_deg: float) -> None:
    table = random_table(np.random.default_rng(rows), rows, columns, missing=0.15)
    assert lay_out(*quads_of(table, align=align, tilt_deg=tilt_deg, jitter=0.12, uneven=0.2)) == table


@pytest.mark.parametrize("bend", [-1.2, 0.8, 1.5])
def test_lines_may_be_bent(bend: float) -> None:
    table = random_table(np.random.default_rng(7), 12, 8, missing=0.2)
    assert lay_out(*quads_of(table, bend=bend, tilt_deg=5, jitter=0.1)) == table


@pytest.mark.parametrize("tilt_deg", [-5, -2, 2, 5])
def test_a_slope_that_the_quads_do_not_tell_is_found(tilt_deg: float) -> None:
    table = random_table(np.random.default_rng(3), 12, 8, missing=0.1)
    quads, texts = quads_of(table, tilt_deg=tilt_deg)
    level = []
    for quad in quads:
        (x, y), half_width, half_height = quad.mean(axis=0), np.linalg.norm(quad[1] - quad[0]) / 2, HEIGHT / 2
        corners = [[-half_width, -half_height], [half_width, -half_height]]
        level.append(np.array([*corners, *(-np.array(corners))], np.float32) + np.array([x, y], np.float32))
    assert lay_out(level, texts) == table


def test_columns_may_lean_as_a_page_seen_from_the_side() -> None:
    table = random_table(np.random.default_rng(5), 12, 6)
    quads, texts = quads_of(table)
    leaning = [(quad + np.array([[0.14, 0]], np.float32) * quad[:, 1:].mean()).astype(np.float32) for quad in quads]
    assert lay_out(leaning, texts) == table


def test_a_number_that_reaches_into_the_next_column_joins_none_of_them() -> None:
    table = [["12", "34", "56"], ["123456789", "", "7"], ["8", "90", "11"], ["22", "33", "44"]]
    quads, texts = quads_of(table, align=0.0)
    assert lay_out(quads, texts) == table


@given(seed=st.integers(0, 10_000), tilt=st.floats(-15, 15), align=st.sampled_from([0.0, 0.5, 1.0]))
@settings(max_examples=40, deadline=None)
def test_any_table_comes_back(seed: int, tilt: float, align: float) -> None:
    rng = np.random.default_rng(seed)
    table = random_table(rng, int(rng.integers(3, 13)), int(rng.integers(2, 9)), missing=0.2)
    assert lay_out(*quads_of(table, align=align, tilt_deg=tilt, jitter=0.12, uneven=0.15, seed=seed)) == table


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0, 700), st.integers(1, 6)), max_size=25))
@settings(max_examples=40, deadline=None)
def test_no_number_is_ever_lost(places: list[tuple[float, float, int]]) -> None:
    quads = [np.array([[x, y], [x + 20 * n, y], [x + 20 * n, y + 30], [x, y + 30]], np.float32) for x, y, n in places]
    texts = [str(k) for k in range(len(places))]
    table = lay_out(quads, texts)
    assert sorted(cell for row in table for cell in row if cell) == sorted(texts)
    assert len({len(row) for row in table}) <= 1
    assert all(any(row) for row in table)
