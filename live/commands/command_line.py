"""Define the command-line options, their help and the messages for wrong ones. Runs no command."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from live import __version__
from live.commands.batch_options import add_batch_options
from live.commands.read_options import add_read_options
from live.commands.serve_options import add_serve_options
from live.core.command_hints import program_name
from live.core.errors import SettingsError
from live.core.exit_codes import WRONG_ARGUMENTS
from live.core.settings_check import merge, shortened, unknown
from live.core.settings_text import parse_yaml
from live.core.terminal import PlainParser, say

RUN_OPTIONS = (
    "source", "headless", "record", "log", "log_frames", "on_number", "clipboard", "max_seconds", "max_frames", "realtime",
    "mirror", "expect", "only_expected",
)  # fmt: skip

LONGEST_OPTION = 40
"""The longest part of a wrong name that is compared with known names, in characters, twice the longest known name."""
COMMANDS = ("read", "batch", "serve", "cameras", "doctor")
EXAMPLES = """examples:
  {prog}                                the first camera, in a window
  {prog} --source 1 --record out.mp4    the second camera, recorded
  {prog} --source 0 --source 1          two cameras, side by side
  {prog} --source clip.mp4 --headless   a file: what it says, as text
  {prog} --source rtsp://door/stream --log read.jsonl
  {prog} --clipboard --on-number 'notify-send "A number"'
  {prog} --set tracking.forget_after_s=1  any setting of config.yaml
  {prog} read page.jpg scans/ --save annotated
  {prog} serve                          a page in the browser, an API
  {prog} batch scans/ forms.pdf --out read  a whole archive, into tables
  {prog} cameras                        which camera is number 1?

keys in the window: q quit, space pause, r record, s snapshot, m mirror,
d behind the scenes, h help
exit codes: 0 done (q and a closed window too), 1 a failure told in one line,
2 wrong arguments, 130 interrupted, with every file closed and playable"""


class Parser(PlainParser):
    """A parser that reports an error in one line, with the closest known name."""

    given: Sequence[str] = ()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse as argparse does, and keep the arguments for the error message."""
        self.given = sys.argv[1:] if args is None else list(args)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        """Print one line and exit with 2."""
        told = self._about_options(self.given) or _about_command(message) or _in_plain_words(message)
        told = told.rstrip(".")
        say(f"{self.prog}: {told}{'' if told[-1:] == '?' else '.'} --help lists what there is.")
        self.exit(WRONG_ARGUMENTS)

    def _about_options(self, words: Sequence[str]) -> str | None:
        """The message for the first unknown option; argparse may report a later argument instead."""
        here = [name for action in self._actions for name in action.option_strings]
        commands = next((action.choices for action in self._actions if isinstance(action.choices, dict)), {})
        for place, word in enumerate(words):
            name = word.partition("=")[0]
            if name in commands:
                return commands[name]._about_options(words[place + 1 :])
            if name == "--":
                return None
            if len(name) > 2 and name[0] == "-" and not name[1].isdigit() and name not in here:
                # -source is meant for --source
                near = difflib.get_close_matches(f"--{name.strip('-')[:LONGEST_OPTION]}", here, n=1)
                return f"there is no option {shortened(name)}" + (f"; did you mean {near[0]}?" if near else "")
        return None


def _about_command(message: str) -> str | None:
    """The message for an unknown command; None if argparse's message is about something else."""
    wrong = re.search(r"invalid choice: '(.*)' \(choose", message, re.DOTALL)
    if wrong is None:
        return None
    near = difflib.get_close_matches(wrong[1][:LONGEST_OPTION], COMMANDS, n=1)
    told = f"there is no command {shortened(wrong[1])}, only {', '.join(COMMANDS)}"
    if near:
        return f"{told}; did you mean {near[0]}?"
    return f"{told}. To read from it, write --source {wrong[1]}" if _may_be_source(wrong[1]) else told


def _may_be_source(word: str) -> bool:
    """Whether a word may be a source."""
    try:
        return Path(word).exists() or word.isdecimal() or "://" in word
    except (OSError, ValueError):  # no file can have that name
        return False


def _in_plain_words(message: str) -> str:
    """Reword argparse's message without programming terms."""
    missing = re.fullmatch(r"argument (\S+?)(?:/\S+)?: expected (?:one|at least one) argument", message)
    if missing is not None:
        return f"{missing[1]} needs something after it"
    needless = re.fullmatch(r"argument (\S+?)(?:/\S+)?: ignored explicit argument (.*)", message, re.DOTALL)
    if needless is not None:
        return f"{needless[1]} stands alone, without ={needless[2]}"
    message = message.replace("the following arguments are required:", "what to read is missing:")
    return message.replace("unrecognized arguments:", "this is not understood:")


def make_parser() -> Parser:
    """Make the parser of the whole command line."""
    parser = Parser(
        prog=program_name(),
        description="Read handwritten numbers on paper, live, through a camera.",
        epilog=EXAMPLES.format(prog=program_name()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"Numcam {__version__}")
    add_run_options(parser)
    commands = parser.add_subparsers(dest="command", title="other commands", metavar=f"{{{','.join(COMMANDS)}}}")
    read = commands.add_parser("read", help="the numbers on still pictures", description="Read still pictures.")
    add_read_options(read)
    serve = commands.add_parser(
        "serve", help="a page in the browser: camera, drawing pad, pictures; and an API", description="Serve a page."
    )
    add_serve_options(serve)
    batch = commands.add_parser(
        "batch", help="an archive: folders, PDFs, ZIP files, videos",
        description="Read an archive into tables. Ended by anything, it goes on with the same command.",
    )  # fmt: skip
    add_batch_options(batch)
    cameras = commands.add_parser("cameras", help="list the cameras with index, name and sizes")
    doctor = commands.add_parser("doctor", help="what this machine has, for bug reports")
    for command in (read, batch, serve):
        add_expect_options(command, default=argparse.SUPPRESS)
    for command in (read, batch, serve, cameras, doctor):
        add_settings_options(command, default=argparse.SUPPRESS)  # SUPPRESS keeps the values given before the command
    return parser


def add_settings_options(parser: argparse.ArgumentParser, default: Any = None) -> None:
    """Add the options --config and --set."""
    settings = parser.add_argument_group("settings")
    settings.add_argument(
        "--config", type=Path, metavar="FILE", default=default,
        help="settings that go over those of ./config.yaml and of the user's own file",
    )  # fmt: skip
    settings.add_argument(
        "--set", action="append", metavar="NAME=VALUE", dest="assignments", default=default,
        help="one setting by its name in config.yaml, such as camera.width=1920; may be given again",
    )  # fmt: skip


def add_expect_options(parser: argparse.ArgumentParser, default: Any = None) -> None:
    """Add the options on what numbers look like; each has a setting of the same name."""
    expected = parser.add_argument_group("what is expected")
    expected.add_argument(
        "--expect", action="append", metavar="FORMAT", default=default,
        help="what a number looks like: how many digits (6 or 4-8), a value (0..100), luhn, ean13, isbn or mod97 (luhn:16 for "
        "both), date, time, amount or phone, one of a file's values (parts.csv or parts.csv#COLUMN), or a pattern "
        r"(\d{2}/\d{2}). The likeliest number that fits is taken; what fits nothing is marked. May be given again",
    )  # fmt: skip
    expected.add_argument(
        "--only-expected", action="store_true", default=default, help="leave out what fits nothing",
    )  # fmt: skip


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of the live reader; each has a setting of the same name."""
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
    source.add_argument("--max-seconds", type=_number, metavar="S", help="stop after this many seconds")
    source.add_argument("--max-frames", type=_number, metavar="N", help="stop after this many frames")
    add_expect_options(parser)
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
    written.add_argument("--log-frames", metavar="FILE", help="a line of JSON a frame, with every number in it: .jsonl")
    told = parser.add_argument_group("who else is told")
    told.add_argument(
        "--on-number", metavar="COMMAND",
        help="run a command for each number that appears or changes; it finds NUMCAM_NUMBER, NUMCAM_VALUE, "
        "NUMCAM_CONFIDENCE (0 to 1), NUMCAM_TRACK, NUMCAM_SOURCE, NUMCAM_TIME and NUMCAM_EVENT (appeared or changed) in its "
        "environment. No shell reads it; for variables and pipes write one: sh -c 'echo $NUMCAM_NUMBER | wc'",
    )  # fmt: skip
    told.add_argument(
        "--clipboard", action="store_true", default=None, help="copy the newest number to the clipboard",
    )  # fmt: skip
    add_settings_options(parser)


def _number(text: str) -> Any:
    """Convert a text to a number if possible; otherwise return it for the check of the settings."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:  # also raised for thousands of digits
            continue
    return text


def assigned(assignments: Sequence[str]) -> dict[str, Any]:
    """Parse the `--set NAME=VALUE` assignments to nested mappings. Raises SettingsError."""
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not name or not equals:
            raise SettingsError(f"--set takes NAME=VALUE, such as camera.width=1920, not {shortened(assignment)}.")
        if name.count(".") > 1:
            raise SettingsError(f"In the command line: {unknown(name)}")
        *sections, last = name.split(".")
        value = {last: parse_yaml(text, f"--set {shortened(name)}")}
        for section in reversed(sections):
            value = {section: value}
        values = merge(values, value)
    return values
