"""Pages with a frame of lines: tables and forms. Knows no camera."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scripts.training.sheets import vocabulary as say
from scripts.training.sheets.printing import print_line, print_word
from scripts.training.sheets.sheet import Sheet, dots
from scripts.training.sheets.writing import Author, Tools

Rng = np.random.Generator


def rules(sheet: Sheet, xs: list[float], ys: list[float], rng: Rng) -> None:
    """A table's lines: all, those between rows, those between columns, its frame, or none."""
    kind, dark = rng.random(), rng.uniform(0.25, 1.0)
    thick = int(rng.choice([1, 1, 2, 2, 3, 4]))
    uneven = rng.choice([0.0, 0.0, 2.0])  # drawn by hand

    def line(start: tuple[float, float], end: tuple[float, float], wide: int = thick) -> None:
        points = np.linspace(start, end, 6) + rng.normal(0, uneven, (6, 2)) if uneven else np.array([start, end])
        sheet.rule(np.asarray(points, np.float32), wide, dark)

    if kind < 0.72:
        strong = rng.random() < 0.15
        for k, y in enumerate(ys):
            if kind < 0.6 or 0 < k < len(ys) - 1:
                line((xs[0], y), (xs[-1], y), 2 * thick if strong and k % 3 == 0 else thick)
    if kind < 0.55 or 0.72 < kind < 0.8:
        for x in xs:
            line((x, ys[0]), (x, ys[-1]))
    elif 0.8 < kind < 0.85:
        sheet.box((xs[0], ys[0], xs[-1], ys[-1]), thick, dark)


def edges(start: float, end: float, steps: tuple[float, float], rng: Rng) -> list[float]:
    """Places of lines from a start until an end is reached, in steps between two limits; equal ones on half of all pages."""
    step = rng.uniform(*steps)
    equal = rng.random() < 0.5
    places = [start]
    while places[-1] + step < end:
        places.append(places[-1] + (step if equal else rng.uniform(*steps)))
    return places if len(places) > 1 else [start, start + step]


class Columns(NamedTuple):
    """How a table is filled. head, named: whether the first row and the first column have words."""

    head: bool
    named: str
    filled: float
    printed: float
    dashes: float
    side: float
    """Where numbers stand in their cells."""

    @classmethod
    def any(cls, rng: Rng) -> Columns:
        """A table of some kind."""
        first = str(rng.choice(["word", "print", "print", "count", "hand"])) if rng.random() < 0.6 else ""
        return cls(
            bool(rng.random() < 0.7), first, rng.uniform(0.25, 1.0), rng.choice([0, 0, 0, 0.15, 0.5]),
            rng.choice([0, 0, 0.1]), rng.random(),
        )  # fmt: skip


def table(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """Numbers in rows and columns, words in the head and in front."""
    authors = [Author(tools, tall, rng)] * 2
    if rng.random() < 0.25:
        authors[1] = Author(tools, tall, rng)
    font, size, how = tools.font(rng), tall * rng.uniform(0.4, 1.0), Columns.any(rng)
    ys = edges(tall * rng.uniform(-0.5, 3), sheet.tall * rng.uniform(0.6, 1.05), (1.25 * tall, 2.4 * tall), rng)
    narrow = rng.uniform(1.4, 3.5)
    steps = (narrow * tall, rng.uniform(1.2, 2.2) * narrow * tall)
    xs = edges(tall * rng.uniform(-0.5, 3), sheet.wide * rng.uniform(0.6, 1.05), steps, rng)
    if how.named:
        shift = tall * rng.uniform(1, 5)
        xs = [xs[0], *(x + shift for x in xs[1:])]
    rules(sheet, xs, ys, rng)
    for row, (up, low) in enumerate(pairwise(ys)):
        base = low - max(0.12 * tall, (low - up - tall) * rng.uniform(0.25, 0.55))
        for column, (x, end) in enumerate(pairwise(xs)):
            room = (x, base, end)
            if row == 0 and how.head:
                if rng.random() < 0.8:
                    print_line(sheet, font, fitting(say.label(rng), end - x, size), (x + 0.3 * size, base), (size, 0.9))
            elif column == 0 and how.named:
                front(sheet, how.named, authors[0], (room, font, size, row))
            else:
                cell(sheet, how, authors[column % 2], (room, font, size))


def cell(sheet: Sheet, how: Columns, author: Author, place: tuple[tuple[float, float, float], Path, float]) -> None:
    """What stands in a cell."""
    (x, base, end), font, size = place
    rng, tall = author.rng, author.tall
    if rng.random() < how.printed:
        print_word(sheet, font, say.short_number(rng, 3), (x + rng.uniform(0.2, 0.6) * tall, base), (size, 0.9))
    elif rng.random() < how.filled:
        fill(sheet, author, (x, base, end), how.side)
    elif rng.random() < how.dashes:
        author.number(sheet, "-", (x + 0.4 * (end - x), base))


def fitting(words: str, wide: float, size: float) -> str:
    """As many of the words as about fit, at least one."""
    kept = words.split()
    while len(kept) > 1 and len(" ".join(kept)) * 0.75 * size > wide:
        kept.pop()
    return " ".join(kept)


def front(sheet: Sheet, how: str, author: Author, cell: tuple[tuple[float, float, float], Path, float, int]) -> None:
    """What stands in the first column."""
    (x, base, end), font, size, row = cell
    if how == "word":
        author.word(sheet, say.name(author.rng)[: max(2, int((end - x) / (0.7 * author.tall)))], (x + 0.3 * size, base))
    elif how == "hand":
        fill(sheet, author, (x, base, end), 0.2)
    else:
        words = str(row) if how == "count" else fitting(say.label(author.rng), end - x, size)
        print_line(sheet, font, words, (x + 0.4 * size, base), (size, 0.9))


def fill(sheet: Sheet, author: Author, room: tuple[float, float, float], side: float) -> None:
    """A handwritten number into a cell, at its left, middle or right, or somewhere."""
    x, base, end = room
    tall, rng = author.tall, author.rng
    most = int((end - x - 0.5 * tall) / (0.75 * tall + author.gap))
    if most < 1:
        return
    written = say.short_number(rng, most)
    slack = max(0.0, end - x - 0.5 * tall - len(written) * (0.7 * tall + author.gap))
    share = 0.0 if side < 0.3 else 1.0 if side < 0.55 else 0.5 if side < 0.8 else rng.random()
    if share == 1.0:
        author.number(sheet, written, (end - 0.25 * tall, base), right=True)
    else:
        author.number(sheet, written, (x + 0.25 * tall + share * slack, base + rng.normal(0, 0.05) * tall))


def form(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """Printed labels with fields: on a line, dotted, in a box, behind a colon; numbers and words are filled in by hand."""
    author = Author(tools, tall, rng)
    font, size, dark = tools.font(rng), tall * rng.uniform(0.35, 0.9), rng.uniform(0.5, 1)
    columns = int(rng.choice([1, 1, 2, 3]))
    wide = sheet.wide / columns
    how = rng.choice(["line", "dots", "box", "none", "mixed"])
    y = tall * rng.uniform(1.5, 3)
    while y < sheet.tall:
        kind = rng.random()
        if kind < 0.12:
            small = size * rng.uniform(0.6, 1.0)
            words = " ".join(say.printed_token(rng) for _ in range(rng.integers(4, 16)))
            print_line(sheet, font, words, (tall * 0.5, y), (small, dark))
        elif kind < 0.18:
            sheet.rule([(0, y), (sheet.wide, y)], int(rng.integers(1, 4)), dark)
        else:
            for column in range(columns):
                left = column * wide + tall * rng.uniform(0.2, 0.8)
                x = print_line(sheet, font, say.label(rng), (left, y), (size, dark))
                field(sheet, author, (x + 0.5 * size, y, (column + 1) * wide - 0.4 * tall), str(how))
        y += tall * rng.uniform(1.5, 2.6)


def field(sheet: Sheet, author: Author, room: tuple[float, float, float], how: str) -> None:
    """One field of a form and what is written in it."""
    x, base, end = room
    tall, rng = author.tall, author.rng
    end = min(end, x + tall * rng.uniform(3, 14))
    if end - x < 1.5 * tall:
        return
    how = str(rng.choice(["line", "dots", "box", "none"])) if how == "mixed" else how
    low, thick, dark = base + tall * rng.uniform(0.05, 0.2), int(rng.integers(1, 3)), rng.uniform(0.4, 1)
    if how == "line":
        sheet.rule([(x, low), (end, low)], thick, dark)
    elif how == "dots":
        dots(sheet.ink, (x, low), (end, low), rng.uniform(4, 10), thick)
        sheet.rule([(x, low), (end, low)], 1, 0.0)
    elif how == "box":
        up = base - tall * rng.uniform(1.1, 1.3)
        sheet.box((x, up, end, low + 0.1 * tall), thick, dark)
        if rng.random() < 0.15:  # a box for each digit
            step = (end - x) / max(2, round((end - x) / (1.2 * tall)))
            for k in range(1, round((end - x) / step)):
                sheet.rule([(x + k * step, up), (x + k * step, low + 0.1 * tall)], thick, dark)
            return
    kind = rng.random()
    if kind < 0.6:
        fill(sheet, author, room=(x, base, end), side=rng.choice([0.1, 0.7, 0.9]))
    elif kind < 0.8:
        author.word(sheet, say.name(rng)[: max(2, int((end - x) / (0.8 * tall)))], (x + 0.3 * tall, base))
