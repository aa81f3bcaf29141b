"""The HTTP connections of the server: a client may hold only so many, and not be slow with its request. Knows no route."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

from live.web.limits import Places, WebLimits


class LimitedConnection(H11Protocol):
    """A connection that is closed if there are too many, or if its request isn't complete in time."""

    limits: ClassVar[WebLimits]
    places: ClassVar[Places]
    _patience: asyncio.TimerHandle | None = None
    _client: str | None = None
    """Whose place it has, while it has one."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a place, or close the connection."""
        super().connection_made(transport)
        client = str(self.client[0]) if self.client else "unknown"
        if not self.places.enter(client):
            transport.abort()
            return
        self._client = client
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait only so long for the rest of a further request on the same connection."""
        if self._is_answered():
            self.cycle = None  # type: ignore[assignment]
            self._wait()
        super().data_received(data)

    def handle_events(self) -> None:
        """Stop waiting when a request's headers are complete: a slow body is the route's own matter."""
        super().handle_events()
        if getattr(self, "cycle", None) is not None:
            self._stop_waiting()
        if self.transport.get_protocol() is not self:  # a WebSocket from here on, which has places of its own
            self._leave()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place back."""
        self._leave()
        super().connection_lost(exc)

    def _is_answered(self) -> bool:
        """Whether a request came on this connection, and is answered."""
        cycle = getattr(self, "cycle", None)
        return cycle is not None and cycle.response_complete

    def _wait(self) -> None:
        """Close the connection if no request is complete in time."""
        self._stop_waiting()
        self._patience = self.loop.call_later(self.limits.header_s, self.transport.abort)

    def _stop_waiting(self) -> None:
        """Leave the connection open."""
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _leave(self) -> None:
        """Give the place back, and wait for nothing more."""
        self._stop_waiting()
        if self._client is not None:
            self.places.leave(self._client)
            self._client = None


def protocol_with(limits: WebLimits) -> type[LimitedConnection]:
    """The class of one server's connections, which share its limits."""
    places = Places(limits.connections, limits.all_connections)
    return type("LimitedConnection", (LimitedConnection,), {"limits": limits, "places": places})
