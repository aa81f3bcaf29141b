"""Runs the main loop, from the streams to the views, the window and the outputs; prints nothing."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from live.api.networks import InterruptibleClassifier, open_classifier
from live.api.stream import Stream
from live.capture.frame_source import WAKE_EVERY_S
from live.core.errors import SourceError
from live.core.settings import Settings
from live.outputs.events import Event
from live.outputs.run_outputs import Outputs
from live.run.interrupts import Interrupts
from live.run.mosaic import Mosaic
from live.run.run_streams import fetch_from, open_streams
from live.run.screen import Screen
from live.run.source_view import SourceView
from live.run.summary import RunSummary
from live.window.display_check import DisplayCheck
from live.window.window import Window
from models.percent import percent

__all__ = ["RunSummary", "event_line", "run"]

TITLE = "Numcam"
AGAIN_S = 0.05
"""Without a new frame, the last picture is recorded again at this interval (seconds); a shorter one makes larger files."""

Say = Callable[[str], None]


def run(
    settings: Settings,
    say: Say,
    tell: Say,
    display: DisplayCheck | None = None,
    interrupts: Interrupts | None = None,
) -> RunSummary:
    """Read until every source ends, the user quits, or a limit of the settings is reached.

    say: called with notes, such as a window that can't be opened, a lost camera or a started recording. tell: called with the
    readings if there is no window, and with the summary, however the run ends. display: a display check that was started
    before. interrupts: catches signals; once everything is open, a signal ends the run between two frames. Raises NumcamError
    and ModelError after closing every file.
    """
    summary, interrupts = RunSummary(), interrupts or Interrupts()
    with ExitStack() as stack:
        stack.callback(lambda: tell(summary.line()) if summary.frames else None)
        if display is None and not settings.headless:
            display = DisplayCheck()  # runs while the model is loaded
        classifier = InterruptibleClassifier(open_classifier(settings, say), interrupts.check)
        headless = settings.headless or display is None or _report_no_display(display, say)
        streams = stack.enter_context(open_streams(settings, classifier, say, interrupts.check, headless=headless))
        mosaic = Mosaic([SourceView(stream.session, settings.overlay) for stream in streams])
        outputs = stack.enter_context(Outputs(settings, say))
        summary.files = outputs.files
        screen = None
        if not headless:
            screen = Screen(stack.enter_context(Window(TITLE)), outputs, mirrored=settings.mirror, say=say)
        interrupts.hold()
        loop = _Loop(settings, streams, mosaic, outputs, summary, screen, interrupts, say, tell)
        stack.callback(loop.sum_up)
        try:
            loop.run()
        except KeyboardInterrupt:  # during a reading, or by a second signal
            summary.interrupted = True
        if summary.interrupted:
            outputs.stop_waiting()
        summary.failed = summary.failed or outputs.has_failed
    return summary


def _report_no_display(display: DisplayCheck, say: Say) -> bool:
    """Whether there is no display; if so, reports the reason."""
    reason = display.reason()
    if reason is not None:
        say(f"No window here: {reason}. Going on without one (--headless asks for that).")
    return reason is not None


@dataclass(slots=True)
class _Loop:
    """The components of one run."""

    settings: Settings
    streams: Sequence[Stream]
    mosaic: Mosaic
    """One view per stream, in the same order."""
    outputs: Outputs
    summary: RunSummary
    screen: Screen | None
    interrupts: Interrupts
    say: Say
    tell: Say
    _troubles: list[str | None] = field(default_factory=list)
    _recorded_until: float = 0.0

    def run(self) -> None:
        """Process the frames of all sources until the run ends."""
        start = time.monotonic()
        end = start + (self.settings.max_seconds or math.inf)
        over = partial(self._is_over, end)
        while not self._has_enough() and not over() and not all(stream.ended for stream in self.streams):
            if self.screen is not None and self.screen.rest(over):
                continue
            ready, given_up = fetch_from(self.streams, WAKE_EVERY_S)
            for stream in given_up:
                self._give_up(stream)
            for stream in ready:
                self._hand_on(stream)
                self.summary.seconds = time.monotonic() - start
            if ready:
                self._show()
            else:
                self._wait()
        if self.screen is not None and all(stream.session.still for stream in self.streams):
            self.screen.hold(over)
        self.summary.interrupted = self.interrupts.asked

    def sum_up(self) -> None:
        """Write the totals of the run to its summary."""
        sessions = [stream.session for stream in self.streams]
        self.summary.failed = self.summary.failed or any(session.left_some for session in sessions)
        self.summary.captured = sum(session.captured for session in sessions)
        self.summary.damaged = sum(session.left_out for session in sessions)
        self.summary.read_anew = sum(stream.reader.read_anew for stream in self.streams)
        self.summary.reading_s = sum(stream.reader.reading_s for stream in self.streams)
        if self.screen is not None:
            self.summary.ages = self.screen.ages

    def _has_enough(self) -> bool:
        """Whether `max_frames` of the settings is reached."""
        return self.settings.max_frames is not None and self.summary.frames >= self.settings.max_frames

    def _is_over(self, end: float) -> bool:
        """Whether the user, a signal or `max_seconds` ends the run."""
        quits = self.interrupts.asked or (self.screen is not None and self.screen.quit)
        return quits or time.monotonic() >= end

    def _give_up(self, stream: Stream) -> None:
        """Continue with the other sources after a permanent loss. Raises SourceError if there is no other."""
        failure = stream.session.failure
        assert failure is not None
        if all(other.ended for other in self.streams):
            raise SourceError(failure)
        self.say(failure)
        self.summary.failed = True

    def _hand_on(self, stream: Stream) -> None:
        """Take the next frame of a stream, and pass it to its view, the outputs and the terminal."""
        frame = stream.take()
        self.mosaic.views[self.streams.index(stream)].show(frame.result)
        self.outputs.add(frame.result, frame.events)
        self.summary.frames += 1
        self.summary.numbers += len(frame.new)
        if self.screen is None:
            for event in frame.events:
                if event.kind != "left":
                    self.tell(event_line(event, still=stream.session.still, named=len(self.streams) > 1))

    def _show(self) -> None:
        """Draw and show the newest frames, then record them; the window is first because latency matters there."""
        if self.screen is not None:
            self.screen.show(self.mosaic)
        self._record()

    def _wait(self) -> None:
        """While there is no new frame, handle keys, show and record a lost source once a second, and record a slow one again.

        A frame is written to the video only when the next one determines its duration. Without this, a kill would lose the last
        frame of a slow camera.
        """
        troubles = self.mosaic.troubles
        if troubles != self._troubles and any(troubles):
            self._record()
        self._troubles = troubles
        seen_until = self.mosaic.time_waiting()
        if seen_until is not None and seen_until - self._recorded_until >= AGAIN_S:
            self._record(seen_until)
        if self.screen is not None:
            self.screen.wait()

    def _record(self, seen_at: float | None = None) -> None:
        """Add the picture to the recording, if any. seen_at: its time; None: that of the newest frame."""
        if self.outputs.is_recording:
            self._recorded_until = self.mosaic.time() if seen_at is None else seen_at
            self.outputs.record(self.mosaic.picture(), self._recorded_until)


def event_line(event: Event, *, still: bool, named: bool = False) -> str:
    """One line for the terminal: `0:01.2  read 4711  97 %`; for a still picture, its name instead of the time.

    named: add the source's name, if there are several.
    """
    minutes, seconds = divmod(math.floor(event.time * 10) / 10, 60)
    where = event.source if still else f"{int(minutes)}:{seconds:04.1f}"
    if named and not still:
        where += f"  {event.source}"
    verb = "now " if event.kind == "changed" else "read"
    number = event.tracked.number
    marked = "  not expected" if number.fits is False else ""
    return f"{where}  {verb} {number.shown:<8} {percent(number.confidence):>5}{marked}"
