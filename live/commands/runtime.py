"""Load what runs the network early, while a signal still ends the program at once. Knows no network."""

from __future__ import annotations

from contextlib import suppress

from live.core.settings import ModelSettings


def load_runtime(settings: ModelSettings) -> None:
    """Load what runs the network, where that is ONNX Runtime: half a second in code that isn't Python."""
    with suppress(ImportError):  # told by who needs it
        if settings.runtime in ("auto", "onnx"):
            import onnxruntime  # noqa: F401
