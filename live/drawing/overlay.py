"""Draw what was read over the frame: the picture that is shown and recorded. Knows numbers and pixels, no window.

Green, amber and vermilion differ in lightness too, so that every kind of colour vision tells them apart (after Okabe and Ito,
2008); a pale casing keeps the frames visible on a dark desk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import DOUBT_MARK, Box, Digit, Number, Sign
from live.core.results import FrameResult, TrackedNumber
from live.core.settings import OverlaySettings
from live.drawing.labels import Crowd, Label, LabelMemory, label_sizes, place_labels
from live.drawing.lettering import SHIFT, Colour, Letters, advance, at_shift, rounded, rounded_corners, width_of, write
from live.drawing.notice import draw_notice

TOO_MUCH = "Too much ink to read all"


@dataclass(frozen=True, slots=True)
class Tone:
    """How sure Numcam is, as colours: of the frame, of the label, of the label's text."""

    line: Colour
    chip: Colour
    text: Colour
    doubtful: Colour = (110, 222, 255)
    """Of a question mark in the text."""


SURE = Tone(line=(98, 138, 0), chip=(88, 124, 0), text=(255, 255, 255), doubtful=(130, 235, 255))
UNSURE = Tone(line=(0, 146, 232), chip=(20, 176, 250), text=(0, 24, 34), doubtful=(16, 40, 168))
DOUBTFUL = Tone(line=(26, 66, 208), chip=(22, 56, 190), text=(255, 255, 255), doubtful=(110, 222, 255))
CASING: Colour = (250, 250, 250)
CASING_PX = 0.3
SURE_FROM, UNSURE_FROM = 0.85, 0.6
DIGIT_BOX_OPACITY = 0.5


def draw(
    result: FrameResult,
    settings: OverlaySettings,
    *,
    mirrored: bool = False,
    memory: LabelMemory | None = None,
    uncovered: Sequence[Box] = (),
) -> NDArray[np.uint8]:
    """The frame with every shown number framed and labelled: a new (H, W, 3) uint8 picture. A notice says when not all was read.

    mirrored: flip frame and frames left to right, the text still reads the right way round (for the preview alone).
    memory: keeps labels where they were in the frame before; one for each row of pictures that are drawn.
    uncovered: what else labels should not hide.
    """
    image = result.frame.image
    picture = cv2.flip(image, 1) if mirrored else image.copy()
    shown = result.shown
    if shown:
        _draw_numbers(picture, shown, settings, mirrored=mirrored, around=(memory or LabelMemory(), uncovered))
    if result.reading.left_out:
        draw_notice(picture, TOO_MUCH, round(picture.shape[0] / 40), at_top=True)
    return picture


def _draw_numbers(
    picture: NDArray[np.uint8],
    shown: Sequence[TrackedNumber],
    settings: OverlaySettings,
    *,
    mirrored: bool,
    around: tuple[LabelMemory, Sequence[Box]],
) -> None:
    """Frame and label the numbers, in place. around: where their labels were, and what else they should not hide."""
    memory, uncovered = around
    crowd = _crowd_of(shown, picture, uncovered, mirrored=mirrored)
    tall = np.linalg.norm(crowd.quads[:, 3] - crowd.quads[:, 0], axis=1)
    if settings.digit_boxes:
        _draw_digit_boxes(picture, shown, crowd.ink)
    draw_frames(picture, crowd.quads, tall, [tone_of_number(tracked.number) for tracked in shown])
    numbers = [tracked.number for tracked in shown]
    choices = [
        label_sizes(number.shown, number.confidence, float(high), (crowd.width, crowd.height), settings)
        for number, high in zip(numbers, tall, strict=True)
    ]
    placed = place_labels(choices, crowd, [memory.spot_of(tracked.track_id) for tracked in shown])
    memory.remember({tracked.track_id: spot for tracked, (_, _, spot) in zip(shown, placed, strict=True)})
    for number, (label, corner, _) in zip(numbers, placed, strict=True):
        draw_label(picture, label, corner, tone_of_number(number))


def tone_of(confidence: float) -> Tone:
    """Colours of a confidence, 0 to 1."""
    if confidence >= SURE_FROM:
        return SURE
    return UNSURE if confidence >= UNSURE_FROM else DOUBTFUL


def tone_of_number(number: Number) -> Tone:
    """Colours of a number; one with a doubtful digit or sign never has those of a sure one, nor one that fits no format."""
    if number.fits is False:
        return DOUBTFUL
    tone = tone_of(number.confidence)
    return UNSURE if number.doubts and tone is SURE else tone


def _crowd_of(
    shown: Sequence[TrackedNumber], picture: NDArray[np.uint8], uncovered: Sequence[Box], *, mirrored: bool
) -> Crowd:
    """Frames to draw around the numbers, each quad a little widened, and the boxes of their parts; flipped where the picture is.

    What else is to stay uncovered follows them.
    """
    height, width = picture.shape[:2]
    quads = np.stack([tracked.number.quad for tracked in shown]).astype(np.float32)
    tall = np.linalg.norm(quads[:, 3] - quads[:, 0], axis=1)
    quads = _grown(quads, 2 + 0.07 * tall)
    boxes = _boxes_of([*(part.box for tracked in shown for part in _parts_of(tracked.number)), *uncovered])
    if mirrored:
        quads = np.stack([width - 1 - quads[..., 0], quads[..., 1]], axis=2)[:, [1, 0, 3, 2]]
        boxes = np.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], axis=1)
    return Crowd(width, height, quads, boxes)


def _parts_of(number: Number) -> tuple[Digit | Sign, ...]:
    """Its digits, then its signs."""
    return *number.digits, *number.signs


def _boxes_of(boxes: Sequence[Box]) -> NDArray[np.float32]:
    """Left, top, right, bottom of each box, (D, 4) px."""
    return np.array([(box.x, box.y, box.right, box.bottom) for box in boxes], np.float32)


def _draw_digit_boxes(picture: NDArray[np.uint8], shown: Sequence[TrackedNumber], boxes: NDArray[np.float32]) -> None:
    """Frame every digit and sign by a thin, half transparent line, in place; boxes as `_boxes_of` gives them, by number."""
    height, width = picture.shape[:2]
    line = max(1, round(height / 1000))
    rows = boxes.astype(int).tolist()
    first = 0
    for tracked in shown:
        parts = _parts_of(tracked.number)
        mine, first = rows[first : first + len(parts)], first + len(parts)
        left, top = max(min(box[0] for box in mine) - line, 0), max(min(box[1] for box in mine) - line, 0)
        right, bottom = max(box[2] for box in mine) + line, max(box[3] for box in mine) + line
        part = picture[top : min(bottom, height), left : min(right, width)]
        if part.size == 0:
            continue
        lined = part.copy()
        for part_of_it, (x0, y0, x1, y1) in zip(parts, mine, strict=True):
            corners = (x0 - left - 1, y0 - top - 1), (x1 - left, y1 - top)
            cv2.rectangle(lined, *corners, tone_of(part_of_it.confidence).line, line)
        cv2.addWeighted(lined, DIGIT_BOX_OPACITY, part, 1 - DIGIT_BOX_OPACITY, 0, dst=part)


def draw_frames(
    picture: NDArray[np.uint8], quads: NDArray[np.float32], tall: NDArray[np.float32], tones: list[Tone]
) -> None:
    """Frame the numbers, in place: a line with a pale casing, thinner around small numbers."""
    thickest = max(1.8, picture.shape[0] / 300)
    lines = np.clip(tall / 20, 1, thickest).astype(np.float32)
    radii = np.minimum(0.16 * tall, 5 * thickest).astype(np.float32)
    # rings between two outlines: half the time of a thick polyline, of any width, and its corners stay round
    by = np.concatenate([lines / 2 + CASING_PX, -lines / 2 - CASING_PX, lines / 2 - 0.5, 0.5 - lines / 2])
    outlines = rounded_corners(_grown(np.tile(quads, (4, 1, 1)), by), np.maximum(np.tile(radii, 4) + by, 1))
    casing_out, casing_in, line_out, line_in = np.split(at_shift(outlines), 4)
    for outer, inner in zip(casing_out, casing_in, strict=True):
        cv2.fillPoly(picture, [outer, inner], CASING, cv2.LINE_AA, SHIFT)
    for outer, inner, tone in zip(line_out, line_in, tones, strict=True):
        cv2.fillPoly(picture, [outer, inner], tone.line, cv2.LINE_AA, SHIFT)


def _grown(quads: NDArray[np.float32], by: NDArray[np.float32]) -> NDArray[np.float32]:
    """Quads (N, 4, 2) with every side moved outwards by `by` (N,) px."""
    along, down = quads[:, 1] - quads[:, 0], quads[:, 3] - quads[:, 0]
    along = along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-6)
    down = down / np.maximum(np.linalg.norm(down, axis=1, keepdims=True), 1e-6)
    return quads + by[:, None, None] * np.stack([-along - down, along - down, along + down, -along + down], axis=1)


def draw_label(picture: NDArray[np.uint8], label: Label, corner: tuple[int, int], tone: Tone) -> None:
    """Draw a chip with its top left corner at `corner`, in place."""
    x, y = corner
    rounded(picture, corner, (label.width, label.height), tone.chip)
    foot = y + round(1.0 * label.size)
    text_x = x + label.margin
    for text in filter(None, re.split(rf"([{DOUBT_MARK}]+)", label.text)):
        colour = tone.doubtful if DOUBT_MARK in text else tone.text
        write(picture, text, (text_x, foot), Letters(label.size, colour, bold=True))
        text_x += advance(text, label.size)
    if label.note:
        note_x = x + label.width - label.margin - width_of(label.note, label.note_size)
        write(picture, label.note, (note_x, foot), Letters(label.note_size, tone.text))
