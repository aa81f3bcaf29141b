"""What only the window shows: speed, recording, help, and the view behind the scenes. Knows no numbers' meaning."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import imutils
import numpy as np
from numpy.typing import NDArray

from live.records import Reading
from live.video.lettering import Colour, dimmed, width_of, write
from live.video.window import Key

WHITE: Colour = (255, 255, 255)
GREY: Colour = (190, 190, 190)
RED: Colour = (50, 50, 235)
CELL_PX = 56  # side of one 28x28 input in the view behind the scenes


@dataclass(frozen=True, slots=True)
class HudState:
    """What the window tells besides the picture."""

    fps: float = 0.0
    frame_ms: float = 0.0
    recording_s: float | None = None
    """Seconds recorded so far; None: not recording."""
    paused: bool = False
    mirrored: bool = False
    help: bool = False
    trouble: str | None = None
    """One line on why no frames come."""


def draw_hud(picture: NDArray[np.uint8], state: HudState) -> NDArray[np.uint8]:
    """`picture` with a line about the run at its foot, and the help where it is asked for: a new picture."""
    picture = picture.copy()
    height, width = picture.shape[:2]
    size = max(11, round(height / 42))
    bar = round(1.9 * size)
    dimmed(picture, (0, height - bar), (width, bar), 0.4)
    foot = height - round(0.6 * size)
    speed = f"{state.fps:.0f} fps · {state.frame_ms:.0f} ms"
    words = [state.trouble or speed, *(["mirrored"] if state.mirrored else []), *(["paused"] if state.paused else [])]
    write(picture, "  ·  ".join(words), (size, foot), size, WHITE)
    hint = "h  help"
    write(picture, hint, (width - width_of(hint, size) - size, foot), size, GREY)
    if state.recording_s is not None:
        _draw_recording(picture, state.recording_s, size)
    if state.help:
        _draw_help(picture, size)
    return picture


def _draw_recording(picture: NDArray[np.uint8], seconds: float, size: int) -> None:
    """A red dot and the time recorded, at the top right."""
    text = f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
    wide = width_of(text, size) + 3 * size
    left = picture.shape[1] - wide - size // 2
    dimmed(picture, (left, size // 2), (wide, round(1.9 * size)), 0.4)
    cv2.circle(picture, (left + size, size // 2 + round(0.95 * size)), round(0.45 * size), RED, cv2.FILLED, cv2.LINE_AA)
    write(picture, text, (left + 2 * size, size // 2 + round(1.3 * size)), size, WHITE)


def _draw_help(picture: NDArray[np.uint8], size: int) -> None:
    """The keys and what they do, in the middle."""
    height, width = picture.shape[:2]
    step = round(1.9 * size)
    names = max(width_of(key.label, size, 640) for key in Key) + 2 * size
    wide = names + max(width_of(key.meaning, size) for key in Key) + 2 * size
    tall = step * (len(Key) + 1)
    left, top = max(0, (width - wide) // 2), max(0, (height - tall) // 2)
    dimmed(picture, (left, top), (wide, tall), 0.12)
    for row, key in enumerate(Key):
        foot = top + round(step * (row + 1) + 0.35 * size)
        write(picture, key.label, (left + size, foot), size, WHITE, bold=True)
        write(picture, key.meaning, (left + names, foot), size, WHITE)


def debug_view(picture: NDArray[np.uint8], reading: Reading) -> NDArray[np.uint8]:
    """`picture` with the ink mask and the 28x28 inputs of the network to its right: a new, wider picture."""
    height, width = picture.shape[:2]
    side = max(2 * CELL_PX, width // 2)
    panel = np.full((height, side, 3), 32, np.uint8)
    size = max(11, round(height / 42))
    mask_height = min(height // 2, max(1, round(side * reading.ink.shape[0] / reading.ink.shape[1])))
    mask = cv2.resize(255 - reading.ink, (side, mask_height), interpolation=cv2.INTER_AREA)
    panel[:mask_height] = cv2.cvtColor(mask, cv2.COLOR_GRAY2BGR)
    caption = f"ink (above), and the {len(reading.inputs)} pictures that the network was given"
    while caption and width_of(caption, size) > side - size:
        caption = caption[: caption.rfind(" ")] if " " in caption else ""
    write(panel, caption, (size // 2, mask_height + round(1.4 * size)), size, GREY)
    top = mask_height + 2 * size
    if len(reading.inputs) and height - top >= CELL_PX:
        montage = _montage(reading.inputs, side, height - top)
        panel[top : top + montage.shape[0], : montage.shape[1]] = montage
    return np.hstack([picture, panel])


def _montage(inputs: NDArray[np.float32], width: int, height: int) -> NDArray[np.uint8]:
    """The inputs side by side, as many as fit into (width, height) px: ink white on black."""
    count = len(inputs)
    # as large as lets all of them be seen, down to their own size
    cell = next((c for c in range(CELL_PX, 28, -4) if (width // c) * (height // c) >= count), 28)
    columns, rows = max(1, width // cell), max(1, height // cell)
    cells = [
        cv2.cvtColor((field[..., 0] * 255).astype(np.uint8), cv2.COLOR_GRAY2BGR) for field in inputs[: columns * rows]
    ]
    return imutils.build_montages(cells, (cell, cell), (columns, rows))[0]
