"""The loop of a run: takes frames from the streams, hands them to the views, the window and the outputs. Prints nothing."""

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
"""Seconds after which the last picture is recorded again while no new frame comes: less would only make the file larger."""

Say = Callable[[str], None]


def run(
    settings: Settings,
    say: Say,
    tell: Say,
    display: DisplayCheck | None = None,
    interrupts: Interrupts | None = None,
) -> RunSummary:
    """Read until every source ends, the user quits, or a limit of the settings is reached.

    say: is given notes: a window that can't be opened, a camera that is lost, a recording that began. tell: is given what was
    read where there is no window, and the summary, which comes however the run ends. display: a check for a display that was
    started before. interrupts: catches signals; once everything is open, a signal ends the run between two frames.
    Raises NumcamError and ModelError, with every file closed.
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
        except KeyboardInterrupt:  # while a frame is read, or by a second signal
            summary.interrupted = True
        if summary.interrupted:
            outputs.stop_waiting()
        summary.failed = summary.failed or outputs.has_failed
    return summary


def _report_no_display(display: DisplayCheck, say: Say) -> bool:
    """Whether there is no display, which is then told with the reason."""
    reason = display.reason()
    if reason is not None:
        say(f"No window here: {reason}. Going on without one (--headless asks for that).")
    return reason is not None


@dataclass(slots=True)
class _Loop:
    """The parts of one run."""

    settings: Settings
    streams: Sequence[Stream]
    mosaic: Mosaic
    """A view of each stream, in their order."""
    outputs: Outputs
    summary: RunSummary
    screen: Screen | None
    interrupts: Interrupts
    say: Say
    tell: Say
    _troubles: list[str | None] = field(default_factory=list)
    _recorded_until: float = 0.0

    def run(self) -> None:
        """Take every frame of every source, until something ends the run."""
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
        """Write the counts of the whole run into its summary."""
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
        """Go on with the other sources, as this one is gone for good. Raises SourceError where there is no other."""
        failure = stream.session.failure
        assert failure is not None
        if all(other.ended for other in self.streams):
            raise SourceError(failure)
        self.say(failure)
        self.summary.failed = True

    def _hand_on(self, stream: Stream) -> None:
        """Take the next frame of a stream, and hand it to its view, the logs, the listeners and the terminal."""
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
        """Draw and show the newest frames, then record them: the window comes first, as a person waits for it."""
        if self.screen is not None:
            self.screen.show(self.mosaic)
        self._record()

    def _wait(self) -> None:
        """Do what is due while no frame comes: handle keys, show and record a lost source once a second, and a slow one again.

        A video file gets a frame only when the next one gives its duration. Without this, a kill would cost the last frame of a
        slow camera.
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
        """Add the picture to the recording, if there is one. seen_at: its time; None: that of the newest frame."""
        if self.outputs.is_recording:
            self._recorded_until = self.mosaic.time() if seen_at is None else seen_at
            self.outputs.record(self.mosaic.picture(), self._recorded_until)


def event_line(event: Event, *, still: bool, named: bool = False) -> str:
    """One line for the terminal: `0:01.2  read 4711  97 %`; for a still picture, its name instead of the time.

    named: add the source's name, as there are several.
    """
    minutes, seconds = divmod(math.floor(event.time * 10) / 10, 60)
    where = event.source if still else f"{int(minutes)}:{seconds:04.1f}"
    if named and not still:
        where += f"  {event.source}"
    verb = "now " if event.kind == "changed" else "read"
    number = event.tracked.number
    return f"{where}  {verb} {number.shown:<8} {percent(number.confidence):>5}"
