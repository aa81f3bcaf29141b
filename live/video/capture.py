"""Live frames, newest first: a thread that keeps one frame and comes back after a loss. Knows no device."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from live.errors import SourceError
from live.records import Frame
from live.video.frame_source import Source
from live.video.pictures import to_bgr

FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 2.0
WAKE_EVERY_S = 0.05
CLOSE_GRACE_S = 0.5
RATE_OVER_FRAMES = 31


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
    """Opens it anew; None where it does not open. Called from the capture thread alone."""
    why_not: Callable[[], str]
    """One line to raise as SourceError when it did not open at the start."""
    first_frame_s: float
    """How long to wait for the first frame, seconds."""
    give_up_s: float | None = None
    """Seconds after a loss until the end is called a failure; None: it is waited for as long as it takes."""
    fps: Callable[[Capture], float | None] = lambda _: None
    """The rate that the opened capture says it has; None where it can't know."""


class LiveSource(Source):
    """Frames of a camera or stream as they come: never the same twice, never one older than need be.

    A context manager and an iterator. Opening waits for the first frame; SourceError where none comes.
    `captured_at` is time.perf_counter() at the moment of capture.
    """

    def __init__(self, feed: Feed) -> None:
        super().__init__(feed.name)
        self._feed = feed
        self._said_fps: float | None = None
        self._changed = threading.Condition()
        self._newest: Frame | None = None
        self._given = -1
        self._captured = 0
        self._ended = False
        self._lost_at: float | None = None
        self._times: deque[float] = deque(maxlen=RATE_OVER_FRAMES)
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"capture {feed.name}", daemon=True)
        self._thread.start()
        try:
            self._await_first_frame()
        except BaseException:
            self.close()
            raise

    def __next__(self) -> Frame:
        """The newest frame that was not given yet; waits for one. Raises SourceError where it is gone for good."""
        while not self._closing.is_set():
            with self._changed:
                if self._fresh() is None:
                    self._changed.wait(WAKE_EVERY_S)
                frame = self._fresh()
                if frame is not None:
                    self._given = frame.index
                    return frame
                if self._ended and not self._closing.is_set():
                    raise SourceError(f"{self.name} ended and did not come back. Check it and start Numcam again.")
            self.on_wait()  # outside the lock: it may close the source
        raise StopIteration

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
                return self._said_fps
            return (len(self._times) - 1) / (self._times[-1] - self._times[0])

    def close(self) -> None:
        """Stop. Returns soon even when the device hangs: its thread then ends by itself when the device answers."""
        if self._closing.is_set():
            return
        self._closing.set()
        with self._changed:
            self._changed.notify_all()
        self._thread.join(CLOSE_GRACE_S)

    def _fresh(self) -> Frame | None:
        frame = self._newest
        return frame if frame is not None and frame.index > self._given else None

    def _await_first_frame(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._newest is not None or self._ended, self._feed.first_frame_s)
            opened = self._newest is not None
        if not opened:
            raise SourceError(self._feed.why_not())

    def _run(self) -> None:
        """The capture thread: the only one that ever touches the capture, so it is released by who reads it."""
        try:
            while not self._closing.is_set():
                capture = self._feed.open()
                if capture is not None:
                    try:
                        self._said_fps = self._feed.fps(capture)
                        self._keep_newest(capture)
                    finally:
                        capture.release()
                if not self._wait_to_reopen():
                    break
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()

    def _keep_newest(self, capture: Capture) -> None:
        while not self._closing.is_set() and capture.grab():
            captured_at = time.perf_counter()  # before decoding: the moment the picture is of
            done, image = capture.retrieve()
            if not done or image.size == 0:
                return
            # infrared and laboratory cameras give grey or 16-bit pictures
            frame = Frame(image=to_bgr(image), index=self._captured, captured_at=captured_at, source=self.name)
            self._captured += 1
            with self._changed:
                self._newest = frame
                self._times.append(captured_at)
                self._lost_at, self.trouble = None, None
                self._changed.notify_all()

    def _wait_to_reopen(self) -> bool:
        """Wait longer from loss to loss; False where there is no point in trying again."""
        now = time.perf_counter()
        if self._newest is None:
            return False  # it never gave a frame: an error of the start, told at once
        if self._lost_at is None:
            self._lost_at = now
            self._times.clear()
            self.trouble = f"{self.name} is gone: waiting for it to come back"
        lost_for = now - self._lost_at
        if self._feed.give_up_s is not None and lost_for >= self._feed.give_up_s:
            return False
        return not self._closing.wait(min(LONGEST_WAIT_S, max(FIRST_WAIT_S, lost_for / 2)))
