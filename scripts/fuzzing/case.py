"""One input of the fuzz command: its files, the command line, and its limits of cost. Knows no format and starts nothing."""

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
"""Limits of a frame of 1280x720: processor time, and growth of memory in millions of bytes (docs/decisions/0023)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of an input's cost beyond the cost of a blank page."""

    cpu_s: float = FRAME_S
    memory_mb: float = FRAME_MB
    grows: bool = False
    """Whether the limits grow in proportion to the picture's size, as printed on stdout."""
    complaints: int = 1
    """Largest number of lines on stderr."""


@dataclass(frozen=True, slots=True)
class Case:
    """An input. The same name, made with the same seed, is the same input."""

    kind: str
    name: str
    """Kind, seed and number: `pictures-7-000123`."""
    about: str
    """A short description: the format and its damage."""
    files: dict[str, bytes]
    """Files by name; the program is started in the folder that holds them."""
    arguments: tuple[str, ...]
    """The command line after `python -m live`."""
    limits: Limits = field(default_factory=Limits)
    stdin: str | None = None
    """The name of the file that is the program's stdin."""

    def write(self, folder: Path) -> None:
        """Write the files into the folder in which the program is started."""
        for name, content in self.files.items():
            (folder / name).write_bytes(content)

    def command(self) -> str:
        """The command line to type in that folder."""
        fed = "" if self.stdin is None else f" < {shlex.quote(self.stdin)}"
        return os.fsencode(f"python -m live {shlex.join(self.arguments)}{fed}").decode("utf-8", "backslashreplace")

    def as_json(self) -> str:
        """The whole case, to be run again."""
        fields = asdict(self) | {"files": {name: base64.b64encode(data).decode() for name, data in self.files.items()}}
        return json.dumps(fields, indent=1)


def case_from_json(text: str) -> Case:
    """The case that `as_json` wrote. Raises ValueError, KeyError or TypeError for other text."""
    fields: dict[str, Any] = json.loads(text)
    fields["files"] = {name: base64.b64decode(data) for name, data in fields["files"].items()}
    fields["arguments"] = tuple(fields["arguments"])
    fields["limits"] = Limits(**fields["limits"])
    return Case(**fields)
