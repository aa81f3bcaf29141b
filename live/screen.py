"""What a person sees and presses: the window, its keys and what they change. Knows no reading and no source."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from live.errors import OutputError
from live.outputs import Outputs
from live.records import FrameResult
from live.settings import OverlaySettings
from live.video.hud import HudState, debug_view, draw_hud
from live.video.labels import LabelMemory
from live.video.overlay import draw
from live.video.window import Key, Window

HOLD_POLL_MS = 30
SPEED_OVER = 30  # frames over which the shown speed is taken

Say = Callable[[str], None]


class Screen:
    """The window's state: paused, mirrored, behind the scenes, help."""

    def __init__(self, window: Window, outputs: Outputs, overlay: OverlaySettings, *, mirrored: bool, say: Say) -> None:
        self._window = window
        self._outputs = outputs
        self._overlay = overlay
        self._say = say
        self._mirrored = mirrored
        self._labels = LabelMemory()  # of the mirrored preview: its places are other ones
        self._debug = self._help = self._paused = False
        self._times: deque[float] = deque(maxlen=SPEED_OVER)
        self._last: tuple[FrameResult, NDArray[np.uint8]] | None = None
        self._trouble: str | None = None
        self.quit = False
        """Whether a person wants to end the run."""

    def show(self, result: FrameResult, picture: NDArray[np.uint8]) -> None:
        """Show one frame and act on the key pressed.

        picture: the annotated frame, (H, W, 3) uint8 BGR.
        """
        self._times.append(time.perf_counter())
        self._last, self._trouble = (result, picture), None
        self._refresh()
        self.answer_key()

    def rest(self, until: float) -> bool:
        """Stay with the last frame while a person pauses, to `until` (`time.monotonic`) at most; whether one did."""
        pressed = self._paused
        while self._paused and not self.quit and time.monotonic() < until:
            self.answer_key(HOLD_POLL_MS)
        if pressed:
            self._times.clear()  # the pause says nothing about speed
        return pressed

    def hold(self, until: float) -> None:
        """Keep the last frame on the screen until a person quits or the clock (`time.monotonic`) passes `until`."""
        while not self.quit and time.monotonic() < until:
            self.answer_key(HOLD_POLL_MS)

    def wait(self, trouble: str | None) -> None:
        """Go on answering keys while no frame comes; `trouble` tells why, in a line."""
        if trouble != self._trouble:
            self._trouble = trouble
            self._refresh()
        self.answer_key()

    def answer_key(self, wait_ms: int = 1) -> None:
        """Do what the key asks for that was pressed, waiting for one up to `wait_ms`."""
        key = self._window.poll_key(wait_ms)
        if key is None:
            return
        try:
            self._do(key)
        except OutputError as error:  # a snapshot that fails is no reason to end the run
            self._say(str(error))
        if not self.quit:
            self._refresh()

    def _do(self, key: Key) -> None:
        """Change what the key changes."""
        match key:
            case Key.QUIT:
                self.quit = True
            case Key.PAUSE:
                self._paused = not self._paused
            case Key.MIRROR:
                self._mirrored = not self._mirrored
            case Key.HELP:
                self._help = not self._help
            case Key.DEBUG:
                self._debug = not self._debug
                self._window.fit_again()
            case Key.SNAPSHOT:
                self._take_snapshot()
            case Key.RECORD:
                self._toggle_recording()

    def _take_snapshot(self) -> None:
        """Write down what is on the screen, as it was read."""
        if self._last is not None:
            self._say(f"Snapshot: {self._outputs.snapshot(*self._last)}")

    def _toggle_recording(self) -> None:
        """Start a recording under a new name, or end the one that runs."""
        if self._outputs.is_recording:
            path = self._outputs.stop_recording()
            self._say(f"Recorded: {path}" if path is not None else "Nothing was recorded.")
        else:
            self._say(f"Recording: {self._outputs.start_recording()}")

    def _refresh(self) -> None:
        """Put the last frame on the window with all that the keys have asked for."""
        if self._last is None:
            return
        result, picture = self._last
        preview = draw(result, self._overlay, mirrored=True, memory=self._labels) if self._mirrored else picture
        preview = draw_hud(preview, self._hud(result))
        self._window.show(debug_view(preview, result.reading) if self._debug else preview)

    def _hud(self, result: FrameResult) -> HudState:
        """What the window tells besides the picture."""
        spent = self._times[-1] - self._times[0] if self._times else 0.0
        return HudState(
            fps=(len(self._times) - 1) / spent if spent > 0 else 0.0,
            frame_ms=sum(result.timings.values()),
            recording_s=self._outputs.recorded_s(result.frame.captured_at),
            paused=self._paused,
            mirrored=self._mirrored,
            help=self._help,
            trouble=self._trouble,
        )
