"""A device that gives live frames, and one session with it in a thread of its own. Knows no kind of device and no reader."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from live.capture.pictures.bit_depth import Depth, to_bgr


class Capture(Protocol):
    """What is used of cv2.VideoCapture."""

    def grab(self) -> bool: ...
    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]: ...
    def release(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Device:
    """A camera, stream or snapshot address: how it is opened, and how long it may be silent."""

    name: str
    """What a person would call it; no password in it."""
    open: Callable[[], Capture | None]
    """Opens it; None where it does not open. Called only from the thread of a session."""
    failure_reason: Callable[[], str]
    """One line for the SourceError where it did not open at the start."""
    first_frame_s: float
    """How long to wait for it to open and give its first frame, seconds."""
    stall_s: float
    """Seconds without a new frame from which on it counts as lost."""
    give_up_s: float | None = None
    """Seconds after a loss until Numcam stops waiting for it; None: it waits without limit."""
    fps: Callable[[Capture], float | None] = lambda _: None
    """The rate that the opened capture says it has; None where it can't know."""
    pause_s: Callable[[Capture], float] = lambda _: 0.0
    """How long the opened capture waits by itself from one frame to the next, seconds: no stall."""
    left_out: Callable[[Capture], int] = lambda _: 0
    """How many damaged frames the opened capture has left out."""


class CaptureSession:
    """One session with a device. Only its thread touches the capture, so a device that hangs blocks nothing else.

    An abandoned session gives no more frames, and ends as soon as the device answers.
    """

    def __init__(
        self, device: Device, take: Callable[[CaptureSession, NDArray[np.uint8], float], None], pause_s: float
    ) -> None:
        """take: is given each picture (H, W, 3) uint8 BGR and its time (`time.perf_counter`), on the session's thread.

        pause_s: seconds before it is opened.
        """
        self._device = device
        self._take = take
        self._abandoned = threading.Event()
        self.is_over = False
        """Whether its thread has released the device."""
        self.fps: float | None = None
        """The rate that the device reports, frames a second."""
        self.left_out = 0
        """How many damaged frames were left out."""
        self._must_give_by = time.perf_counter() + pause_s + device.first_frame_s
        self._thread = threading.Thread(target=self._run, args=(pause_s,), name=f"capture {device.name}", daemon=True)
        self._thread.start()

    def is_lost(self, now: float) -> bool:
        """Whether it has ended, or given nothing for too long, at `now` (`time.perf_counter`)."""
        return self.is_over or now > self._must_give_by

    def abandon(self, grace_s: float = 0.0) -> None:
        """Tell it to end, and wait up to `grace_s` seconds for that."""
        self._abandoned.set()
        if grace_s and self._thread is not threading.current_thread():  # Python may clean up on any thread
            self._thread.join(grace_s)

    def _run(self, pause_s: float) -> None:
        """The thread: open, read until the end, release."""
        try:
            capture = None if self._abandoned.wait(pause_s) else self._device.open()
            if capture is not None:
                try:
                    self.fps = self._device.fps(capture)
                    self._read(capture)
                finally:
                    capture.release()
        finally:
            self._must_give_by = -math.inf
            self.is_over = True

    def _read(self, capture: Capture) -> None:
        """Hand on frames as they come, until one doesn't."""
        depth = Depth()
        while not self._abandoned.is_set() and capture.grab():
            captured_at = time.perf_counter()  # before decoding: the moment the picture is of
            done, image = capture.retrieve()
            self.left_out = self._device.left_out(capture)
            if not done:
                return
            if image.size == 0:
                continue  # damaged: that may be one frame, or all until it counts as stalled
            self._must_give_by = captured_at + self._device.stall_s + self._device.pause_s(capture)
            # infrared and laboratory cameras give grey or 16-bit pictures
            self._take(self, to_bgr(image, depth), captured_at)
