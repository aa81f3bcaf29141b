"""The exit codes of the program and of the scripts. Knows no error."""

from __future__ import annotations

DONE = 0
FAILED = 1
"""Something failed, and one line says what."""
WRONG_ARGUMENTS = 2
"""Options or settings are wrong; nothing was opened."""
INTERRUPTED = 130
"""A signal ended it, as shells count SIGINT: 128 + 2."""
