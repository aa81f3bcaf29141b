"""Downloads a camera's snapshot address repeatedly as a capture; knows no HTTP and no losses."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from live.capture.decoded_frames import NO_PICTURE
from live.capture.pictures.pages import decode_picture
from live.capture.pictures.web import Bounds, NoPictureError, WebPictures
from live.core.errors import SourceError
from live.core.settings import CameraSettings, LimitsSettings

# Between two pictures, the thread returns at this interval (seconds), so that it can be stopped.
LOOK_S = 0.1


class SnapshotCapture:
    """Pictures of an address at intervals of `camera.snapshot_every_s`, each in its own size."""

    def __init__(self, address: str, name: str, settings: CameraSettings, limits: LimitsSettings) -> None:
        """Download the first picture. Raises NoPictureError if that fails, SourceError if it can't be decoded."""
        whole_s = settings.open_timeout_s + settings.stall_s
        bounds = Bounds(settings.open_timeout_s, whole_s, limits.picture_megabytes)
        self._web = WebPictures(address, bounds)
        self._name, self._limits = name, limits
        self._every_s = settings.snapshot_every_s
        self.pause_s = self._every_s + settings.open_timeout_s
        """The longest time between two pictures, including the server's response, seconds."""
        self._due_at = time.monotonic()
        self._content: bytes | None = None
        self.left_out = 0
        """The number of damaged pictures."""
        self._first: NDArray[np.uint8] | None = decode_picture(self._web.fetch(), name, limits)

    @property
    def fps(self) -> float:
        """The requested pictures per second."""
        return 1 / self._every_s

    def grab(self) -> bool:
        """Download the next picture if it is due; False if that fails."""
        wait_s = self._due_at - time.monotonic()
        if wait_s > 0:
            self._content = None
            time.sleep(min(wait_s, LOOK_S))
            return True
        # with a slow server, the next request follows at once, but missed ones are not made up for
        self._due_at = max(self._due_at + self._every_s, time.monotonic())
        if self._first is not None:
            return True
        try:
            self._content = self._web.fetch()
        except NoPictureError:
            return False
        return True

    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
        """The picture, (H, W, 3) uint8 BGR; an empty one if none was due, or it is damaged."""
        if self._first is not None:
            picture, self._first = self._first, None
            return True, picture
        if self._content is None:
            return True, NO_PICTURE
        try:
            return True, decode_picture(self._content, self._name, self._limits)
        except SourceError:
            self.left_out += 1
            return True, NO_PICTURE

    def release(self) -> None:
        """Do nothing: no connection is kept between two pictures."""
