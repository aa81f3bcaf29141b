"""Judge all of the bench in one table: pages, clips, real pictures, single digits, trust and speed. Trains nothing.

    python -m scripts.scoreboard                              all sets (`make scores`)
    python -m scripts.scoreboard --sets dev,cheques           a part
    python -m scripts.scoreboard --save before.json           keep the counts
    python -m scripts.scoreboard --against before.json        what has changed since, row by row
    python -m scripts.scoreboard --markdown docs/accuracy.md  write the tables between the markers of a file

--against marks each figure as better or worse. "lost, gained" counts what was right before alone and now alone; a star says that
the difference may be chance, being below twice the square root of their sum. --kept-back also judges what is looked at only
before something is shipped: nothing is tuned on that.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from collections.abc import Callable, Sequence
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from live import __version__
from live.core.errors import NumcamError
from live.core.exit_codes import DONE, FAILED, INTERRUPTED
from live.core.terminal import TERMINAL, say
from models.errors import ModelError
from scripts.command_line import missing_package, run_script, script_parser
from scripts.scoring.changes import changes
from scripts.scoring.digit_rows import mnist_rows, pen_rows
from scripts.scoring.figures import Absent, Board, load_board, save_board
from scripts.scoring.pictures import AbsentError, Places
from scripts.scoring.readings import open_pool, usual_processes
from scripts.scoring.sets import PICTURE_SETS, clip_rows, load_clips, rows_of
from scripts.scoring.speed_rows import speed_rows
from scripts.scoring.tables import as_rich, took, write_markdown
from scripts.training.datasets import DataError

SHARED = Path(__file__).resolve().parents[2] / "shared"
SETS = (*(one.name for one in PICTURE_SETS), "clips", "digits", "speed")
KEPT_BACK = "kept-back"
WIDTH = 130
OTHER_SETS = (("digits", mnist_rows), ("digits", pen_rows), ("speed", speed_rows))
Found = TypeVar("Found")


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = script_parser("scripts.scoreboard", __doc__)
    parser.add_argument("--sets", metavar="A,B", type=set_names, default=SETS, help=f"of {', '.join(SETS)}")
    parser.add_argument("--save", "--json", type=Path, metavar="FILE", help="write all counts as JSON")
    parser.add_argument("--against", type=Path, metavar="FILE", help="what has changed since that file was saved")
    parser.add_argument(
        "--markdown", type=Path, metavar="FILE", help="write the tables between the markers of this file"
    )
    parser.add_argument("--kept-back", action="store_true", help="judge the kept-back parts too, before shipping")
    parser.add_argument("--bench", type=Path, default=SHARED / "bench", help="the pictures (../shared/bench)")
    parser.add_argument("--data", type=Path, default=SHARED / "data", help="mnist.npz, pendigits (../shared/data)")
    parser.add_argument("--model", type=Path, help="digit network; without it, the one that comes with Numcam")
    parser.add_argument(
        "--processes", type=int, default=usual_processes(), help="that read in parallel (as many as processors)"
    )
    options = parser.parse_args(arguments)
    if options.processes < 1:
        parser.error("--processes is 1 or more")
    if not options.kept_back:
        options.sets = tuple(name for name in options.sets if name != KEPT_BACK)
    return options


def set_names(text: str) -> tuple[str, ...]:
    """The sets of `--sets`. Raises ArgumentTypeError where one is not known."""
    names = tuple(name.strip() for name in text.split(","))
    for name in names:
        if name not in SETS:
            raise argparse.ArgumentTypeError(f"there is no set {name!r}; there are {', '.join(SETS)}")
    return names


def judge(options: argparse.Namespace, places: Places) -> Board:
    """All rows that are asked for. Raises NumcamError, ModelError, DataError and OSError."""
    began, spent = time.monotonic(), processor_s()
    absent: list[Absent] = []
    with open_pool(options.processes, options.model) as pool:
        places = replace(places, spread=pool.map)
        pictures = {
            one.name: found_or_noted(absent, one.name, partial(one.load, places))
            for one in PICTURE_SETS
            if one.name in options.sets
        }
        clips = found_or_noted(absent, "clips", partial(load_clips, places)) if "clips" in options.sets else []
        read = pool.read([p for some in pictures.values() for p in some], [clip.path for clip in clips])
    rows = [row for one in PICTURE_SETS for row in rows_of(one, pictures.get(one.name, []), read.pictures)]
    rows += clip_rows(clips, read)
    for name, make in OTHER_SETS:
        if name in options.sets:
            rows += found_or_noted(absent, name, partial(make, places, options.model))
    about = {
        "Numcam": __version__,
        "Python": platform.python_version(),
        "processes": str(options.processes),
        "on": time.strftime("%Y-%m-%d"),
    }
    return Board(tuple(rows), tuple(absent), time.monotonic() - began, processor_s() - spent, about)


def processor_s() -> float:
    """Seconds that this process and those that it has ended have spent on a processor."""
    return sum(os.times()[:4])


def found_or_noted(absent: list[Absent], name: str, work: Callable[[], list[Found]]) -> list[Found]:
    """What the work finds; where it can't be done here, nothing, and why is noted."""
    try:
        return work()
    except AbsentError as error:
        absent.append(Absent(name, str(error)))
        return []


def report(options: argparse.Namespace) -> None:
    """Judge, print, and write the files that are asked for. Raises NumcamError, ModelError, DataError and OSError."""
    console = TERMINAL.console()
    if not console.is_terminal:
        console.width = WIDTH
    before = None if options.against is None else load_board(options.against)
    with TemporaryDirectory() as folder:
        board = judge(options, Places(options.bench, options.data, Path(folder), options.kept_back))
    console.print(as_rich(board), highlight=False)
    if before is not None:
        console.print(changes(before, board), highlight=False)
    console.print(took(board), highlight=False)
    if options.save is not None:
        save_board(board, options.save)
    if options.markdown is not None:
        write_markdown(board, options.markdown)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    options = parse(arguments)
    try:
        report(options)
    except (NumcamError, ModelError, DataError) as error:
        say(error)
    except ModuleNotFoundError as error:
        say(missing_package(error))
    except BrokenProcessPool:
        say("A process that reads was ended from outside, perhaps for want of memory. Try --processes 1.")
    except OSError as error:
        say(f"{error.filename} can't be read or written: {error.strerror}.")
    except KeyboardInterrupt:
        say("Interrupted.")
        return INTERRUPTED
    else:
        return DONE
    return FAILED


if __name__ == "__main__":
    run_script(main)
