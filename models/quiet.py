"""Suppress the runtimes' own messages on stderr; Numcam reports errors itself. Knows no runtime."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Discard all output to the process's stderr in the block, from C++ too; exceptions are raised as usual.

    TensorFlow and LiteRT report missing graphics cards and delegates, and have no setting against it.
    """
    try:
        kept = os.dup(2)
    except OSError:  # a program without a terminal may have none
        yield
        return
    try:
        with open(os.devnull, "w") as nothing:  # noqa: PTH123 - the same on every system, and no path of ours
            os.dup2(nothing.fileno(), 2)
        yield
    finally:
        if sys.stderr is not None:
            sys.stderr.flush()
        os.dup2(kept, 2)
        os.close(kept)
