"""One source from its opening to its end: frames in turn, opened again for another round, lost and back. Reads nothing."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from live.capture.frame_source import FrameSource
from live.core.errors import SourceError
from live.core.records import Frame

REST_S = 0.5
"""Seconds between two rounds of a source that is opened again, on the clock of `Frame.captured_at`."""
RATE_OVER = 30
"""Frames over which the shown rate is taken: a second of a usual camera."""

OnNote = Callable[[str], None]


def ignore(note: str) -> None:
    """Nobody is told."""


class SourceSession:
    """A source and how it is doing. `fetch` its next frame, then `take` it.

    A lost source is waited for: `trouble` says so, and frames go on once they come back.
    """

    def __init__(
        self,
        source: FrameSource,
        on_note: OnNote = ignore,
        *,
        reopen: Callable[[], FrameSource] | None = None,
        on_wall_clock: bool = False,
    ) -> None:
        """on_note: is given each line that a person should know, such as a loss or a damaged picture.

        reopen: opens the source again when it has ended, for the next round. on_wall_clock: whether a file's times are laid on
        the clock of cameras, because it is read beside them.
        """
        self.source = source
        self.on_wall_clock = on_wall_clock
        self.waiting: Frame | None = None
        """The frame that was fetched and not yet taken."""
        self.taken = 0
        """How many frames were taken."""
        self.rounds = 0
        """How many times the source was opened again: the frames of another round show another page."""
        self.failure: str | None = None
        """Why it was given up, in one line; None where it was not."""
        self.left_some = False
        """Whether something of it couldn't be read, such as a damaged picture in a folder."""
        self._on_note = on_note
        self._reopen = reopen
        self._closed = False
        self._captured = self._left_out = 0  # in the rounds before this one
        self._round_frames = 0
        self._begin_s = 0.0
        self._newest_s: float | None = None
        self._lost = False
        self._told_damage = False
        self._times: deque[float] = deque(maxlen=RATE_OVER)

    @property
    def name(self) -> str:
        """What a person would call it."""
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
        """Whether frames come as they happen."""
        return self.source.live

    @property
    def lost_s(self) -> float | None:
        """Seconds since the last frame, while the source tries to come back; None while all is well."""
        return self.source.lost_s

    @property
    def ended(self) -> bool:
        """Whether no frame will come any more."""
        if self._closed:
            return True
        if self.waiting is not None:
            return False
        return self.failure is not None or (self.source.ended and (self._reopen is None or self._round_frames == 0))

    @property
    def captured(self) -> int:
        """How many frames the source has had so far, whether they were taken or not."""
        return self._captured + self.source.captured

    @property
    def left_out(self) -> int:
        """How many damaged frames the source has kept back so far."""
        return self._left_out + self.source.left_out

    @property
    def dropped(self) -> int:
        """How many frames the source has had that were never taken: there was a newer one."""
        return self.captured - self.taken - (self.waiting is not None)

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
        """One line on why its newest frame is an old one, else None."""
        if self.failure is not None:
            return f"{self.name} was given up"
        lost_s = self.lost_s
        if lost_s is not None:
            return f"{self.name} is gone: waiting for it to come back, {lost_s:.0f} s"
        return f"{self.name} has ended" if self.ended and not self.still else None

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
        """The frame that waits. Raises ValueError where none does."""
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
        """Let go of the source. May be called again."""
        self._closed = True
        self.source.close()

    def _report_remarks(self) -> None:
        """Tell what the source has to tell; whether it read all that it was to read is remembered."""
        for remark in self.source.take_remarks():
            self._on_note(remark.text)
            self.left_some = self.left_some or remark.is_failure
        if self.source.left_out and not self._told_damage:
            self._told_damage = True
            self._on_note(f"{self.name} is damaged: frames that are not whole, or built on such ones, are left out.")

    def _begin_round(self) -> None:
        """Open the source again: indices and times go on."""
        assert self._reopen is not None
        assert self._newest_s is not None
        self._begin_s = self._newest_s + REST_S
        self._captured, self._left_out, self._round_frames = self.captured, self.left_out, 0
        self.source.close()
        self.source = self._reopen()
        self.rounds += 1
