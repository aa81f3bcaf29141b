"""Invent what stands on a line: numbers with their signs, what ends them, words. Knows no picture.

A text is a row of marks. Each has the shape that is drawn and the symbol that is said for it: none for an apostrophe or a space.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scripts.training.lines.symbols import DIGITS, OTHER, SIGNS

SPACE = " "
ROUND = 0.35  # share of the amounts of thousands that end with 000
SILENT = "' "
"""Shapes for which nothing is said."""
CURRENCIES = ("$", "€", "£", "Fr", "kg", "m", "km", "USD", "EUR", "h", "cm", "°")
LETTERS = "abcdefghijklmnopqrstuvwyz"
WORDS = (
    "total", "carlos", "note", "kitchen", "lesson", "read", "mother", "until", "store", "check", "wood", "Summe", "No", "Nr",
    "Marks", "Name", "Date", "yes", "Anna", "sum", "milk", "bread", "Monday", "room", "page", "tel", "bill", "to", "and", "of",
)  # fmt: skip


class Mark(NamedTuple):
    """One shape of a line and what is said for it."""

    shape: str
    symbol: str


Text = list[Mark]


def marks(written: str) -> Text:
    """Each character as a mark: digits and signs are said, letters and operators are others, some say nothing."""
    return [Mark(shape, said(shape)) for shape in written]


def said(shape: str) -> str:
    """The symbol of a shape."""
    if shape in SILENT:
        return ""
    return shape if shape in DIGITS + SIGNS else OTHER


def some_digits(rng: np.random.Generator, least: int, most: int) -> str:
    """So many digits; zeros and repeats are more frequent than by chance, as in amounts."""
    count = int(rng.integers(least, most + 1))
    digits = "".join(map(str, rng.integers(0, 10, count)))
    kind = rng.random()
    if kind < 0.17 and count > 1:  # round numbers
        zeros = int(rng.integers(1, count))
        digits = digits[: count - zeros] + "0" * zeros
    elif kind < 0.23 and count > 1:
        place = int(rng.integers(count - 1))
        digits = digits[:place] + digits[place] * 2 + digits[place + 2 :]
    elif kind < 0.3:  # shapes that are short in all sources
        digits = "".join(rng.choice(list("14790511"), count))
    return digits


def plain(rng: np.random.Generator) -> str:
    """Digits alone, seldom with a wide space."""
    digits = some_digits(rng, 1, 4) if rng.random() < 0.5 else some_digits(rng, 3, 10)
    if rng.random() < 0.1 and len(digits) > 2:
        place = int(rng.integers(1, len(digits)))
        return digits[:place] + SPACE + digits[place:]
    return digits


def decimal(rng: np.random.Generator) -> str:
    """A number with a point or comma, now and then a sign before it."""
    before = ("", "", "", "-", "+")[rng.integers(5)]
    return before + some_digits(rng, 1, 4) + ".,"[rng.integers(2)] + some_digits(rng, 1, 3)


def amount(rng: np.random.Generator) -> str:
    """An amount of money with thousands and what people put behind it."""
    mark = rng.choice([".", ".", ".", ",", "'", " "])
    groups = [some_digits(rng, 1, 3)] + [some_digits(rng, 3, 3) for _ in range(rng.choice([0, 1, 1, 1, 2]))]
    if len(groups) > 1 and rng.random() < ROUND:
        groups[-1] = "000"
    if rng.random() < 0.3:
        mark = ""
    written = str(mark).join(groups)
    ends = ("", "", "", "", ".", ".-", "=", "-", ",-", ".=", ",--", ".-.", ",00", ".50", ":-")
    written += ends[rng.integers(len(ends))]
    kind = rng.random()
    if kind < 0.06:
        return CURRENCIES[rng.integers(5)] + written
    return written + (SPACE + CURRENCIES[rng.integers(len(CURRENCIES))] if kind < 0.12 else "")


def date(rng: np.random.Generator) -> str:
    """Days, months and years; ratios; ranges."""
    mark = "./-:"[rng.choice(4, p=[0.3, 0.4, 0.2, 0.1])]
    year = ("", str(rng.integers(0, 99)), str(rng.integers(1900, 2040)))[rng.integers(3)]
    parts = [f"{rng.integers(1, 32):0{rng.integers(1, 3)}d}", f"{rng.integers(1, 13):0{rng.integers(1, 3)}d}"]
    return mark.join([*parts, year] if year else parts)


def time(rng: np.random.Generator) -> str:
    """A time of the day, or a phone-like number."""
    if rng.random() < 0.5:
        return f"{rng.integers(0, 24)}{':.:'[rng.integers(3)]}{rng.integers(0, 60):02d}"
    return "-/ "[rng.integers(3)].join(some_digits(rng, 2, 4) for _ in range(rng.integers(2, 4)))


def signed(rng: np.random.Generator) -> str:
    """Fractions, percents, negative and positive numbers."""
    digits = some_digits(rng, 1, 4)
    kind = rng.integers(4)
    if kind == 0:
        return f"{some_digits(rng, 1, 3)}/{some_digits(rng, 1, 3)}"
    return (digits + "%", "-" + digits, "+" + digits)[kind - 1]
