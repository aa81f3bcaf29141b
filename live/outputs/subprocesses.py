"""Start other programs, and end them together with what they have started. Knows no number.

They run in their own sessions: Ctrl+C in Numcam's terminal ends Numcam alone, which then waits for them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import IO

Stream = int | IO[bytes] | None
GRACE_S = 1.0
"""Seconds between asking a program to end and ending it."""


def start(
    words: Sequence[str], environment: Mapping[str, str] | None = None, *, out: Stream = None, err: Stream = None
) -> subprocess.Popen[bytes]:
    """Start a program, without a shell and with nothing to read.

    words: the program and its arguments, each as it is. environment: all its variables; None: Numcam's. out, err: where it
    prints to, as `subprocess.Popen` takes them; None: where Numcam does. Raises OSError where it can't be started, and
    ValueError where a word or a variable can't be handed over.
    """
    return subprocess.Popen(
        list(words), env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=err, start_new_session=True
    )


def end(*processes: subprocess.Popen[bytes], grace_s: float = GRACE_S) -> None:
    """End programs of `start` that are still running, and on POSIX what they have started; returns once they have ended.

    grace_s: seconds that they have together to end by themselves.
    """
    for process in processes:
        _signal_all(process, signal.SIGTERM)
    until = time.monotonic() + grace_s
    for process in processes:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            _signal_all(process, getattr(signal, "SIGKILL", signal.SIGTERM))
            process.wait()


def _signal_all(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a program's whole group; where there are no groups, end it alone."""
    if process.poll() is not None:
        return
    with suppress(OSError):  # it has just ended by itself
        if hasattr(os, "killpg"):
            os.killpg(process.pid, number)
        else:
            process.kill()
