"""A sheet of the groups that were read at once: what the line network was shown, and what it made of it. Knows no page."""

from __future__ import annotations

import cv2
import numpy as np

from live.drawing.explain.parts import FAINT, GRAPHITE, INK, PAPER, Picture, titled
from live.drawing.lettering import Letters, write
from live.drawing.overlay import SURE
from live.reading.line_reader import LineReading
from models.percent import percent

ENLARGED = 2.5  # of the network's own px
SHEET_PX = 1600  # width
MARGIN_PX = 24
CARD_TALL_PX = 152
LETTERS_PX = 18


def draw_lines(lines: list[LineReading]) -> Picture:
    """Each group that was asked about as a whole, with what it was digit by digit and what it is at once."""
    cards = [_card(line) for line in lines]
    rows: list[list[Picture]] = [[]]
    for card in cards:
        if rows[-1] and sum(c.shape[1] for c in rows[-1]) + card.shape[1] > SHEET_PX - 2 * MARGIN_PX:
            rows.append([])
        rows[-1].append(card)
    sheet = np.full((2 * MARGIN_PX + max(CARD_TALL_PX * len(rows), 40), SHEET_PX, 3), PAPER, np.uint8)
    for number, row in enumerate(rows):
        left, top = MARGIN_PX, MARGIN_PX + number * CARD_TALL_PX
        for card in row:
            sheet[top : top + card.shape[0], left : left + card.shape[1]] = card
            left += card.shape[1]
    if not lines:
        write(sheet, "Every digit could be told by itself.", (MARGIN_PX, MARGIN_PX + 30), Letters(LETTERS_PX, INK))
    return titled(
        sheet, "5  Whole numbers",
        "What stands together, but could not be told digit by digit: a second network saw all of it at once. Above, what its "
        "pieces were taken for, # where for no digit; below, what it is as a whole, and how sure that is.",
        [("read at once, and taken", SURE.line), ("left as it was", FAINT)],
    )  # fmt: skip


def _card(line: LineReading) -> Picture:
    """One group."""
    seen = cv2.resize(line.picture, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_LINEAR)
    tall, wide = seen.shape
    card = np.full((CARD_TALL_PX, max(wide, 200) + MARGIN_PX, 3), PAPER, np.uint8)
    top = 30
    card[top : top + tall, 2 : 2 + wide] = 255 - seen[..., None]
    frame = (1, top - 1), (2 + wide, top + tall)
    cv2.rectangle(card, *frame, SURE.line if line.accepted else FAINT, 3 if line.accepted else 1)
    alone = "".join("#" if member.digit is None else str(member.digit.label) for member in line.group.members)
    write(card, alone, (2, 20), Letters(LETTERS_PX, GRAPHITE.line))
    text = "".join(str(digit.label) for digit in line.digits)
    told = f"{text}  {percent(line.confidence)}" if text else "no number"
    write(
        card,
        told,
        (2, top + tall + 24),
        Letters(LETTERS_PX, INK if line.accepted else GRAPHITE.line, bold=line.accepted),
    )
    return card
