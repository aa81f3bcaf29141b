"""Keep the runtimes' own chatter off the terminal: what goes wrong is told in Numcam's words. Knows no runtime."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Swallow what is written to the process's stderr meanwhile, from C++ too; an exception goes through as ever.

    TensorFlow and LiteRT tell of missing graphics cards and of delegates, and of that no setting of theirs keeps them.
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
