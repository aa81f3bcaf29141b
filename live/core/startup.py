"""Install the first handlers of signals and uncaught errors, before other imports. Knows no part of Numcam.

Nothing is open yet, so a signal ends the process at once. A KeyboardInterrupt during an import would show a traceback,
or be swallowed by native code. `interrupts.py` replaces these handlers after all imports.
"""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType, TracebackType

from live.core.exit_codes import FAILED, INTERRUPTED

NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""The signals that end a program. SIGBREAK exists on Windows only, SIGHUP on all other systems."""
OURS = ("numcam", "live", "models", "scripts")


def begin(*, signals: bool = True) -> None:
    """Install the handlers. signals: whether to handle signals too; the scripts leave them to Python."""
    sys.excepthook = _tell
    if signals:
        for number in catchable():
            signal.signal(number, _end)


def catchable() -> list[int]:
    """The signals that end a program, without an ignored SIGHUP: under `nohup` a run continues without its terminal."""
    numbers = [getattr(signal, name) for name in NAMES if hasattr(signal, name)]
    hangup = getattr(signal, "SIGHUP", None)
    return [number for number in numbers if number != hangup or signal.getsignal(number) != signal.SIG_IGN]


def _end(_number: int, _frame: FrameType | None) -> None:
    """End the process without cleanup or message."""
    os._exit(INTERRUPTED)


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The hook for uncaught errors: one line if the user can fix the cause, a traceback for a bug."""
    if issubclass(kind, KeyboardInterrupt):
        raise SystemExit(INTERRUPTED)
    from live.core.plain_text import printable

    line = _about_import(error) if isinstance(error, ImportError) else None
    if line is None:
        sys.__excepthook__(kind, error, trace)
    else:
        if sys.stderr is not None:
            sys.stderr.write(f"{printable(line)}\n")
        raise SystemExit(FAILED)


def _about_import(error: ImportError) -> str | None:
    """The message for a failed import; None if it is a bug."""
    from live.core.command_hints import missing_package_hint

    name = error.name or ""
    if name.partition(".")[0] in OURS:
        return None
    if isinstance(error, ModuleNotFoundError):
        return missing_package_hint(name) if name else None
    library, mark, _ = str(error).partition(": cannot open shared object file")
    if mark:
        return (
            f"A library of the system is missing: {library}. On Debian and Ubuntu: sudo apt install libgl1 libglib2.0-0. "
            "Elsewhere search for the package that has it."
        )
    return None
