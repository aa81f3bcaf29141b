"""Run Numcam on thousands of damaged or unusual inputs, and report crashes, hangs and unclear errors.

    python -m scripts.fuzz --minutes 10                          pictures, videos, settings, model files, drawn worst pages
    python -m scripts.fuzz --minutes 2 --kind settings --seed 7
    python -m scripts.fuzz --seeds ../shared/bench/cases         more files to start from
    python -m scripts.fuzz --again fuzz-findings/videos-0-000012.json

Each input is read through the entry point of `python -m live`, in a process that serves many inputs and is watched from outside.
A fault is a crash, a traceback, an exit code other than 0, 1 and 2, several lines of error message or none, control characters,
or more than 0.5 s of processor time or 500 MB for a frame of 1280x720. The input of each fault is kept in the folder of findings,
with the command that runs it again. The same seed makes the same inputs. Ctrl+C ends the command, with the table. The exit code
is 1 where a fault was found. Needs Linux, and the extras `test` and `train`.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console  # noqa: TID251 - a type
from rich.progress import Progress

from live.core.terminal import TERMINAL, make_console
from scripts.command_line import run_script, script_parser
from scripts.fuzzing.case import Case, case_from_json
from scripts.fuzzing.judge import Fault, faults
from scripts.fuzzing.models import model_case
from scripts.fuzzing.pictures import blank_case, page_case, picture_case
from scripts.fuzzing.settings import settings_case
from scripts.fuzzing.tally import Tally
from scripts.fuzzing.videos import video_case
from scripts.fuzzing.watchdog import Outcome, Worker

Seeds = Sequence[tuple[str, bytes]]
KINDS: dict[str, Callable[[str, np.random.Generator, Seeds], Case]] = {
    "pictures": picture_case,
    "videos": video_case,
    "settings": settings_case,
    "models": model_case,
    "pages": page_case,
}
SUFFIXES = {"settings": (".yaml", ".yml"), "videos": (".mp4", ".mkv", ".mov", ".ts", ".avi", ".mjpeg", ".mpg", ".webm")}
"""Which kind takes the files of --seeds, by suffix; pictures take all others."""
TRIES = 3
"""An input that took too long is run this often, and the least time counts, since other programs only add to it."""
FINDINGS = Path("fuzz-findings")


def seeds_in(folder: Path | None) -> dict[str, Seeds]:
    """The files below a folder, by the kind that uses them."""
    found: dict[str, list[tuple[str, bytes]]] = {kind: [] for kind in KINDS}
    for path in sorted(folder.rglob("*")) if folder is not None else ():
        if path.is_file() and not path.name.lower().startswith("readme"):
            kind = next((kind for kind, suffixes in SUFFIXES.items() if path.suffix.lower() in suffixes), "pictures")
            found[kind].append((path.name, path.read_bytes()))
    return dict(found)


def cases(kinds: Sequence[str], seed: int, seeds: dict[str, Seeds]) -> Iterator[Case]:
    """An endless sequence of inputs, of each kind in turn."""
    for index in itertools.count():
        for kind in kinds:
            rng = np.random.default_rng((seed, index, list(KINDS).index(kind)))
            yield KINDS[kind](f"{kind}-{seed}-{index:06d}", rng, seeds[kind])


class Session:
    """One run of the command: it takes cases and returns their faults."""

    def __init__(self, worker: Worker, findings: Path) -> None:
        self._worker = worker
        self._findings = findings
        self._blank: Outcome | None = None
        self.tally = Tally()

    def try_one(self, case: Case) -> list[Fault]:
        """Run a case, count it, and keep it where it has a fault."""
        outcome, found = self.outcome(case)
        if self.tally.add(case, outcome, found, self._blank):
            self._findings.mkdir(parents=True, exist_ok=True)
            path = self._findings / f"{case.name}.json"
            path.write_text(case.as_json(), encoding="utf-8")
            with (self._findings / "findings.txt").open("a", encoding="utf-8") as file:
                file.write(self.tally.as_text(case, outcome, found, path))
        return found

    def outcome(self, case: Case) -> tuple[Outcome, list[Fault]]:
        """The outcome of a case, and its faults."""
        if self._worker.is_fresh:
            self._worker.run(blank_case())  # loads the libraries, once per process
            self._blank = self._worker.run(replace(blank_case(), name="blank again"))
        outcome = self._worker.run(case)
        found = faults(case, outcome, self._blank)
        for _ in range(TRIES - 1):
            if [fault.what for fault in found] != ["too long"]:
                break
            again = self._worker.run(case)
            if again.code == outcome.code and again.cpu_s < outcome.cpu_s:
                outcome = again
            found = faults(case, outcome, self._blank)
        return outcome, found


def again(path: Path, console: Console) -> int:
    """Run a finding again, and print its whole outcome."""
    case = case_from_json(path.read_text(encoding="utf-8"))
    folder = path.with_suffix("")
    folder.mkdir(exist_ok=True)
    case.write(folder)
    show = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    show(f"{case.name}: {case.about}\nin {folder}: {case.command()!r}")
    with Worker() as worker:
        session = Session(worker, path.parent)
        outcome, found = session.outcome(case)
    show(Tally.printed(outcome))
    for fault in found:
        show(f"{fault.what}: {fault.detail}")
    return int(bool(found))


def run(session: Session, inputs: Iterator[Case], end: float, console: Console) -> None:
    """Try inputs until the time is over or Ctrl+C is pressed."""
    with Progress(console=console, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("Trying", total=max(1.0, end - time.monotonic()))
        try:
            for case in inputs:
                if time.monotonic() >= end:
                    return
                began = time.monotonic()
                session.try_one(case)
                progress.update(task, advance=time.monotonic() - began, description=session.tally.line())
        except KeyboardInterrupt:
            return


def make_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = script_parser("scripts.fuzz", __doc__)
    parser.add_argument("--minutes", type=float, default=5.0, help="how long (%(default)s)")
    parser.add_argument("--inputs", type=int, help="largest number of inputs")
    parser.add_argument("--seed", type=int, default=0, help="seed of the inputs (%(default)s)")
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=list(KINDS), help="which kinds (all)")
    parser.add_argument("--seeds", type=Path, metavar="FOLDER", help="more files to damage, besides the built-in ones")
    parser.add_argument(
        "--findings", type=Path, metavar="FOLDER", default=FINDINGS, help="folder for findings (%(default)s)"
    )
    parser.add_argument("--again", type=Path, metavar="FILE", help="run this finding again")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, and print the table; returns the exit code."""
    parser = make_parser()
    options = parser.parse_args(arguments)
    console = make_console()
    if options.again is not None:
        if not options.again.is_file():
            parser.error(f"there is no finding {options.again}")
        return again(options.again, console)
    if options.seeds is not None and not options.seeds.is_dir():
        parser.error(f"--seeds takes a folder; {options.seeds} is none")
    inputs = itertools.islice(cases(options.kind, options.seed, seeds_in(options.seeds)), options.inputs)
    with Worker() as worker:
        session = Session(worker, options.findings)
        run(session, inputs, time.monotonic() + 60 * options.minutes, console)
        session.tally.show(TERMINAL.console(), options.findings, worker.started)
    return int(session.tally.found > 0)


if __name__ == "__main__":
    run_script(main)
