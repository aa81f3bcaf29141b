"""Draw pictures of single digits with the network's input and answer. Knows no network and no file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES, Box
from live.drawing.lettering import Colour, Letters, rounded, width_of, write
from models.percent import percent

Picture = NDArray[np.uint8]

BACKGROUND: Colour = (34, 31, 28)
SHEET: Colour = (52, 48, 44)
WHITE: Colour = (255, 255, 255)
GREY: Colour = (178, 172, 166)
TRACK: Colour = (74, 69, 64)
SURE: Colour = (118, 196, 92)
UNSURE: Colour = (64, 170, 240)
NO_DIGIT: Colour = (150, 145, 140)
UNSURE_BELOW = 0.8
"""Answers below this confidence are drawn in amber."""
VIEW_PX = 196
"""Side of the picture and of the enlarged 28x28 field (7 px per field px)."""
PAD_PX = 14
TITLE_PX = 30
ANSWER_PX = 96
CARD_PX = (2 * VIEW_PX + 3 * PAD_PX, TITLE_PX + VIEW_PX + ANSWER_PX + 2 * PAD_PX)
PER_SCREEN = 9
MOST_COLUMNS = 5


@dataclass(frozen=True, eq=False)
class Card:
    """One picture of the montage."""

    name: str
    image: Picture
    """(H, W, 3) uint8 BGR."""
    box: Box
    """Around the digit, px of the image."""
    field: NDArray[np.float32]
    """(28, 28) float32 in [0, 1]: the network's input."""
    probabilities: NDArray[np.float32]
    """(C,) float32, the ten digits first."""
    text: str
    """The answer for people."""

    @property
    def colour(self) -> Colour:
        """Green where the network is sure, amber where it isn't, grey for no digit."""
        if int(self.probabilities.argmax()) >= DIGIT_CLASSES:
            return NO_DIGIT
        return SURE if float(self.probabilities.max()) >= UNSURE_BELOW else UNSURE


def draw_montage(cards: Sequence[Card]) -> Picture:
    """All cards in a grid with the proportions of a screen: (H, W, 3) uint8 BGR. Raises ValueError without a card."""
    if not cards:
        raise ValueError("a montage needs at least one card")
    columns = min(MOST_COLUMNS, max(1, round(float(np.sqrt(1.3 * len(cards))))), len(cards))
    rows = -(-len(cards) // columns)
    width, height = CARD_PX
    sheet = np.full((rows * (height + PAD_PX) + PAD_PX, columns * (width + PAD_PX) + PAD_PX, 3), BACKGROUND, np.uint8)
    for place, card in enumerate(cards):
        top = PAD_PX + place // columns * (height + PAD_PX)
        left = PAD_PX + place % columns * (width + PAD_PX)
        _draw_card(sheet[top : top + height, left : left + width], card)
    return sheet


def _draw_card(view: Picture, card: Card) -> None:
    """One card, in place."""
    rounded(view, (0, 0), CARD_PX, SHEET)
    write(view, _shortened(card.name, 15, CARD_PX[0] - 2 * PAD_PX), (PAD_PX, 26), Letters(15, GREY))
    top = TITLE_PX + PAD_PX // 2
    view[top : top + VIEW_PX, PAD_PX : PAD_PX + VIEW_PX] = thumbnail(card.image, card.box, card.colour)
    field = np.rint(card.field * 255).astype(np.uint8)
    field = cv2.resize(field, (VIEW_PX, VIEW_PX), interpolation=cv2.INTER_NEAREST)
    view[top : top + VIEW_PX, 2 * PAD_PX + VIEW_PX : 2 * (PAD_PX + VIEW_PX)] = field[..., None]
    _draw_answer(view[top + VIEW_PX :], card)


def _draw_answer(view: Picture, card: Card) -> None:
    """Draw the label, its confidence, and a bar for each digit, in place."""
    confidence = percent(float(card.probabilities.max()), 1)
    size = 58 if len(card.text) == 1 else 24
    foot = 72 if len(card.text) == 1 else 46
    write(view, card.text, (PAD_PX + 4, foot), Letters(size, card.colour, bold=True))
    if len(card.text) == 1:
        write(view, confidence, (PAD_PX + 4 + width_of(card.text, size, bold=True) + 18, foot - 14), Letters(24, WHITE))
    else:
        write(view, confidence, (PAD_PX + 4, foot + 28), Letters(18, GREY))
    left, right, low, tall = 2 * PAD_PX + VIEW_PX, 2 * (PAD_PX + VIEW_PX), 78, 56
    step = (right - left) / DIGIT_CLASSES
    for digit, share in enumerate(card.probabilities[:DIGIT_CLASSES].tolist()):
        x0, x1 = round(left + digit * step) + 2, round(left + (digit + 1) * step) - 2
        view[low - tall : low, x0:x1] = TRACK
        best = digit == int(card.probabilities.argmax())
        view[low - round(tall * share) : low, x0:x1] = card.colour if best else GREY
        name = str(digit)
        colour = WHITE if best else GREY
        write(view, name, ((x0 + x1 - width_of(name, 14)) // 2, low + 18), Letters(14, colour, bold=best))


def thumbnail(image: Picture, box: Box, colour: Colour) -> Picture:
    """The whole picture in a square, the digit's box drawn on it: (VIEW_PX, VIEW_PX, 3) uint8 BGR."""
    height, width = image.shape[:2]
    scale = VIEW_PX / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST)
    square = np.full((VIEW_PX, VIEW_PX, 3), BACKGROUND, np.uint8)
    top, left = (VIEW_PX - size[1]) // 2, (VIEW_PX - size[0]) // 2
    square[top : top + size[1], left : left + size[0]] = small
    x0, y0 = round(left + box.x * scale) - 3, round(top + box.y * scale) - 3
    x1, y1 = round(left + box.right * scale) + 2, round(top + box.bottom * scale) + 2
    cv2.rectangle(square, (x0, y0), (x1, y1), colour, 2, cv2.LINE_AA)
    return square


def _shortened(name: str, size: int, room: int) -> str:
    """A file name that fits into `room` px: the middle is left out, beginning and suffix stay."""
    kept = len(name)
    shown = name
    while kept > 4 and width_of(shown, size) > room:
        kept -= 1
        shown = f"{name[: kept // 2]}…{name[len(name) - (kept - kept // 2) :]}"
    return shown
