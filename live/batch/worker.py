"""A process of a batch: reads tasks from stdin, and answers through stdout. Knows no journal and no other process."""

from __future__ import annotations

import os
import pickle
from contextlib import suppress
from typing import IO

from live.batch.records import Finished, Message, Problem, Ready, Setup, Task

MEMORY_BYTES = 4_000_000_000
"""Address space of a process for pictures of 100 megapixels, the default limit: the largest of the fuzz run took 1.6 GB.

A decoder that a picture or a PDF leads to allocate more ends with an error, or ends its process; the machine does not suffer."""
DEFAULT_MEGAPIXELS = 100.0


def send(out: IO[bytes], message: Message) -> None:
    """Send one message."""
    pickle.dump(message, out, protocol=pickle.HIGHEST_PROTOCOL)
    out.flush()


def limit_memory(setup: Setup) -> None:
    """Limit the address space, where the system can. More megapixels need more."""
    try:
        import resource
    except ImportError:  # Windows
        return
    most = int(MEMORY_BYTES * max(1.0, setup.settings.limits.megapixels / DEFAULT_MEGAPIXELS))
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def serve(tasks: IO[bytes], out: IO[bytes]) -> None:
    """Load the networks, then read task after task until there are no more."""
    setup: Setup = pickle.load(tasks)
    limit_memory(setup)
    from live.batch.source_reader import SourceReader, prepare_process
    from live.core.errors import NumcamError

    prepare_process()
    try:
        reader = SourceReader(setup)
    except NumcamError as error:
        send(out, Ready(str(error)))
        return
    send(out, Ready())
    while True:
        try:
            task: Task = pickle.load(tasks)
        except EOFError:
            return
        try:
            reader.read(task, lambda message: send(out, message))
        except BrokenPipeError:
            return
        except Exception as error:  # noqa: BLE001 - a fault that one page of many thousands uncovers must not end the run
            send(out, Problem(0, f"{task.source.name} can't be read: {type(error).__name__}: {error}"))
        send(out, Finished())


def main() -> None:
    """Keep stdin and stdout for the engine alone: libraries that print get the null device."""
    tasks = os.fdopen(os.dup(0), "rb")
    out = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nothing, number)
    with suppress(BrokenPipeError, KeyboardInterrupt):
        serve(tasks, out)
    os._exit(0)  # libraries take 0.3 s to go, and nothing is open


if __name__ == "__main__":
    main()
