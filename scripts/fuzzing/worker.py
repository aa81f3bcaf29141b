"""The process in which the fuzz command runs Numcam on one input after the other, by its entry point. Judges nothing.

scripts.fuzzing.watchdog starts it. A request is a line of JSON (folder, arguments, stdin), a response too (code, cpu_s,
memory_mb). Both use pipes whose file descriptors are the arguments. The program's output goes into files.
"""

from __future__ import annotations

import faulthandler
import gc
import io
import json
import os
import resource
import sys
import time
import traceback
from pathlib import Path
from typing import Any

STDOUT, STDERR = "stdout.txt", "stderr.txt"
MB = 1e6


def status_mb(name: str) -> float:
    """A value of this process's memory in millions of bytes: VmRSS is current, VmHWM the peak since `forget_peak`."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024 / MB
    return 0.0


def forget_peak() -> None:
    """Reset the peak of resident memory (Linux: proc(5), clear_refs)."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def point(number: int, path: str, flags: int) -> None:
    """Redirect a standard stream to a file."""
    opened = os.open(path, flags, 0o600)
    os.dup2(opened, number)
    os.close(opened)


def run(arguments: list[str]) -> int:
    """Run Numcam; returns its exit code. A traceback goes to stderr, as at the end of a process."""
    from live.__main__ import main

    try:
        return main(arguments)
    except SystemExit as wanted:
        code: Any = wanted.code
        return code if isinstance(code, int) else int(code is not None)
    except BaseException:  # noqa: BLE001 - any exception is a finding
        traceback.print_exc()
        return 1


def answer(order: dict[str, Any], printed: Path) -> dict[str, Any]:
    """Run a request, and return its exit code and cost."""
    os.chdir(order["folder"])
    new = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    point(0, order["stdin"] or os.devnull, os.O_RDONLY)
    point(1, str(printed / STDOUT), new)
    point(2, str(printed / STDERR), new)
    sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0, closefd=False)), encoding="utf-8")
    gc.collect()
    forget_peak()
    before_mb, before_s = status_mb("VmRSS"), time.process_time()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = run(order["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    children_s = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime
    return {
        "code": code,
        "cpu_s": time.process_time() - before_s + children_s,
        "memory_mb": status_mb("VmHWM") - before_mb,
    }


def main() -> int:
    """Answer requests until there are no more."""
    orders_in, answers_out, printed = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
    sys.argv[:] = ["numcam"]
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable()  # the stack of a crash goes to stderr, and so into the finding
    with (
        os.fdopen(orders_in, "r", encoding="utf-8") as orders,
        os.fdopen(answers_out, "w", encoding="utf-8") as answers,
    ):
        for line in orders:
            answers.write(json.dumps(answer(json.loads(line), printed)) + "\n")
            answers.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
