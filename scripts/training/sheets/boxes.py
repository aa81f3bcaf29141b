"""Sudokus, and amounts in the box of a cheque. Knows no camera."""

from __future__ import annotations

import numpy as np

from scripts.training.sheets import vocabulary as say
from scripts.training.sheets.kinds import Kind
from scripts.training.sheets.layouts import newspaper, wipe
from scripts.training.sheets.printing import print_line, print_word
from scripts.training.sheets.sheet import Sheet
from scripts.training.sheets.writing import Author, Tools

Rng = np.random.Generator


def sudoku(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """A grid of cells with one digit each, printed or written, print around it."""
    cell, count = tall * rng.uniform(1.35, 2.1), int(rng.choice([9, 9, 6, 5, 12]))
    author = Author(tools, tall, rng)
    font = tools.font(rng)
    left = rng.uniform(0, max(1.0, sheet.wide - cell * count)) if rng.random() < 0.8 else rng.uniform(-2, 2) * cell
    top = rng.uniform(0, max(1.0, sheet.tall - cell * count)) if rng.random() < 0.8 else rng.uniform(-2, 2) * cell
    if rng.random() < 0.4:
        newspaper(sheet, tools, tall * 0.6, rng)
        right, bottom = left + count * cell, top + count * cell
        wipe(sheet, (left - 6, top - 6, right + 6, bottom + 6))
    thick, dark = int(rng.choice([1, 1, 2])), rng.uniform(0.4, 1)
    for k in range(count + 1):
        wide = 2 * thick + 1 if k % 3 == 0 and rng.random() < 0.9 else thick
        sheet.rule([(left + k * cell, top), (left + k * cell, top + count * cell)], wide, dark)
        sheet.rule([(left, top + k * cell), (left + count * cell, top + k * cell)], wide, dark)
    printed, written = rng.uniform(0.1, 0.5), rng.uniform(0.1, 0.9)
    for row in range(count):
        for column in range(count):
            x, base = left + column * cell, top + (row + 0.5) * cell + tall * 0.5
            digit = str(rng.integers(1, 10))
            if rng.random() < printed:
                before = len(sheet.regions)
                print_word(sheet, font, digit, (x + 0.3 * cell, base - 0.1 * tall), (tall * 0.8, dark))
                # whoever reads a sudoku wants its printed digits too
                sheet.regions[before:] = [region._replace(kind=Kind.NUMBER) for region in sheet.regions[before:]]
            elif rng.random() < written:
                author.number(sheet, digit, (x + cell * rng.uniform(0.2, 0.45), base + rng.normal(0, 0.08) * tall))


def cheque(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """An amount in its box, other print and writing around it; the ground is patterned."""
    tall = min(max(tall, sheet.tall * rng.uniform(0.08, 0.3)), 0.45 * sheet.tall)
    author = Author(tools, tall, rng)
    font = tools.font(rng)
    written = say.number(rng, 10)
    wide = min((len(written) + 1) * (0.75 * tall + author.gap), sheet.wide * 0.9)
    x, base = (
        rng.uniform(0.3 * tall, max(0.4 * tall, sheet.wide - wide)),
        rng.uniform(1.5 * tall, sheet.tall - 0.4 * tall),
    )
    size = tall * rng.uniform(0.25, 0.6)
    if rng.random() < 0.7:
        currency = str(rng.choice(["CHF", "Fr.", "EUR", "$", "Betrag", "Rs.", "N$"]))
        x = print_word(sheet, font, currency, (x, base), (size, 0.8)) + 0.4 * tall
    box = author.number(sheet, written, (x, base))
    if rng.random() < 0.6:
        thick = int(rng.integers(1, 4))
        sheet.box((box[0] - 0.3 * tall, base - 1.3 * tall, box[2] + 0.5 * tall, base + 0.35 * tall), thick, 0.8)
    elif rng.random() < 0.5:
        sheet.rule([(box[0] - tall, base + 0.15 * tall), (box[2] + tall, base + 0.2 * tall)], 2, 0.8)
    y = size * 1.5
    while y < sheet.tall:
        if y < base - 1.5 * tall or y - size > base + 0.5 * tall:
            start = rng.uniform(0, 0.6) * sheet.wide
            if rng.random() < 0.5:
                print_line(sheet, font, say.label(rng), (start, y), (size, 0.8))
            elif y - tall > base + 0.5 * tall or y < base - 1.5 * tall:
                author.word(sheet, say.word(rng), (start, y))
                y += tall
        y += size * rng.uniform(2, 5)
