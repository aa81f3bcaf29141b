"""`--on-number`: run the user's command for each number in the background. Doesn't know pictures or files; uses no shell."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from threading import Lock
from types import TracebackType
from typing import Self

from live.core.errors import CommandError, SettingsError
from live.core.fields import plain_value
from live.outputs import subprocesses
from live.outputs.events import Event
from live.outputs.job_queue import JobQueue

AT_ONCE = 4
"""Commands that run at the same time at most."""
MOST_WAITING = 64
"""Numbers that wait for their command at most; beyond that the oldest are dropped."""
PATIENCE_S = 5.0
"""Seconds that running commands get to finish at the end of a run."""
INTERRUPTED_WAIT_S = 0.1
"""Seconds between terminating and killing them where a signal ended the run."""

Say = Callable[[str], None]


def split_command(command: str) -> list[str]:
    """Split a command into words by POSIX quoting; variables, pipes and the like are not supported.

    Raises SettingsError where it is empty or a quote is not closed.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise SettingsError(f"on_number: {command} can't be understood: {str(error).lower()}.") from error
    if not words or not words[0]:
        raise SettingsError("on_number: there is no command in it; give one such as 'notify-send Numcam'.")
    return words


def find_program(words: Sequence[str]) -> list[str]:
    """The same words with the program's full path. Raises CommandError where there is no such program."""
    path = shutil.which(words[0])
    if path is None:
        raise CommandError(f"--on-number: there is no program {words[0]} here, or it may not be run.")
    return [path, *words[1:]]


def variables(event: Event) -> dict[str, str]:
    """The environment variables that a command gets for an event."""
    number = event.tracked.number
    return {
        "NUMCAM_NUMBER": number.shown,
        "NUMCAM_LIKELIEST": number.text,
        "NUMCAM_DIGITS": number.digit_text,
        "NUMCAM_VALUE": "" if (value := plain_value(number.value)) is None else str(value),
        "NUMCAM_DOUBTFUL": str(number.doubts),
        "NUMCAM_CONFIDENCE": f"{number.confidence:.4f}",
        "NUMCAM_TRACK": str(event.tracked.track_id),
        "NUMCAM_SOURCE": event.source,
        "NUMCAM_EXPECTED": "" if number.fits is None else str(number.fits).lower(),
        "NUMCAM_FORMAT": number.format,
        "NUMCAM_TIME": event.iso,
        "NUMCAM_EVENT": event.kind,
    }


class NumberCommand:
    """One command, run for each number that appears or changes. Use as a context manager: its end waits for what runs."""

    def __init__(self, command: str, say: Say, patience_s: float = PATIENCE_S) -> None:
        """say: is given a line where something goes wrong, each kind once. Raises SettingsError and CommandError."""
        self._words = find_program(split_command(command))
        self._name = split_command(command)[0]
        self._say = say
        self.patience_s = patience_s
        """Seconds that commands have at the end."""
        self._jobs = JobQueue(self._run, at_once=AT_ONCE, most_waiting=MOST_WAITING)
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = Lock()
        self._has_ended = self._has_failed = False
        self._dropped = 0

    def __enter__(self) -> Self:
        """Return the output; the first number starts a command."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for running commands, and terminate those that take too long."""
        running = left = 0
        try:
            running, left = self._jobs.close(self.patience_s)
        finally:
            with self._lock:
                self._has_ended = True
                late = list(self._running)
            subprocesses.end(*late, grace_s=subprocesses.GRACE_S if self.patience_s else INTERRUPTED_WAIT_S)
            self._jobs.join(subprocesses.GRACE_S)
        if running:
            after = f"{self.patience_s:g} s after" if self.patience_s else "at"
            self._say(f"--on-number: {self._name} was still running {after} the end, and was ended.")
        if self._dropped + left:
            self._say(f"--on-number: {self._name} was not run for {self._dropped + left} of the numbers.")

    def add(self, events: Sequence[Event]) -> None:
        """Queue the command for numbers that appeared or changed; returns at once."""
        for event in events:
            if event.kind == "left":
                continue
            dropped = self._jobs.submit({**os.environ, **variables(event)})
            if dropped and not self._dropped:
                self._say(
                    f"--on-number: {self._name} is slower than the numbers come: the oldest waiting are left out."
                )
            self._dropped += dropped

    def _run(self, environment: Mapping[str, str]) -> None:
        """Run the command once, to its end; on a thread of its own."""
        number = environment["NUMCAM_NUMBER"]
        try:
            with self._lock:
                if self._has_ended:
                    return
                process = subprocesses.start(self._words, environment)
                self._running.add(process)
        except (OSError, ValueError) as error:
            self._report_failure(f"can't be run for {number}: {getattr(error, 'strerror', None) or error}")
            return
        code = process.wait()
        with self._lock:
            self._running.discard(process)
            was_ended = self._has_ended and code < 0
        if code and not was_ended:
            self._report_failure(f"failed for {number}, " + (f"exit code {code}" if code > 0 else f"by signal {-code}"))

    def _report_failure(self, what: str) -> None:
        """Report the first failure only: later ones are mostly the same."""
        with self._lock:
            first, self._has_failed = not self._has_failed, True
        if first:
            self._say(f"--on-number: {self._name} {what}. Reading goes on; further failures are not told.")
