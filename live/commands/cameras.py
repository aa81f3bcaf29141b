"""`cameras`: print the list of cameras. Knows no frame and no setting."""

from __future__ import annotations

from live.capture.sources import list_cameras
from live.core.command_hints import program
from live.core.terminal import tell


def show_cameras() -> int:
    """Print one line per camera with its number, name and sizes. Returns the exit code."""
    cameras = list_cameras()
    if not cameras:
        tell("No camera found. Plug one in, or read a file: --source clip.mp4, --source demo.")
        return 0
    for camera in cameras:
        sizes = ", ".join(f"{width}x{height}" for width, height in camera.sizes) or "sizes unknown"
        tell(f"{camera.index}  {camera.name}  ({camera.backend})  {sizes}")
    tell(f"Start one with: {program()} --source {cameras[0].index}")
    return 0
