"""`python -m live`, or `numcam`: what the command line asks for is done. The only place that turns errors into exit codes."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from live.commands.command_line import RUN_OPTIONS, assigned, make_parser
from live.commands.read_options import read_options
from live.commands.runtime import load_runtime
from live.core.background import end_process, is_busy
from live.core.errors import NumcamError, SettingsError
from live.core.exit_codes import DONE, FAILED, INTERRUPTED, WRONG_ARGUMENTS
from live.core.settings_check import merge
from live.core.settings_files import load_settings
from live.core.terminal import TERMINAL, say
from live.run.interrupts import Interrupts
from models.errors import ModelError


def prepare(options: argparse.Namespace) -> Callable[[Interrupts], int]:
    """All that can be said before anything is opened, and every part loaded: what is left returns the exit code.

    It is given what catches the signals: until then one ends the program at once (live/core/startup.py).
    """
    chosen = {name: value for name in RUN_OPTIONS if (value := getattr(options, name)) is not None}
    for name in ("source", "expect"):
        if len(chosen.get(name, ())) == 1:
            chosen[name] = chosen[name][0]
    settings = load_settings(options.config, merge(assigned(options.assignments or ()), chosen), say)
    import numpy as np  # noqa: F401 - before OpenCV, which prints lines of its own where NumPy is missing

    if options.command == "read":
        wanted = read_options(options)
        TERMINAL.is_all = not (wanted.save or wanted.csv_file or wanted.table_file)
        from live.commands.read import read_pictures  # OpenCV loads here

        load_runtime(settings.model)
        return lambda _interrupts: read_pictures(wanted, settings)
    if options.command == "batch":
        from live.commands.batch import read_batch
        from live.commands.batch_options import batch_options

        asked = batch_options(options)
        return lambda interrupts: read_batch(asked, settings, interrupts)
    if options.command == "cameras":
        from live.commands.cameras import show_cameras

        return lambda _interrupts: show_cameras()
    if options.command == "doctor":
        from live.commands.doctor import show_machine

        load_runtime(settings.model)
        return lambda _interrupts: show_machine(settings)
    if options.command == "serve":
        from live.commands.serve_options import serve_options

        wanted_server = serve_options(options)
        from live.commands.serve import prepare_serve

        load_runtime(settings.model)
        return prepare_serve(wanted_server, settings)
    from live.commands.live import prepare_live

    return prepare_live(settings)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Numcam; returns the exit code."""
    TERMINAL.begin(is_all=True)
    try:
        options = make_parser().parse_args(arguments)
        run = prepare(options)
        with Interrupts() as interrupts:
            code = run(interrupts)
    except SettingsError as error:
        say(error)
        return WRONG_ARGUMENTS
    except (NumcamError, ModelError) as error:
        say(error)
        return FAILED
    except KeyboardInterrupt:
        if is_busy():
            end_process(INTERRUPTED)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read what was printed, and nothing else was asked for, has seen enough
        return DONE
    return FAILED if code == DONE and TERMINAL.failure is not None else code


def run_process() -> NoReturn:
    """Run Numcam, and end the process. After a signal at once: all is closed, and taking the libraries down takes 0.3 s."""
    code = main()
    if code == INTERRUPTED:
        end_process(code)
    sys.exit(code)


if __name__ == "__main__":
    run_process()
