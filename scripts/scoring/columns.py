"""The tables of the scoreboard: their sets, and how each figure is written. Knows no set, no row and no terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from models.percent import percent
from scripts.scoring.figures import Figure

NOTHING = "–"
Form = Callable[[Figure], str]


def count(figure: Figure) -> str:
    """`3,030`."""
    return f"{figure.part:,.0f}"


def share(figure: Figure) -> str:
    """`0.958`."""
    return NOTHING if figure.value is None else f"{figure.value:.3f}"


def fine_share(figure: Figure) -> str:
    """`99.69 %`."""
    return percent(figure.value, 2, counted=True)


def of(figure: Figure) -> str:
    """`293 of 400`."""
    return f"{count(figure)} of {figure.whole:,.0f}" if figure.whole else NOTHING


def of_share(figure: Figure) -> str:
    """`293 of 400, 73.2 %`."""
    return f"{of(figure)}, {percent(figure.value, 1, counted=True)}" if figure.whole else NOTHING


def decimals(figure: Figure) -> str:
    """`0.42`."""
    return NOTHING if figure.value is None else f"{figure.value:.2f}"


def tenths(figure: Figure) -> str:
    """`48.1`."""
    return NOTHING if figure.value is None else f"{figure.value:.1f}"


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of a table."""

    name: str
    form: Form
    better: int = 0
    """1 where more is better, -1 where less is, 0 where it says what was asked."""


@dataclass(frozen=True, slots=True)
class Table:
    """Sets whose rows have the same columns."""

    title: str
    sets: tuple[str, ...]
    columns: tuple[Column, ...]


TABLES = (
    Table(
        "Drawn pages",
        ("dev", "check", "turned", "tables", "kept-back"),
        (
            Column("pages", count), Column("numbers", count), Column("right", share, 1), Column("false", share, -1),
            Column("F1", share, 1), Column("CER", share, -1),
        ),
    ),
    Table(
        "Clips",
        ("clips",),
        (
            Column("frames", count), Column("shown right", share, 1), Column("settles in, s", decimals, -1),
            Column("never read", of, -1), Column("flips a minute", decimals, -1), Column("false a frame", share, -1),
        ),
    ),
    Table(
        "Real pictures",
        ("webcam", "photos", "cheques", "cells", "sudokus"),
        (
            Column("pictures", count), Column("numbers right", of_share, 1), Column("others", count, -1),
            Column("lines right", of, 1), Column("wholly right", of_share, 1), Column("CER", share, -1),
        ),
    ),
    Table(
        "Numbers with signs",
        ("signs",),
        (
            Column("numbers", count), Column("right", of, 1), Column("doubted", count), Column("wrong", count, -1),
            Column("wrong, 0.9 or more", count, -1),
        ),
    ),
    Table(
        "Pictures without a number",
        ("silent",),
        (Column("pictures", count), Column("silent", of_share, 1), Column("shown", count, -1)),
    ),
    Table(
        "Single digits, by the digit network",
        ("digits",),
        (Column("asked", count), Column("right", fine_share, 1), Column("wrong", count, -1)),
    ),
    Table(
        "Trust: the confidence of the numbers that are shown",
        ("calibration",),
        (
            Column("shown", count), Column("right", fine_share, 1), Column("calibration error", share, -1),
            Column("sure", fine_share, 1), Column("of these right", fine_share, 1),
        ),
    ),
    Table(
        "Speed",
        ("speed",),
        (
            Column("pages", count), Column("ms", tenths, -1), Column("95 %, ms", tenths, -1),
            Column("floor, ms", tenths), Column("ratio", decimals, -1),
        ),
    ),
)  # fmt: skip
