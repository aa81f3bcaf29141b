"""Read the frames of one source: which must be read, what is on them, the same number from frame to frame. Knows no source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from live.api.stopwatch import Stopwatch
from live.core.records import Frame, FrameResult
from live.core.settings import Settings, TrackingSettings
from live.reading.orientation import OrientedPageReader
from live.tracking.change_detection import ChangeDetector
from live.tracking.frame_interval import FrameInterval
from live.tracking.tracker import NumberTracker

STILL_TRACKING = TrackingSettings(confirm_doubt=1.0, confirm_confidence=0.0, forget_after_s=0.0)
"""A still picture is read for itself: what is in it is shown at once, and forgotten with it."""


@dataclass(slots=True, eq=False)
class FrameReader:
    """Turns the frames of one source, in their order, into what is known of them."""

    reader: OrientedPageReader
    settings: Settings
    still: bool = False
    """Whether the frames are independent pictures, each to be read for itself."""
    fps: float | None = None
    """Frames a second, as far as the source says."""
    track_ids: Iterator[int] | None = None
    """Shared by all sources of a run; None: 1, 2, 3, ..."""
    check: Callable[[], None] = lambda: None
    """Raises KeyboardInterrupt, between two stages of a reading, where the run is to end."""
    read_anew: int = 0
    """How many frames were read, because they did not look like the one before."""
    reading_s: float = 0.0
    """Seconds that reading them took."""
    _result: FrameResult | None = None
    _tracker: NumberTracker = field(init=False)
    _change_detector: ChangeDetector = field(init=False)
    _frame_interval: FrameInterval = field(init=False)

    def __post_init__(self) -> None:
        tracking = self.settings.tracking
        self._tracker = NumberTracker(
            STILL_TRACKING if self.still else tracking, self.settings.grouping.doubt_below, self.track_ids
        )
        self._change_detector = ChangeDetector(0.0 if self.still else tracking.reread_s)
        self._frame_interval = FrameInterval(None if self.still else self.fps)

    def new_page(self) -> None:
        """Forget every number: the next frame shows another page. Ids go on."""
        self._tracker.reset()

    def read(self, frame: Frame) -> FrameResult:
        """What is known of the next frame: read where it does not look like the one before, else as before."""
        interval_s = self._frame_interval.interval_s(frame.captured_at)
        before = self._result
        if self.still or (before is not None and before.frame.size != frame.size):
            self.new_page()
        if before is None or self._change_detector.must_read(frame.image, frame.captured_at, interval_s):
            self._result = self._read(frame, interval_s)
            self.read_anew += 1
            self.reading_s += sum(self._result.timings.values()) / 1000
        else:
            self._result = replace(before, frame=frame)
        return self._result

    def _read(self, frame: Frame, interval_s: float) -> FrameResult:
        """Read a frame, and follow its numbers."""
        stopwatch = Stopwatch()

        def mark(stage: str) -> None:
            stopwatch(stage)
            self.check()

        reading = self.reader.read(frame.image, mark)
        numbers = self._tracker.update(reading.numbers, frame.captured_at, frame.size, interval_s)
        stopwatch("track")
        return FrameResult(frame, numbers, reading, stopwatch.timings())
