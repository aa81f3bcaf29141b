"""Lists and opens the cameras of this machine, and explains failures; knows no stream or file."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
from cv2_enumerate_cameras import enumerate_cameras

from live.capture.device_session import Capture, Device
from live.capture.quiet import silence_opencv
from live.core.settings import CameraSettings

MJPG = cv2.VideoWriter.fourcc(*"MJPG")
SIZES_TO_TRY = ((640, 480), (1280, 720), (1920, 1080), (2560, 1440), (3840, 2160))
# The backends are tried in this order; DirectShow finds virtual cameras that Media Foundation doesn't.
BACKENDS: dict[str, tuple[int, ...]] = {
    "Linux": (cv2.CAP_V4L2,),
    "Windows": (cv2.CAP_MSMF, cv2.CAP_DSHOW),
    "Darwin": (cv2.CAP_AVFOUNDATION,),
}
BACKEND_NAMES = {
    cv2.CAP_V4L2: "V4L2",
    cv2.CAP_MSMF: "MSMF",
    cv2.CAP_DSHOW: "DSHOW",
    cv2.CAP_AVFOUNDATION: "AVFOUNDATION",
    cv2.CAP_ANY: "any",
}
DEVICE_FILE = re.compile(r"/dev/video(\d+)")


@dataclass(frozen=True, slots=True)
class CameraInfo:
    """A camera of this machine."""

    index: int
    """The number that `--source` accepts."""
    name: str
    """The manufacturer's name."""
    sizes: tuple[tuple[int, int], ...]
    """Supported common sizes (width, height), px; empty if the camera was not queried or did not open."""
    backend: str
    """OpenCV's name of the backend: V4L2, MSMF, AVFOUNDATION."""


def list_cameras() -> list[CameraInfo]:
    """All cameras with their supported sizes. Opens each camera briefly, for about a second."""
    return [replace(camera, sizes=sizes_of(camera.index)) for camera in find_cameras()]


def find_cameras() -> list[CameraInfo]:
    """All cameras that the system lists, without sizes. Opens none; takes a few milliseconds."""
    for backend in BACKENDS.get(platform.system(), (cv2.CAP_ANY,)):
        name = BACKEND_NAMES[backend]
        cameras = [
            CameraInfo(index=found.index, name=found.name or f"camera {found.index}", sizes=(), backend=name)
            for found in enumerate_cameras(backend)
        ]
        if cameras:
            return sorted(cameras, key=lambda camera: camera.index)
    return []


def sizes_of(index: int) -> tuple[tuple[int, int], ...]:
    """The common sizes that camera `index` actually delivers, smallest first; none if it does not open."""
    capture = open_device(index, CameraSettings())
    if capture is None:
        return ()
    sizes = set()
    for width, height in SIZES_TO_TRY:
        ask_for(capture, width, height, 30.0)
        sizes.add((int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))))
    capture.release()
    return tuple(sorted(size for size in sizes if min(size) > 0))


def open_device(index: int, settings: CameraSettings) -> cv2.VideoCapture | None:
    """Open camera `index` and request size and rate; None if it does not open. Writes nothing to stderr."""
    silence_opencv()
    # OpenCV reads these on opening: the transforms take up to a minute on Windows, and V4L2 waits 10 s for a hung camera
    os.environ.setdefault("OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS", "0")
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(max(1, round(settings.stall_s))))
    for backend in BACKENDS.get(platform.system(), (cv2.CAP_ANY,)):
        capture = cv2.VideoCapture(index, backend)
        if capture.isOpened():
            ask_for(capture, settings.width, settings.height, settings.fps)
            return capture
        capture.release()
    return None


def ask_for(capture: cv2.VideoCapture, width: int, height: int, fps: float) -> None:
    """Request MJPG first: without it, many USB cameras deliver large frames at only a few frames per second."""
    capture.set(cv2.CAP_PROP_FOURCC, MJPG)
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
    capture.set(cv2.CAP_PROP_FPS, fps)


def camera_device(index: int, settings: CameraSettings) -> Device:
    """Camera `index` as a `Device`."""
    name = next((camera.name for camera in find_cameras() if camera.index == index), None)

    def open_camera() -> Capture | None:
        return open_device(index_now(index, name, find_cameras()), settings)

    def rate(capture: Capture) -> float | None:
        fps = float(capture.get(cv2.CAP_PROP_FPS)) if isinstance(capture, cv2.VideoCapture) else 0.0
        return fps if 0 < fps <= 1000 else None

    return Device(
        name=f"camera {index}",
        open=open_camera,
        failure_reason=lambda: why_not_opened(index, find_cameras()),
        first_frame_s=settings.open_timeout_s + settings.stall_s,
        stall_s=settings.stall_s,
        give_up_s=settings.give_up_s,
        fps=rate,
    )


def index_now(index: int, name: str | None, cameras: Sequence[CameraInfo]) -> int:
    """The camera's current index: a camera that was unplugged and reconnected may have a new one."""
    if name is None or any(camera.index == index for camera in cameras):
        return index
    return next((camera.index for camera in cameras if camera.name == name), index)


def why_not_opened(index: int, cameras: Sequence[CameraInfo]) -> str:
    """One line that names the camera that did not open, lists the other cameras and suggests what to try."""
    this = [camera for camera in cameras if camera.index == index]
    others = [camera for camera in cameras if camera.index != index]
    if this:
        what = f"Camera {index} ({this[0].name}) did not open: {likely_reason(index)}."
    elif not others:
        return f"Camera {index} did not open: no camera was found. Try --source demo, or --source clip.mp4."
    else:
        what = f"Camera {index} did not open."
    if not others:
        return f"{what} Try again, or --source clip.mp4."
    listed = ", ".join(f"{camera.index} ({camera.name})" for camera in others)
    return f"{what} Other cameras: {listed}. Try --source {others[0].index}, or --source clip.mp4."


def likely_reason(index: int) -> str:
    """The probable reason why a listed camera does not open."""
    device = Path(f"/dev/video{index}")
    if device.exists() and not os.access(device, os.R_OK | os.W_OK):
        return f"you may not use {device}, which the group `video` may"
    if platform.system() == "Darwin":
        return "allow the terminal to use it in System Settings, Privacy & Security, Camera"
    return "another program may be using it"


def camera_index(address: str) -> int | None:
    """The camera index in a `--source` value such as `1` or `/dev/video1`; None if it names no camera."""
    if address.isascii() and address.isdecimal():
        return int(address)
    device = DEVICE_FILE.fullmatch(address)
    return int(device[1]) if device else None
