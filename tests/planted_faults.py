"""A child of the fuzz command whose reader has faults: how a picture ends makes it crash, hang or babble. Judges nothing.

Every other picture is read as ever.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import live.commands.read as read_command
from scripts.fuzzing import worker as fuzz_worker

MARK = b"PLANTED "
KEPT: list[Any] = []
read_as_ever = read_command.read_pictures


def crash() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def leak() -> None:
    KEPT.append(np.ones(700_000_000, np.uint8))


def take_all() -> None:
    KEPT.extend(np.ones(100_000_000, np.uint8) for _ in range(100))


def turn() -> None:
    end = time.process_time() + 1.5
    while time.process_time() < end:
        pass


def err() -> None:
    raise RuntimeError("a bug")


FAULTS: dict[str, Callable[[], Any]] = {
    "crash": crash,
    "hang": lambda: time.sleep(600),
    "leak": leak,
    "greedy": take_all,
    "slow": turn,
    "traceback": err,
    "escape": lambda: print("\x1b[2J", file=sys.stderr),
    "talk": lambda: print("one line\nand another", file=sys.stderr),
    "exit": lambda: sys.exit(7),
    "silent": lambda: sys.exit(1),
}


def faulty(options: Any, settings: Any) -> int:
    """What `read` does, after what the first picture asks for."""
    _, mark, fault = Path(options.paths[0]).read_bytes().rpartition(MARK)
    if mark:
        FAULTS[fault.decode()]()
    return int(read_as_ever(options, settings))


if __name__ == "__main__":
    read_command.read_pictures = faulty
    sys.exit(fuzz_worker.main())
