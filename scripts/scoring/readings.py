"""Reads pictures and clips as a user's program does, in several processes, each of them once. Judges nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Any

import cv2
from rich.progress import Progress

from live.api.reader import Reader
from live.api.stream import stream
from live.capture.pictures.pages import read_picture
from live.capture.quiet import silence_opencv
from live.core.terminal import make_console
from scripts.evaluation.page_scores import Numbers
from scripts.scoring.pictures import Picture, turned_picture

Key = tuple[Path, float]
FIELDS = ("text", "shown", "confidence", "quad")
"""What is kept of each number."""


@dataclass(frozen=True, slots=True)
class Readings:
    """What was read."""

    pictures: Mapping[Key, Numbers]
    clips: Mapping[Path, Mapping[int, Numbers]]
    """The confirmed numbers of each frame, by its index."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Processes that read, each with one thread."""

    executor: ProcessPoolExecutor
    model: Path | None

    def read(self, pictures: Sequence[Picture], clips: Sequence[Path]) -> Readings:
        """Read them all, each once. Raises NumcamError."""
        jobs: dict[Future[Any], tuple[str, Any]] = {}
        # clips come first, since they take longest: no process is left alone with one at the end
        for clip in dict.fromkeys(clips):
            jobs[self.executor.submit(read_clip, clip, self.model)] = ("clip", clip)
        for key in dict.fromkeys(picture.key for picture in pictures):
            jobs[self.executor.submit(read_page, key, self.model)] = ("picture", key)
        found: dict[str, dict[Any, Any]] = {"clip": {}, "picture": {}}
        for future in _with_progress(list(jobs)):
            kind, key = jobs[future]
            found[kind][key] = future.result()
        return Readings(found["picture"], found["clip"])

    def map(self, work: Callable[..., Any], items: Sequence[Any]) -> list[Any]:
        """Other work on each item, in order."""
        return list(self.executor.map(work, items))


@contextmanager
def open_pool(processes: int, model: Path | None) -> Iterator[Pool]:
    """Processes until the end of the block; work that waits is dropped where it ends by an error, and all work by Ctrl+C."""
    executor = ProcessPoolExecutor(processes, get_context("spawn"), initializer=_begin)
    try:
        yield Pool(executor, model)
    except KeyboardInterrupt:
        for process in active_children():
            process.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _begin() -> None:
    """What a process does first. Ctrl+C reaches all processes of a terminal; only the first one answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)


def usual_processes() -> int:
    """As many as there are processors."""
    return os.cpu_count() or 1


def settings_of(model: Path | None, threads: int = 1) -> dict[str, Any]:
    """The defaults, with the network and its threads."""
    chosen: dict[str, Any] = {"threads": threads}
    if model is not None:
        chosen["path"] = str(model)
    return {"model": chosen}


@cache
def _reader(model: Path | None) -> Reader:
    """The reader of this process."""
    silence_opencv()
    return Reader(settings_of(model))


def read_page(key: Key, model: Path | None) -> Numbers:
    """The numbers on a picture that is turned first. Raises NumcamError."""
    path, degrees = key
    reader = _reader(model)
    page = reader.read(path) if degrees == 0 else reader.read(turned_picture(read_picture(path), degrees))
    return _kept(page.to_dict()["numbers"])


def read_clip(path: Path, model: Path | None) -> dict[int, Numbers]:
    """The confirmed numbers of each frame. Raises NumcamError."""
    with stream(path.resolve(), settings=settings_of(model), realtime=False) as frames:
        return {frame.index: _kept(frame.to_dict()["numbers"]) for frame in frames}


def _kept(numbers: Numbers) -> Numbers:
    """The numbers with the fields that are judged."""
    return [{name: number[name] for name in FIELDS} for number in numbers]


def _with_progress(jobs: list[Future[Any]]) -> Iterator[Future[Any]]:
    """The jobs as they end, with a bar on stderr where that is a terminal."""
    console = make_console()
    with Progress(console=console, transient=True, redirect_stdout=False, disable=not console.is_terminal) as progress:
        yield from progress.track(as_completed(jobs), total=len(jobs), description="Reading")
