"""Score numbers read on pictures whose truth is lines of text, without boxes. Knows no picture and no reader.

Everything but digits is left out of what was read. A line that was read as one number counts for all of its numbers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from scripts.evaluation.page_scores import Numbers, bounds, distance

SAME_ROW = 0.4
"""Two numbers stand on one line where their heights overlap by more than this share of the smaller one."""
NO_DIGIT = re.compile(r"[^0-9]")


@dataclass(frozen=True, slots=True)
class LineScore:
    """Counts over some pictures."""

    right: tuple[bool, ...] = ()
    """For each true number, in the truth's order: whether it was found."""
    others: int = 0
    """Numbers found that are none of the truth's."""
    whole: tuple[bool, ...] = ()
    """For each picture: whether all digits were read, in their order, and no other."""
    lines: tuple[bool, ...] = ()
    """For each line of the truth: whether it was found as one row of digits."""
    digits: int = 0
    edits: int = 0
    """Digits inserted, dropped or wrong, over whole pictures."""

    def __add__(self, other: LineScore) -> LineScore:
        return LineScore(
            self.right + other.right,
            self.others + other.others,
            self.whole + other.whole,
            self.lines + other.lines,
            self.digits + other.digits,
            self.edits + other.edits,
        )


def score_lines(lines: Sequence[str], found: Numbers) -> LineScore:
    """The score of one picture. lines: its true lines from the top, numbers parted by spaces."""
    numbers = [{**number, "text": text} for number in found if (text := digits_of(number["text"]))]
    rows, texts = reading_order(numbers)
    free = Counter(texts)
    right: list[bool] = []
    for line in lines:
        parts = line.split()
        if take(free, "".join(parts)):
            right += [True] * len(parts)
        else:
            right += [take(free, part) for part in parts]
    pool = Counter(rows)
    whole, read = digits_of("".join(lines)), "".join(rows)
    return LineScore(
        tuple(right),
        sum(free.values()),
        (whole == read,),
        tuple(take(pool, digits_of(line)) for line in lines),
        len(whole),
        distance(whole, read),
    )


def total_lines(scores: Iterable[LineScore]) -> LineScore:
    """All pictures as one."""
    return reduce(LineScore.__add__, scores, LineScore())


def digits_of(text: str) -> str:
    """The digits of a text, without anything else."""
    return NO_DIGIT.sub("", text)


def reading_order(numbers: Numbers) -> tuple[list[str], list[str]]:
    """The digits of each row from the top, and the texts of all numbers."""
    items = sorted(((bounds(number), number["text"]) for number in numbers), key=lambda item: item[0][1] + item[0][3])
    rows: list[list[tuple[tuple[float, ...], str]]] = []
    for box, text in items:
        for row in rows:
            last = row[-1][0]
            common = min(box[3], last[3]) - max(box[1], last[1])
            if common > SAME_ROW * min(box[3] - box[1], last[3] - last[1]):
                row.append((box, text))
                break
        else:
            rows.append([(box, text)])
    ordered = [sorted(row, key=lambda item: item[0][0]) for row in rows]
    return ["".join(text for _, text in row) for row in ordered], [text for _, text in items]


def take(free: Counter[str], text: str) -> bool:
    """Whether the text is among them; it is taken out then."""
    if free[text] <= 0:
        return False
    free[text] -= 1
    return True
