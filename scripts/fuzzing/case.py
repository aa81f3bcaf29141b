"""One input of the fuzz command: its files, the command line, and what it may cost. Knows no format and starts nothing."""

from __future__ import annotations

import base64
import json
import os
import shlex
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FRAME_MEGAPIXELS = 1280 * 720 / 1e6
FRAME_S, FRAME_MB = 0.5, 500.0
"""What a frame of 1280x720 may take: processor time, and growth of memory in millions of bytes (docs/decisions/0023)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an input may cost beyond what a blank page costs."""

    cpu_s: float = FRAME_S
    memory_mb: float = FRAME_MB
    grows: bool = False
    """Whether a larger picture, by the size that is told on stdout, may take more in proportion."""
    complaints: int = 1
    """Lines on stderr at most."""


@dataclass(frozen=True, slots=True)
class Case:
    """An input. The same name, made with the same seed, is the same input."""

    kind: str
    name: str
    """Kind, seed and number: `pictures-7-000123`."""
    about: str
    """What it is, in a few words: the format, and what was done to it."""
    files: dict[str, bytes]
    """Files by name; the program is started in the folder that holds them."""
    arguments: tuple[str, ...]
    """The command line after `python -m live`."""
    limits: Limits = field(default_factory=Limits)
    stdin: str | None = None
    """The name of the file that the program finds on its stdin."""

    def write(self, folder: Path) -> None:
        """Put the files where the program is started."""
        for name, content in self.files.items():
            (folder / name).write_bytes(content)

    def command(self) -> str:
        """What a person types in that folder."""
        fed = "" if self.stdin is None else f" < {shlex.quote(self.stdin)}"
        return os.fsencode(f"python -m live {shlex.join(self.arguments)}{fed}").decode("utf-8", "backslashreplace")

    def as_json(self) -> str:
        """All of it, to be run again."""
        fields = asdict(self) | {"files": {name: base64.b64encode(data).decode() for name, data in self.files.items()}}
        return json.dumps(fields, indent=1)


def case_from_json(text: str) -> Case:
    """The case that `as_json` wrote. Raises ValueError, KeyError or TypeError where it is none."""
    fields: dict[str, Any] = json.loads(text)
    fields["files"] = {name: base64.b64decode(data) for name, data in fields["files"].items()}
    fields["arguments"] = tuple(fields["arguments"])
    fields["limits"] = Limits(**fields["limits"])
    return Case(**fields)
