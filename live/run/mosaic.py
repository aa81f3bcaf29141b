"""All sources of a run as one picture: what is shown, recorded and put into a snapshot. Knows no window and no file."""

from __future__ import annotations

import time
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import FrameResult, Reading
from live.drawing.grid import Grid
from live.run.source_view import SourceView

ON_ITS_WAY_S = 0.05
"""Seconds that a frame may take from its capture to the loop."""


class Mosaic:
    """The views of all sources side by side; one alone is its own picture, untouched."""

    def __init__(self, views: Sequence[SourceView]) -> None:
        self.views = views
        sizes = [view.session.size for view in views]
        self._grid = Grid(sizes, [view.session.name for view in views]) if len(views) > 1 else None
        self._time = 0.0

    @property
    def results(self) -> list[FrameResult]:
        """What is known of the newest frame of each source that had one."""
        return [view.result for view in self.views if view.result is not None]

    @property
    def troubles(self) -> list[str | None]:
        """Why the picture of a source is stale, source by source; None where it is not."""
        return [view.session.trouble for view in self.views]

    def time(self) -> float:
        """The time of the picture, seconds of `captured_at`: that of the newest frame, or now while a live source is lost."""
        now = time.perf_counter()
        times = [now for view in self.views if view.session.lost_s is not None]
        times += [result.frame.captured_at for result in self.results]
        self._time = max(
            [self._time, *times]
        )  # two cameras' frames may be handed on in another order than they came in
        return self._time

    def time_waiting(self) -> float | None:
        """The time until which what live sources show is known to stand, no frame having come; None where none is live and well.

        A little ago: a frame that is on its way was taken before now, and is not to be overtaken.
        """
        is_current = any(view.is_current for view in self.views)
        return max(self._time, time.perf_counter() - ON_ITS_WAY_S) if is_current else None

    def age_s(self) -> float | None:
        """How old the oldest of the live frames is now, seconds; None where none is live and well."""
        now = time.perf_counter()
        ages = [
            now - view.result.frame.captured_at for view in self.views if view.is_current and view.result is not None
        ]
        return max(ages, default=None)

    @property
    def dropped(self) -> int:
        """Frames that the sources had and that were never taken."""
        return sum(view.session.dropped for view in self.views)

    def picture(self, *, mirrored: bool = False) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR, annotated, with what is lost as a stale frame. Not to be drawn on."""
        pictures = [view.picture(mirrored=mirrored) for view in self.views]
        return pictures[0] if self._grid is None else self._grid.composed(pictures)

    def reading(self) -> Reading:
        """What the reader looked at, of all sources; of several, without the numbers, whose places are another picture's."""
        readings = [result.reading for result in self.results]
        if self._grid is None:
            return readings[0]
        masks = [
            np.zeros((*view.session.size[::-1], 3), np.uint8)
            if view.result is None
            else np.asarray(cv2.cvtColor(view.result.reading.ink, cv2.COLOR_GRAY2BGR), np.uint8)
            for view in self.views
        ]
        ink = np.ascontiguousarray(self._grid.composed(masks, named=False)[..., 0])
        return Reading((), ink, np.concatenate([reading.inputs for reading in readings]))
