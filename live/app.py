"""The one loop: frame -> numbers -> tracks -> picture -> outputs. Knows every part by its name only, and prints nothing itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from live.event_log import Event
from live.outputs import Outputs
from live.reading.reader import PageReader
from live.records import Frame, FrameResult
from live.screen import Screen
from live.settings import Settings, TrackingSettings
from live.stopwatch import Stopwatch
from live.tracking import NumberTracker
from live.video.display import DisplayCheck
from live.video.overlay import draw
from live.video.sources import DEMO_NAME, FrameSource, open_source
from live.video.window import Window
from models.classifier import load_classifier

TITLE = "Numcam"
STILL = TrackingSettings(confirm_hits=1, confirm_confidence=0.0, forget_after_s=0.0)
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


def run(settings: Settings, say: Say, tell: Say) -> RunSummary:
    """Read until the source ends, a person quits, or a limit of the settings is reached.

    say: is given notes (a window that can't be opened, a recording that began); tell: what was read where there is no window,
    and the summary at the end, which comes however the run ends. Raises NumcamError and ModelError; every file is closed.
    """
    summary = RunSummary()
    with ExitStack() as stack:
        stack.callback(lambda: tell(summary.line()) if summary.frames else None)
        display = None if settings.headless else DisplayCheck()  # goes on while the model is loaded
        model = Path(settings.model.path) if settings.model.path is not None else None
        reader = PageReader(load_classifier(model, settings.model.threads), settings)
        headless = display is None or _tell_no_display(display, say)
        source = stack.enter_context(
            open_source(settings.source, settings.camera, realtime=settings.realtime, headless=headless)
        )
        if source.note is not None:
            say(source.note)
        outputs = stack.enter_context(Outputs(settings))
        summary.files = outputs.files
        screen = None
        if not headless:
            window = stack.enter_context(Window(TITLE))
            screen = Screen(window, outputs, settings.overlay, mirrored=settings.mirror, say=say)
        try:
            _Loop(settings, reader, outputs, summary, screen, tell).over(source)
        except KeyboardInterrupt:
            summary.interrupted = True
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
    reader: PageReader
    outputs: Outputs
    summary: RunSummary
    screen: Screen | None
    tell: Say
    end: float = float("inf")
    """When the run ends at the latest, by `time.monotonic`."""

    def over(self, source: FrameSource) -> None:
        """Every frame of the source, until something ends the run."""
        tracker = NumberTracker(STILL if source.still else self.settings.tracking)
        start = time.monotonic()
        self.end = start + (self.settings.max_seconds or float("inf"))
        self._watch(source)
        for frame in self._frames(source, tracker):
            if source.still:
                tracker.reset()
            self._show(self._read(frame, tracker))
            self.summary.frames += 1
            self.summary.seconds = time.monotonic() - start
            if self._is_over():
                return
        if self.screen is not None and source.still:
            self.screen.hold(until=self.end)

    def _watch(self, source: FrameSource) -> None:
        """While the source's next frame is awaited, keys are answered, and limits hold."""

        def on_wait() -> None:
            if self.screen is not None:
                self.screen.wait(source.trouble)
            if self._is_over():
                source.close()

        source.on_wait = on_wait

    def _is_over(self) -> bool:
        """Whether a person or a limit ends the run."""
        enough = self.settings.max_frames is not None and self.summary.frames >= self.settings.max_frames
        return enough or time.monotonic() >= self.end or (self.screen is not None and self.screen.quit)

    def _frames(self, source: FrameSource, tracker: NumberTracker) -> Iterator[Frame]:
        """The source's frames; the built-in clip begins again in a window, where a person is looking on."""
        begin, index = 0.0, 0
        with ExitStack() as stack:
            while True:
                frame = None
                for frame in source:
                    yield replace(frame, index=frame.index + index, captured_at=frame.captured_at + begin)
                if frame is None or self.screen is None or self.screen.quit or source.name != DEMO_NAME:
                    return
                begin, index = begin + frame.captured_at + REST_S, index + frame.index + 1
                tracker.reset()
                source = stack.enter_context(open_source("demo", self.settings.camera, realtime=None, headless=False))
                self._watch(source)

    def _read(self, frame: Frame, tracker: NumberTracker) -> FrameResult:
        """All that is known about one frame."""
        stopwatch = Stopwatch()
        reading = self.reader.read(frame.image, stopwatch)
        numbers = tracker.update(reading.numbers, frame.captured_at)
        stopwatch("track")
        return FrameResult(frame, numbers, reading, stopwatch.timings())

    def _show(self, result: FrameResult) -> None:
        """Hand a result to everything that wants it."""
        events = self.outputs.add(result)
        self.summary.numbers += sum(event.kind == "appeared" for event in events)
        if self.screen is None and not self.outputs.is_recording:
            picture = result.frame.image
        else:
            picture = draw(result, self.settings.overlay)
        self.outputs.record(picture, result.frame.captured_at)
        if self.screen is not None:
            self.screen.show(result, picture)
        else:
            for event in events:
                self._tell_event(event)

    def _tell_event(self, event: Event) -> None:
        """A line for a person who has no window."""
        if event.kind != "left":
            minutes, seconds = divmod(event.time, 60)
            number = event.tracked.number
            self.tell(f"{int(minutes)}:{seconds:04.1f}  {number.text:<12} {100 * number.confidence:3.0f} %")
