"""Measure what a batch costs: pages a second with one and two processes, memory, and that kills change nothing. Judges nothing.

    python -m scripts.batch_cost --pages 200
    python -m scripts.batch_cost --pages 200 --kills 10

Pages of 1280x720 with 25 digits are drawn, and read by `python -m live batch` with one process and with two, in turn. With
`--kills`, a third run is killed so many times at random moments, then finished; its outputs are compared with the others.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import psutil

from live.core.terminal import TERMINAL, say, tell
from scripts.benchmark import page_of
from scripts.command_line import run_script, script_parser

DRAWN = 20
"""So many pages are drawn; the others are the same but for one pixel, since to draw takes longer than to read."""
FILES = ("numbers.csv", "numbers.parquet", "pages.jsonl", "failed.csv")
LOOK_S = 0.2
MEGA = 1e6


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run took."""

    seconds: float
    processor_s: float
    engine_mb: float
    """The most memory of the process that keeps the journal and writes the files, MB."""
    worker_mb: float
    """The most memory of one that reads, MB."""


def draw_pages(folder: Path, count: int) -> None:
    """Draw pages into a folder."""
    pages = [page_of(1280, 720, 25, seed=seed) for seed in range(min(DRAWN, count))]
    for number in range(count):
        page = pages[number % len(pages)]
        page[0, 0] = number % 251, number // 251 % 251, number // 63_001
        cv2.imwrite(str(folder / f"{number}.jpg"), page, [cv2.IMWRITE_JPEG_QUALITY, 95])


def start(pages: Path, out: Path, workers: int) -> subprocess.Popen[bytes]:
    """Start a batch."""
    words = [sys.executable, "-m", "live", "batch", str(pages), "--out", str(out), "--workers", str(workers)]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(pages: Path, out: Path, workers: int) -> Cost:
    """Run a batch to its end."""
    begun, engine_mb, worker_mb = time.perf_counter(), 0.0, 0.0
    spent: dict[int, float] = {}
    run = start(pages, out, workers)
    watched = psutil.Process(run.pid)
    while run.poll() is None:
        try:
            for process in (watched, *watched.children(recursive=True)):
                told, used = process.cpu_times(), process.memory_info().rss / MEGA
                spent[process.pid] = told.user + told.system
                if process.pid == run.pid:
                    engine_mb = max(engine_mb, used)
                else:
                    worker_mb = max(worker_mb, used)
        except psutil.Error:  # it has just ended
            pass
        time.sleep(LOOK_S)
    return Cost(time.perf_counter() - begun, sum(spent.values()), engine_mb, worker_mb)


def kill_and_finish(pages: Path, out: Path, times: int, within_s: float) -> None:
    """Kill a batch at random moments, each at most `within_s` after its start; then let it finish."""
    chance = random.Random(0)
    for _ in range(times):
        run = start(pages, out, 2)
        time.sleep(chance.uniform(0.5, within_s))
        run.kill()
        run.wait()
    start(pages, out, 2).wait()


def is_same(first: Path, second: Path) -> bool:
    """Whether two folders hold the same outputs, byte for byte."""
    return all((first / name).read_bytes() == (second / name).read_bytes() for name in FILES)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print a table; returns 1 if outputs differ."""
    parser = script_parser("scripts.batch_cost", __doc__)
    parser.add_argument("--pages", type=int, default=200, help="how many pages (%(default)s)")
    parser.add_argument("--kills", type=int, default=0, help="kill a run so many times (%(default)s)")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        pages = folder / "pages"
        pages.mkdir()
        draw_pages(pages, options.pages)
        costs = {workers: measure(pages, folder / f"out{workers}", workers) for workers in (1, 2)}
        TERMINAL.tell_lines(
            "pages | processes | pages/s | processor ms a page | engine, MB | each process, MB\n--: | --: | --: | --: | --: | --:"
        )
        for workers, cost in costs.items():
            each = 1000 * cost.processor_s / options.pages
            tell(
                f"{options.pages} | {workers} | {options.pages / cost.seconds:.1f} | {each:.1f} | {cost.engine_mb:.0f} | "
                f"{cost.worker_mb:.0f}"
            )
        tell(f"Two processes to one: {costs[1].seconds / costs[2].seconds:.2f}")
        same = is_same(folder / "out1", folder / "out2")
        if options.kills:
            kill_and_finish(pages, folder / "killed", options.kills, costs[2].seconds)
            same = same and is_same(folder / "out2", folder / "killed")
        say("All outputs are the same." if same else "The outputs differ.")
    return 0 if same else 1


if __name__ == "__main__":
    run_script(main)
