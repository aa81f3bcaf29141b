"""Rows of pictures: pages with corners, lines of text, clips, silence, trust. Knows what was read, no picture and no reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from live.core.records import DOUBT_MARK
from scripts.evaluation.clip_scores import ClipScore, total_clips
from scripts.evaluation.confidence import Judged, trust_of
from scripts.evaluation.line_scores import LineScore, digits_of, score_lines, take, total_lines
from scripts.evaluation.page_scores import Numbers, PageScore, pairs, score_page, total
from scripts.scoring.figures import Figure, Row, bits
from scripts.scoring.pictures import Picture, as_numbers

TOO_SURE = 0.9
"""No wrong number with a sign is to be reported with this confidence or more."""
Read = Sequence[tuple[Picture, Numbers]]
"""Each picture of a set with the numbers that were read on it."""


def by_kind(read: Read) -> dict[str, list[tuple[Picture, Numbers]]]:
    """The pictures of each kind, in the order in which kinds come."""
    kinds: dict[str, list[tuple[Picture, Numbers]]] = {}
    for picture, numbers in read:
        kinds.setdefault(picture.kind, []).append((picture, numbers))
    return kinds


def page_rows(name: str, read: Read) -> Iterator[Row]:
    """A row for each level, and one for all where there are several."""
    kinds = {kind: [score_page(as_numbers(p), found) for p, found in some] for kind, some in by_kind(read).items()}
    for kind, scores in kinds.items():
        yield _page_row(name, kind, scores)
    if len(kinds) > 1:
        yield _page_row(name, "all", [score for scores in kinds.values() for score in scores])


def _page_row(name: str, kind: str, scores: Sequence[PageScore]) -> Row:
    """One level. Shares are counted as in `PageScore`."""
    score = total(scores)
    right = sum(score.right)
    figures = {
        "pages": Figure(len(scores)),
        "numbers": Figure(score.expected),
        "right": Figure(right, score.expected),
        "false": Figure(score.found - right, score.found),
        "F1": Figure(2 * right, score.expected + score.found),
        "CER": Figure(score.edits, score.digits),
    }
    return Row(name, kind, figures, bits(score.right))


def line_rows(name: str, read: Read) -> Iterator[Row]:
    """A row for each kind, and one for all where there are several."""
    kinds = {kind: [score_lines(p.lines, found) for p, found in some] for kind, some in by_kind(read).items()}
    for kind, scores in kinds.items():
        yield _line_row(name, kind.removeprefix(name).strip("_").replace("_", " "), scores)
    if len(kinds) > 1:
        yield _line_row(name, "all", [score for scores in kinds.values() for score in scores])


def _line_row(name: str, kind: str, scores: Sequence[LineScore]) -> Row:
    """One kind of picture."""
    score = total_lines(scores)
    figures = {
        "pictures": Figure(len(scores)),
        "numbers right": Figure(sum(score.right), len(score.right)),
        "others": Figure(score.others),
        "lines right": Figure(sum(score.lines), len(score.lines)),
        "wholly right": Figure(sum(score.whole), len(score.whole)),
        "CER": Figure(score.edits, score.digits),
    }
    return Row(name, kind, figures, bits(score.right))


def silent_rows(name: str, read: Read) -> Iterator[Row]:
    """A row for each kind of picture without a number."""
    for kind, some in by_kind(read).items():
        quiet = [not found for _, found in some]
        figures = {
            "pictures": Figure(len(some)),
            "silent": Figure(sum(quiet), len(quiet)),
            "shown": Figure(sum(len(found) for _, found in some)),
        }
        yield Row(name, kind, figures, bits(quiet))


def signed_rows(name: str, read: Read) -> Iterator[Row]:
    """A row for each kind of numbers with signs: right where the text is the same to the sign."""
    for kind, some in by_kind(read).items():
        right: list[bool] = []
        rest: Numbers = []
        for picture, found in some:
            known = [part for line in picture.lines for part in line.split()]
            asked = Counter(known)
            rest += [number for number in found if not take(asked, number["text"])]
            right += [not take(asked, text) for text in known]  # those that are left weren't found
        doubted = [DOUBT_MARK in number["shown"] for number in rest]
        sure = sum(n["confidence"] >= TOO_SURE for n, in_doubt in zip(rest, doubted, strict=True) if not in_doubt)
        figures = {
            "numbers": Figure(len(right)),
            "right": Figure(sum(right), len(right)),
            "doubted": Figure(sum(doubted)),
            "wrong": Figure(len(rest) - sum(doubted)),
            "wrong, 0.9 or more": Figure(sure),
        }
        yield Row(name, kind, figures, bits(right))


def clip_row(name: str, kind: str, scores: Iterable[ClipScore]) -> Row:
    """Some clips as one row."""
    score = total_clips(scores)
    figures = {
        "frames": Figure(score.frames),
        "shown right": Figure(score.right, score.seen),
        "settles in, s": Figure(_median(score.settled_s), 1 if score.settled_s else 0),
        "never read": Figure(score.never, score.watched),
        "flips a minute": Figure(score.flips, score.minutes),
        "false a frame": Figure(score.false, score.frames),
    }
    return Row(name, kind, figures)


def _median(values: Sequence[float]) -> float:
    """The middle one, the upper of two."""
    return sorted(values)[len(values) // 2] if values else 0.0


def trust_rows(name: str, read: Read) -> Iterator[Row]:
    """A row for each kind: how far the confidence of what is shown can be trusted."""
    for kind, some in by_kind(read).items():
        trust = trust_of([one for picture, found in some for one in judged(picture, found)])
        figures = {
            "shown": Figure(trust.shown),
            "right": Figure(trust.right, trust.shown),
            "calibration error": Figure(trust.gap * trust.shown, trust.shown),
            "sure": Figure(trust.sure, trust.shown),
            "of these right": Figure(trust.sure_right, trust.sure),
        }
        yield Row(name, kind, figures)


def judged(picture: Picture, found: Numbers) -> Judged:
    """Each shown number with its confidence, and whether it is right."""
    if picture.numbers:
        texts = ((shown, "" if true is None else true["text"]) for true, shown in pairs(as_numbers(picture), found))
        return [(shown["confidence"], shown["text"] == text) for shown, text in texts]
    wholes = Counter(digits_of(line) for line in picture.lines)
    free = wholes | Counter(part for line in picture.lines for part in line.split())
    answers: Judged = []
    for number in found:
        text = digits_of(number["text"])
        answers.append((number["confidence"], free[text] > 0))
        free[text] -= 1
    return answers
