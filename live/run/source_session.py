"""A source with all that is remembered of it: tracks, labels, what was read last. Knows no window, no file, no other lane.

A lane that is lost keeps its last picture, greyed, with a line that tells why; it goes on where it was once frames come back.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from live.api.stopwatch import Stopwatch
from live.capture.sources import FrameSource
from live.core.errors import SourceError
from live.core.records import Frame, FrameResult
from live.core.settings import Settings, TrackingSettings
from live.drawing.labels import LabelMemory
from live.drawing.overlay import draw
from live.drawing.stale_frame import blank, greyed
from live.reading.orientation import TurningReader
from live.tracking.change_detection import Stillness
from live.tracking.frame_interval import Rhythm
from live.tracking.tracker import NumberTracker

STILL = TrackingSettings(confirm_doubt=1.0, confirm_confidence=0.0, forget_after_s=0.0)
"""A still picture is read for itself: what is in it is shown at once, and forgotten with it."""

REST_S = 0.5
"""Seconds between two rounds of the built-in clip, on the clock of `Frame.captured_at`."""

RATE_OVER = 30  # frames over which the shown rate is taken
TAKE_TURNS_S = 0.004  # of several sources each is waited for so long before the next is asked
SAME_TIME_S = 0.0005

Say = Callable[[str], None]


@dataclass(slots=True, eq=False)
class Lane:
    """One source, and what Numcam knows of it. `fetch` its next frame, then `take` it."""

    source: FrameSource
    reader: TurningReader
    settings: Settings
    track_ids: Iterator[int]
    """Shared by all lanes of a run."""
    say: Say
    again: Callable[[], FrameSource] | None = None
    """Opens the source anew when it has ended, for the next round."""
    on_wall_clock: bool = False
    """Whether a file's times are laid on the clock of cameras, because there are several lanes."""
    check: Callable[[], None] = lambda: None
    """Raises KeyboardInterrupt, between two stages of a reading, where the run is to end."""
    result: FrameResult | None = None
    """What is known of the newest frame."""
    waiting: Frame | None = None
    """The frame that was fetched and not yet taken."""
    taken: int = 0
    """How many frames were taken."""
    read_anew: int = 0
    """How many of them were read, because they did not look like the one before."""
    reading_s: float = 0.0
    """Seconds that reading them took."""
    failure: str | None = None
    """Why it was given up, in one line; None where it was not."""
    left_some: bool = False
    """Whether something of it couldn't be read, as a damaged picture in a folder."""
    _captured: int = 0  # in the rounds before this one
    _round_frames: int = 0
    _begin_s: float = 0.0
    _left_out: int = 0  # in the rounds before this one
    _lost: bool = False
    _told_damage: bool = False
    _drawn: dict[bool, NDArray[np.uint8]] = field(default_factory=dict)
    _labels: tuple[LabelMemory, LabelMemory] = field(default_factory=lambda: (LabelMemory(), LabelMemory()))
    _times: deque[float] = field(default_factory=lambda: deque(maxlen=RATE_OVER))
    _tracker: NumberTracker = field(init=False)
    _stillness: Stillness = field(init=False)
    _rhythm: Rhythm = field(init=False)
    _interval_s: float = 0.0

    def __post_init__(self) -> None:
        still, tracking = self.source.still, self.settings.tracking
        self._tracker = NumberTracker(STILL if still else tracking, self.settings.grouping.doubt_below, self.track_ids)
        self._stillness = Stillness(0.0 if still else tracking.reread_s)
        self._rhythm = Rhythm(None if still else self.source.fps)

    @property
    def name(self) -> str:
        """What a person would call it."""
        return self.source.name

    @property
    def ended(self) -> bool:
        """Whether no frame will come any more."""
        if self.waiting is not None:
            return False
        return self.failure is not None or (self.source.ended and (self.again is None or self._round_frames == 0))

    @property
    def captured(self) -> int:
        """How many frames the source has had so far, whether they were taken or not."""
        return self._captured + self.source.captured

    @property
    def left_out(self) -> int:
        """How many damaged frames the source has kept back so far."""
        return self._left_out + self.source.left_out

    @property
    def fps(self) -> float:
        """Frames taken a second, of late; 0 where none come, or where that can't be told yet."""
        if self.trouble is not None:
            return 0.0
        spent = self._times[-1] - self._times[0] if self._times else 0.0
        return (len(self._times) - 1) / spent if spent > 0 else 0.0

    def forget_rate(self) -> None:
        """Take the rate anew, after a pause."""
        self._times.clear()

    @property
    def trouble(self) -> str | None:
        """One line on why its picture is an old one, else None."""
        if self.failure is not None:
            return f"{self.name} was given up"
        lost_s = self.source.lost_s
        if lost_s is not None:
            return f"{self.name} is gone: waiting for it to come back, {lost_s:.0f} s"
        return f"{self.name} has ended" if self.ended and not self.source.still else None

    def fetch(self, wait_s: float) -> None:
        """Have the next frame wait to be taken, if there is one within `wait_s` seconds. Raises SourceError."""
        if self.waiting is not None or self.ended:
            return
        if self.source.ended:
            self._begin_round()
        try:
            frame = self.source.poll(wait_s)
        except SourceError as error:
            self.failure = str(error)
            raise
        self._tell_remarks()
        if frame is None:
            if not self._lost and self.source.lost_s is not None:
                self._lost = True
                self.say(f"{self.name} is gone: waiting for it to come back.")
            return
        if self.on_wall_clock and self._round_frames == 0 and not self.source.live:
            self._begin_s = time.perf_counter() - frame.captured_at
        self._round_frames += 1
        self.waiting = replace(frame, index=frame.index + self._captured, captured_at=frame.captured_at + self._begin_s)

    def take(self) -> FrameResult:
        """All that is known of the frame that waits, which is read where it does not look like the one before."""
        frame, self.waiting = self.waiting, None
        assert frame is not None
        if self._lost:
            self._lost = False
            away_s = frame.captured_at - self.result.frame.captured_at if self.result is not None else 0.0
            self.say(f"{self.name} is back after {away_s:.0f} s.")
            self._times.clear()
        self._interval_s = self._rhythm.interval_s(frame.captured_at)
        if self.source.still or (self.result is not None and self.result.frame.size != frame.size):
            self._tracker.reset()
        if self.result is None or self._stillness.must_read(frame.image, frame.captured_at, self._interval_s):
            self.result = self._read(frame)
            self.read_anew += 1
            self.reading_s += sum(self.result.timings.values()) / 1000
        else:
            self.result = replace(self.result, frame=frame)
        self.taken += 1
        self._drawn.clear()
        self._times.append(time.perf_counter())
        return self.result

    def picture(self, *, mirrored: bool = False) -> NDArray[np.uint8]:
        """The newest frame, annotated, (H, W, 3) uint8 BGR; greyed where it is an old one. Not to be drawn on."""
        if self.result is None:
            return blank((self.source.width, self.source.height))
        if mirrored not in self._drawn:
            memory = self._labels[mirrored]  # its places are other ones in the mirror
            self._drawn[mirrored] = draw(self.result, self.settings.overlay, mirrored=mirrored, memory=memory)
        trouble = self.trouble
        return self._drawn[mirrored] if trouble is None else greyed(self._drawn[mirrored], trouble)

    def close(self) -> None:
        """Let go of the source."""
        self.source.close()

    def _tell_remarks(self) -> None:
        """Tell what the source has to tell; whether it read all that it was to read is remembered."""
        for remark in self.source.take_remarks():
            self.say(remark.text)
            self.left_some = self.left_some or remark.is_failure
        if self.source.left_out and not self._told_damage:
            self._told_damage = True
            self.say(f"{self.name} is damaged: frames that are not whole, or built on such ones, are left out.")

    def _begin_round(self) -> None:
        """Open the source anew: indices and times go on, and the page is a new one."""
        assert self.again is not None
        assert self.result is not None
        self._begin_s = self.result.frame.captured_at + REST_S
        self._captured, self._left_out, self._round_frames = self.captured, self.left_out, 0
        self.source.close()
        self.source = self.again()
        self._tracker.reset()

    def _read(self, frame: Frame) -> FrameResult:
        """Read a frame, and follow its numbers."""
        stopwatch = Stopwatch()

        def mark(stage: str) -> None:
            stopwatch(stage)
            self.check()

        reading = self.reader.read(frame.image, mark)
        numbers = self._tracker.update(reading.numbers, frame.captured_at, frame.size, self._interval_s)
        stopwatch("track")
        return FrameResult(frame, numbers, reading, stopwatch.timings())


def fetch_from(lanes: Sequence[Lane], wait_s: float) -> tuple[list[Lane], list[Lane]]:
    """Ask every lane for its next frame: which lanes have one to be taken now, and which were given up.

    Files that are read as fast as can be go on together, by the times in the files.
    """
    open_lanes = [lane for lane in lanes if not lane.ended]
    lost = []
    for lane in open_lanes:
        try:
            lane.fetch(wait_s if len(open_lanes) == 1 else TAKE_TURNS_S)
        except SourceError:
            lost.append(lane)
    waiting = [(lane.waiting.captured_at, lane) for lane in open_lanes if lane.waiting is not None]
    if waiting and not any(lane.on_wall_clock for lane in lanes):
        if any(lane.waiting is None and not lane.ended for lane in open_lanes):
            return [], lost
        first = min(captured_at for captured_at, _ in waiting)
        waiting = [(captured_at, lane) for captured_at, lane in waiting if captured_at <= first + SAME_TIME_S]
    return [lane for _, lane in waiting], lost
