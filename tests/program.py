"""The real program as a child: `python -m live` in a folder of its own, where there is no display. Knows no test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import av

ROOT = Path(__file__).parents[1]
PATIENCE_S = 240.0


@contextmanager
def numcam(folder: Path, *arguments: str, before: Sequence[str] = ()) -> Iterator[subprocess.Popen[str]]:
    """`python -m live` in `folder`; ended whatever happens. before: a program that starts it, with its own arguments."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    program = subprocess.Popen(
        [*before, sys.executable, "-m", "live", *arguments],
        cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield program
    finally:
        program.kill()
        program.wait()
        for pipe in (program.stdout, program.stderr):
            if pipe is not None:
                pipe.close()


def frame_times(recording: Path) -> list[float]:
    """The time of every frame that a player finds, seconds; fails where one can't be decoded."""
    with av.open(str(recording)) as container:
        return [float(frame.time or 0.0) for frame in container.decode(video=0)]


def lasts_s(recording: Path) -> float:
    """How long a recording plays, seconds, as its file says."""
    with av.open(str(recording)) as container:
        return (container.duration or 0) / av.time_base


def log_rows(path: Path) -> list[dict[str, Any]]:
    """The lines of a JSON lines file, each of them whole."""
    text = path.read_text()
    assert text.endswith("\n")
    return [json.loads(line) for line in text.splitlines()]
