"""Import the runtime of the network early, while a signal still ends the program at once. Knows no network."""

from __future__ import annotations

from contextlib import suppress

from live.core.settings import ModelSettings


def load_runtime(settings: ModelSettings) -> None:
    """Import ONNX Runtime if the settings select it: it takes half a second in native code."""
    with suppress(ImportError):  # reported where it is used
        if settings.runtime in ("auto", "onnx"):
            import onnxruntime  # noqa: F401
