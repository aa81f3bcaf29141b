"""`numcam.batch`: an archive read from Python. Prints nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from live.api.networks import as_numcam_error
from live.api.reader import SettingsSource, as_settings
from live.api.source_session import ignore
from live.batch.options import BatchOptions
from live.batch.run import BatchResult, run_batch

Input = str | os.PathLike[str]


def batch(  # noqa: PLR0913 - the options of the command, by keyword
    inputs: Input | Sequence[Input],
    out: Input,
    *,
    settings: SettingsSource | None = None,
    workers: int = 0,
    limit: int | None = None,
    changed_only: bool = False,
    annotate: bool = False,
    on_note: Callable[[str], None] | None = None,
) -> BatchResult:
    """Read folders, lists, ZIP and tar files, PDFs, videos and pictures into tables, with a process for each core.

    A run that was ended by anything goes on when it is called again with the same arguments.

    Args:
        inputs: Files, folders, patterns (`scans/**/*.jpg`), and `@list.txt`, a file with such a name a line.
        out: The folder for numbers.csv, numbers.parquet, pages.jsonl, videos.jsonl and failed.csv; it is made if missing.
        settings: As for `Reader`.
        workers: The number of processes; 0: one a core.
        limit: At most this many pages are read in all.
        changed_only: Read again what has changed in content since an earlier run; else what was read stays.
        annotate: Also write annotated pictures, into `annotated` in that folder.
        on_note: Called with each line for the user, and with progress every five seconds.

    Raises:
        SettingsError: An argument or a setting is out of its range, or the folder was read with other settings.
        OutputError: The folder can't be written, or another batch writes into it.
        NumcamError: A network can't be loaded.
    """
    tell = on_note or ignore
    given = [inputs] if isinstance(inputs, str | os.PathLike) else list(inputs)
    options = BatchOptions(
        tuple(os.fspath(one) for one in given), Path(out), workers, limit, changed_only=changed_only, annotate=annotate
    )
    with as_numcam_error():
        return run_batch(options, as_settings(settings), say=tell, tell_progress=tell)
