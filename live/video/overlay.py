"""Draw what was read over the frame: the picture that is shown and recorded. Knows numbers and pixels, no window.

Colours are Okabe and Ito's (2008), which people with any kind of colour vision can tell apart: green where Numcam is sure,
orange where it is not, vermilion where it doubts.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live.records import FrameResult, TrackedNumber
from live.settings import OverlaySettings
from live.video.lettering import BOLD, Colour, rounded, width_of, write

SURE: Colour = (115, 158, 0)
UNSURE: Colour = (0, 140, 222)
DOUBTFUL: Colour = (0, 94, 213)
WHITE: Colour = (255, 255, 255)
SURE_FROM, UNSURE_FROM = 0.85, 0.6

Rect = tuple[int, int, int, int]
"""Left, top, right, bottom, px."""


@dataclass(frozen=True, slots=True)
class Label:
    """A chip with a number's text and confidence, before it has its place."""

    text: str
    note: str
    size: int
    width: int
    height: int


def draw(result: FrameResult, settings: OverlaySettings, *, mirrored: bool = False) -> NDArray[np.uint8]:
    """The frame with every shown number framed and labelled: a new (H, W, 3) uint8 picture.

    mirrored: flip frame and frames left to right, the text still reads the right way round (for the preview alone).
    """
    picture = cv2.flip(result.frame.image, 1) if mirrored else result.frame.image.copy()
    height, width = picture.shape[:2]
    shown = [(tracked, quad_on(tracked, width, mirrored)) for tracked in result.shown]
    line = max(1, round(height / 400))
    for tracked, quad in shown:
        _frame_number(picture, tracked, quad, (line, mirrored, settings.digit_boxes))
    busy = [rect_of(quad) for _, quad in shown]
    for index, (tracked, quad) in enumerate(shown):
        label = label_for(tracked, quad, height, settings)
        place = free_place(label, quad, busy[:index] + busy[index + 1 :], (width, height))
        busy.append((*place, place[0] + label.width, place[1] + label.height))
        _draw_label(picture, label, place, colour_of(tracked.number.confidence))
    return picture


def colour_of(confidence: float) -> Colour:
    """Colour of a confidence, 0 to 1."""
    if confidence >= SURE_FROM:
        return SURE
    return UNSURE if confidence >= UNSURE_FROM else DOUBTFUL


def quad_on(tracked: TrackedNumber, width: int, mirrored: bool) -> NDArray[np.float32]:
    """Corners to draw: the number's quad a little widened, flipped where the picture is. (4, 2) px, clockwise."""
    quad = tracked.number.quad.astype(np.float32)
    tall = float(np.linalg.norm(quad[3] - quad[0]))
    along = (quad[1] - quad[0]) / max(float(np.linalg.norm(quad[1] - quad[0])), 1e-6)
    down = (quad[3] - quad[0]) / max(tall, 1e-6)
    pad = 3 + 0.1 * tall
    quad = quad + pad * np.array([-along - down, along - down, along + down, -along + down], np.float32)
    if mirrored:
        quad = np.stack([width - 1 - quad[:, 0], quad[:, 1]], axis=1)[[1, 0, 3, 2]]
    return quad


def rect_of(quad: NDArray[np.float32]) -> Rect:
    """The upright rectangle around a quad, px."""
    (x0, y0), (x1, y1) = quad.min(axis=0), quad.max(axis=0)
    return int(x0), int(y0), int(x1), int(y1)


def label_for(tracked: TrackedNumber, quad: NDArray[np.float32], frame_height: int, settings: OverlaySettings) -> Label:
    """The chip of a number: as large as the number allows, within what reads well in a frame of this height."""
    tall = float(np.linalg.norm(quad[3] - quad[0]))
    size = int(np.clip(0.36 * tall, max(11, frame_height / 52), frame_height / 24) * settings.text_scale)
    note = f"{100 * tracked.number.confidence:.0f} %" if settings.confidence else ""
    note_width = width_of(note, _small(size)) + size // 3 if note else 0
    width = width_of(tracked.number.text, size, BOLD) + note_width + size // 2 + 2
    return Label(tracked.number.text, note, size, width, round(1.35 * size))


def free_place(label: Label, quad: NDArray[np.float32], busy: list[Rect], frame: tuple[int, int]) -> tuple[int, int]:
    """Top left corner of a chip, px: above its number, below it or beside it, where it covers least; always in the frame."""
    left, top, right, bottom = rect_of(quad)
    gap = 2
    wanted = np.array(
        [
            (round(float(quad[0, 0])), round(float(min(quad[0, 1], quad[1, 1]))) - label.height - gap),
            (right - label.width, top - label.height - gap),
            (left, bottom + gap),
            (right - label.width, bottom + gap),
            (right + gap, (top + bottom - label.height) // 2),
            (left - label.width - gap, (top + bottom - label.height) // 2),
        ]
    )
    wanted = np.clip(wanted, 0, np.maximum(0, [frame[0] - label.width, frame[1] - label.height]))
    hidden = np.arange(len(wanted), dtype=np.float64)  # of equally good places the first
    if busy:
        rects = np.array(busy)
        low = np.maximum(wanted[:, None], rects[None, :, :2])
        high = np.minimum(wanted[:, None] + (label.width, label.height), rects[None, :, 2:])
        hidden += np.prod(np.maximum(high - low, 0), axis=2).sum(axis=1)
    x, y = wanted[hidden.argmin()]
    return int(x), int(y)


def _small(size: int) -> int:
    """Size of the confidence beside a text of `size` px."""
    return max(9, round(0.72 * size))


def _frame_number(
    picture: NDArray[np.uint8], tracked: TrackedNumber, quad: NDArray[np.float32], look: tuple[int, bool, bool]
) -> None:
    """Frame one number, and each of its digits by a thin line. look: line width px, mirrored, digit boxes."""
    line, mirrored, digit_boxes = look
    colour = colour_of(tracked.number.confidence)
    if digit_boxes:
        width = picture.shape[1]
        for digit in tracked.number.digits:
            box = digit.box
            x = width - box.right if mirrored else box.x
            cv2.rectangle(picture, (x, box.y), (x + box.width - 1, box.bottom - 1), colour_of(digit.confidence), 1)
    corners = np.rint(quad * 16).astype(np.int32)
    cv2.polylines(picture, [corners], True, WHITE, line + 2, cv2.LINE_AA, shift=4)
    cv2.polylines(picture, [corners], True, colour, line, cv2.LINE_AA, shift=4)


def _draw_label(picture: NDArray[np.uint8], label: Label, place: tuple[int, int], colour: Colour) -> None:
    """Draw a chip with its top left corner at `place`."""
    x, y = place
    rounded(picture, place, (label.width, label.height), colour)
    foot = y + round(1.03 * label.size)
    write(picture, label.text, (x + label.size // 4, foot), label.size, WHITE, bold=True)
    if label.note:
        note_x = x + label.width - label.size // 4 - width_of(label.note, _small(label.size))
        write(picture, label.note, (note_x, foot), _small(label.size), WHITE)
