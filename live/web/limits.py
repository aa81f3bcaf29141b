"""What one client may ask for: bytes, pixels, requests a second, connections. Knows no socket and no reader."""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import msgspec

from live.core.settings import LimitsSettings

MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class WebLimits:
    """The limits for one client, which is one network address, and for all of them together."""

    upload_bytes: int = 32 * MEGABYTE
    """A photograph of 100 megapixels as a JPEG has about 30 MB."""
    frame_bytes: int = 4 * MEGABYTE
    """A frame of 3840x2160 as a JPEG of high quality has about 3 MB."""
    frame_megapixels: float = 9.0
    """3840x2160 has 8.3."""
    live_connections: int = 32
    """Of one client: a class behind one address, each with a phone."""
    all_live_connections: int = 128
    connections: int = 96
    """HTTP connections of one client: a browser opens six, and a class may share an address."""
    all_connections: int = 512
    requests_a_second: float = 30.0
    requests_at_once: float = 200.0
    """Opening the page takes about 30 requests."""
    frames_a_second: float = 120.0
    """Of one connection: cameras give up to 60, and what comes meanwhile is dropped for the newest anyway."""
    frames_at_once: float = 240.0
    waiting_uploads: int = 4
    """Pictures of one client that wait for their turn."""
    upload_s: float = 60.0
    """An upload that takes longer is ended."""
    header_s: float = 10.0
    """A connection whose request isn't complete by then is closed."""


def for_uploads(limits: LimitsSettings, web: WebLimits) -> LimitsSettings:
    """The limits of the settings for uploaded pictures, none above those of the web."""
    return msgspec.structs.replace(limits, picture_megabytes=min(limits.picture_megabytes, web.upload_bytes / MEGABYTE))


def for_frames(limits: LimitsSettings, web: WebLimits) -> LimitsSettings:
    """The limits of the settings for frames, none above those of the web."""
    return msgspec.structs.replace(
        limits,
        megapixels=min(limits.megapixels, web.frame_megapixels),
        picture_megabytes=min(limits.picture_megabytes, web.frame_bytes / MEGABYTE),
        pages=1,
    )


class Rate:
    """A bucket of tokens: so many at once, and so many a second."""

    def __init__(self, a_second: float, at_once: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._a_second, self._at_once, self._clock = a_second, at_once, clock
        self._left, self._looked_at = at_once, clock()

    def take(self) -> bool:
        """Whether there is one left, which is taken."""
        now = self._clock()
        self._left = min(self._at_once, self._left + (now - self._looked_at) * self._a_second)
        self._looked_at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Rates:
    """A bucket for each client; the least recent ones are forgotten."""

    MOST_CLIENTS = 4096
    """A bucket has about 200 bytes; a forgotten client starts with a full one, which more addresses would give as well."""

    def __init__(self, a_second: float, at_once: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._bucket = a_second, at_once, clock
        self._rates: OrderedDict[str, Rate] = OrderedDict()

    def take(self, client: str) -> bool:
        """Whether this client has one left, which is taken."""
        rate = self._rates.pop(client, None) or Rate(*self._bucket)
        self._rates[client] = rate
        if len(self._rates) > self.MOST_CLIENTS:
            self._rates.popitem(last=False)
        return rate.take()


class Places:
    """Counts what is open at once: of one client, and of all."""

    def __init__(self, of_one: int, of_all: int) -> None:
        self._of_one, self._of_all = of_one, of_all
        self._open: Counter[str] = Counter()
        self._all = 0

    @property
    def count(self) -> int:
        """How many are open."""
        return self._all

    def enter(self, client: str) -> bool:
        """Whether there is a place left, which is taken."""
        if self._all >= self._of_all or self._open[client] >= self._of_one:
            return False
        self._open[client] += 1
        self._all += 1
        return True

    def leave(self, client: str) -> None:
        """Give a place back."""
        self._open[client] -= 1
        self._all -= 1
        if self._open[client] <= 0:
            del self._open[client]

    @contextmanager
    def place(self, client: str) -> Iterator[bool]:
        """A place for the time of a `with` block; False where there is none left."""
        is_in = self.enter(client)
        try:
            yield is_in
        finally:
            if is_in:
                self.leave(client)
