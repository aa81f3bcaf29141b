"""The keys of the window: what each one asks for, and the code that OpenCV gives for it. Knows no window."""

from __future__ import annotations

from enum import Enum


class Key(Enum):
    """What a key asks for: how it is called, what it does, and the characters that mean it."""

    QUIT = ("q, Esc", "quit", "q\x1b")
    PAUSE = ("space", "pause, and go on", " ")
    RECORD = ("r", "start and stop recording", "r")
    SNAPSHOT = ("s", "snapshot: the picture, and what was read as JSON", "s")
    MIRROR = ("m", "mirror the preview (never the recording)", "m")
    DEBUG = ("d", "show the ink, and what the network is given", "d")
    HELP = ("h", "show and hide this help", "h")

    def __init__(self, label: str, meaning: str, characters: str) -> None:
        self.label = label
        self.meaning = meaning
        self.characters = characters


KEY_OF = {character: key for key in Key for character in key.characters}


def key_for(code: int) -> Key | None:
    """The key of a code from cv2.waitKeyEx; None for none and for any other key.

    Arrow keys and the like have codes beyond 255 whose last eight bits look like letters (Left looks like Q): only the bits
    that tell of held modifiers are taken off.
    """
    if code < 0:
        return None
    code &= 0xFFFF
    return KEY_OF.get(chr(code).lower()) if code < 128 else None
