"""What only the window shows: speed, recording, keys, and the view behind the scenes. Knows no number's meaning."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import imutils
import numpy as np
from numpy.typing import NDArray

from live.core.keys import Key
from live.core.records import Reading
from live.drawing.lettering import Colour, Letters, panel, rounded, width_of, write

WHITE: Colour = (255, 255, 255)
GREY: Colour = (196, 196, 196)
RED: Colour = (58, 58, 240)
KEY_CAP: Colour = (78, 74, 70)
BACKGROUND: Colour = (34, 31, 28)
HINT = "h  help"
CELL_PX = (84, 56)  # largest and smallest side of one 28x28 input in the view behind the scenes, at 720 rows
DOT = "● "  # placeholder of the red dot; reserves its width


@dataclass(frozen=True, slots=True)
class HudState:
    """What the window shows besides the picture."""

    fps: tuple[float, ...] = ()
    """Frames a second of each source; 0 where it isn't known yet."""
    frame_ms: float = 0.0
    """What reading took, all sources together."""
    age_ms: float | None = None
    """How old the frames are that are shown; None where no source is live."""
    dropped: int = 0
    """Frames that came and were never shown."""
    recording_s: float | None = None
    """Seconds recorded so far; None: not recording."""
    paused: bool = False
    mirrored: bool = False
    help: bool = False


def draw_hud(picture: NDArray[np.uint8], state: HudState) -> NDArray[np.uint8]:
    """`picture` with small panels in its lower corners, and the help where it is asked for: a new (H, W, 3) picture."""
    picture = picture.copy()
    height, width = picture.shape[:2]
    size = text_size(height)
    _pill(picture, (width, height), HINT, size, GREY)
    if any(state.fps):
        _pill(picture, (0, height), "   ".join(speed(state)), size, GREY)
    left = 0
    if state.recording_s is not None:
        left += _pill(picture, (left, 0), f"{DOT}REC {clock(state.recording_s)}", size, WHITE)
    for word in [*(["PAUSED"] if state.paused else []), *(["MIRROR"] if state.mirrored else [])]:
        left += _pill(picture, (left, 0), word, size, WHITE)
    return draw_help(picture) if state.help else picture


def draw_help(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """`picture` with the keys and what they do in its middle: a new picture."""
    picture = picture.copy()
    height, width = picture.shape[:2]
    size = text_size(height)
    while size > 8 and (_help_size(size)[0] > width or _help_size(size)[1] > height):
        size -= 1
    wide, tall = _help_size(size)
    left, top, step = (width - wide) // 2, (height - tall) // 2, round(1.9 * size)
    panel(picture, (left, top), (wide, tall), 0.92)
    for row, key in enumerate(Key):
        foot = top + step * (row + 1) + round(0.34 * size)
        cap = width_of(key.label, size, bold=True)
        rounded(picture, (left + size, foot - round(1.14 * size)), (cap + size, round(1.56 * size)), KEY_CAP)
        write(picture, key.label, (left + size + size // 2, foot), Letters(size, WHITE, bold=True))
        write(picture, key.meaning, (left + _caps_width(size), foot), Letters(size, WHITE))
    return picture


def text_size(height: int) -> int:
    """Size of the window's own text in a picture of `height` rows, px."""
    return max(11, round(height / 44))


def speed(state: HudState) -> list[str]:
    """How fast all goes, in a few words; with the help, more of them."""
    rate = " + ".join(f"{fps:.0f}" for fps in state.fps) + " fps"
    if not state.help:
        return [rate, f"{state.frame_ms:.0f} ms"]
    age = [] if state.age_ms is None else [f"{state.age_ms:.0f} ms old"]
    return [rate, f"{state.frame_ms:.0f} ms to read", *age, f"{state.dropped} dropped"]


def clock(seconds: float) -> str:
    """0:07, 12:30, 1:02:03."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def _pill(picture: NDArray[np.uint8], corner: tuple[int, int], text: str, size: int, colour: Colour) -> int:
    """A panel with a few words, in place, towards `corner` of the picture; returns the width that it takes up, px."""
    margin, tall = round(0.6 * size), round(1.7 * size)
    wide = width_of(text, size) + round(1.3 * size)
    left = corner[0] + margin if corner[0] < picture.shape[1] else corner[0] - margin - wide
    top = corner[1] + margin if corner[1] < picture.shape[0] else corner[1] - margin - tall
    panel(picture, (left, top), (wide, tall))
    x, foot = left + round(0.65 * size), top + round(1.2 * size)
    if text.startswith(DOT):
        center = (x + round(0.36 * size), top + tall // 2)
        cv2.circle(picture, center, round(0.36 * size), RED, cv2.FILLED, cv2.LINE_AA)
        x, text = x + width_of(DOT, size), text.removeprefix(DOT)
    write(picture, text, (x, foot), Letters(size, colour))
    return wide + margin


def _caps_width(size: int) -> int:
    """Width of the column of keys in the help."""
    return max(width_of(key.label, size, bold=True) for key in Key) + 3 * size


def _help_size(size: int) -> tuple[int, int]:
    """Width and height of the help."""
    meanings = max(width_of(key.meaning, size) for key in Key)
    return _caps_width(size) + meanings + size, round(1.9 * size) * (len(Key) + 1)


def debug_view(picture: NDArray[np.uint8], reading: Reading) -> NDArray[np.uint8]:
    """`picture` with the ink mask and the 28x28 inputs of the network to its right: a new picture, half as wide again."""
    height, width = picture.shape[:2]
    side = max(width // 2, 160)
    size = text_size(height)
    margin, line = min(size // 2, side // 4), round(1.8 * size)  # a picture may be 1 px wide and very tall
    view = np.full((height, side, 3), BACKGROUND, np.uint8)
    inner = side - 2 * margin
    ink_height = max(1, min(round(inner * reading.ink.shape[0] / reading.ink.shape[1]), (height - 2 * line) // 2))
    ink = cv2.resize(255 - reading.ink, (inner, ink_height), interpolation=cv2.INTER_AREA)
    top = line
    view[top : top + ink_height, margin : margin + inner] = ink[..., None]
    _caption(view, "ink", "what counts as a stroke", (margin, line))
    top += ink_height + line
    count = len(reading.inputs)
    _caption(view, f"{count} inputs", "what the network is asked about, 28×28 each", (margin, top))
    room = (inner, height - top - margin)
    if count and min(room) >= CELL_PX[1] // 2:
        cells = _montage(reading.inputs, room, max(1.0, height / 720))
        view[top : top + cells.shape[0], margin : margin + cells.shape[1]] = cells
    return np.hstack([picture, view])


def _caption(view: NDArray[np.uint8], title: str, meaning: str, place: tuple[int, int]) -> None:
    """Write a title and, where there is room, its meaning, in place, above the line that begins at `place`."""
    size = text_size(view.shape[0])
    x, foot = place[0], place[1] - round(0.5 * size)
    write(view, title, (x, foot), Letters(size, WHITE, bold=True))
    x += width_of(title, size, bold=True) + size
    if x + width_of(meaning, size) <= view.shape[1]:
        write(view, meaning, (x, foot), Letters(size, GREY))


def _montage(inputs: NDArray[np.float32], room: tuple[int, int], scale: float) -> NDArray[np.uint8]:
    """The inputs side by side in (width, height) px, as large as lets all of them be seen, else as many as fit."""
    width, height = room
    largest, smallest = (round(side * scale) for side in CELL_PX)
    smallest = min(smallest // 2, width, height)
    fitting = (side for side in range(largest, smallest, -2) if (width // side) * (height // side) >= len(inputs))
    side = next(fitting, smallest)
    columns, rows = width // side, max(1, min(height // side, -(-len(inputs) // (width // side))))
    cells = [
        # a dark edge parts the fields
        cv2.copyMakeBorder(cv2.cvtColor(field, cv2.COLOR_GRAY2BGR), 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=BACKGROUND)
        for field in np.rint(inputs[: columns * rows, ..., 0] * 255).astype(np.uint8)
    ]
    montage: NDArray[np.uint8] = imutils.build_montages(cells, (side, side), (columns, rows))[0]
    montage[(len(cells) - 1) // columns * side :, ((len(cells) - 1) % columns + 1) * side :] = BACKGROUND
    return montage
