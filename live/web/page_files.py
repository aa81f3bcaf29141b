"""The page's own files, read once and held in memory: no name that a client sends becomes a path. Knows no route."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.classifier import WEIGHTS

FOLDER = Path(__file__).parent / "page"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".onnx": "application/octet-stream",
}
COMPRESSED = (".html", ".css", ".js", ".json", ".webmanifest", ".svg")
LIST = "files.js"
"""What the service worker keeps, and the version of it all: made here, from the files."""
NETWORK = "digits.onnx"
"""The digit network, which the page runs by itself."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """One file as it is sent."""

    content: bytes
    kind: str
    etag: str
    compressed: bytes | None = None
    """By gzip, where that is smaller."""


def load_files(folder: Path = FOLDER) -> Mapping[str, PageFile]:
    """Every file of the page by its address, `/` and `/camera.js`; nothing else can be asked for."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in KINDS)
    files = {f"/{name}": _file((folder / name).read_bytes(), Path(name).suffix) for name in names}
    files[f"/{NETWORK}"] = _file(WEIGHTS.read_bytes(), WEIGHTS.suffix)
    files["/"] = files.pop("/index.html")
    version = hashlib.sha256("".join(file.etag for file in files.values()).encode()).hexdigest()[:16]
    kept = [name for name in files if name != "/worker.js"]
    listed = f"self.VERSION = {json.dumps(version)};\nself.FILES = {json.dumps(kept)};\n"
    files[f"/{LIST}"] = _file(listed.encode(), ".js")
    return files


def _file(content: bytes, suffix: str) -> PageFile:
    """One file, compressed once."""
    compressed = gzip.compress(content, mtime=0) if suffix in COMPRESSED else content
    return PageFile(
        content,
        KINDS[suffix],
        f'"{hashlib.sha256(content).hexdigest()[:20]}"',
        compressed if len(compressed) < len(content) else None,
    )
