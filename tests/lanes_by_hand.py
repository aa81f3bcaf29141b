"""Lanes with a source made by hand: what is known of it, and whether it is lost, is what the test says."""

from __future__ import annotations

from itertools import count
from typing import cast

from live.capture.frame_source import WAKE_EVERY_S, Source
from live.core.records import Frame, FrameResult
from live.core.settings import Settings
from live.reading.orientation import TurningReader
from live.run.mosaic import Wall
from live.run.source_session import Lane


class ToldSource(Source):
    """Gives no frame by itself."""

    def __init__(self, name: str = "camera 0", size: tuple[int, int] = (640, 480)) -> None:
        super().__init__(name)
        self.width, self.height = size
        self.fps: float | None = None
        self.gone_s: float | None = None
        self.frames: list[Frame] = []
        self.closed = False
        self.live = False

    @property
    def lost_s(self) -> float | None:
        """As told."""
        return self.gone_s

    @property
    def captured(self) -> int:
        """As many as a camera would have counted."""
        return 7

    @property
    def ended(self) -> bool:
        """Whether it was closed."""
        return self.closed

    def poll(self, _wait_s: float = WAKE_EVERY_S) -> Frame | None:
        """The next of the frames that it was given."""
        return self.frames.pop(0) if self.frames else None

    def close(self) -> None:
        """No more frames."""
        self.closed = True


def lane_of(result: FrameResult | None, source: ToldSource | None = None) -> Lane:
    """A lane that has just taken a frame, and knows this of it."""
    reader = cast("TurningReader", None)  # nothing is read
    lane = Lane(source or ToldSource(), reader, Settings(), count(1), say=lambda _: None)
    lane.result = result
    lane._times.extend((0.0, 0.1))
    return lane


def wall_of(*lanes: Lane) -> Wall:
    """These lanes side by side."""
    return Wall(lanes)
