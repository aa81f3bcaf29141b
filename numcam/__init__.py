"""The public way in: Numcam for Python and as a command.

    import numcam

    reader = numcam.Reader()
    page = reader.read("page.jpg")
    for number in page.numbers:
        print(number.text, number.confidence, number.quad)

    for frame in numcam.stream(0):
        for number in frame.new:
            print(number.track_id, number.text)

Numcam reads handwritten numbers on paper. Each name is loaded when it is first used; `live` and `models` below it may change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from live import __name__ as _live
from live import __version__

if TYPE_CHECKING:
    from live.api.page import Page
    from live.api.reader import Reader
    from live.api.stream import Stream, stream
    from live.api.stream_frame import StreamFrame
    from live.batch.api import batch
    from live.batch.run import BatchResult
    from live.core.errors import NumcamError, OutputError, SettingsError, SourceError
    from live.core.settings import Settings

__all__ = [
    "BatchResult",
    "NumcamError",
    "OutputError",
    "Page",
    "Reader",
    "Settings",
    "SettingsError",
    "SourceError",
    "Stream",
    "StreamFrame",
    "__version__",
    "batch",
    "stream",
]

_PLACES = {
    "BatchResult": "batch.run",
    "NumcamError": "core.errors",
    "OutputError": "core.errors",
    "Page": "api.page",
    "Reader": "api.reader",
    "Settings": "core.settings",
    "SettingsError": "core.errors",
    "SourceError": "core.errors",
    "Stream": "api.stream",
    "StreamFrame": "api.stream_frame",
    "batch": "batch.api",
    "stream": "api.stream",
}
"""The module in `live` of each name; `_live` is what that package is called: in an installed Numcam `numcam.live`."""


def __getattr__(name: str) -> Any:
    """A public name, whose module is loaded now."""
    place = _PLACES.get(name)
    if place is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{_live}.{place}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """The public names."""
    return sorted([*globals(), *_PLACES])
