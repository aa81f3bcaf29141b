"""The symbols that a drawn text is labelled with. Knows no picture and no network."""

from __future__ import annotations

DIGITS = "0123456789"
SIGNS = ".,-/:+%"
"""Signs that belong to numbers."""
OTHER = "#"
"""One symbol for letters, words, operators and currency signs: they end a number."""
