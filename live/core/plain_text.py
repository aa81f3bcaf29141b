"""Escape untrusted text for display: file names, addresses, model cards, settings. Knows no terminal and no window."""

from __future__ import annotations

import unicodedata

SHORT_ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
KEPT_BYTE = 0xDC00
"""The code point that Python adds to an undecodable byte of a file name, which gives a lone surrogate (PEP 383)."""


def printable(text: object) -> str:
    r"""The text on one line, with escapes in place of all characters that a terminal or window would interpret.

    Control characters (C0 and C1, hence every escape sequence), format characters (bidi overrides, joiners), line
    separators, lone surrogates and unassigned code points become `\n`, `\x1b`, `\u202e`.
    """
    text = str(text)
    if text.isprintable():  # the common case; the space is the only whitespace that is printable
        return text
    return "".join(letter if _is_harmless(letter) else _escaped(letter) for letter in text)


def printable_lines(text: object) -> str:
    """Like `printable`, but keeps line breaks. Only for text whose line breaks all come from Numcam."""
    return "\n".join(map(printable, str(text).split("\n")))


def _is_harmless(letter: str) -> bool:
    """Whether a character is printable or a space of any width."""
    return letter.isprintable() or unicodedata.category(letter) == "Zs"


def _escaped(letter: str) -> str:
    """The escape of a character that isn't shown."""
    code = ord(letter)
    if letter in SHORT_ESCAPES:
        return SHORT_ESCAPES[letter]
    if 0x80 <= code - KEPT_BYTE <= 0xFF:
        return f"\\x{code - KEPT_BYTE:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
