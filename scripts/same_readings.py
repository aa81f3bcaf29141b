"""Compare what two versions of Numcam read in the same pictures and clips, byte for byte. Judges no accuracy.

    python -m scripts.same_readings REVISION PICTURES... [--clips FOLDER]

REVISION is checked out into a temporary folder. Each version is run as a user runs it (`read --json`, and `--log-frames` for
clips). The numbers of each picture or frame are compared: text, confidence and corners.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.table import Table

from live.core.terminal import TERMINAL
from scripts.command_line import run_script, script_parser

HERE = Path(__file__).resolve().parents[1]
FIELDS = ("text", "shown", "confidence", "quad", "digits", "track_id", "confirmed")
"""The fields of a number that are compared, where both versions write them."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One folder of pictures, or one clip, as both versions read it."""

    name: str
    items: int
    """Pictures or frames."""
    numbers: int
    """Numbers that this version read."""
    different: tuple[str, ...]
    """What differs: pictures by name, frames by index."""


def readings(lines: Sequence[str]) -> dict[str, str]:
    """The readings as one JSON text for each picture or frame, by its name or index."""
    found = {}
    for line in lines:
        item: dict[str, Any] = json.loads(line)
        name = str(item.get("frame", Path(str(item["source"])).name))
        numbers = [{field: number[field] for field in FIELDS if field in number} for number in item["numbers"]]
        found[name] = json.dumps(numbers, sort_keys=True)
    return found


def compared(name: str, before: Sequence[str], after: Sequence[str]) -> Comparison:
    """Compare the JSON lines of two versions, picture by picture or frame by frame."""
    old, new = readings(before), readings(after)
    different = tuple(sorted(item for item in old.keys() | new.keys() if old.get(item) != new.get(item)))
    return Comparison(name, len(new), sum(len(json.loads(numbers)) for numbers in new.values()), different)


def short_name(folder: Path) -> str:
    """The last two names of a folder's path."""
    return "/".join(folder.resolve().parts[-2:])


def read_folder(version: Path, folder: Path) -> list[str]:
    """The lines of JSON that a version writes for a folder of pictures; a picture that can't be read has none."""
    words = [sys.executable, "-m", "live", "read", str(folder.resolve()), "--json"]
    return subprocess.run(words, cwd=version, capture_output=True, text=True, check=False).stdout.splitlines()


def read_clip(version: Path, clip: Path) -> list[str]:
    """The lines of JSON that a version writes for the frames of a clip."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "frames.jsonl"
        words = [sys.executable, "-m", "live", "--source", str(clip.resolve()), "--headless", "--log-frames", str(log)]
        subprocess.run(words, cwd=version, capture_output=True, check=True)
        return log.read_text(encoding="utf-8").splitlines()


@contextmanager
def checked_out(revision: str) -> Iterator[Path]:
    """A temporary folder with another version of this project, removed at the end of the block."""
    with TemporaryDirectory() as folder:
        version = Path(folder) / "before"
        git = ["git", "-C", str(HERE), "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", str(version), revision], check=True)
        try:
            yield version
        finally:
            subprocess.run([*git, "remove", "--force", str(version)], check=True)


def show(comparisons: Sequence[Comparison]) -> None:
    """Print a row for each folder and clip."""
    table = Table(title="What is read, before and after")
    for column in ("pictures or clip", "items", "numbers", "different"):
        table.add_column(column, justify="left" if column == "pictures or clip" else "right")
    for one in comparisons:
        first = f"{len(one.different)}: {', '.join(one.different[:3])}" if one.different else "0"
        table.add_row(one.name, str(one.items), str(one.numbers), first)
    TERMINAL.show(table)


def make_parser() -> argparse.ArgumentParser:
    """The command line."""
    parser = script_parser("scripts.same_readings", __doc__)
    parser.add_argument("revision", help="the version before: a commit, tag or branch")
    parser.add_argument("pictures", type=Path, nargs="*", help="folders of pictures")
    parser.add_argument("--clips", type=Path, help="a folder of videos")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare; returns 0 where all readings are the same, else 1."""
    options = make_parser().parse_args(arguments)
    clips = sorted(options.clips.glob("*.mp4")) if options.clips is not None else []
    with checked_out(options.revision) as before:
        found = [
            compared(short_name(folder), read_folder(before, folder), read_folder(HERE, folder))
            for folder in options.pictures
        ]
        found += [compared(clip.name, read_clip(before, clip), read_clip(HERE, clip)) for clip in clips]
    show(found)
    return 1 if any(one.different for one in found) else 0


if __name__ == "__main__":
    run_script(main)
