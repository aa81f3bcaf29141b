"""All lanes of a run as one picture: what is shown, recorded and put into a snapshot. Knows no window and no file."""

from __future__ import annotations

import time
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import FrameResult, Reading
from live.drawing.grid import Grid
from live.run.source_session import Lane

ON_ITS_WAY_S = 0.05
"""A frame may take so long from the camera to here."""


class Wall:
    """The lanes side by side; a lane alone is its own picture, untouched."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.lanes = lanes
        sizes = [(lane.source.width, lane.source.height) for lane in lanes]
        self._grid = Grid(sizes, [lane.name for lane in lanes]) if len(lanes) > 1 else None
        self._time = 0.0

    @property
    def results(self) -> list[FrameResult]:
        """What is known of the newest frame of each lane that had one."""
        return [lane.result for lane in self.lanes if lane.result is not None]

    @property
    def troubles(self) -> list[str | None]:
        """Why a lane's picture is an old one, lane by lane."""
        return [lane.trouble for lane in self.lanes]

    def time(self) -> float:
        """The time of the picture, seconds of `captured_at`: the newest frame's; goes on where a live source is lost."""
        now = time.perf_counter()
        times = [now for lane in self.lanes if lane.source.lost_s is not None]
        times += [result.frame.captured_at for result in self.results]
        self._time = max(
            [self._time, *times]
        )  # two cameras' frames may be handed on in another order than they came in
        return self._time

    def time_waiting(self) -> float | None:
        """The time until which what live sources show is known to stand, no frame having come; None where none is live and well.

        A little ago: a frame that is on its way was taken before now, and is not to be overtaken.
        """
        well = any(lane.source.live and lane.result is not None and lane.trouble is None for lane in self.lanes)
        return max(self._time, time.perf_counter() - ON_ITS_WAY_S) if well else None

    def age_s(self) -> float | None:
        """How old the oldest of the live frames is now, seconds; None where none is live and well."""
        now = time.perf_counter()
        ages = [
            now - lane.result.frame.captured_at
            for lane in self.lanes
            if lane.source.live and lane.result is not None and lane.trouble is None
        ]
        return max(ages, default=None)

    @property
    def dropped(self) -> int:
        """Frames that the sources had and that were never taken."""
        return sum(lane.captured - lane.taken - (lane.waiting is not None) for lane in self.lanes)

    def picture(self, *, mirrored: bool = False) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR, annotated, with what is lost greyed. Not to be drawn on."""
        pictures = [lane.picture(mirrored=mirrored) for lane in self.lanes]
        return pictures[0] if self._grid is None else self._grid.composed(pictures)

    def reading(self) -> Reading:
        """What the reader looked at, all lanes together; of several, without the numbers, whose places are another picture's."""
        readings = [result.reading for result in self.results]
        if self._grid is None:
            return readings[0]
        masks = [
            np.zeros((lane.source.height, lane.source.width, 3), np.uint8)
            if lane.result is None
            else np.asarray(cv2.cvtColor(lane.result.reading.ink, cv2.COLOR_GRAY2BGR), np.uint8)
            for lane in self.lanes
        ]
        ink = np.ascontiguousarray(self._grid.composed(masks, named=False)[..., 0])
        return Reading((), ink, np.concatenate([reading.inputs for reading in readings]))
