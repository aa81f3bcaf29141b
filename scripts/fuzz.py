"""Give Numcam thousands of inputs that nobody has thought of, as a user would, and see whether one harms, hangs or fools it.

    python -m scripts.fuzz --minutes 10                          pictures, videos, settings, model files, drawn worst pages
    python -m scripts.fuzz --minutes 2 --kind settings --seed 7
    python -m scripts.fuzz --seeds ../shared/bench/cases         further files to begin with
    python -m scripts.fuzz --again fuzz-findings/videos-0-000012.json

Each input is read by `python -m live`'s own entry point, in a process that is kept for many inputs and watched from outside. What
is wrong with one is told (a crash, a traceback, an exit code other than 0, 1 and 2, several lines of complaint or none, control
characters, more than 0.5 s of processor time or 500 MB for a frame of 1280x720), and the input is kept in the folder of findings,
with the command that gives it to Numcam again. The same seed makes the same inputs. Ctrl+C ends it, with the table. Exits with 1
where something was found. Needs Linux, and the extras `test` and `train`.
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
from scripts.fuzzing.watch import Child, Outcome

Seeds = Sequence[tuple[str, bytes]]
KINDS: dict[str, Callable[[str, np.random.Generator, Seeds], Case]] = {
    "pictures": picture_case,
    "videos": video_case,
    "settings": settings_case,
    "models": model_case,
    "pages": page_case,
}
SUFFIXES = {"settings": (".yaml", ".yml"), "videos": (".mp4", ".mkv", ".mov", ".ts", ".avi", ".mjpeg", ".mpg", ".webm")}
"""Of further files: which kind takes those; pictures take all others."""
TRIES = 3
"""How often an input is tried that took too long: what else a machine does only adds to processor time, so the least counts."""
FINDINGS = Path("fuzz-findings")


def seeds_in(folder: Path | None) -> dict[str, Seeds]:
    """The files below a folder, by the kind that takes them."""
    found: dict[str, list[tuple[str, bytes]]] = {kind: [] for kind in KINDS}
    for path in sorted(folder.rglob("*")) if folder is not None else ():
        if path.is_file() and not path.name.lower().startswith("readme"):
            kind = next((kind for kind, suffixes in SUFFIXES.items() if path.suffix.lower() in suffixes), "pictures")
            found[kind].append((path.name, path.read_bytes()))
    return dict(found)


def cases(kinds: Sequence[str], seed: int, seeds: dict[str, Seeds]) -> Iterator[Case]:
    """Inputs without end, of each kind in turn."""
    for index in itertools.count():
        for kind in kinds:
            rng = np.random.default_rng((seed, index, list(KINDS).index(kind)))
            yield KINDS[kind](f"{kind}-{seed}-{index:06d}", rng, seeds[kind])


class Session:
    """One run of the command: cases go in, what is wrong with them comes out."""

    def __init__(self, child: Child, findings: Path) -> None:
        self._child = child
        self._findings = findings
        self._blank: Outcome | None = None
        self.tally = Tally()

    def try_one(self, case: Case) -> list[Fault]:
        """Run a case, count it, and keep it where something is wrong."""
        outcome, found = self.outcome(case)
        if self.tally.add(case, outcome, found, self._blank):
            self._findings.mkdir(parents=True, exist_ok=True)
            path = self._findings / f"{case.name}.json"
            path.write_text(case.as_json(), encoding="utf-8")
            with (self._findings / "findings.txt").open("a", encoding="utf-8") as file:
                file.write(self.tally.told(case, outcome, found, path))
        return found

    def outcome(self, case: Case) -> tuple[Outcome, list[Fault]]:
        """What becomes of a case, and what is wrong with that."""
        if self._child.is_fresh:
            self._child.run(blank_case())  # loads what is loaded once in a process
            self._blank = self._child.run(replace(blank_case(), name="blank again"))
        outcome = self._child.run(case)
        found = faults(case, outcome, self._blank)
        for _ in range(TRIES - 1):
            if [fault.what for fault in found] != ["too long"]:
                break
            again = self._child.run(case)
            if again.code == outcome.code and again.cpu_s < outcome.cpu_s:
                outcome = again
            found = faults(case, outcome, self._blank)
        return outcome, found


def again(path: Path, console: Console) -> int:
    """Run a finding again, and show all that comes of it."""
    case = case_from_json(path.read_text(encoding="utf-8"))
    folder = path.with_suffix("")
    folder.mkdir(exist_ok=True)
    case.write(folder)
    show = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    show(f"{case.name}: {case.about}\nin {folder}: {case.command()!r}")
    with Child() as child:
        session = Session(child, path.parent)
        outcome, found = session.outcome(case)
    show(Tally.printed(outcome))
    for fault in found:
        show(f"{fault.what}: {fault.detail}")
    return int(bool(found))


def run(session: Session, inputs: Iterator[Case], end: float, console: Console) -> None:
    """Try inputs until the time is over, or a person has seen enough."""
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
    parser.add_argument("--inputs", type=int, help="how many at most, whatever the time")
    parser.add_argument("--seed", type=int, default=0, help="another one makes other inputs (%(default)s)")
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=list(KINDS), help="which kinds (all)")
    parser.add_argument("--seeds", type=Path, metavar="FOLDER", help="files to damage besides those that are made")
    parser.add_argument(
        "--findings", type=Path, metavar="FOLDER", default=FINDINGS, help="where they are kept (%(default)s)"
    )
    parser.add_argument("--again", type=Path, metavar="FILE", help="a finding that is run once more")
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
    with Child() as child:
        session = Session(child, options.findings)
        run(session, inputs, time.monotonic() + 60 * options.minutes, console)
        session.tally.show(TERMINAL.console(), options.findings, child.started)
    return int(session.tally.found > 0)


if __name__ == "__main__":
    run_script(main)
