"""Run the whole program for hours, and check that memory, open files and threads don't grow. Judges no reading and no speed.

    python -m scripts.soak                     100,000 frames of the built-in clip, repeated, as fast as they are read
    python -m scripts.soak --frames 5000 clip.mp4

`python -m live` runs in a process of its own, without a window, with recording and both logs. Its files are truncated while it
runs (they become sparse), so that an hour takes no more disk than a minute. Each row holds medians over the frames just before
it; the first row comes right after the warm-up. The exit code is 1 where memory has grown by more than 5 MB since the first row,
or where there are more open files or threads. Needs Unix.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import psutil

from live.capture.sources import DEMO_CLIP
from live.core.terminal import TERMINAL, tell
from scripts.command_line import run_script, script_parser

ROOT = Path(__file__).resolve().parents[1]
MOST_GROWTH_MB = 5.0
WARM_UP = 1_000
"""Frames before the first row, and the frames over which each row takes its medians."""
ROWS = 20
LOOK_EVERY_S = 0.2
MOST_ON_DISK = 32_000_000
"""A file is truncated once it takes more than this many bytes of disk."""
LAST_LINE = 1_000_000
"""The last whole line of a log is searched within this many bytes from its end."""
RECORDING, LOG, FRAME_LOG = "soak.mp4", "soak.jsonl", "frames.jsonl"
HEAD = "frames | memory, MB | open files | threads | frames a second\n--: | --: | --: | --: | --:"


@dataclass(frozen=True, slots=True)
class Sample:
    """One measurement of the running program, or the median of several."""

    frames: int
    seconds: float
    memory_mb: float
    """Resident, in millions of bytes."""
    handles: int
    """Open files, pipes and sockets."""
    threads: int


def loop(clip: Path, frames: int, folder: Path) -> Path:
    """A video in `folder` that repeats `clip` until it has this many frames; a copy of a clip that is damaged."""
    try:
        return repeated(clip, frames, folder / "loop.mkv")
    except (ValueError, av.FFmpegError):
        return Path(shutil.copyfile(clip, folder / f"clip{clip.suffix}"))


def repeated(clip: Path, frames: int, path: Path) -> Path:
    """Write the same packets repeatedly. Raises ValueError and av.FFmpegError where that fails for a clip."""
    written, begin = 0, 0
    with av.open(str(path), "w") as looped:
        while written < frames:
            end = begin
            with av.open(str(clip)) as source:
                inside = source.streams.video[0]
                stream = looped.streams.video[0] if written else looped.add_stream_from_template(inside)
                for packet in source.demux(inside):
                    if packet.pts is None or packet.dts is None:
                        continue
                    packet.pts, packet.dts, packet.stream = packet.pts + begin, packet.dts + begin, stream
                    end = max(end, packet.pts + (packet.duration or 1))
                    looped.mux(packet)
                    written += 1
            if end == begin:
                raise ValueError(f"{clip} has no frames")
            begin = end
    return path


def start(source: Path, frames: int, folder: Path) -> subprocess.Popen[str]:
    """Start the program on `source`, with its files in `folder`."""
    written = ("--record", RECORDING, "--log", LOG, "--log-frames", FRAME_LOG)
    return subprocess.Popen(
        [sys.executable, "-m", "live", "--source", source.name, "--headless", "--max-frames", str(frames), *written],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def sampled(program: subprocess.Popen[str], folder: Path) -> Iterator[Sample]:
    """A sample of the program five times a second, until it has ended."""
    watch = psutil.Process(program.pid)
    began = time.monotonic()
    while program.poll() is None:
        try:
            with watch.oneshot():
                memory, handles, threads = watch.memory_info().rss, watch.num_fds(), watch.num_threads()
        except psutil.Error:  # the program has ended since the last sample
            return
        frames = frames_logged(folder / FRAME_LOG)
        if frames:
            yield Sample(frames, time.monotonic() - began, memory / 1e6, handles, threads)
        for name in (RECORDING, LOG, FRAME_LOG):
            empty(folder / name)
        time.sleep(LOOK_EVERY_S)


def frames_logged(log: Path) -> int:
    """The number of frames in the frame log, by its last whole line; 0 where there is none."""
    if not log.is_file():
        return 0
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - LAST_LINE))
        lines = file.read().rpartition(b"\n")[0].rsplit(b"\n", 1)
    line = lines[-1].lstrip(b"\0")  # a truncated file begins with a hole
    return int(line.partition(b'"frame": ')[2].partition(b",")[0]) + 1 if line else 0


def empty(path: Path) -> None:
    """Truncate a file once it is large. The program that writes it continues at its own offset."""
    if path.is_file() and path.stat().st_blocks * 512 > MOST_ON_DISK:
        os.truncate(path, 0)


def median(samples: Sequence[Sample]) -> Sample:
    """The median of several samples, value by value; frames and seconds are those of the last."""
    middle = len(samples) // 2
    return Sample(
        samples[-1].frames,
        samples[-1].seconds,
        sorted(sample.memory_mb for sample in samples)[middle],
        sorted(sample.handles for sample in samples)[middle],
        sorted(sample.threads for sample in samples)[middle],
    )


def rows(samples: Iterator[Sample], frames: int) -> Iterator[Sample]:
    """A row after the warm-up, and one after each twentieth of `frames`."""
    warm_up = min(WARM_UP, max(1, frames // 10))
    marks = [2 * warm_up, *(mark for n in range(1, ROWS + 1) if (mark := frames * n // ROWS) > 2 * warm_up)]
    recent: list[Sample] = []
    for sample in samples:
        recent = [*(old for old in recent if old.frames > sample.frames - warm_up), sample]
        # the program ends with its last frame, so that the last sample comes before it
        due = marks and sample.frames >= marks[0] - (warm_up // 10 if len(marks) == 1 else 0)
        if due and sample.frames > warm_up:
            yield median(recent)
            marks = [mark for mark in marks if mark > sample.frames] if len(marks) > 1 else []


def verdict(first: Sample, last: Sample) -> tuple[str, bool]:
    """A line that says what has grown between two rows, and whether that is too much."""
    grown_mb = last.memory_mb - first.memory_mb
    handles, threads = last.handles - first.handles, last.threads - first.threads
    bad = grown_mb > MOST_GROWTH_MB or handles > 0 or threads > 0
    line = (
        f"From frame {first.frames:,} to {last.frames:,}: memory {grown_mb:+.1f} MB (at most +{MOST_GROWTH_MB:.0f}), "
        f"open files {handles:+d}, threads {threads:+d}: {'it grows' if bad else 'steady'}."
    )
    return line, bad


def main(arguments: list[str] | None = None) -> int:
    """Run, print rows, and judge the growth; returns the exit code."""
    parser = script_parser("scripts.soak", __doc__)
    parser.add_argument("clip", nargs="?", type=Path, default=DEMO_CLIP, help="a video; without it, the built-in clip")
    parser.add_argument("--frames", type=int, default=100_000, help="frames to read (%(default)s)")
    options = parser.parse_args(arguments)
    if options.frames < 100 or not options.clip.is_file():
        parser.error("--frames must be at least 100, and the clip a file")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = start(loop(options.clip, options.frames, folder), options.frames, folder)
        try:
            table = show(rows(sampled(program, folder), options.frames))
            _, complaint = program.communicate()
        finally:
            program.kill()
            program.wait()
    if program.returncode != 0 or len(table) < 2:
        tell(f"The program ended with {program.returncode}: {complaint.strip() or 'too soon to be judged'}")
        return 1
    line, bad = verdict(table[0], table[-1])
    tell(line)
    return int(bad)


def show(samples: Iterator[Sample]) -> list[Sample]:
    """Print each row as it arrives; returns all of them."""
    TERMINAL.tell_lines(HEAD)
    table: list[Sample] = []
    for row in samples:
        before = table[-1] if table else Sample(0, 0.0, 0.0, 0, 0)
        speed = (row.frames - before.frames) / (row.seconds - before.seconds)
        tell(f"{row.frames:,} | {row.memory_mb:.1f} | {row.handles} | {row.threads} | {speed:.1f}")
        table.append(row)
    return table


if __name__ == "__main__":
    run_script(main)
