"""What a number with signs is worth, where its meaning is plain. Knows texts alone, no number, page or setting's file.

A text is tried with a decimal point (and commas between thousands) and with a decimal comma (and points between thousands). It
has a value where only one of the two gives one, or both give the same. Where both give another, as of `3.000`, the mark that the
other numbers of the page use decides. Dates, times, fractions, sums and numbers with leading zeros have no value.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

DecimalSetting = Literal["auto", "point", "comma"]
MARKS = {"point": ".", "comma": ","}
MOST_DIGITS = 15
"""Spreadsheets and 64-bit floats hold every number of so many digits exactly; a longer one is a name, not an amount."""
AGREED = 2
"""A mark is the page's own where at least this many times as many numbers tell it as tell the other one."""
SIGNED = re.compile(r"(?P<sign>[+-]?)(?P<body>[.,]?[0-9]+(?:[.,][0-9]+)*)(?P<end>%|[.,:]-{1,2})?")
"""A sign, digits with marks between them, then a percent sign, or a dash in place of cents: `3.-`, `3,--`, `3:-`."""
WHOLE = "(?:0|[1-9][0-9]*|[1-9][0-9]{{0,2}}(?:{thousands}[0-9]{{3}})+)"
BODIES = {
    mark: re.compile(f"(?P<whole>{WHOLE.format(thousands=re.escape(other))})?(?:{re.escape(mark)}(?P<part>[0-9]+))?")
    for mark, other in ((".", ","), (",", "."))
}
"""The digits of a number by its decimal mark."""


def value_of(text: str, mark: str = "") -> Decimal | None:
    """The value of a number, None where its meaning is not plain: `-3,5` is -3.5, `50%` is 0.5, `3.-` is 3, `24/12` is None.

    text: digits and signs; one with a `?` has no value. mark: the decimal mark, `.` or `,`; "" where it is not known.
    """
    values = _values(text)
    if mark:
        return values.get(mark)
    return next(iter(values.values())) if len(set(values.values())) == 1 else None


def decimal_mark(texts: Iterable[str], setting: DecimalSetting = "auto") -> str:
    """The decimal mark of a page, `.` or `,`; "" where its numbers tell none, or contradict one another.

    texts: all numbers of the page. setting: `auto`, or the mark to take whatever the page says. A number with several marks,
    `1.234,56`, tells more than all with a single one, `12.5`, which may be a date.
    """
    if setting != "auto":
        return MARKS[setting]
    told: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for text in texts:
        values = _values(text)
        if len(values) == 1:
            told[sum(text.count(mark) for mark in BODIES) > 1].update(list(values))
    (mark, count), (_, fewer) = [*(told[True] or told[False]).most_common(), ("", 0), ("", 0)][:2]
    return mark if count >= AGREED * fewer else ""


def _values(text: str) -> dict[str, Decimal]:
    """The value of a text by each decimal mark with which it has one."""
    signed = SIGNED.fullmatch(text)
    if signed is None or sum(map(str.isdigit, text)) > MOST_DIGITS:
        return {}
    values = {}
    for mark, body in BODIES.items():
        found = body.fullmatch(signed["body"])
        if found is None:
            continue
        whole, part, end = found["whole"] or "0", found["part"], signed["end"]
        if part is not None and end not in (None, "%"):  # 3.50.- has cents and a dash in their place
            continue
        digits = re.sub("[.,]", "", whole) + ("" if part is None else f".{part}")
        value = Decimal(f"{signed['sign']}{digits}") / (100 if end == "%" else 1)
        values[mark] = value or Decimal(0)  # not -0
    return values
