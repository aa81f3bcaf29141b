"""Make text that others chose harmless to show: file names, addresses, model cards, settings. Knows no terminal and no window."""

from __future__ import annotations

import unicodedata

SHORT_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
KEPT_BYTE = 0xDC00
"""Python keeps a byte of a file name that is no letter as the surrogate with this number and the byte's (PEP 383)."""


def printable(text: object) -> str:
    r"""The text on one line, with nothing in it that a terminal or window would act on; an escape shows what was there.

    Control characters (C0, C1, so every escape sequence), signs without a shape of their own (bidi overrides, joiners), line
    separators, lone surrogates and code points that Unicode has not given out become `\n`, `\x1b`, `\u202e`.
    """
    text = str(text)
    if text.isprintable():  # as nearly all are; the space is the one blank that counts as printable
        return text
    return "".join(letter if _is_harmless(letter) else _escaped(letter) for letter in text)


def printable_lines(text: object) -> str:
    """The same of several lines, whose line ends stay. Only for text in which every line end is Numcam's own."""
    return "\n".join(map(printable, str(text).split("\n")))


def _is_harmless(letter: str) -> bool:
    """Whether a letter has a shape, or is a blank of some width."""
    return letter.isprintable() or unicodedata.category(letter) == "Zs"


def _escaped(letter: str) -> str:
    """What stands for a letter that isn't shown."""
    code = ord(letter)
    if letter in SHORT_ESCAPES:
        return SHORT_ESCAPES[letter]
    if 0x80 <= code - KEPT_BYTE <= 0xFF:
        return f"\\x{code - KEPT_BYTE:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
