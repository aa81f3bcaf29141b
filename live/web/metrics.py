"""Counts and times what the server does, for Prometheus; knows no request."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

SECONDS = (0.005, 0.01, 0.02, 0.03, 0.045, 0.06, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""The borders of the histograms; 0.06 is the delay that a live picture may have."""


class Metrics:
    """The figures of one server."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self, live_connections: Callable[[], int], waiting: Callable[[], int]) -> None:
        """live_connections, waiting: tell how many connections are open, and how many pictures wait."""
        self._registry = CollectorRegistry()
        self.readings = Counter(
            "numcam_readings", "Pictures and frames that were read", ["kind"], registry=self._registry
        )
        self.failures = Counter(
            "numcam_failures", "Pictures and frames that couldn't be read", ["kind"], registry=self._registry
        )
        self.refused = Counter("numcam_refused", "Requests that were refused", ["reason"], registry=self._registry)
        self.dropped = Counter(
            "numcam_frames_dropped", "Frames that a newer one replaced unread", registry=self._registry
        )
        self.seconds = Histogram(
            "numcam_answer_seconds", "From the last byte of a picture to its answer", ["kind"],
            buckets=SECONDS, registry=self._registry,
        )  # fmt: skip
        live = Gauge("numcam_live_connections", "Open live connections", registry=self._registry)
        live.set_function(live_connections)
        queue = Gauge("numcam_waiting", "Pictures and frames that wait for their turn", registry=self._registry)
        queue.set_function(waiting)

    def text(self) -> bytes:
        """All figures in the text format of Prometheus."""
        return generate_latest(self._registry)
