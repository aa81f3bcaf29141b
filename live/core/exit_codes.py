"""The exit codes of the program and of the scripts. Knows no error."""

from __future__ import annotations

DONE = 0
FAILED = 1
"""Something failed; one line on stderr names it."""
WRONG_ARGUMENTS = 2
"""Options or settings are wrong; nothing was opened."""
INTERRUPTED = 130
"""A signal ended the process: 128 + 2, the shell's exit code for SIGINT."""
