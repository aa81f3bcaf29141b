"""Shows the frames of a run in a window and handles its keys; knows no reader and no source."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from live.core.errors import OutputError
from live.core.keys import Key
from live.drawing.hud import HudState, debug_view, draw_hud
from live.outputs.run_outputs import Outputs
from live.run.frame_ages import FrameAges
from live.run.mosaic import Mosaic
from live.window.window import Window

HOLD_POLL_MS = 30
"""While the picture stands still, keys are polled with this timeout (ms), short enough that a key seems to act at once."""
AGE_OVER = 15
"""The displayed age is the median over this number of frames, half a second of a typical camera."""

Say = Callable[[str], None]


class Screen:
    """The window and its state: paused, mirrored, debug view, help."""

    def __init__(self, window: Window, outputs: Outputs, *, mirrored: bool, say: Say) -> None:
        self._window = window
        self._outputs = outputs
        self._say = say
        self._mirrored = mirrored
        self._debug = self._help = self._paused = False
        self._mosaic: Mosaic | None = None
        self._troubles: list[str | None] = []
        self._recent_ages: deque[float] = deque(maxlen=AGE_OVER)
        self.ages = FrameAges()
        """The ages of live frames when they were shown."""
        self.quit = False
        """Whether the user ended the run."""

    def show(self, mosaic: Mosaic) -> None:
        """Show new frames, and handle a pressed key."""
        self._mosaic, self._troubles = mosaic, mosaic.troubles
        self._refresh()
        self.answer_key()  # the window is painted while its events are handled
        age_s = mosaic.age_s()
        if age_s is not None:
            self._recent_ages.append(age_s)
            self.ages.add(age_s)

    def rest(self, over: Callable[[], bool]) -> bool:
        """Keep the last frame until the pause or the run ends; whether there was a pause."""
        pressed = self._paused
        while self._paused and not over():
            self.answer_key(HOLD_POLL_MS)
        if pressed and self._mosaic is not None:
            for view in self._mosaic.views:
                view.session.forget_rate()  # the rate must not include the pause
        return pressed

    def hold(self, over: Callable[[], bool]) -> None:
        """Keep the last frame on the screen until the run is over."""
        while not over():
            self.answer_key(HOLD_POLL_MS)

    def wait(self) -> None:
        """Handle keys while there is no new frame, and show a lost source as stale."""
        if self._mosaic is not None and self._mosaic.troubles != self._troubles:
            self._troubles = self._mosaic.troubles
            self._refresh()
        self.answer_key()

    def answer_key(self, wait_ms: int = 1) -> None:
        """Wait up to `wait_ms` for a key, and handle it."""
        key = self._window.poll_key(wait_ms)
        if key is None:
            return
        try:
            self._do(key)
        except OutputError as error:  # a failed snapshot doesn't end the run
            self._say(str(error))
        if not self.quit:
            self._refresh()

    def _do(self, key: Key) -> None:
        """Perform the action of a key."""
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
        """Write the picture and its numbers to files."""
        if self._mosaic is not None:
            self._say(f"Snapshot: {self._outputs.snapshot(self._mosaic.results, self._mosaic.picture())}")

    def _toggle_recording(self) -> None:
        """Start a recording under a new name, or end the current one."""
        if self._outputs.is_recording:
            files = self._outputs.stop_recording()
            self._say(f"Recorded: {', '.join(map(str, files))}" if files else "Nothing was recorded.")
        else:
            self._say(f"Recording: {self._outputs.start_recording()}")

    def _refresh(self) -> None:
        """Show the newest frames with all features that are switched on."""
        if self._mosaic is None:
            return
        preview = draw_hud(self._mosaic.picture(mirrored=self._mirrored), self._hud(self._mosaic))
        self._window.show(debug_view(preview, self._mosaic.reading()) if self._debug else preview)

    def _hud(self, mosaic: Mosaic) -> HudState:
        """The values of the head-up display."""
        ages = sorted(self._recent_ages)
        return HudState(
            fps=tuple(view.session.fps for view in mosaic.views),
            frame_ms=sum(sum(result.timings.values()) for result in mosaic.results),
            age_ms=1000 * ages[len(ages) // 2] if ages else None,
            dropped=mosaic.dropped,
            recording_s=self._outputs.recorded_s(mosaic.time()),
            paused=self._paused,
            mirrored=self._mirrored,
            help=self._help,
        )
