"""Pages of free writing: rows of numbers, lists, sums in columns, words, a few large numbers, print, nothing. Knows no camera.

Each layout gets an empty sheet, what it is written with, and the height of a digit that the page is for, px of the sheet.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scripts.training.lines.layout import Points
from scripts.training.sheets import vocabulary as say
from scripts.training.sheets.printing import print_line, print_word
from scripts.training.sheets.sheet import Sheet
from scripts.training.sheets.writing import Author, Tools

Rng = np.random.Generator
PageLayout = Callable[[Sheet, Tools, float, Rng], None]


def loose(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """Rows of numbers with gaps, printed or written words between them on some pages."""
    author = Author(tools, tall, rng)
    font, size = tools.font(rng), tall * rng.uniform(0.35, 0.9)
    printed = rng.choice([0.0, 0.0, 0.1, 0.3])
    worded = rng.choice([0.0, 0.0, 0.0, 0.1, 0.4])
    long = int(rng.choice([3, 6, 9, 14]))
    leading, filled = rng.uniform(1.45, 3.0), rng.uniform(0.4, 1.0)
    y = tall * rng.uniform(1.2, 2.5)
    while y < sheet.tall - 0.2 * tall:
        x = tall * rng.uniform(0.3, 3.5) / filled
        while x < sheet.wide - tall:
            kind = rng.random()
            if kind < printed:
                x = print_word(sheet, font, say.label(rng).split()[0], (x, y), (size, rng.uniform(0.6, 1)))
            elif kind < printed + worded:
                x = author.word(sheet, say.word(rng), (x, y))[2]
            else:
                written = say.number(rng, long)
                if x + len(written) * (0.6 * tall + author.gap) > sheet.wide and rng.random() < 0.9:
                    break
                x = author.number(sheet, written, (x, y))[2]
            x += author.apart() + rng.exponential(1.2) * tall / filled
        y += tall * leading * rng.uniform(0.92, 1.25)


def listed(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """Names with numbers behind them: mark sheets, shopping lists, scores."""
    author = Author(tools, tall, rng)
    other = Author(tools, tall * rng.uniform(0.8, 1.1), rng) if rng.random() < 0.3 else author
    font = tools.font(rng)
    by_print, even = rng.random() < 0.25, rng.random() < 0.6
    lead = rng.random() < 0.3
    columns = int(rng.choice([1, 1, 2, 3]))
    leading = rng.uniform(1.4, 2.4)
    block = tall * rng.uniform(9, 16)
    left = tall * rng.uniform(0.3, 3)
    while left < sheet.wide - 3 * tall:
        y = tall * rng.uniform(1.2, 3)
        while y < sheet.tall - 0.2 * tall:
            x = left
            if lead:
                x = author.number(sheet, str(rng.integers(1, 30)) + ".)"[rng.integers(2)], (x, y))[2] + 0.7 * tall
            if by_print:
                x = print_line(sheet, font, say.name(rng), (x, y), (tall * 0.7, 0.8))
            else:
                x = author.word(sheet, say.name(rng), (x, y))[2]
            at = max(left + block * 0.55, x + 0.8 * tall) if even else x + author.apart()
            for _ in range(columns):
                if rng.random() < 0.85:
                    end = other.number(sheet, say.short_number(rng, 7), (at, y))[2]
                    at = max(end + author.apart(), at + 2.5 * tall) if even else end + author.apart()
                else:
                    at += 2.5 * tall
            y += tall * leading * rng.uniform(0.95, 1.1)
        left += block + columns * 2.5 * tall


def letters(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """Letters that stand alone or two by two: alphabets, initials, marks; a row of digits now and then."""
    author = Author(tools, tall, rng)
    leading, gap = rng.uniform(1.4, 2.6), rng.uniform(0.5, 2.5)
    digits, longest = rng.choice([0.0, 0.0, 0.15]), int(rng.choice([1, 1, 2, 4]))
    y = tall * rng.uniform(1.2, 3)
    while y < sheet.tall:
        x, by_digits = tall * rng.uniform(0.3, 2), rng.random() < digits
        while x < sheet.wide - tall:
            if by_digits:
                x = author.number(sheet, say.short_number(rng, 2), (x, y))[2]
            else:
                x = author.word(sheet, say.letters(rng, longest), (x, y))[2]
            x += tall * gap * rng.uniform(0.8, 1.3)
        y += tall * leading


def sums(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """Columns of numbers under one another, with operators and lines; sums in a row."""
    author = Author(tools, tall, rng)
    leading = rng.uniform(1.15, 1.8)
    x = tall * rng.uniform(2, 5)
    while x < sheet.wide:
        y = tall * rng.uniform(1.3, 4)
        while y < sheet.tall:
            count, most = int(rng.integers(2, 8)), int(rng.integers(1, 7))
            for k in range(count):
                box = author.number(sheet, say.short_number(rng, most), (x, y), right=True)
                if k and rng.random() < 0.25:
                    author.number(sheet, "+-x"[rng.integers(3)], (box[0] - author.apart(), y), right=True)
                y += leading * tall
            if rng.random() < 0.6:
                y_line = y - 0.8 * leading * tall + 0.2 * tall
                thick = max(1, round(author.style.thick * tall))
                sheet.rule(
                    [(x - most * 0.8 * tall, y_line), (x + 0.3 * tall, y_line + rng.normal(0, 2))], thick, author.dark
                )
                author.number(sheet, say.short_number(rng, most + 1), (x, y + 0.3 * tall), right=True)
            y += tall * rng.uniform(2, 5)
        x += tall * rng.uniform(5, 9)


def worded(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """Handwritten text, now and then with a number."""
    author = Author(tools, tall, rng)
    numbers = rng.choice([0.0, 0.0, 0.06])
    leading, margin = rng.uniform(1.5, 2.5), tall * rng.uniform(0.3, 2.5)
    y = tall * rng.uniform(1.2, 3)
    while y < sheet.tall:
        x = margin
        end = sheet.wide - margin * rng.uniform(0.5, 4)
        while x < end:
            if rng.random() < numbers:
                x = author.number(sheet, say.number(rng, 6), (x, y))[2]
            else:
                x = author.word(sheet, say.word(rng), (x, y))[2]
            x += tall * rng.uniform(0.5, 0.9)
        y += tall * leading
        if rng.random() < 0.1:
            y += tall * 2


def large(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """One number or a few that fill the sheet."""
    rows = int(rng.choice([1, 1, 2, 3]))
    # a share of large things isn't a number
    for row in range(rows):
        written = say.number(rng, int(rng.choice([1, 2, 3, 4, 6, 8])))
        most = min(0.8 * sheet.tall / rows, 1.1 * sheet.wide / (0.3 + 0.75 * len(written)))
        author = Author(tools, max(most * rng.uniform(0.35, 1.0), tall), rng)
        base = sheet.tall * (row + 0.5) / rows + author.tall * rng.uniform(0.3, 0.65)
        at = (sheet.wide * rng.uniform(0.02, 0.25), base)
        if rng.random() < 0.15:
            author.word(sheet, say.word(rng), at)
        else:
            author.number(sheet, written, at)


def newspaper(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """Print in columns, headlines, printed numbers; seldom a number written over a margin."""
    size = float(np.clip(tall * rng.uniform(0.4, 0.9), 9, 60))
    font, dark = tools.font(rng), rng.uniform(0.6, 1.0)
    headline = tools.font(rng)
    column = size * rng.uniform(16, 40)
    left = size * rng.uniform(0.5, 4)
    while left < sheet.wide:
        y = size * rng.uniform(1.5, 6)
        while y < sheet.tall + size:
            if rng.random() < 0.06:
                big = size * rng.uniform(1.5, 3.5)
                print_line(sheet, headline, f"{say.word(rng)} {say.printed_token(rng)}", (left, y + big), (big, dark))
                y += 2.4 * big
            elif rng.random() < 0.1:
                y += size * rng.uniform(2, 14)
            x = left
            while x < left + column:
                x = print_word(sheet, font, say.printed_token(rng), (x, y), (size, dark)) + 0.38 * size
            y += 1.75 * size
        left += column + size * rng.uniform(4, 8)
    if rng.random() < 0.35:
        scatter(sheet, tools, tall * rng.uniform(1, 2), rng)


def scatter(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """A few numbers or words anywhere; where something stands already, what is there is wiped away first."""
    author = Author(tools, tall, rng)
    for _ in range(rng.integers(1, 6)):
        written = say.number(rng, 8)
        at = np.array(
            (
                rng.uniform(0, max(1, sheet.wide - len(written) * tall * 0.7)),
                rng.uniform(min(tall, 0.9 * sheet.tall), sheet.tall),
            )
        )
        wide = len(written) * (0.9 * tall + author.gap) + tall
        wipe(sheet, (at[0] - 0.4 * tall, at[1] - 1.5 * tall, at[0] + wide, at[1] + 0.5 * tall))
        if rng.random() < 0.8:
            author.number(sheet, written, (float(at[0]), float(at[1])))
        else:
            author.word(sheet, say.word(rng), (float(at[0]), float(at[1])))


def wipe(sheet: Sheet, room: tuple[float, float, float, float]) -> None:
    """Empty a place: its ink, and the regions that touch it."""
    left, top, right, bottom = (max(0, round(edge)) for edge in room)
    sheet.ink[top:bottom, left:right] = 0

    def touched(points: Points) -> bool:
        low, high = points.min(axis=0), points.max(axis=0)
        return bool(low[0] < right and high[0] > left and low[1] < bottom and high[1] > top)

    for region in [r for r in sheet.regions if touched(r.quad)]:
        low, high = np.maximum(np.floor(region.quad.min(axis=0)), 0), np.ceil(region.quad.max(axis=0))
        sheet.ink[int(low[1]) : int(high[1]) + 1, int(low[0]) : int(high[0]) + 1] = 0
    sheet.regions = [r for r in sheet.regions if not touched(r.quad)]


def empty(sheet: Sheet, tools: Tools, tall: float, rng: Rng) -> None:
    """Nothing, or a few words."""
    if rng.random() < 0.3:
        author = Author(tools, tall, rng)
        for _ in range(rng.integers(1, 5)):
            author.word(sheet, say.word(rng), (rng.uniform(0, 0.8) * sheet.wide, rng.uniform(0.1, 1) * sheet.tall))
