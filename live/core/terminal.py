"""Lines for people on stdout and stderr, whatever state the streams are in. Knows no run, no picture and no file.

All output of the program and the scripts passes through this module (a ruff rule forbids `print` elsewhere). Untrusted
text is escaped, secrets in addresses are masked, and a closed or full stream doesn't end the program by itself.
docs/decisions/0025-what-goes-out.md
"""

from __future__ import annotations

import argparse
import errno
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TextIO

from live.core.errors import OutputError
from live.core.masking import masked
from live.core.plain_text import printable, printable_lines

if TYPE_CHECKING:
    from live.core.plain_console import PlainConsole


class Terminal:
    """The program's stdout and stderr."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        """Why stdout can no longer be written to; None while it can."""
        self.is_all = False
        """Whether printing is all that the program does, so that it may end once stdout is lost."""

    def begin(self, *, is_all: bool = False) -> None:
        """Use the current streams: closed ones are replaced, and letters that an encoding lacks become question marks."""
        self.failure, self.is_all = None, is_all
        _fill_closed()
        for stream in (sys.stdout, sys.stderr):
            reconfigure = getattr(stream, "reconfigure", None)  # the streams of a test or a notebook may lack it
            if reconfigure is not None:
                reconfigure(errors="replace")

    def say(self, line: object) -> None:
        """Write a note, one line, to stderr. If stderr is lost, so is the note; the exit code still shows failures."""
        _write(sys.stderr, printable(masked(str(line))) + "\n")

    def tell(self, line: object) -> None:
        """Write a result, one line, to stdout. A line of ASCII without control characters, such as JSON, goes out as it is.

        If stdout can't be written, this is reported once and kept in `failure`. If stdout is the only output, it raises
        BrokenPipeError (the reader closed the pipe) or OutputError.
        """
        self._out(printable(line) + "\n")

    def tell_lines(self, text: object) -> None:
        """Write several lines of Numcam's own, such as those of --help."""
        self._out(printable_lines(text) + "\n")

    def show(self, *things: Any, **how: Any) -> None:
        """Print tables or other rich objects on stdout; write errors as in `tell`. how: arguments of rich's Console."""
        console = self.console(**how)
        for thing in things:
            console.print(thing)

    def console(self, **how: Any) -> PlainConsole:
        """A rich Console on stdout; write errors as in `tell`. how: arguments of rich's Console."""
        console = make_console(**{"stderr": False, **how})
        console.lost = self._is_lost
        return console

    def _is_lost(self, error: Exception | None) -> bool:
        """Whether stdout is lost; error: the reason, where it was just lost."""
        if error is not None:
            self.lose(error)
        return self.failure is not None

    def _out(self, text: str) -> None:
        """Write to stdout, unless it is lost."""
        if self.failure is None:
            error = _write(sys.stdout, text)
            if error is not None:
                self.lose(error)

    def lose(self, error: Exception) -> None:
        """Note that stdout is lost."""
        self.failure = error
        _mute(sys.stdout)
        if self.is_all and isinstance(error, BrokenPipeError):
            raise error
        line = (
            f"What is read can't be printed{' any further' * isinstance(error, BrokenPipeError)}: {reason_of(error)}."
        )
        if self.is_all:
            raise OutputError(line) from error
        self.say(f"{line} All else goes on, and the exit code will be 1.")


class PlainParser(argparse.ArgumentParser):
    """An ArgumentParser that prints through `Terminal`."""

    def _print_message(self, message: str, file: Any = None) -> None:
        """Print usage or help, line by line."""
        if file is not None and file is sys.stderr:
            _write(file, masked(printable_lines(message)))
        else:
            TERMINAL.tell_lines(message.removesuffix("\n"))


def reason_of(error: Exception) -> str:
    """The reason in a few words."""
    return str(getattr(error, "strerror", None) or error).strip().rstrip(".") or type(error).__name__


def make_console(**how: Any) -> PlainConsole:
    """A rich Console on stderr, with escaped text. how: arguments of rich's Console, which override this."""
    from live.core.plain_console import PlainConsole

    return PlainConsole(**{"stderr": True, **how})


def _write(stream: TextIO | None, text: str) -> Exception | None:
    """Write to a stream; returns the error, or None."""
    try:
        if stream is None:  # closed before the program started
            return OSError(errno.EBADF, "the output is closed")
        stream.write(text)
        stream.flush()
    except (OSError, ValueError) as error:  # ValueError: it was closed meanwhile
        return error
    return None


def is_watched(stream: TextIO | None) -> bool:
    """Whether a standard stream is a terminal, so that a person sees its lines at once."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed meanwhile
        return False


def _mute(stream: TextIO | None) -> None:
    """Discard what the stream still buffers: Python would report the error again at exit."""
    with suppress(OSError, ValueError, AttributeError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, stream.fileno())  # type: ignore[union-attr]
        os.close(nothing)


def _fill_closed() -> None:
    """Open the null device for each closed standard stream. Otherwise the next opened file would get that descriptor, and
    with it the output of libraries and of the user's command."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                got = os.open(os.devnull, os.O_RDWR)
                if got != number:
                    os.close(got)


TERMINAL = Terminal()
"""The terminal of this program."""
say, tell = TERMINAL.say, TERMINAL.tell
