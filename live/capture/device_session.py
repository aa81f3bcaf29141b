"""Reads one session of a live device in its own thread; knows no kind of device and no reader."""

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
    """The subset of cv2.VideoCapture that is used."""

    def grab(self) -> bool: ...
    def retrieve(self) -> tuple[bool, NDArray[np.uint8]]: ...
    def release(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Device:
    """A camera, stream or snapshot address: how to open it, and its timeouts."""

    name: str
    """The name for messages, without a password."""
    open: Callable[[], Capture | None]
    """Opens the device; None if that fails. Called only in a session's thread."""
    failure_reason: Callable[[], str]
    """One line for the SourceError if the device does not open at the start."""
    first_frame_s: float
    """Timeout for opening and the first frame, seconds."""
    stall_s: float
    """Seconds without a new frame after which the device counts as lost."""
    give_up_s: float | None = None
    """Seconds after a loss until Numcam stops reopening the device; None: no limit."""
    fps: Callable[[Capture], float | None] = lambda _: None
    """The frame rate that the opened capture reports; None if unknown."""
    pause_s: Callable[[Capture], float] = lambda _: 0.0
    """The capture's intended pause between two frames, seconds, which doesn't count as a stall."""
    left_out: Callable[[Capture], int] = lambda _: 0
    """The number of damaged frames that the opened capture has skipped."""


class CaptureSession:
    """One session with a device. Only its thread uses the capture, so a hung device blocks no other thread.

    An abandoned session delivers no more frames, and ends as soon as the device responds.
    """

    def __init__(
        self, device: Device, take: Callable[[CaptureSession, NDArray[np.uint8], float], None], pause_s: float
    ) -> None:
        """take: called in the session's thread with each picture (H, W, 3) uint8 BGR and its time (`time.perf_counter`).

        pause_s: seconds to wait before opening the device.
        """
        self._device = device
        self._take = take
        self._abandoned = threading.Event()
        self.is_over = False
        """Whether the thread has released the device."""
        self.fps: float | None = None
        """The frame rate that the device reports, frames per second."""
        self.left_out = 0
        """The number of damaged frames skipped."""
        self._must_give_by = time.perf_counter() + pause_s + device.first_frame_s
        self._thread = threading.Thread(target=self._run, args=(pause_s,), name=f"capture {device.name}", daemon=True)
        self._thread.start()

    def is_lost(self, now: float) -> bool:
        """Whether the session has ended or timed out at `now` (`time.perf_counter`)."""
        return self.is_over or now > self._must_give_by

    def abandon(self, grace_s: float = 0.0) -> None:
        """Request the end of the session, and wait up to `grace_s` seconds for it."""
        self._abandoned.set()
        if grace_s and self._thread is not threading.current_thread():  # garbage collection may run in any thread
            self._thread.join(grace_s)

    def _run(self, pause_s: float) -> None:
        """Thread function: open the device, read until the end, release it."""
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
        """Pass on frames until the capture fails or the session is abandoned."""
        depth = Depth()
        while not self._abandoned.is_set() and capture.grab():
            captured_at = time.perf_counter()  # before decoding, to be close to the exposure
            done, image = capture.retrieve()
            self.left_out = self._device.left_out(capture)
            if not done:
                return
            if image.size == 0:
                continue  # no frame yet, or a damaged one; if none follows, the stall timeout applies
            self._must_give_by = captured_at + self._device.stall_s + self._device.pause_s(capture)
            # infrared and scientific cameras deliver grey or 16-bit pictures
            self._take(self, to_bgr(image, depth), captured_at)
