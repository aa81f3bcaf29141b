"""Live frames, newest first: one frame is kept, and what was lost is opened again and again. Knows no device."""

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
# hung sessions, at most: each holds a thread, and perhaps memory
MOST_HUNG = 4


class LiveSource(Source):
    """Frames of a camera or stream as they come: never the same twice, never one older than need be.

    Opening waits for the first frame; SourceError where none comes. A device that ends later, or stalls, is lost, and reopened
    with growing pauses, for `Device.give_up_s`. `captured_at` is time.perf_counter() at the moment of capture.
    """

    live = True

    def __init__(self, device: Device) -> None:
        super().__init__(device.name)
        self._device = device
        self._changed = threading.Condition()
        self._newest: Frame | None = None
        self._given = -1
        self._captured = 0
        self._left_out_before = 0  # in earlier sessions
        self._closed = False
        self._lost_at: float | None = None
        self._pause_s = 0.0
        self._times: deque[float] = deque(maxlen=RATE_OVER_FRAMES)
        self._hung: list[CaptureSession] = []
        with self._changed:  # its first frame may come before its name here does
            self._session = CaptureSession(device, self._take, pause_s=0.0)
        try:
            self._await_first_frame()
        except BaseException:
            self.close()
            raise

    @property
    def ended(self) -> bool:
        """Whether it was closed."""
        return self._closed

    def poll(self, wait_s: float = WAKE_EVERY_S) -> Frame | None:
        """The newest frame that was not given yet. Raises SourceError where it is gone for good."""
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
        """How many frames have come, given or not."""
        return self._captured

    @property
    def left_out(self) -> int:
        """How many frames so far were damaged, or built on damaged ones."""
        return self._left_out_before + self._session.left_out

    @property
    def lost_s(self) -> float | None:
        """Seconds since the last frame, where it is lost."""
        lost_at = self._lost_at
        return None if lost_at is None else time.perf_counter() - lost_at

    @property
    def width(self) -> int:
        """Width of the newest frame, px: what was really got."""
        return self._newest.image.shape[1] if self._newest is not None else 0

    @property
    def height(self) -> int:
        """Height of the newest frame, px."""
        return self._newest.image.shape[0] if self._newest is not None else 0

    @property
    def fps(self) -> float | None:
        """Frames a second as they really come; what the device says of itself until that is known."""
        with self._changed:
            if len(self._times) < RATE_OVER_FRAMES or self._times[-1] <= self._times[0]:
                return self._session.fps
            return (len(self._times) - 1) / (self._times[-1] - self._times[0])

    def close(self) -> None:
        """Stop. Returns soon even when the device hangs: its thread then ends by itself when the device answers."""
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
        """Keep a new frame; called from the session's thread."""
        with self._changed:
            if session is not self._session or self._closed:
                return  # it was given up for hung, and answers now
            self._newest = Frame(image=image, index=self._captured, captured_at=captured_at, source=self.name)
            self._captured += 1
            self._times.append(captured_at)
            self._lost_at, self._pause_s = None, 0.0
            self._changed.notify_all()

    def _look_after(self, now: float) -> None:
        """No frame has come: check whether the device is lost, and reopen it. Raises SourceError after `Device.give_up_s`."""
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
        """Reopen the device after a pause that grows; a session that hangs is abandoned."""
        self._session.abandon()
        self._hung = [session for session in (*self._hung, self._session) if not session.is_over]
        if self._session in self._hung and len(self._hung) > MOST_HUNG:
            self._hung.remove(self._session)
            return  # until one of them answers
        self._left_out_before += self._session.left_out
        self._pause_s = min(LONGEST_PAUSE_S, max(FIRST_PAUSE_S, 2 * self._pause_s))
        self._session = CaptureSession(self._device, self._take, self._pause_s)
