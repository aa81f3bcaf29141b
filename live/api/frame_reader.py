"""Reads the frames of one source if they changed, and tracks their numbers; knows no source."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from live.api.decimal_marks import tracked_with_decimal_mark
from live.api.expected_numbers import tracked_as_expected
from live.api.stopwatch import Stopwatch
from live.core.records import Frame
from live.core.results import FrameResult
from live.core.settings import Settings, TrackingSettings
from live.expected.expectation import Expectation
from live.reading.orientation import OrientedPageReader
from live.tracking.change_detection import ChangeDetector
from live.tracking.frame_interval import FrameInterval
from live.tracking.tracker import NumberTracker

STILL_TRACKING = TrackingSettings(confirm_doubt=1.0, confirm_confidence=0.0, forget_after_s=0.0)
"""With these settings, the numbers of a still picture are shown at once and forgotten with the next one."""


@dataclass(slots=True, eq=False)
class FrameReader:
    """Converts the frames of one source, in order, to results."""

    reader: OrientedPageReader
    settings: Settings
    still: bool = False
    """Whether the frames are independent pictures, each read separately."""
    fps: float | None = None
    """The source's frames per second, if known."""
    track_ids: Iterator[int] | None = None
    """Shared by all sources of a run; None: 1, 2, 3, ..."""
    check: Callable[[], None] = lambda: None
    """Called between two stages of a reading; raises KeyboardInterrupt to end the run."""
    expectation: Expectation | None = None
    """What numbers are expected to look like; None: any number."""
    read_anew: int = 0
    """The number of frames that were read, as they differed from the one before."""
    reading_s: float = 0.0
    """Total time of these readings, seconds."""
    _result: FrameResult | None = None
    _tracker: NumberTracker = field(init=False)
    _change_detector: ChangeDetector = field(init=False)
    _frame_interval: FrameInterval = field(init=False)

    def __post_init__(self) -> None:
        tracking = self.settings.tracking
        self._tracker = NumberTracker(
            STILL_TRACKING if self.still else tracking,
            self.settings.grouping.doubt_below,
            self.track_ids,
            self.expectation,
        )
        self._change_detector = ChangeDetector(0.0 if self.still else tracking.reread_s)
        self._frame_interval = FrameInterval(None if self.still else self.fps)

    def new_page(self) -> None:
        """Forget all numbers, as the next frame shows another page. Ids continue."""
        self._tracker.reset()

    def read(self, frame: Frame) -> FrameResult:
        """The result of the next frame: a new reading if it differs from the one before, else the previous reading."""
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
        """Read a frame and track its numbers."""
        stopwatch = Stopwatch()

        def mark(stage: str) -> None:
            stopwatch(stage)
            self.check()

        reading = self.reader.read(frame.image, mark)
        numbers = self._tracker.update(reading.numbers, frame.captured_at, frame.size, interval_s)
        numbers = tracked_as_expected(numbers, self.settings)
        numbers = tracked_with_decimal_mark(numbers, self.settings.output.decimal)
        stopwatch("track")
        return FrameResult(frame, numbers, reading, stopwatch.timings())
