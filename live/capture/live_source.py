"""Keeps the newest frame of a live device and reopens it after a loss; knows no kind of device."""

from __future__ import annotations

import threading
import time
from collections import deque

import numpy as np
from numpy.typing import NDArray

from live.capture.device_session import CaptureSession, Device
from live.capture.frame_source import WAKE_EVERY_S, Source
from live.core.errors import SourceError
from live.core.records import Frame

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 2.0
CLOSE_GRACE_S = 0.5
RATE_OVER_FRAMES = 31
# At most this number of hung sessions is kept: each occupies a thread, and possibly memory.
MOST_HUNG = 4


class LiveSource(Source):
    """Frames of a camera or stream in real time: always the newest frame, and each frame at most once.

    The constructor waits for the first frame, and raises SourceError if none arrives. A device that ends or stalls later is
    lost, and is reopened with growing pauses for `Device.give_up_s`. `captured_at` is time.perf_counter() at capture.
    """

    live = True

    def __init__(self, device: Device) -> None:
        super().__init__(device.name)
        self._device = device
        self._changed = threading.Condition()
        self._newest: Frame | None = None
        self._given = -1
        self._captured = 0
        self._left_out_before = 0  # by earlier sessions
        self._closed = False
        self._lost_at: float | None = None
        self._pause_s = 0.0
        self._times: deque[float] = deque(maxlen=RATE_OVER_FRAMES)
        self._hung: list[CaptureSession] = []
        with self._changed:  # the first frame may arrive before this attribute is assigned
            self._session = CaptureSession(device, self._take, pause_s=0.0)
        try:
            self._await_first_frame()
        except BaseException:
            self.close()
            raise

    @property
    def ended(self) -> bool:
        """Whether the source was closed."""
        return self._closed

    def poll(self, wait_s: float = WAKE_EVERY_S) -> Frame | None:
        """The newest frame, if not returned yet. Raises SourceError if the device is permanently lost."""
        if self._closed:
            return None
        with self._changed:
            self._changed.wait_for(lambda: self._fresh() is not None, wait_s)
            frame = self._fresh()
            if frame is not None:
                self._given = frame.index
                return frame
            self._look_after(time.perf_counter())
        return None

    @property
    def captured(self) -> int:
        """The number of frames received, returned or not."""
        return self._captured

    @property
    def left_out(self) -> int:
        """The number of frames skipped so far because they, or a reference frame of theirs, were damaged."""
        return self._left_out_before + self._session.left_out

    @property
    def lost_s(self) -> float | None:
        """Seconds since the last frame if the device is lost, else None."""
        lost_at = self._lost_at
        return None if lost_at is None else time.perf_counter() - lost_at

    @property
    def width(self) -> int:
        """Width of the newest frame, px."""
        return self._newest.image.shape[1] if self._newest is not None else 0

    @property
    def height(self) -> int:
        """Height of the newest frame, px."""
        return self._newest.image.shape[0] if self._newest is not None else 0

    @property
    def fps(self) -> float | None:
        """Frames per second as measured; until enough frames have arrived, the rate that the device reports."""
        with self._changed:
            if len(self._times) < RATE_OVER_FRAMES or self._times[-1] <= self._times[0]:
                return self._session.fps
            return (len(self._times) - 1) / (self._times[-1] - self._times[0])

    def close(self) -> None:
        """Stop. Returns quickly even if the device hangs: its thread then ends when the device responds."""
        if self._closed:
            return
        self._closed = True
        self._session.abandon(CLOSE_GRACE_S)

    def _fresh(self) -> Frame | None:
        frame = self._newest
        return frame if frame is not None and frame.index > self._given else None

    def _await_first_frame(self) -> None:
        end = time.perf_counter() + self._device.first_frame_s
        with self._changed:
            while self._newest is None and not self._session.is_over and time.perf_counter() < end:
                self._changed.wait(WAKE_EVERY_S)
            if self._newest is None:
                raise SourceError(self._device.failure_reason())

    def _take(self, session: CaptureSession, image: NDArray[np.uint8], captured_at: float) -> None:
        """Store a new frame; called in the session's thread."""
        with self._changed:
            if session is not self._session or self._closed:
                return  # an abandoned session responds late
            self._newest = Frame(image=image, index=self._captured, captured_at=captured_at, source=self.name)
            self._captured += 1
            self._times.append(captured_at)
            self._lost_at, self._pause_s = None, 0.0
            self._changed.notify_all()

    def _look_after(self, now: float) -> None:
        """Reopen the device if it is lost. Raises SourceError after `Device.give_up_s`."""
        lost = self._session.is_lost(now)
        if lost and self._lost_at is None:
            self._lost_at = self._newest.captured_at if self._newest is not None else now
            self._times.clear()
        if self._lost_at is None:
            return
        give_up_s = self._device.give_up_s
        if give_up_s is not None and now - self._lost_at >= give_up_s:
            raise SourceError(
                f"{self.name} is gone and did not come back in {now - self._lost_at:.0f} s. Check it and start Numcam again."
            )
        if lost:
            self._open_session()

    def _open_session(self) -> None:
        """Reopen the device after a growing pause, and abandon the current session."""
        self._session.abandon()
        self._hung = [session for session in (*self._hung, self._session) if not session.is_over]
        if self._session in self._hung and len(self._hung) > MOST_HUNG:
            self._hung.remove(self._session)
            return  # until one of them responds
        self._left_out_before += self._session.left_out
        self._pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, 2 * self._pause_s))
        self._session = CaptureSession(self._device, self._take, self._pause_s)
