"""Runs cases in a worker process that is kept from one to the next, and watched from outside. Judges nothing."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scripts.fuzzing.case import Case
from scripts.fuzzing.worker import STDERR, STDOUT

ROOT = Path(__file__).resolve().parents[2]
LOOK_EVERY_S = 0.2
MOST_S = 60.0
"""An input that takes longer, by the clock, is ended: no limit of Numcam's own is so long."""
MOST_MB = 4000.0
"""A worker that holds more is ended, before the machine suffers."""
KEPT_MB = 1200.0
"""A worker that still holds so much after an input gives way to a fresh one."""
MOST_PRINTED = 1_000_000  # bytes of stdout or stderr that are looked at


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an input."""

    code: int | None
    """The exit code; None where there was none."""
    cpu_s: float
    memory_mb: float
    """Growth of the resident memory at its peak, millions of bytes."""
    stdout: bytes
    stderr: bytes
    signal: str | None = None
    """The signal that ended the process."""
    ended: str | None = None
    """Why the watchdog ended it: `time` or `memory`."""


class Worker:
    """The process that inputs are given to; a fresh one after each crash. Use as a context manager."""

    def __init__(
        self, module: str = "scripts.fuzzing.worker", most_s: float = MOST_S, most_mb: float = MOST_MB
    ) -> None:
        """module: what runs in it. most_s, most_mb: at what the watchdog ends it, seconds and millions of bytes."""
        self._module, self._most_s, self._most_mb = module, most_s, most_mb
        self._process: subprocess.Popen[bytes] | None = None
        self._orders = self._answers = -1
        self._folder = Path()
        self.started = 0
        """How many processes there have been."""

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="numcam-fuzz-"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, case: Case) -> Outcome:
        """What becomes of a case. Never raises because of it."""
        place = Path(tempfile.mkdtemp(dir=self._folder))
        try:
            case.write(place)
            if self._process is None:
                self._start()
            self._forget_printed()
            order = {"folder": str(place), "arguments": case.arguments, "stdin": case.stdin}
            began = time.monotonic()
            try:
                os.write(self._orders, json.dumps(order).encode() + b"\n")
            except BrokenPipeError:  # it has ended since the last answer, by what that one has left behind
                return self._lost(None)
            return self._outcome(began)
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _start(self) -> None:
        """A fresh process, in a session of its own: Ctrl+C is for the parent alone."""
        orders, self._orders = os.pipe()
        self._answers, answers = os.pipe()
        names = ("DISPLAY", "WAYLAND_DISPLAY")
        environment = {name: value for name, value in os.environ.items() if name not in names}
        self._process = subprocess.Popen(
            [sys.executable, "-m", self._module, str(orders), str(answers), str(self._folder)],
            cwd=ROOT, env={**environment, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1",
                 "XDG_CONFIG_HOME": str(self._folder)}, pass_fds=(orders, answers),
            stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        os.close(orders)
        os.close(answers)
        self.started += 1

    def _outcome(self, began: float) -> Outcome:
        """Wait for the answer, and look after the process meanwhile."""
        assert self._process is not None
        line = b""
        while not line.endswith(b"\n"):
            if select.select([self._answers], [], [], LOOK_EVERY_S)[0]:
                read = os.read(self._answers, 65536)
                if not read:
                    return self._lost(None)
                line += read
            elif time.monotonic() - began > self._most_s:
                return self._lost("time")
            elif resident_mb(self._process.pid) > self._most_mb:
                return self._lost("memory")
        told: dict[str, Any] = json.loads(line)
        outcome = Outcome(told["code"], told["cpu_s"], told["memory_mb"], *self._printed())
        if resident_mb(self._process.pid) > KEPT_MB:
            self._end()
        return outcome

    def _lost(self, ended: str | None) -> Outcome:
        """The process is gone, or is ended here."""
        process = self._process
        assert process is not None
        memory_mb = resident_mb(process.pid)
        if ended is not None:
            process.send_signal(signal.SIGABRT if ended == "time" else signal.SIGKILL)  # the first tells where it was
        code = self._end()
        used = self._most_s if ended == "time" else 0.0
        if ended is not None:
            return Outcome(None, used, memory_mb, *self._printed(), ended=ended)
        if code < 0:
            return Outcome(None, used, memory_mb, *self._printed(), signal=signal.Signals(-code).name)
        return Outcome(code, used, memory_mb, *self._printed())

    def _end(self) -> int:
        """Let go of the process; returns how it ended."""
        process, self._process = self._process, None
        if process is None:
            return 0
        os.close(self._orders)
        try:
            code = process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            code = process.wait()
        os.close(self._answers)
        return code

    def _forget_printed(self) -> None:
        """Let nothing of the last input be taken for the next one's."""
        for name in (STDOUT, STDERR):
            (self._folder / name).unlink(missing_ok=True)

    @property
    def is_fresh(self) -> bool:
        """Whether the next input is given to a process that has had none."""
        return self._process is None

    def _printed(self) -> tuple[bytes, bytes]:
        """What stands on stdout and stderr."""
        return read_some(self._folder / STDOUT), read_some(self._folder / STDERR)


def read_some(path: Path) -> bytes:
    """The beginning of a file; nothing where there is none."""
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(MOST_PRINTED)


def resident_mb(pid: int) -> float:
    """What a process holds, in millions of bytes; 0 where it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
