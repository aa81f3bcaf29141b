"""Measure how well the confidence of numbers read on pages is calibrated. Knows what was found and the truth, no picture.

    python -m live read PAGES --json > found.jsonl
    python -m scripts.page_confidence PAGES/truth.jsonl found.jsonl

TRUTH has one line per page: {"file", "numbers": [{"text", "quad", "cut"?: true}]}. FOUND is the output of `read --json`. A found
number is matched with the true number that its box overlaps most (intersection over union of 0.3 or more). One that lies on a
number that leaves the page is ignored. A number is right with its
signs. Digits are judged one by one, without signs, where a number was found with the right number of digits.

A second table shows what a question mark means at each value of `grouping.doubt_below`: how many digits are less certain, how
many of these are wrong, and their share of all wrong digits; then the numbers with such a digit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from live.core.terminal import TERMINAL, say, tell
from models.percent import percent
from scripts.command_line import run_script, script_parser
from scripts.evaluation.confidence import SURE, Judged, trust_of
from scripts.evaluation.line_scores import digits_of
from scripts.evaluation.page_scores import pairs, read_lines

THRESHOLDS = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)


def judge_certainties(truth: list[dict[str, Any]], found: list[dict[str, Any]]) -> tuple[Judged, Judged]:
    """As `judge`, by certainty: numbers, each with the certainty of its least certain digit, and digits."""
    certain = [{**page, "numbers": [by_certainty(number) for number in page["numbers"]]} for page in found]
    return judge(truth, certain)


def by_certainty(number: dict[str, Any]) -> dict[str, Any]:
    """The number with certainty in place of confidence; a sign has no certainty but its confidence."""
    digits = [{**digit, "confidence": digit["certainty"]} for digit in number["digits"]]
    least = min(part["confidence"] for part in (*digits, *number.get("signs", ())))
    return {**number, "digits": digits, "confidence": least}


def doubt_line(below: float, numbers: Judged, digits: Judged) -> str:
    """One line of the second table."""
    right = [was_right for certainty, was_right in digits if certainty < below]
    of_numbers = [was_right for certainty, was_right in numbers if certainty < below]
    wrong, all_wrong = right.count(False), sum(not was_right for _, was_right in digits)
    figures = f"{len(right)} | {wrong} | {share(wrong, len(right))} | {share(wrong, all_wrong)}"
    told = len(of_numbers), share(len(of_numbers), len(numbers)), share(of_numbers.count(False), len(of_numbers))
    return f"{below} | {figures} | {told[0]} ({told[1]}) | {told[2]}"


def share(part: int, whole: int) -> str:
    """A share for people."""
    return percent(part / whole if whole else None, 1, counted=True)


def judge(truth: list[dict[str, Any]], found: list[dict[str, Any]]) -> tuple[Judged, Judged]:
    """Numbers and digits of all pages, each with its confidence and whether it was right."""
    by_name = {Path(page["source"]).name: page["numbers"] for page in found}
    numbers: Judged = []
    digits: Judged = []
    for page in truth:
        for true, shown in pairs(page["numbers"], by_name.get(page["file"], [])):
            text = "" if true is None else true["text"]
            numbers.append((shown["confidence"], shown["text"] == text))
            digit_text = digits_of(text)
            if len(digit_text) == len(shown["digits"]):
                right = [int(a) == b["label"] for a, b in zip(digit_text, shown["digits"], strict=True)]
                digits += list(zip((digit["confidence"] for digit in shown["digits"]), right, strict=True))
    return numbers, digits


def summary(name: str, judged: Judged) -> str:
    """One line of the table."""
    if not judged:
        return f"{name} | 0 | | | |"
    trust = trust_of(judged)
    right = percent(trust.right / trust.shown, 2, counted=True)
    of_sure = percent(trust.sure_right / trust.sure if trust.sure else None, 2, counted=True)
    return f"{name} | {trust.shown:,} | {right} | {trust.gap:.4f} | {share(trust.sure, trust.shown)} | {of_sure}"


def main(arguments: list[str] | None = None) -> int:
    """Print the table as Markdown; returns the exit code."""
    parser = script_parser("scripts.page_confidence", __doc__)
    parser.add_argument("truth", type=Path, help="ground truth of the pages, one line per page")
    parser.add_argument("found", type=Path, help="output of `python -m live read --json` on them")
    options = parser.parse_args(arguments)
    try:
        truth, found = read_lines(options.truth), read_lines(options.found)
        numbers, digits = judge(truth, found)
        doubted = judge_certainties(truth, found)
    except OSError as error:
        say(f"{error.filename} can't be read: {error.strerror}.")
        return 1
    except (ValueError, KeyError, TypeError) as error:
        say(f"{options.truth} and {options.found} should hold JSON lines of pages: {error!r}.")
        return 1
    tell(f"what | shown | right | expected calibration error | at {SURE} or more | of these right")
    tell("--- | --- | --- | --- | --- | ---")
    tell(summary("numbers", numbers))
    tell(summary("their digits", digits))
    TERMINAL.tell_lines("\ndoubt below | digits | wrong | of them | of all wrong | numbers with one | of them wrong")
    tell("--- | --- | --- | --- | --- | --- | ---")
    for below in THRESHOLDS:
        tell(doubt_line(below, *doubted))
    return 0


if __name__ == "__main__":
    run_script(main)
