"""Score the numbers read on pages against the ground truth. Knows no picture and no reader.

A found number is matched with the true number that its box overlaps most (`pairs`). It is right when the texts are equal. True
numbers that leave the page are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

MIN_IOU = 0.3
"""Boxes of the same number have at least this intersection over union."""
MIN_ON_CUT_NUMBER = 0.3
"""A found box is ignored where more than this share of it lies on a number that leaves the page."""
Numbers = list[dict[str, Any]]
"""Each with `text`, `quad` (four corners, px) and, in a truth, `cut` where it leaves the page."""


@dataclass(frozen=True, slots=True)
class PageScore:
    """Counts over some pages."""

    expected: int = 0
    """True numbers."""
    found: int = 0
    right: tuple[bool, ...] = ()
    """For each true number, in the truth's order: whether it was read right."""
    digits: int = 0
    """Number of digits of all true numbers."""
    edits: int = 0
    """Digits inserted, dropped or wrong; all digits of a found number without a match count."""

    def __add__(self, other: PageScore) -> PageScore:
        return PageScore(
            self.expected + other.expected,
            self.found + other.found,
            self.right + other.right,
            self.digits + other.digits,
            self.edits + other.edits,
        )

    @property
    def f1(self) -> float:
        """F1 of whole numbers, 0 to 1: the harmonic mean of recall and precision."""
        return 2 * sum(self.right) / max(self.expected + self.found, 1)

    @property
    def false(self) -> float:
        """Share of the shown numbers that are wrong, 0 to 1."""
        return (self.found - sum(self.right)) / max(self.found, 1)

    @property
    def cer(self) -> float:
        """Character error rate: edits per true digit."""
        return self.edits / max(self.digits, 1)


def score_page(truth: Numbers, found: Numbers) -> PageScore:
    """The score of one page."""
    judged = list(matches(truth, found))
    texts = {index: shown["text"] for index, shown in judged if index is not None}
    expected = [number for number in truth if not number.get("cut")]
    read = [texts.get(k, "") for k, number in enumerate(truth) if not number.get("cut")]
    edits = sum(distance(number["text"], text) for number, text in zip(expected, read, strict=True))
    return PageScore(
        len(expected),
        len(judged),
        tuple(number["text"] == text for number, text in zip(expected, read, strict=True)),
        sum(len(number["text"]) for number in expected),
        edits + sum(len(shown["text"]) for index, shown in judged if index is None),
    )


def total(scores: Iterable[PageScore]) -> PageScore:
    """All pages as one."""
    return reduce(PageScore.__add__, scores, PageScore())


def distance(first: str, second: str) -> int:
    """The Levenshtein distance of two texts."""
    row = list(range(len(second) + 1))
    for index, a in enumerate(first, start=1):
        before, row[0] = row[0], index
        for place, b in enumerate(second, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (a != b))
    return row[-1]


def read_lines(path: Path) -> list[dict[str, Any]]:
    """JSON lines of a file. Raises OSError and ValueError."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def pairs(
    truth: list[dict[str, Any]], found: list[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any] | None, dict[str, Any]]]:
    """Each found number with its matching true number or None. Those on numbers that leave the page are skipped."""
    for index, number in matches(truth, found):
        yield (None if index is None else truth[index]), number


def matches(truth: list[dict[str, Any]], found: list[dict[str, Any]]) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """As `pairs`, with the index in `truth` in place of the true number."""
    whole = [k for k, number in enumerate(truth) if not number.get("cut")]
    cut = [bounds(number) for number in truth if number.get("cut")]
    shown = [n for n in found if not any(overlap(bounds(n), box)[1] > MIN_ON_CUT_NUMBER for box in cut)]
    overlaps = ((overlap(bounds(truth[i]), bounds(f))[0], i, j) for i in whole for j, f in enumerate(shown))
    of: dict[int, int] = {}
    for iou, i, j in sorted(overlaps, reverse=True):
        if iou >= MIN_IOU and j not in of and i not in of.values():
            of[j] = i
    for j, number in enumerate(shown):
        yield of.get(j), number


def bounds(number: dict[str, Any]) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a number's quad, px."""
    xs, ys = zip(*number["quad"], strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, float]:
    """Intersection over union of two boxes, and the share of `a` that lies in `b`."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0, 0.0
    first, second = ((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return width * height / (first + second - width * height), width * height / max(first, 1e-9)
