"""Results made by hand: numbers at chosen places, as the overlay, the window and the logs are given them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live.core.records import SIGN_SYMBOLS, Box, Digit, Frame, Number, Reading, Sign
from live.core.results import FrameResult, TrackedNumber
from live.outputs.events import Event, EventKind


def number_at(
    text: str, corner: tuple[int, int], height: int = 40, *, confidence: float = 0.95, slope: float = 0.0
) -> Number:
    """A number whose digits and signs stand side by side from `corner` (x, y) on, on a line that falls by `slope` px a px.

    text: a ? stands for an 8 that may be another digit, a ! for a point that may be none.
    """
    width, each = round(0.6 * height), confidence ** (1 / len(text))
    digits: list[Digit] = []
    signs: list[Sign] = []
    x = corner[0]
    for symbol in text.replace("?", "8").replace("!", "."):
        x = corner[0] + (len(digits) + len(signs)) * (width + 4)
        box = Box(x, round(corner[1] + slope * (x - corner[0])), width, height)
        if symbol in SIGN_SYMBOLS:
            signs.append(Sign(symbol, len(digits), each, box))
        else:
            probabilities = np.full(11, 0, np.float32)
            probabilities[int(symbol)] = each
            probabilities[10] = 1 - probabilities[int(symbol)]
            digits.append(Digit(box, probabilities))
    right = x + width
    fall = slope * (right - corner[0])
    quad = [corner, (right, corner[1] + fall), (right, corner[1] + fall + height), (corner[0], corner[1] + height)]
    doubtful = tuple(k for k, c in enumerate(c for c in text if c not in SIGN_SYMBOLS + "!") if c == "?")
    doubtful_signs = tuple(k for k, c in enumerate(c for c in text if c in SIGN_SYMBOLS + "!") if c == "!")
    return Number(tuple(digits), np.array(quad, np.float32), doubtful, tuple(signs), doubtful_signs)


def result_of(image: NDArray[np.uint8], *numbers: Number, confirmed: bool = True, inputs: int = 0) -> FrameResult:
    """One frame with these numbers; their track ids count from 1."""
    tracked = tuple(
        TrackedNumber(track_id, number, hits=3, first_seen=0.0, last_seen=1.0, confirmed=confirmed)
        for track_id, number in enumerate(numbers, start=1)
    )
    return FrameResult(Frame(image, 0, 1.0, "by hand"), tracked, reading_of(image, inputs))


def event_of(text: str, kind: EventKind = "appeared", track_id: int = 1, source: str = "by hand") -> Event:
    """Something that happened to a number, half a second into a run."""
    tracked = TrackedNumber(track_id, number_at(text, (10, 10)), 3, 0.0, 0.5, confirmed=True)
    return Event(kind, 0.5, source, tracked)


def reading_of(image: NDArray[np.uint8], inputs: int) -> Reading:
    """What a reader would have looked at: a bar of ink, and as many inputs, each with a stroke."""
    height, width = image.shape[:2]
    ink = np.zeros((height, width), np.uint8)
    ink[: height // 4] = 255
    fields = np.zeros((inputs, 28, 28, 1), np.float32)
    fields[:, 4:24, 12:16] = 1.0
    return Reading((), ink, fields)


def paper(size: tuple[int, int] = (640, 480), shade: int = 230) -> NDArray[np.uint8]:
    """An empty sheet; size: (width, height)."""
    return np.full((size[1], size[0], 3), shade, np.uint8)


def changed(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(H, W) where a picture was drawn on."""
    return np.asarray(np.not_equal(before, after).any(axis=2), np.bool_)


def drawn_in(picture: NDArray[np.uint8], colour: tuple[int, int, int]) -> NDArray[np.bool_]:
    """(H, W) where a picture has that very colour."""
    return np.asarray(np.equal(picture, colour).all(axis=2), np.bool_)
