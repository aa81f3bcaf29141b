"""Score what was read on pages, number by number. Knows truth and what was found, no picture and no reader.

A found number belongs to the true one that its box overlaps most (`page_confidence.pairs`), and is right when its text is the
same to the digit. Numbers that leave the page are asked of nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

from scripts.page_confidence import pairs

Numbers = list[dict[str, Any]]
"""Each with `text`, `quad` (four corners, px) and, in a truth, `cut` where it leaves the page."""


@dataclass(frozen=True, slots=True)
class PageScore:
    """What was read on some pages, counted."""

    asked: int = 0
    """True numbers."""
    found: int = 0
    right: tuple[bool, ...] = ()
    """Of each true number, whether it was read right, in the truth's order."""
    digits: int = 0
    """Of all true numbers."""
    edits: int = 0
    """Digits inserted, dropped or wrong, with all digits of found numbers that belong to none."""

    def __add__(self, other: PageScore) -> PageScore:
        return PageScore(
            self.asked + other.asked,
            self.found + other.found,
            self.right + other.right,
            self.digits + other.digits,
            self.edits + other.edits,
        )

    @property
    def f1(self) -> float:
        """Of whole numbers, 0 to 1: the harmonic mean of the share that was read right and of the share shown that is right."""
        return 2 * sum(self.right) / max(self.asked + self.found, 1)

    @property
    def false(self) -> float:
        """Share of the numbers shown that are not right, 0 to 1."""
        return (self.found - sum(self.right)) / max(self.found, 1)

    @property
    def cer(self) -> float:
        """Character error rate: edits a true digit."""
        return self.edits / max(self.digits, 1)


def score_page(truth: Numbers, found: Numbers) -> PageScore:
    """What was found on one page, against its truth."""
    asked = [number for number in truth if not number.get("cut")]
    judged = list(pairs(truth, found))
    texts = {id(true): shown["text"] for true, shown in judged if true is not None}
    read = [texts.get(id(number), "") for number in asked]
    edits = sum(distance(number["text"], text) for number, text in zip(asked, read, strict=True))
    return PageScore(
        len(asked),
        len(judged),
        tuple(number["text"] == text for number, text in zip(asked, read, strict=True)),
        sum(len(number["text"]) for number in asked),
        edits + sum(len(shown["text"]) for true, shown in judged if true is None),
    )


def total(scores: Iterable[PageScore]) -> PageScore:
    """All pages as one."""
    return reduce(PageScore.__add__, scores, PageScore())


def distance(first: str, second: str) -> int:
    """How many characters must be inserted, dropped or replaced to make one text of the other (Levenshtein)."""
    row = list(range(len(second) + 1))
    for index, a in enumerate(first, start=1):
        before, row[0] = row[0], index
        for place, b in enumerate(second, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (a != b))
    return row[-1]
