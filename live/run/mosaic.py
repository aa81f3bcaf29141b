"""Combines all sources of a run into one picture for display, recording and snapshots; knows no window and no file."""

from __future__ import annotations

import time
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.records import Reading
from live.core.results import FrameResult
from live.drawing.grid import Grid
from live.run.source_view import SourceView

ON_ITS_WAY_S = 0.05
"""A frame takes at most about this number of seconds from its capture to the loop."""


class Mosaic:
    """The views of all sources side by side; a single view is used unchanged."""

    def __init__(self, views: Sequence[SourceView]) -> None:
        self.views = views
        sizes = [view.session.size for view in views]
        self._grid = Grid(sizes, [view.session.name for view in views]) if len(views) > 1 else None
        self._time = 0.0

    @property
    def results(self) -> list[FrameResult]:
        """The newest result of each source that has one."""
        return [view.result for view in self.views if view.result is not None]

    @property
    def troubles(self) -> list[str | None]:
        """For each source, why its picture is stale; None if it is not."""
        return [view.session.trouble for view in self.views]

    def time(self) -> float:
        """Time of the picture, in seconds of `captured_at`: that of the newest frame, or now while a live source is lost."""
        now = time.perf_counter()
        times = [now for view in self.views if view.session.lost_s is not None]
        times += [result.frame.captured_at for result in self.results]
        self._time = max([self._time, *times])  # frames of two cameras may be processed out of order
        return self._time

    def time_waiting(self) -> float | None:
        """The time until which the pictures of live sources are valid without a new frame; None if no live source is connected.

        It is `ON_ITS_WAY_S` ago, so that it isn't later than a frame that was captured but not processed yet.
        """
        is_current = any(view.is_current for view in self.views)
        return max(self._time, time.perf_counter() - ON_ITS_WAY_S) if is_current else None

    def age_s(self) -> float | None:
        """The age of the oldest live frame, seconds; None if no live source is connected."""
        now = time.perf_counter()
        ages = [
            now - view.result.frame.captured_at for view in self.views if view.is_current and view.result is not None
        ]
        return max(ages, default=None)

    @property
    def dropped(self) -> int:
        """The number of frames that were captured but never taken."""
        return sum(view.session.dropped for view in self.views)

    def picture(self, *, mirrored: bool = False) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 BGR, annotated; a lost source is shown as a stale frame. Read-only."""
        pictures = [view.picture(mirrored=mirrored) for view in self.views]
        return pictures[0] if self._grid is None else self._grid.composed(pictures)

    def reading(self) -> Reading:
        """The readings of all sources combined; with several sources, without numbers, whose boxes refer to single frames."""
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
