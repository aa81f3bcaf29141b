"""`batch`: read folders, archives, PDFs and videos into tables, and go on after an interruption. Knows no picture."""

from __future__ import annotations

from live.batch.options import BatchOptions
from live.batch.run import BatchResult, run_batch
from live.core.exit_codes import DONE, FAILED, INTERRUPTED
from live.core.settings import Settings
from live.core.terminal import say, tell
from live.expected.expectation import Expectation
from live.run.interrupts import Interrupts


def read_batch(options: BatchOptions, settings: Settings, interrupts: Interrupts) -> int:
    """Run the batch. Returns the exit code: 1 if a page couldn't be read. Raises NumcamError."""
    interrupts.hold()
    expectation = Expectation.of(settings)  # a format that can't be used is told before the workers start
    for note in expectation.notes if expectation else ():
        say(note)
    result = run_batch(options, settings, say=say, stopped=lambda: interrupts.asked)
    if interrupts.asked:
        return INTERRUPTED
    for line in summary(result, options):
        tell(line)
    return FAILED if result.failed else DONE


def summary(result: BatchResult, options: BatchOptions) -> list[str]:
    """What was read, and where it is."""
    pages = f"{result.pages:,} {'page' if result.pages == 1 else 'pages'}"
    failed = f", {result.failed:,} failed (failed.csv)" if result.failed else ""
    lines = [f"{pages}, {result.numbers:,} numbers, {result.review:,} of them to review{failed}"]
    if result.waiting:
        files = "file is" if result.waiting == 1 else "files are"
        lines.append(
            f"{result.waiting:,} {files} still to be read: the same command without --limit and --sample goes on."
        )
    names = ", ".join(path.name for path in result.files)
    return [*lines, f"Written into {options.out}: {names}"]
