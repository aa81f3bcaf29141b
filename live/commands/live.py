"""Start the live reader after a check of its settings. Knows no frame and no number."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from live.commands.runtime import load_runtime
from live.core.errors import SettingsError
from live.core.exit_codes import DONE, FAILED, INTERRUPTED
from live.core.settings import Settings
from live.core.terminal import TERMINAL, say, tell
from live.run.interrupts import Interrupts


def prepare_live(settings: Settings) -> Callable[[Interrupts], int]:
    """Check the settings, import what the live reader needs, and return the function that runs it."""
    check_outputs(settings)
    handed_out = (settings.record, settings.log, settings.log_frames, settings.on_number, settings.clipboard or None)
    TERMINAL.is_all = handed_out == (None,) * len(handed_out)
    from live.window.display_check import DisplayCheck

    display = None if settings.headless else DisplayCheck()  # looks for a display while OpenCV is loaded
    from live.run.loop import run  # OpenCV and the runtime load here: --help and wrong arguments answer at once

    load_runtime(settings.model)

    def run_live(interrupts: Interrupts) -> int:
        summary = run(settings, say=say, tell=tell, display=display, interrupts=interrupts)
        if summary.interrupted:
            return INTERRUPTED
        return FAILED if summary.failed else DONE

    return run_live


def check_outputs(settings: Settings) -> None:
    """Check output files and command. Raises SettingsError if they are invalid, CommandError for a missing command."""
    if settings.record is not None:
        from live.outputs.recorder import CONTAINERS
        from live.outputs.recording import is_folder

        if not is_folder(settings.record) and Path(settings.record).suffix.lower() not in CONTAINERS:
            raise SettingsError(
                f"record: a recording ends in {', '.join(CONTAINERS)}, or is a folder (with a / at its end where it is to be "
                f"made); {settings.record} is neither."
            )
    named = [Path(name).absolute() for name in (settings.record, settings.log, settings.log_frames) if name is not None]
    if len(set(named)) < len(named):
        raise SettingsError("record, log and log_frames must be different files.")
    if settings.on_number is not None:
        from live.outputs.number_command import find_program, split_command  # NumPy loads here

        find_program(split_command(settings.on_number))
