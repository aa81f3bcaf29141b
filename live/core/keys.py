"""Map the key codes of OpenCV to the actions of the window. Knows no window."""

from __future__ import annotations

from enum import Enum


class Key(Enum):
    """A key's action: its label, its description for the help, and its characters."""

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
    """The key for a code from cv2.waitKeyEx; None for no key and for any other key.

    Codes of arrow keys exceed 255, and their lowest eight bits equal those of letters (Left equals Q). Only the bits of
    modifier keys are cleared.
    """
    if code < 0:
        return None
    code &= 0xFFFF
    return KEY_OF.get(chr(code).lower()) if code < 128 else None
