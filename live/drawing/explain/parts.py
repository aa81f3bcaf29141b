"""What the pictures of the reading's stages share: their size, their heading, their colours. Knows no stage."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from live.drawing.hud import BACKGROUND, GREY, WHITE
from live.drawing.lettering import Colour, Letters, rounded, width_of, write
from live.drawing.overlay import Tone

Picture = NDArray[np.uint8]
Legend = Sequence[tuple[str, Colour]]

INK: Colour = (40, 36, 34)
PAPER: Colour = (255, 255, 255)
FAINT: Colour = (176, 172, 168)
# distinguishable in every kind of colour vision (after Okabe and Ito, 2008), and none is a colour of the overlay's own
BLUE = Tone(line=(178, 114, 0), chip=(150, 96, 0), text=WHITE)
PURPLE = Tone(line=(167, 121, 204), chip=(120, 70, 150), text=WHITE)
GRAPHITE = Tone(line=(110, 106, 102), chip=(96, 92, 88), text=WHITE)
SKY = Tone(line=(233, 180, 86), chip=(190, 130, 30), text=WHITE)
BLACK = Tone(line=(20, 18, 16), chip=(20, 18, 16), text=WHITE)

LEAST_WIDTH_PX = 720  # of a picture, so that its heading can be read
SIDES_PX = (1200, 2400)  # shortest and longest longer side of a page, where its writing allows
DIGIT_PX = (28, 44)  # a digit's height that can be read, and that is comfortable
LARGEST = 8.0  # a picture is never enlarged beyond


def scale_for(size: tuple[int, int], tall: float) -> float:
    """How much a page is to be enlarged so that writing of `tall` px, and labels beside it, can be read. size: px."""
    longest = max(size)
    scale = min(max(DIGIT_PX[1] / max(tall, 1.0), SIDES_PX[0] / longest), SIDES_PX[1] / longest)
    return min(max(scale, min(1.0, DIGIT_PX[0] / max(tall, 1.0))), LARGEST)


def scaled(picture: Picture, scale: float) -> Picture:
    """A picture `scale` times as large, at least a px."""
    size = max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)


def titled(body: Picture, title: str, meaning: str, legend: Legend = ()) -> Picture:
    """`body` under a heading: a title, a sentence or two on what is seen, and what the colours say. A new picture."""
    width = max(body.shape[1], LEAST_WIDTH_PX)
    size = min(max(15, width // 72), 28)
    margin, step = size, round(1.5 * size)
    lines = wrapped(meaning, size, width - 2 * margin)
    rows = _legend_rows(legend, size, width - 2 * margin)
    head = np.full((margin + step * (1 + len(lines) + len(rows)) + margin // 2, width, 3), BACKGROUND, np.uint8)
    foot = margin + size
    write(head, title, (margin, foot), Letters(round(1.2 * size), WHITE, bold=True))
    for line in lines:
        foot += step
        write(head, line, (margin, foot), Letters(size, GREY))
    for row in rows:
        foot, x = foot + step, margin
        for text, colour in row:
            rounded(
                head, (x - 2, foot - size), (size + 4, size + 4), GREY
            )  # a dark colour is seen on the dark heading too
            rounded(head, (x, foot - size + 2), (size, size), colour)
            write(head, text, (x + round(1.4 * size), foot), Letters(size, WHITE))
            x += _entry_width(text, size)
    under = np.full((body.shape[0], width, 3), PAPER, np.uint8)
    left = (width - body.shape[1]) // 2
    under[:, left : left + body.shape[1]] = body
    return np.vstack([head, under])


def wrapped(text: str, size: int, room: int) -> list[str]:
    """`text` in lines of at most `room` px, parted at its spaces; a longer word has a line of its own."""
    lines: list[str] = []
    for word in text.split():
        if lines and width_of(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _entry_width(text: str, size: int) -> int:
    """Width of one entry of the legend, and the gap after it, px."""
    return width_of(text, size) + round(3.2 * size)


def _legend_rows(legend: Legend, size: int, room: int) -> list[list[tuple[str, Colour]]]:
    """The entries in rows of at most `room` px."""
    rows: list[list[tuple[str, Colour]]] = []
    used = room + 1
    for text, colour in legend:
        wide = _entry_width(text, size)
        if used + wide > room:
            rows.append([])
            used = 0
        rows[-1].append((text, colour))
        used += wide
    return rows
