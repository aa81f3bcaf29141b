"""What the routes of one server share: the reader, the queue, the limits and the figures. Knows no address and no request."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from live import __version__
from live.api.networks import open_classifier, open_reader
from live.api.page import Page
from live.api.reader import Reader, decoded
from live.core.errors import SourceError
from live.core.settings import Settings
from live.expected.expectation import Expectation
from live.reading.reader import PageReader
from live.web.limits import Places, WebLimits, for_frames, for_uploads
from live.web.live_reading import LiveReading
from live.web.metrics import Metrics
from live.web.reading_queue import ReadingQueue, Turn
from models.card import load_card
from models.classifier import WEIGHTS
from models.errors import ModelError


@dataclass(slots=True, eq=False)
class Serving:
    """One server's parts. Its methods that read are called in the threads of the queue."""

    settings: Settings
    reader: PageReader
    pictures: Reader
    queue: ReadingQueue
    limits: WebLimits = field(default_factory=WebLimits)
    began_at: float = field(default_factory=time.monotonic)
    live: Places = field(init=False)
    metrics: Metrics = field(init=False)
    uploads: dict[str, Turn] = field(default_factory=dict)
    """The place in the queue of each client that uploads; those that have nothing waiting are taken away."""

    def __post_init__(self) -> None:
        self.live = Places(self.limits.live_connections, self.limits.all_live_connections)
        self.metrics = Metrics(lambda: self.live.count, lambda: self.queue.waiting)

    @classmethod
    def of(cls, settings: Settings, limits: WebLimits | None = None) -> Serving:
        """Load the networks, once for all clients. Raises ModelError, and SettingsError where what is expected can't be used."""
        limits = limits or WebLimits()
        expectation = Expectation.of(settings)
        classifier = open_classifier(settings)
        uploads = msgspec.structs.replace(settings, limits=for_uploads(settings.limits, limits))
        reader = open_reader(settings, classifier, expectation)
        return cls(settings, reader, Reader(uploads, classifier, expect=expectation), ReadingQueue(), limits)

    def new_live_reading(self) -> LiveReading:
        """A reader with a tracker for one connection."""
        return LiveReading(self.reader, self.settings, for_frames(self.settings.limits, self.limits))

    def turn_of(self, client: str) -> Turn:
        """The place in the queue of a client that uploads."""
        for other in [name for name, turn in self.uploads.items() if not turn.jobs and not turn.is_queued]:
            del self.uploads[other]
        return self.uploads.setdefault(client, Turn(self.limits.waiting_uploads))

    def read(self, content: bytes, name: str, number: int = 1, *, keep_trace: bool = False) -> Page:
        """Read one page of a picture. number: of the page, from 1. Raises SourceError."""
        for page in decoded(content, self.pictures.settings.limits):
            if page.number != number:
                continue
            if page.image is None or page.problem is not None:
                raise SourceError(page.problem or f"{name} can't be read.")
            place = f"#{number}" if page.pages > 1 else ""
            read = self.pictures.read(page.image, keep_trace=keep_trace)
            return replace(read, source=f"{name}{place}", number=page.number, pages=page.pages)
        raise SourceError(f"The picture has no page {number}.")

    def health(self) -> dict[str, Any]:
        """The fields of /api/health."""
        return {
            "ready": True,
            "version": __version__,
            "models": ["digits", *(["lines"] if self.settings.model.lines else [])],
            "live_connections": self.live.count,
            "waiting": self.queue.waiting,
            "uptime_s": round(time.monotonic() - self.began_at, 1),
        }

    def model(self) -> dict[str, Any]:
        """The fields of /api/model: the card of the digit network, as far as it has one."""
        own = self.settings.model.path is None
        fields: dict[str, Any] = {
            "own": own,
            "classes": self.reader.classifier.classes,
            "lines": self.settings.model.lines,
        }
        if own:
            try:
                return fields | {"card": msgspec.to_builtins(load_card(WEIGHTS))}
            except ModelError:
                return fields
        return fields

    def close(self) -> bool:
        """End the reading threads; whether all have ended."""
        return self.queue.close()
