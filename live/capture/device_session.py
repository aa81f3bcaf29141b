"""Places that live frames come from, and one opening of one, on a thread of its own. Knows no device and no reader."""

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
class Feed:
    """A place that live frames come from, and how to open it."""

    name: str
    """What a person would call it; no password in it."""
    open: Callable[[], Capture | None]
    """Opens it anew; None where it does not open. Called from a capture thread alone."""
    why_not: Callable[[], str]
    """One line to raise as SourceError when it did not open at the start."""
    first_frame_s: float
    """How long to wait for it to open and give its first frame, seconds."""
    stall_s: float
    """No new frame for so many seconds: it is lost."""
    give_up_s: float | None = None
    """Seconds after a loss until it is given up; None: it is waited for as long as it takes."""
    fps: Callable[[Capture], float | None] = lambda _: None
    """The rate that the opened capture says it has; None where it can't know."""
    pause_s: Callable[[Capture], float] = lambda _: 0.0
    """How long the opened capture waits by itself from one frame to the next, seconds: no stall."""
    left_out: Callable[[Capture], int] = lambda _: 0
    """How many frames the opened capture has kept back, because they were damaged."""


class Visit:
    """One opening of a feed. Its thread alone ever touches the capture, so a device that hangs holds up nobody else.

    One that is left ends by itself as soon as the device answers, and gives no frame any more.
    """

    def __init__(self, feed: Feed, take: Callable[[Visit, NDArray[np.uint8], float], None], pause_s: float) -> None:
        """take: is given each picture (H, W, 3) uint8 BGR and its time (`time.perf_counter`), on the visit's thread.

        pause_s: seconds before it is opened.
        """
        self._feed = feed
        self._take = take
        self._left = threading.Event()
        self.is_over = False
        """Whether its thread has let go of the device."""
        self.fps: float | None = None
        """What the device says of its rate."""
        self.left_out = 0
        """How many frames were kept back, because they were damaged."""
        self._must_give_by = time.perf_counter() + pause_s + feed.first_frame_s
        self._thread = threading.Thread(target=self._run, args=(pause_s,), name=f"capture {feed.name}", daemon=True)
        self._thread.start()

    def is_lost(self, now: float) -> bool:
        """Whether it has ended, or given nothing for too long, at `now` (`time.perf_counter`)."""
        return self.is_over or now > self._must_give_by

    def leave(self, grace_s: float = 0.0) -> None:
        """Have it end, and wait up to `grace_s` seconds for that."""
        self._left.set()
        if grace_s:
            self._thread.join(grace_s)

    def _run(self, pause_s: float) -> None:
        """The thread: open, read until the end, let go."""
        try:
            capture = None if self._left.wait(pause_s) else self._feed.open()
            if capture is not None:
                try:
                    self.fps = self._feed.fps(capture)
                    self._read(capture)
                finally:
                    capture.release()
        finally:
            self._must_give_by = -math.inf
            self.is_over = True

    def _read(self, capture: Capture) -> None:
        """Hand on frames as they come, until one doesn't."""
        depth = Depth()
        while not self._left.is_set() and capture.grab():
            captured_at = time.perf_counter()  # before decoding: the moment the picture is of
            done, image = capture.retrieve()
            self.left_out = self._feed.left_out(capture)
            if not done:
                return
            if image.size == 0:
                continue  # damaged: that may be one frame, or all until it counts as stalled
            self._must_give_by = captured_at + self._feed.stall_s + self._feed.pause_s(capture)
            # infrared and laboratory cameras give grey or 16-bit pictures
            self._take(self, to_bgr(image, depth), captured_at)
