"""A camera's snapshot address as a capture: its picture is fetched again and again. Knows no HTTP and no losses."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray

from live.capture.pictures.pages import decode_picture
from live.capture.pictures.web import Bounds, NoPictureError, WebPictures
from live.core.errors import SourceError
from live.core.settings import CameraSettings, LimitsSettings

# between two pictures the thread looks so often whether it is still wanted
LOOK_S = 0.1
NOT_YET: NDArray[np.uint8] = np.empty((0, 0, 3), np.uint8)


class SnapshotCapture:
    """Pictures of an address, `camera.snapshot_every_s` apart, each in its own size."""

    def __init__(self, address: str, name: str, settings: CameraSettings, limits: LimitsSettings) -> None:
        """Fetches the first picture. Raises NoPictureError where none comes, SourceError where it can't be read."""
        whole_s = settings.open_timeout_s + settings.stall_s
        bounds = Bounds(settings.open_timeout_s, whole_s, limits.picture_megabytes)
        self._web = WebPictures(address, bounds)
        self._name, self._limits = name, limits
        self._every_s = settings.snapshot_every_s
        self.pause_s = self._every_s + settings.open_timeout_s
        """Seconds that may pass from one picture to the next, the camera's own time to answer included."""
        self._due_at = time.monotonic()
        self._content: bytes | None = None
        self.left_out = 0
        """Pictures that were damaged."""
        self._first: NDArray[np.uint8] | None = decode_picture(self._web.fetch(), name, limits)

    @property
    def fps(self) -> float:
        """Pictures a second, as they are asked for."""
        return 1 / self._every_s

    def grab(self) -> bool:
        """Fetch the next picture, if it is due; False where none comes."""
        wait_s = self._due_at - time.monotonic()
        if wait_s > 0:
            self._content = None
            time.sleep(min(wait_s, LOOK_S))
            return True
        # a server that is slower than that is asked again at once, not twice
        self._due_at = max(self._due_at + self._every_s, time.monotonic())
        if self._first is not None:
            return True
        try:
            self._content = self._web.fetch()
        except NoPictureError:
            return False
        return True

    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]:
        """The picture, (H, W, 3) uint8 BGR; an empty one where none was due, or it is damaged."""
        if self._first is not None:
            picture, self._first = self._first, None
            return True, picture
        if self._content is None:
            return True, NOT_YET
        try:
            return True, decode_picture(self._content, self._name, self._limits)
        except SourceError:
            self.left_out += 1
            return True, NOT_YET

    def release(self) -> None:
        """Nothing is held between two pictures."""
