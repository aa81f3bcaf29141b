"""The command line: `python -m live`, or `numcam`. The only place that turns an error into a message and an exit code."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from live import __version__
from live.commands.read_options import add_read_options, read_options
from live.errors import NumcamError, SettingsError
from live.event_log import LOG_SUFFIXES
from live.interrupts import Interrupts
from live.on_number import found, words_of
from live.settings import Settings, load_settings, merge, parse_yaml
from models.errors import ModelError

DONE, FAILED, WRONG_ARGUMENTS, INTERRUPTED = 0, 1, 2, 130
RUN_OPTIONS = (
    "source", "headless", "record", "log", "log_frames", "on_number", "clipboard", "max_seconds", "max_frames", "realtime",
    "mirror",
)  # fmt: skip

COMMANDS = ("read", "cameras", "doctor")
EXAMPLES = """examples:
  {prog}                                the first camera, in a window
  {prog} --source 1 --record out.mp4    the second camera, recorded
  {prog} --source 0 --source 1          two cameras, side by side
  {prog} --source clip.mp4 --headless   a file: what it says, as text
  {prog} --source rtsp://door/stream --log read.jsonl
  {prog} --clipboard --on-number 'notify-send "A number"'
  {prog} --set tracking.forget_after_s=1  any setting of config.yaml
  {prog} read page.jpg scans/ --save annotated
  {prog} cameras                        which camera is number 1?

keys in the window: q quit, space pause, r record, s snapshot, m mirror,
d behind the scenes, h help
exit codes: 0 done (q and a closed window too), 1 a failure told in one line,
2 wrong arguments, 130 interrupted, with every file closed and playable"""


class Parser(argparse.ArgumentParser):
    """Tells what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        """Print one line and exit with 2."""
        unknown = re.search(r"invalid choice: '(.*)' \(choose", message)
        if unknown is not None:
            message = f"there is no command {unknown[1]}, only {', '.join(COMMANDS)}"
            if Path(unknown[1]).exists() or unknown[1].isdecimal() or "://" in unknown[1]:
                message += f". To read from it, write --source {unknown[1]}"
        self.exit(WRONG_ARGUMENTS, f"{self.prog}: {message.rstrip('.?')}. --help lists what there is.\n")


def program() -> str:
    """How this program was called, to be named in examples."""
    return "python -m live" if Path(sys.argv[0]).name == "__main__.py" else "numcam"


def make_parser() -> Parser:
    """The whole command line."""
    parser = Parser(
        prog=program(),
        description="Read handwritten numbers on paper, live, through a camera.",
        epilog=EXAMPLES.format(prog=program()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"Numcam {__version__}")
    add_run_options(parser)
    commands = parser.add_subparsers(dest="command", title="other commands", metavar=f"{{{','.join(COMMANDS)}}}")
    read = commands.add_parser("read", help="the numbers on still pictures", description="Read still pictures.")
    add_read_options(read)
    cameras = commands.add_parser("cameras", help="list the cameras with index, name and sizes")
    doctor = commands.add_parser("doctor", help="what this machine has, for bug reports")
    for command in (read, cameras, doctor):
        add_settings_options(command, default=argparse.SUPPRESS)  # given before the command's name they count as well
    return parser


def add_settings_options(parser: argparse.ArgumentParser, default: Any = None) -> None:
    """Where settings come from."""
    settings = parser.add_argument_group("settings")
    settings.add_argument(
        "--config", type=Path, metavar="FILE", default=default,
        help="settings that go over those of ./config.yaml",
    )  # fmt: skip
    settings.add_argument(
        "--set", action="append", metavar="NAME=VALUE", dest="assignments", default=default,
        help="one setting by its name in config.yaml, such as camera.width=1920; may be given again",
    )  # fmt: skip


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """The options of the live reader; each has a setting of the same name."""
    source = parser.add_argument_group("what to read")
    source.add_argument(
        "--source",
        action="append",
        metavar="auto|N|FILE|FOLDER|ADDRESS",
        help="auto: the first camera, or the built-in clip; N: a camera's number; a video or picture; a folder of "
        "pictures; an http(s), rtsp, udp or tcp address; demo: the built-in clip (default: auto). Given again, another "
        "one beside it",
    )
    source.add_argument(
        "--realtime", action=argparse.BooleanOptionalAction, default=None,
        help="files at their own speed, or as fast as they can be read (default: their own speed in a window)",
    )  # fmt: skip
    source.add_argument("--max-seconds", type=float, metavar="S", help="stop after so many seconds")
    source.add_argument("--max-frames", type=int, metavar="N", help="stop after so many frames")
    shown = parser.add_argument_group("what to show")
    shown.add_argument("--headless", action="store_true", default=None, help="no window: print what is read")
    shown.add_argument("--mirror", action="store_true", default=None, help="mirror the preview (never the recording)")
    written = parser.add_argument_group("what to write (an earlier file of the same name is kept beside it)")
    written.add_argument(
        "--record", metavar="FILE|FOLDER",
        help="the annotated video: .mp4, .mov or .mkv; in a folder, a name that tells the time",
    )  # fmt: skip
    written.add_argument(
        "--log", metavar="FILE",
        help="a row each time a number appears, changes or leaves: .jsonl or .csv",
    )  # fmt: skip
    written.add_argument("--log-frames", metavar="FILE", help="a line of JSON a frame, with every number in it")
    told = parser.add_argument_group("who else is told")
    told.add_argument(
        "--on-number", metavar="COMMAND",
        help="run a command for each number that appears or changes; it finds NUMCAM_NUMBER, NUMCAM_CONFIDENCE (0 to 1), "
        "NUMCAM_TRACK, NUMCAM_SOURCE, NUMCAM_TIME and NUMCAM_EVENT (appeared or changed) in its environment. No shell reads "
        "it; for variables and pipes write one: sh -c 'echo $NUMCAM_NUMBER | wc'",
    )  # fmt: skip
    told.add_argument(
        "--clipboard", action="store_true", default=None, help="copy the newest number to the clipboard",
    )  # fmt: skip
    add_settings_options(parser)


def assigned(assignments: Sequence[str]) -> dict[str, Any]:
    """The settings that `--set NAME=VALUE` names, as sections in sections. Raises SettingsError."""
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not name or not equals:
            raise SettingsError(f"--set takes NAME=VALUE, such as camera.width=1920, not {assignment}.")
        *sections, last = name.split(".")
        value = {last: parse_yaml(text, f"--set {name}")}
        for section in reversed(sections):
            value = {section: value}
        values = merge(values, value)
    return values


def check_outputs(settings: Settings) -> None:
    """Raise SettingsError where what is to be written or run can't be meant so, CommandError where it is not there."""
    if settings.log is not None and Path(settings.log).suffix.lower() not in LOG_SUFFIXES:
        raise SettingsError(f"log: a log ends in {' or '.join(LOG_SUFFIXES)}; {settings.log} does not.")
    if settings.record is not None:
        from live.video.recorder import CONTAINERS
        from live.video.recording import is_folder

        if not is_folder(settings.record) and Path(settings.record).suffix.lower() not in CONTAINERS:
            raise SettingsError(
                f"record: a recording ends in {', '.join(CONTAINERS)}, or is a folder (with a / at its end where it is to be "
                f"made); {settings.record} is neither."
            )
    named = [Path(name).absolute() for name in (settings.record, settings.log, settings.log_frames) if name is not None]
    if len(set(named)) < len(named):
        raise SettingsError("record, log and log_frames must be different files.")
    if settings.on_number is not None:
        found(words_of(settings.on_number))


def execute(options: argparse.Namespace, interrupts: Interrupts) -> int:
    """Do what the command line asks for; returns the exit code. interrupts: what catches the signals."""
    chosen = {name: value for name in RUN_OPTIONS if (value := getattr(options, name)) is not None}
    if len(options.source or ()) == 1:
        chosen["source"] = options.source[0]
    settings = load_settings(options.config, merge(assigned(options.assignments or ()), chosen))
    if options.command == "read":
        wanted = read_options(options)
        from live.commands.read import read_pictures  # OpenCV loads here

        return read_pictures(wanted, settings)
    if options.command == "cameras":
        from live.commands.cameras import show_cameras

        return show_cameras()
    if options.command == "doctor":
        from live.commands.doctor import show_machine

        return show_machine(settings)
    return run_live(settings, interrupts)


def run_live(settings: Settings, interrupts: Interrupts) -> int:
    """The live reader."""
    check_outputs(settings)
    from live.video.display import DisplayCheck

    display = None if settings.headless else DisplayCheck()  # looks for a display while OpenCV is loaded
    from live.app import run  # OpenCV and the runtime load here: --help and wrong arguments answer at once

    summary = run(settings, say=_say, tell=_tell, display=display, interrupts=interrupts)
    if summary.interrupted:
        return INTERRUPTED
    return FAILED if summary.failed else DONE


def _say(line: str) -> None:
    """A note, beside what was read."""
    print(line, file=sys.stderr, flush=True)


def _tell(line: str) -> None:
    """What was read."""
    print(line, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run Numcam; returns the exit code."""
    options = make_parser().parse_args(arguments)
    try:
        with Interrupts() as interrupts:
            return execute(options, interrupts)
    except SettingsError as error:
        _say(str(error))
        return WRONG_ARGUMENTS
    except (NumcamError, ModelError) as error:
        _say(str(error))
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # whoever read the output has seen enough; Python would complain once more while flushing at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE


if __name__ == "__main__":
    sys.exit(main())
