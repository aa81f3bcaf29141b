"""Opens the source that an address names; doesn't know how it is read."""

from __future__ import annotations

import difflib
from pathlib import Path

from live.capture.addresses import SCHEMES, file_suffix, is_address, scheme_of
from live.capture.cameras import CameraInfo, camera_device, camera_index, find_cameras, list_cameras
from live.capture.frame_source import FrameSource, Remark
from live.capture.live_source import LiveSource
from live.capture.pictures.folders import is_animation, is_picture, list_folder, no_pictures
from live.capture.quiet import silence_opencv
from live.capture.still_pictures import StillPictures
from live.capture.stream_device import stream_device
from live.capture.video_files import VIDEO_SUFFIXES, VideoFile
from live.core.errors import SourceError
from live.core.masking import without_secrets
from live.core.settings import CameraSettings, LimitsSettings

__all__ = ["DEMO_CLIP", "DEMO_NAME", "CameraInfo", "FrameSource", "list_cameras", "may_be_live", "open_source"]

DEMO_NAME = "built-in clip"
DEMO_CLIP: Path = Path(__file__).resolve().parents[1] / "demo.mp4"
HINT = "Name a camera with --source 1, a file with --source clip.mp4."
KINDS = "--source takes auto, demo, a camera's number, a video, a picture, a folder of pictures or an address"


def open_source(
    address: str,
    settings: CameraSettings,
    *,
    realtime: bool | None,
    headless: bool,
    limits: LimitsSettings | None = None,
) -> FrameSource:
    """Open `auto`, `demo`, a camera's number, a video, a picture, a folder of pictures, or an address.

    realtime: whether files are played at their own speed; None: only if there is a window. Cameras and streams are always in
    real time. Raises SourceError, with one line, if no frame can be read.
    """
    silence_opencv()
    paced = not headless if realtime is None else realtime
    if address == "auto":
        return open_first_camera(settings, paced=paced)
    if address == "demo":
        return open_demo(paced=paced)
    camera = camera_index(address)
    if camera is not None:
        return LiveSource(camera_device(camera, settings))
    if is_address(address):
        return open_address(address, settings, paced=paced, limits=limits)
    return open_path(Path(address).expanduser(), settings, paced=paced, limits=limits or LimitsSettings())


def may_be_live(address: str) -> bool:
    """Whether an address may name a camera or stream; opens no device."""
    if is_address(address):
        return file_suffix(address) not in VIDEO_SUFFIXES
    return address == "auto" or camera_index(address) is not None


def open_first_camera(settings: CameraSettings, *, paced: bool) -> FrameSource:
    """The first camera that opens; if none does, the built-in clip with a note."""
    cameras = find_cameras()
    for camera in cameras:
        try:
            return LiveSource(camera_device(camera.index, settings))
        except SourceError:  # try the next one
            continue
    source = open_demo(paced=paced)
    found = "No camera found" if not cameras else f"No camera opened ({', '.join(camera.name for camera in cameras)})"
    source.note = f"{found}: playing the built-in clip. {HINT}"
    return source


def open_demo(*, paced: bool) -> FrameSource:
    """The built-in clip."""
    if not DEMO_CLIP.is_file():
        raise SourceError(f"The built-in clip {DEMO_CLIP} is missing. Install Numcam again, or try --source clip.mp4.")
    return VideoFile(str(DEMO_CLIP), DEMO_NAME, paced=paced)


def open_address(
    address: str, settings: CameraSettings, *, paced: bool, limits: LimitsSettings | None = None
) -> FrameSource:
    """A live stream, or a video file at an address."""
    name = without_secrets(address)
    if scheme_of(address) not in SCHEMES:
        raise SourceError(f"{name} is no address that can be read. It must begin with {', '.join(SCHEMES)} and ://.")
    if scheme_of(address) in ("http", "https") and file_suffix(address) in VIDEO_SUFFIXES:
        timeouts_s = (settings.open_timeout_s, settings.stall_s)
        return VideoFile(address, name, paced=paced, timeouts_s=timeouts_s, limits=limits)
    return LiveSource(stream_device(address, settings, limits))


def open_path(path: Path, settings: CameraSettings, *, paced: bool, limits: LimitsSettings) -> FrameSource:
    """A folder of pictures, one picture, or a video file."""
    if not is_there(path):
        raise SourceError(missing(path))
    if path.is_dir():
        return open_folder(path, settings, paced=paced, limits=limits)
    if is_picture(path) and not is_animation(path, limits):
        return StillPictures([path], path.name, picture_s=settings.picture_s, paced=paced, limits=limits)
    if path.is_file() and path.stat().st_size == 0:
        raise SourceError(f"{path} is empty (0 bytes). Copy it again, or try --source demo.")
    return VideoFile(str(path), path.name, paced=paced, limits=limits)


def open_folder(path: Path, settings: CameraSettings, *, paced: bool, limits: LimitsSettings) -> FrameSource:
    """The pictures of a folder; reports skipped files as remarks."""
    folder = list_folder(path)
    if not folder.pictures:
        raise SourceError(no_pictures(path))
    name = path.name or str(path)
    source = StillPictures(folder.pictures, name, picture_s=settings.picture_s, paced=paced, limits=limits)
    for passed in folder.passed:
        source.remark(Remark(passed.reason, is_failure=passed.is_failure))
    return source


def is_there(path: Path) -> bool:
    """Whether the path exists; False for a name that is too long."""
    try:
        return path.exists()
    except OSError:
        return False


def missing(path: Path) -> str:
    """One line for a missing file, with the most similar name."""
    try:
        beside = [found.name for found in path.parent.iterdir()]
    except OSError:
        beside = []
    meant = difflib.get_close_matches(path.name, beside, n=1)
    hint = f"Did you mean {path.parent / meant[0]}?" if meant else f"{KINDS}."
    return f"There is no file or folder {path}. {hint}"
