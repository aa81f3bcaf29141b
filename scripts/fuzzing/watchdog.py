"""Run cases in a worker process that serves many of them, and watch it from outside. Judges nothing."""

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
"""Longest time of an input in seconds before the process is ended. Numcam's own limits are shorter."""
MOST_MB = 4000.0
"""A worker with more memory than this, in millions of bytes, is ended, to protect the machine."""
KEPT_MB = 1200.0
"""A worker that holds more than this after an input, in millions of bytes, is replaced."""
MOST_PRINTED = 1_000_000
"""Bytes of stdout and of stderr that are judged at most."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of an input."""

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
    """The process that runs the inputs, replaced after each crash. Use it as a context manager."""

    def __init__(
        self, module: str = "scripts.fuzzing.worker", most_s: float = MOST_S, most_mb: float = MOST_MB
    ) -> None:
        """module: the module it runs. most_s, most_mb: limits at which it is ended, seconds and millions of bytes."""
        self._module, self._most_s, self._most_mb = module, most_s, most_mb
        self._process: subprocess.Popen[bytes] | None = None
        self._orders = self._answers = -1
        self._folder = Path()
        self.started = 0
        """Number of processes started."""

    def __enter__(self) -> Self:
        self._folder = Path(tempfile.mkdtemp(prefix="numcam-fuzz-"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, case: Case) -> Outcome:
        """Run a case. A fault of the case never raises."""
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
            except BrokenPipeError:  # the process has ended after its last answer
                return self._lost(None)
            return self._outcome(began)
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _start(self) -> None:
        """Start a process in a session of its own, so that Ctrl+C reaches only the parent."""
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
        """Wait for the answer, and watch time and memory meanwhile."""
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
        """The outcome where the process has ended or is ended here."""
        process = self._process
        assert process is not None
        memory_mb = resident_mb(process.pid)
        if ended is not None:
            process.send_signal(signal.SIGABRT if ended == "time" else signal.SIGKILL)  # SIGABRT prints the stack
        code = self._end()
        used = self._most_s if ended == "time" else 0.0
        if ended is not None:
            return Outcome(None, used, memory_mb, *self._printed(), ended=ended)
        if code < 0:
            return Outcome(None, used, memory_mb, *self._printed(), signal=signal.Signals(-code).name)
        return Outcome(code, used, memory_mb, *self._printed())

    def _end(self) -> int:
        """Close the pipes and wait for the process; returns its exit status."""
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
        """Empty the output files before the next input."""
        for name in (STDOUT, STDERR):
            (self._folder / name).unlink(missing_ok=True)

    @property
    def is_fresh(self) -> bool:
        """Whether the process has run no input yet."""
        return self._process is None

    def _printed(self) -> tuple[bytes, bytes]:
        """The contents of stdout and stderr."""
        return read_some(self._folder / STDOUT), read_some(self._folder / STDERR)


def read_some(path: Path) -> bytes:
    """The beginning of a file; empty where there is none."""
    if not path.is_file():
        return b""
    with path.open("rb") as file:
        return file.read(MOST_PRINTED)


def resident_mb(pid: int) -> float:
    """Resident memory of a process in millions of bytes; 0 where it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
