"""`--clipboard`: copy the newest number to the clipboard in the background. Doesn't know pictures or files.

pyperclip runs in a program of its own: it may start a helper such as xclip, which then outlives Numcam and would keep its output
open, and one that hangs can be ended. docs/decisions/0013-clipboard-and-commands.md
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

from live.outputs import subprocesses
from live.outputs.events import Event
from live.outputs.job_queue import JobQueue

COPY_S = 5.0
"""Seconds after which one copy is aborted."""

NO_CLIPBOARD = 3
# Qt is disabled: it loses the copied text when its process ends. An argument is copied; without one it only checks
SCRIPT = f"""
import sys
sys.modules.update(qtpy=None, PyQt5=None)
import pyperclip
copy, _ = pyperclip.determine_clipboard()
if not copy:
    sys.exit({NO_CLIPBOARD})
if len(sys.argv) > 1:
    copy(sys.argv[1])
"""
INSTALL = "install xclip or xsel (on Wayland: wl-clipboard), and start Numcam in a desktop's terminal"

Say = Callable[[str], None]


class ClipboardError(Exception):
    """Nothing can be copied; its message says why, without a full stop."""


class NoClipboardError(ClipboardError):
    """There is no clipboard, and there will be none in this run."""


def use_clipboard(*texts: str) -> None:
    """Copy a text; without one, look whether there is a clipboard. Takes up to `COPY_S` seconds. Raises ClipboardError."""
    # -P: nothing of the current folder is imported
    words = [sys.executable, "-P", "-W", "ignore", "-c", SCRIPT, *texts]
    try:
        with tempfile.TemporaryFile() as told:
            process = subprocesses.start(words, out=subprocess.DEVNULL, err=told)
            try:
                code = process.wait(COPY_S)
            except subprocess.TimeoutExpired:
                subprocesses.end(process)
                raise ClipboardError(f"it took longer than {COPY_S:g} s") from None
            told.seek(0)
            lines = told.read().decode("utf-8", "replace").split("\n")
    except OSError as error:
        raise ClipboardError(error.strerror or str(error)) from error
    if code == NO_CLIPBOARD:
        raise NoClipboardError(f"there is none here: {INSTALL}")
    complaints = [line.strip() for line in lines if line.strip()]
    if code or complaints:  # pyperclip passes over the exit codes of its helpers, which complain in words too
        raise ClipboardError(complaints[-1].rstrip(".") if complaints else f"exit code {code}")


class Clipboard:
    """Copies the number that was confirmed last. Use as a context manager: its end waits for the last one."""

    def __init__(self, say: Say, use: Callable[..., None] = use_clipboard) -> None:
        """say: is given one line where there is no clipboard. use: copies a text, as `use_clipboard` does."""
        self._say = say
        self._use = use
        self.patience_s = 2 * COPY_S
        """Seconds that the last one has at the end."""
        self._has_failed = self._is_missing = False
        self._jobs: JobQueue[tuple[str, ...]] = JobQueue(self._do, at_once=1, most_waiting=1)

    def __enter__(self) -> Self:
        """Check for a clipboard in the background, to report a missing one before the first number."""
        self._jobs.submit(())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for the last number to be copied."""
        self._jobs.close(self.patience_s)
        self._jobs.join(subprocesses.GRACE_S if self.patience_s else 0.0)

    def add(self, events: Sequence[Event]) -> None:
        """Copy the last of what appeared or changed; returns at once. A number that is still waiting is replaced.

        A digit that Numcam isn't sure of is copied as ?: a guess would be pasted unseen, and so would the number before.
        """
        texts = [event.tracked.number.shown for event in events if event.kind != "left"]
        if texts:
            self._jobs.submit((texts[-1],))

    def _do(self, texts: tuple[str, ...]) -> None:
        """Copy, or check for a clipboard, on a worker thread; the first failure is reported."""
        if self._is_missing:
            return
        try:
            self._use(*texts)
        except ClipboardError as error:
            self._is_missing = isinstance(error, NoClipboardError)
            if not self._has_failed:
                self._has_failed = True
                self._say(f"--clipboard: nothing can be copied, {error}. Reading goes on.")
