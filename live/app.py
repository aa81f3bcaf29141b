"""The one loop: frame -> numbers -> tracks -> picture -> outputs. Knows every part by its name only; prints nothing."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from live.events import Event
from live.outputs import Outputs
from live.reading.reader import PageReader
from live.reading.turning import TurningReader
from live.records import Frame, FrameResult
from live.screen import Screen
from live.settings import Settings, TrackingSettings
from live.stillness import Stillness
from live.stopwatch import Stopwatch
from live.tracking import NumberTracker
from live.video.display import DisplayCheck
from live.video.labels import LabelMemory
from live.video.overlay import draw
from live.video.sources import DEMO_NAME, FrameSource, open_source
from live.video.window import Window
from models.classifier import load_classifier

TITLE = "Numcam"
STILL = TrackingSettings(confirm_doubt=1.0, confirm_confidence=0.0, forget_after_s=0.0)
"""A still picture is read for itself: what is in it is shown at once, and forgotten with it."""

REST_S = 0.5
"""Seconds between two rounds of the built-in clip, on the clock of `Frame.captured_at`."""

Say = Callable[[str], None]


@dataclass(slots=True)
class RunSummary:
    """What a run did, kept up to date while it goes on."""

    frames: int = 0
    seconds: float = 0.0
    numbers: int = 0
    interrupted: bool = False
    failed: bool = False
    """Whether a log had to be given up on the way."""
    files: list[Path] = field(default_factory=list)

    def line(self) -> str:
        """One line for people."""
        rate = self.frames / self.seconds if self.seconds > 0 else 0.0
        parts = [
            f"{self.frames} {'frame' if self.frames == 1 else 'frames'} in {self.seconds:.1f} s ({rate:.1f} a second)",
            f"{self.numbers} {'number' if self.numbers == 1 else 'numbers'} read",
        ]
        if self.files:
            parts.append("written: " + ", ".join(str(path) for path in self.files))
        return "; ".join(parts) + "."


def run(settings: Settings, say: Say, tell: Say, display: DisplayCheck | None = None) -> RunSummary:
    """Read until the source ends, a person quits, or a limit of the settings is reached.

    say: is given notes (a window that can't be opened, a recording that began); tell: what was read where there is no
    window, and the summary at the end, which comes however the run ends. display: a look for a display that was begun
    before. Raises NumcamError and ModelError, with every file closed.
    """
    summary = RunSummary()
    with ExitStack() as stack:
        stack.callback(lambda: tell(summary.line()) if summary.frames else None)
        if display is None and not settings.headless:
            display = DisplayCheck()  # goes on while the model is loaded
        model = Path(settings.model.path) if settings.model.path is not None else None
        classifier = load_classifier(model, settings.model.threads, settings.model.runtime)
        headless = settings.headless or display is None or _tell_no_display(display, say)
        source = stack.enter_context(
            open_source(settings.source, settings.camera, realtime=settings.realtime, headless=headless)
        )
        if source.note is not None:
            say(source.note)
        reader = TurningReader(PageReader(classifier, settings), classifier, remembers=not source.still)
        outputs = stack.enter_context(Outputs(settings, say))
        summary.files = outputs.files
        screen = None
        if not headless:
            window = stack.enter_context(Window(TITLE))
            screen = Screen(window, outputs, settings.overlay, mirrored=settings.mirror, say=say)
        try:
            _Loop(settings, reader, outputs, summary, screen, tell).over(source)
        except KeyboardInterrupt:
            summary.interrupted = True
        summary.failed = outputs.has_failed
    return summary


def _tell_no_display(display: DisplayCheck, say: Say) -> bool:
    """Whether there is no display; tells so."""
    reason = display.reason()
    if reason is not None:
        say(f"No window here: {reason}. Going on without one (--headless asks for that).")
    return reason is not None


@dataclass(slots=True)
class _Loop:
    """The parts of one run, put together once."""

    settings: Settings
    reader: TurningReader
    outputs: Outputs
    summary: RunSummary
    screen: Screen | None
    tell: Say
    labels: LabelMemory = field(default_factory=LabelMemory)

    def over(self, source: FrameSource) -> None:
        """Every frame of the source, until something ends the run."""
        tracker = NumberTracker(STILL if source.still else self.settings.tracking)
        stillness = Stillness(0.0 if source.still else self.settings.tracking.reread_s)
        result: FrameResult | None = None
        start = time.monotonic()
        end = start + (self.settings.max_seconds or math.inf)
        for frame in self._frames(source, tracker, end):
            paused = self.screen is not None and self.screen.rest(end)
            if self._is_over(end):
                return
            if paused and not source.still:
                continue  # as old as the pause was long
            if source.still:
                tracker.reset()
                self.outputs.turn_page()
            if result is None or stillness.must_read(frame.image, frame.captured_at):
                result = self._read(frame, tracker)
            else:
                result = replace(result, frame=frame)
            self._show(result, still=source.still)
            self.summary.frames += 1
            self.summary.seconds = time.monotonic() - start
            if self._is_over(end):
                return
        if self.screen is not None and source.still:
            self.screen.hold(until=end)

    def _wait(self, source: FrameSource, end: float) -> None:
        """While the next frame is awaited: keys are answered, and limits hold."""
        if self.screen is not None:
            self.screen.wait(source.trouble)
        if self._is_over(end):
            source.close()

    def _is_over(self, end: float) -> bool:
        """Whether a person or a limit ends the run."""
        enough = self.settings.max_frames is not None and self.summary.frames >= self.settings.max_frames
        return enough or time.monotonic() >= end or (self.screen is not None and self.screen.quit)

    def _frames(self, source: FrameSource, tracker: NumberTracker, end: float) -> Iterator[Frame]:
        """The frames of all rounds, as if they were one: indices and times go on."""
        begin, index = 0.0, 0
        for playing in self._rounds(source):
            playing.on_wait = partial(self._wait, playing, end)
            last = None
            for frame in playing:
                last = replace(frame, index=frame.index + index, captured_at=frame.captured_at + begin)
                yield last
            if last is None:
                return
            begin, index = last.captured_at + REST_S, last.index + 1
            tracker.reset()

    def _rounds(self, source: FrameSource) -> Iterator[FrameSource]:
        """The source; the built-in clip again and again in a window, where a person is looking on."""
        yield source
        while source.name == DEMO_NAME and self.screen is not None and not self.screen.quit:
            realtime = self.settings.realtime
            with open_source("demo", self.settings.camera, realtime=realtime, headless=False) as again:
                yield again

    def _read(self, frame: Frame, tracker: NumberTracker) -> FrameResult:
        """All that is known about one frame."""
        stopwatch = Stopwatch()
        reading = self.reader.read(frame.image, stopwatch)
        numbers = tracker.update(reading.numbers, frame.captured_at, frame.size)
        stopwatch("track")
        return FrameResult(frame, numbers, reading, stopwatch.timings())

    def _show(self, result: FrameResult, *, still: bool) -> None:
        """Hand a result to everything that wants it."""
        events = self.outputs.add(result)
        self.summary.numbers += sum(event.kind == "appeared" for event in events)
        if self.screen is None:
            for event in events:
                if event.kind != "left":
                    self.tell(event_line(event, still=still))
        if self.screen is None and not self.outputs.is_recording:
            return
        picture = draw(result, self.settings.overlay, memory=self.labels)
        self.outputs.record(picture, result.frame.captured_at)
        if self.screen is not None:
            self.screen.show(result, picture)


def event_line(event: Event, *, still: bool) -> str:
    """One line for a person who has no window: `0:01.2  read 4711  97 %`; of a still picture, its name for the time."""
    minutes, seconds = divmod(math.floor(event.time * 10) / 10, 60)
    where = event.source if still else f"{int(minutes)}:{seconds:04.1f}"
    verb = "now " if event.kind == "changed" else "read"
    number = event.tracked.number
    return f"{where}  {verb} {number.text:<8} {100 * number.confidence:3.0f} %"
