"""Sheets of what the network was asked: the cuts and joins that were tried, and every input with its answer. Knows no page."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES, Digit, Region
from live.drawing.explain.parts import BLUE, FAINT, GRAPHITE, INK, PAPER, Picture, titled
from live.drawing.lettering import Colour, Letters, width_of, write
from live.drawing.overlay import DOUBTFUL, SURE, UNSURE, tone_of
from live.reading.cuts import Lattice
from live.reading.traces import Trace
from models.percent import percent

SHEET_PX = 1600  # width
MARGIN_PX = 24
FIELD_PX = 84  # side of one input: three px to one
CELL_PX = (100, 144)  # of one input with its name and its answer
INK_PX = (330, 130)  # largest size of a piece of ink on its card
CARD_PX = (376, 236)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SMALL, MIDDLE = 15, 18  # letters, px


@dataclass(frozen=True, eq=False)
class _Asked:
    """One question to the network, and what became of it."""

    name: str
    field: NDArray[np.float32]
    """(28, 28) in [0, 1], ink is 1."""
    digit: Digit
    chosen: bool


def draw_inputs(trace: Trace, names: dict[int, str]) -> Picture:
    """Every 28x28 input, with its name above and its answer below. names: of the pieces, by their component's index."""
    asked = _asked(trace, names)
    first = sum(len(lattice.regions) for lattice in trace.pieces.whole)
    alone, again = (sorted(part, key=lambda question: _order(question.name)) for part in (asked[:first], asked[first:]))
    parts = [_section("First: each piece of ink alone", alone)]
    if again:
        parts.append(_section("Again, for what was not surely one digit: with cuts, and joined", again))
    return titled(
        np.vstack(parts), "4  Inputs",
        f"The {len(asked)} pictures of 28×28 that the network was given, its likeliest answer and how sure it is of it. A framed "
        "one is how this ink was read in the end; letters name the slices of a piece between its cuts.",
        [("taken as a digit", SURE.line), ("less surely", UNSURE.line), ("doubtfully", DOUBTFUL.line), ("looked at only", FAINT)],
    )  # fmt: skip


def draw_cuts(trace: Trace, names: dict[int, str]) -> Picture:
    """Each piece of ink that may be cut or joined, with the cuts that were tried and those that were taken."""
    chosen = _chosen_by_row(trace)
    row = sum(len(lattice.regions) for lattice in trace.pieces.whole)
    tried: list[tuple[Lattice, int]] = []
    for lattice in trace.again:
        if lattice.cuts or len(lattice.components) > 1:
            tried.append((lattice, row))
        row += len(lattice.regions)
    tried.sort(key=lambda pair: _order(name_of(pair[0], names)))
    columns = max(1, (SHEET_PX - MARGIN_PX) // CARD_PX[0])
    rows = -(-len(tried) // columns)
    sheet = np.full((2 * MARGIN_PX + max(rows * CARD_PX[1], 40), SHEET_PX, 3), PAPER, np.uint8)
    for place, (lattice, first) in enumerate(tried):
        row, column = divmod(place, columns)
        left, top = MARGIN_PX + column * CARD_PX[0], MARGIN_PX + row * CARD_PX[1]
        path = [k for k in range(len(lattice.regions)) if first + k in chosen]
        digits = [chosen[first + k] for k in path]
        card = sheet[top : top + CARD_PX[1], left : left + CARD_PX[0]]
        _draw_card(card, lattice, {lattice.spans[k][1] for k in path}, name_of(lattice, names), digits)
    if not tried:
        write(sheet, "No piece of ink called for a cut or a join.", (MARGIN_PX, MARGIN_PX + 30), Letters(MIDDLE, INK))
    return titled(
        sheet, "3  Cuts and joins",
        "Ink that was not surely one digit: where touching digits might part, and pieces that might be strokes of one digit. The "
        "explanation that the network believes most was taken.",
        [("a cut that was taken", DOUBTFUL.line), ("a cut that was tried", BLUE.line)],
    )  # fmt: skip


def name_of(lattice: Lattice, names: dict[int, str]) -> str:
    """The pieces that its ink is of: `17`, or `17 + 18`; a piece too low to have a name is `·`."""
    return " + ".join(names.get(component, "·") for component in lattice.components)


def _order(name: str) -> tuple[list[int], str]:
    """A key to sort by: the pieces' numbers as numbers, then the slices."""
    return [int(word) for word in name.split() if word.isdigit()], name


def _chosen_by_row(trace: Trace) -> dict[int, Digit]:
    """The digits that were chosen, by the row of their question."""
    return {placed.row: placed.digit for placed in trace.chosen if placed.digit is not None}


def _asked(trace: Trace, names: dict[int, str]) -> list[_Asked]:
    """All questions, row by row as the network was asked."""
    chosen = _chosen_by_row(trace)
    questions: list[tuple[str, Region]] = []
    for lattice in [*trace.pieces.whole, *trace.again]:
        for (start, stop), region in zip(lattice.spans, lattice.regions, strict=True):
            part = f"  {LETTERS[start:stop]}" if lattice.cuts and (start, stop) != (0, lattice.last) else ""
            questions.append((name_of(lattice, names) + part, region))
    fields = trace.reading.inputs[..., 0]
    return [
        _Asked(name, field, Digit(region.box, answer), row in chosen)
        for row, ((name, region), field, answer) in enumerate(zip(questions, fields, trace.answers, strict=True))
    ]


def _section(title: str, asked: list[_Asked]) -> Picture:
    """The questions in rows under a title."""
    columns = (SHEET_PX - 2 * MARGIN_PX) // CELL_PX[0]
    rows = -(-len(asked) // columns)
    top = MARGIN_PX + 30
    sheet = np.full((top + rows * CELL_PX[1] + MARGIN_PX // 2, SHEET_PX, 3), PAPER, np.uint8)
    write(sheet, f"{title} ({len(asked)})", (MARGIN_PX, MARGIN_PX + 10), Letters(MIDDLE, INK, bold=True))
    for place, question in enumerate(asked):
        row, column = divmod(place, columns)
        x, y = MARGIN_PX + column * CELL_PX[0], top + row * CELL_PX[1]
        _draw_cell(sheet[y : y + CELL_PX[1], x : x + CELL_PX[0]], question)
    return sheet


def _draw_cell(cell: Picture, asked: _Asked) -> None:
    """One input, in place."""
    _centred(cell, asked.name, 15, Letters(SMALL, GRAPHITE.chip))
    field = 255 - np.rint(asked.field * 255).astype(np.uint8)
    field = cv2.resize(field, (FIELD_PX, FIELD_PX), interpolation=cv2.INTER_NEAREST)
    left, top = (CELL_PX[0] - FIELD_PX) // 2, 22
    cell[top : top + FIELD_PX, left : left + FIELD_PX] = field[..., None]
    tone = tone_of(asked.digit.confidence)
    corners = (left - 2, top - 2), (left + FIELD_PX + 1, top + FIELD_PX + 1)
    cv2.rectangle(cell, *corners, tone.line if asked.chosen else FAINT, 3 if asked.chosen else 1)
    text, sure = answer_of(asked.digit)
    colour = (INK if asked.chosen else GRAPHITE.line) if text.isdigit() else GRAPHITE.line
    _centred(
        cell, f"{text}  {percent(sure)}", top + FIELD_PX + 22, Letters(MIDDLE if text.isdigit() else SMALL, colour)
    )


def answer_of(digit: Digit) -> tuple[str, float]:
    """The likeliest answer, `none` for what is no digit, and its probability."""
    best = int(digit.probabilities.argmax())
    return (str(best) if best < DIGIT_CLASSES else "none"), float(digit.probabilities[best])


def _draw_card(card: Picture, lattice: Lattice, taken: set[int], name: str, digits: list[Digit]) -> None:
    """One piece of ink with its cuts, in place. taken: the cuts at which the chosen parts end."""
    ink = lattice.regions[lattice.spans.index((0, lattice.last))].ink
    scale = min(INK_PX[0] / ink.shape[1], INK_PX[1] / ink.shape[0])
    size = max(1, round(ink.shape[1] * scale)), max(1, round(ink.shape[0] * scale))
    left, top = 2, 36
    card[top : top + size[1], left : left + size[0]] = (
        255 - cv2.resize(ink, size, interpolation=cv2.INTER_LINEAR)[..., None]
    )
    cv2.rectangle(card, (left - 1, top - 1), (left + size[0], top + size[1]), FAINT, 1)
    write(
        card, f"{name}{'  joined' if len(lattice.components) > 1 else ''}", (left, 24), Letters(MIDDLE, INK, bold=True)
    )
    for index, cut in enumerate(lattice.cuts[1:-1], start=1):
        _draw_cut(card, left + round(cut * scale), (top - 5, top + size[1] + 5), taken=index in taken)
    foot = top + size[1] + 22
    for index, (start, stop) in enumerate(zip(lattice.cuts, lattice.cuts[1:], strict=False)):
        middle = left + round((start + stop) / 2 * scale)
        write(
            card, LETTERS[index], (middle - width_of(LETTERS[index], SMALL) // 2, foot), Letters(SMALL, GRAPHITE.line)
        )
    text, colour = _outcome(digits, joined=len(lattice.components) > 1)
    write(card, text, (left, foot + 26), Letters(MIDDLE, colour))


def _draw_cut(card: Picture, x: int, rows: tuple[int, int], *, taken: bool) -> None:
    """A line through the ink, in place: whole where the cut was taken, dashed where it was only tried."""
    if taken:
        cv2.line(card, (x, rows[0]), (x, rows[1]), DOUBTFUL.line, 3)
        return
    for y in range(rows[0], rows[1], 10):
        cv2.line(card, (x, y), (x, min(y + 5, rows[1])), BLUE.line, 2)


def _outcome(digits: list[Digit], *, joined: bool) -> tuple[str, Colour]:
    """What was made of one piece of ink, in words, and their colour."""
    if not digits:
        return ("not joined" if joined else "no digit here, or part of a join"), GRAPHITE.line
    confidence = float(np.prod([digit.confidence for digit in digits]))
    said = " | ".join(str(digit.label) for digit in digits)
    return f"read as  {said}   {percent(confidence)}", tone_of(confidence).line if confidence >= 0.85 else INK


def _centred(cell: Picture, text: str, foot: int, letters: Letters) -> None:
    """Write a text in the middle of a cell, smaller where it is too wide, in place."""
    size = letters.size
    while size > 9 and width_of(text, size) > cell.shape[1]:
        size -= 1
    write(cell, text, ((cell.shape[1] - width_of(text, size)) // 2, foot), letters._replace(size=size))
