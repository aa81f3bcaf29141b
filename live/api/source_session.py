"""Manages one source from opening to end: frames, repetition, loss and return; reads nothing."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from live.capture.frame_source import FrameSource
from live.core.errors import SourceError
from live.core.records import Frame

REST_S = 0.5
"""This is the pause between two rounds of a repeated source, in seconds of `Frame.captured_at`."""
RATE_OVER = 30
"""The displayed rate is measured over this number of frames, a second of a typical camera."""

OnNote = Callable[[str], None]


def ignore(note: str) -> None:
    """Discard a note."""


class SourceSession:
    """A source and its state. Call `fetch` for the next frame, then `take` it.

    While a source is lost, `trouble` describes it; frames continue when the source is back.
    """

    def __init__(
        self,
        source: FrameSource,
        on_note: OnNote = ignore,
        *,
        reopen: Callable[[], FrameSource] | None = None,
        on_wall_clock: bool = False,
    ) -> None:
        """on_note: called with each line for the user, such as a loss or a damaged picture.

        reopen: reopens the source for the next round when it has ended. on_wall_clock: whether a file's times are converted to
        the clock of cameras, because both are read together.
        """
        self.source = source
        self.on_wall_clock = on_wall_clock
        self.waiting: Frame | None = None
        """The frame that was fetched but not taken yet."""
        self.taken = 0
        """The number of frames taken."""
        self.rounds = 0
        """The number of times the source was reopened; the frames of a new round show another page."""
        self.failure: str | None = None
        """One line on why the source was given up, else None."""
        self.left_some = False
        """Whether a part of it couldn't be read, such as a damaged picture in a folder."""
        self._on_note = on_note
        self._reopen = reopen
        self._closed = False
        self._captured = self._left_out = 0  # in earlier rounds
        self._round_frames = 0
        self._begin_s = 0.0
        self._newest_s: float | None = None
        self._lost = False
        self._told_damage = False
        self._times: deque[float] = deque(maxlen=RATE_OVER)

    @property
    def name(self) -> str:
        """The name for messages."""
        return self.source.name

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the frames, px."""
        return self.source.width, self.source.height

    @property
    def still(self) -> bool:
        """Whether the frames are independent pictures."""
        return self.source.still

    @property
    def live(self) -> bool:
        """Whether frames arrive in real time."""
        return self.source.live

    @property
    def lost_s(self) -> float | None:
        """Seconds since the last frame while the source reconnects; None while it is connected."""
        return self.source.lost_s

    @property
    def ended(self) -> bool:
        """Whether there are no more frames."""
        if self._closed:
            return True
        if self.waiting is not None:
            return False
        return self.failure is not None or (self.source.ended and (self._reopen is None or self._round_frames == 0))

    @property
    def captured(self) -> int:
        """The number of frames captured so far, taken or not."""
        return self._captured + self.source.captured

    @property
    def left_out(self) -> int:
        """The number of damaged frames skipped so far."""
        return self._left_out + self.source.left_out

    @property
    def dropped(self) -> int:
        """The number of captured frames that were never taken, as there was a newer one."""
        return self.captured - self.taken - (self.waiting is not None)

    @property
    def fps(self) -> float:
        """Frames recently taken per second; 0 if the source is lost, or the rate is unknown yet."""
        if self.trouble is not None:
            return 0.0
        spent = self._times[-1] - self._times[0] if self._times else 0.0
        return (len(self._times) - 1) / spent if spent > 0 else 0.0

    def forget_rate(self) -> None:
        """Restart the measurement of the rate, after a pause."""
        self._times.clear()

    @property
    def trouble(self) -> str | None:
        """One line on why its newest frame is stale, else None."""
        if self.failure is not None:
            return f"{self.name} was given up"
        lost_s = self.lost_s
        if lost_s is not None:
            return f"{self.name} is gone: waiting for it to come back, {lost_s:.0f} s"
        return f"{self.name} has ended" if self.ended and not self.still else None

    def fetch(self, wait_s: float) -> None:
        """Wait up to `wait_s` seconds for the next frame, and store it in `waiting`. Raises SourceError."""
        if self.waiting is not None or self.ended:
            return
        if self.source.ended:
            self._begin_round()
        try:
            frame = self.source.poll(wait_s)
        except SourceError as error:
            self.failure = str(error)
            raise
        self._report_remarks()
        if frame is None:
            if not self._lost and self.lost_s is not None:
                self._lost = True
                self._on_note(f"{self.name} is gone: waiting for it to come back.")
            return
        if self.on_wall_clock and self._round_frames == 0 and not self.live:
            self._begin_s = time.perf_counter() - frame.captured_at
        self._round_frames += 1
        self.waiting = replace(frame, index=frame.index + self._captured, captured_at=frame.captured_at + self._begin_s)

    def take(self) -> Frame:
        """Return the fetched frame. Raises ValueError if there is none."""
        frame, self.waiting = self.waiting, None
        if frame is None:
            raise ValueError("no frame waits: fetch() comes first")
        if self._lost:
            self._lost = False
            away_s = 0.0 if self._newest_s is None else frame.captured_at - self._newest_s
            self._on_note(f"{self.name} is back after {away_s:.0f} s.")
            self._times.clear()
        self._newest_s = frame.captured_at
        self.taken += 1
        self._times.append(time.perf_counter())
        return frame

    def close(self) -> None:
        """Close the source. May be called more than once."""
        self._closed = True
        self.source.close()

    def _report_remarks(self) -> None:
        """Report the source's remarks, and record whether a part of it couldn't be read."""
        for remark in self.source.take_remarks():
            self._on_note(remark.text)
            self.left_some = self.left_some or remark.is_failure
        if self.source.left_out and not self._told_damage:
            self._told_damage = True
            self._on_note(f"{self.name} is damaged: frames that are not whole, or built on such ones, are left out.")

    def _begin_round(self) -> None:
        """Reopen the source; indices and times continue."""
        assert self._reopen is not None
        assert self._newest_s is not None
        self._begin_s = self._newest_s + REST_S
        self._captured, self._left_out, self._round_frames = self.captured, self.left_out, 0
        self.source.close()
        self.source = self._reopen()
        self.rounds += 1
