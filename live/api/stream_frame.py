"""Holds one frame of a stream, and exports its numbers, events, picture and plain values; reads nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live.core.fields import frame_fields
from live.core.results import FrameResult, TrackedNumber
from live.core.settings import OverlaySettings
from live.drawing.overlay import draw
from live.outputs.events import Event, EventKind


@dataclass(frozen=True, eq=False)
class StreamFrame:
    """One frame with the numbers in view, and their events since the previous frame.

    It is immutable, so that it may be kept and used in any thread.
    """

    result: FrameResult
    """The complete result of the frame."""
    time: float
    """Seconds since the first frame; for a video file, by its timestamps."""
    events: tuple[Event, ...] = ()
    """The events in the frame, as written by `--log`."""
    overlay: OverlaySettings = field(default_factory=OverlaySettings, repr=False)
    """How `annotate` draws."""

    def __repr__(self) -> str:
        """For people: `<StreamFrame 7 of 'camera 0', 0.23 s, 2 numbers: 4711, 12?4>`."""
        shown = [tracked.shown for tracked in self.numbers]
        listed = f": {', '.join(shown)}" if shown else ""
        count = f"{len(shown)} number{'' if len(shown) == 1 else 's'}"
        return f"<StreamFrame {self.index} of {self.source!r}, {self.time:.2f} s, {count}{listed}>"

    @property
    def image(self) -> NDArray[np.uint8]:
        """The picture, (H, W, 3) uint8 BGR. Read-only."""
        return self.result.frame.image

    @property
    def index(self) -> int:
        """Index of the frame in the source, from 0; skipped frames are counted too."""
        return self.result.frame.index

    @property
    def source(self) -> str:
        """The name of the source: `camera 0`, a file name, an address without its password."""
        return self.result.frame.source

    @property
    def numbers(self) -> tuple[TrackedNumber, ...]:
        """Confirmed numbers in view, ordered by id: each has `track_id`, and `text`, `shown`, `value`... as those of a page."""
        return self.result.shown

    @property
    def new(self) -> tuple[TrackedNumber, ...]:
        """The numbers that are confirmed for the first time in this frame."""
        return self._that("appeared")

    @property
    def changed(self) -> tuple[TrackedNumber, ...]:
        """The numbers that were confirmed before and have another text now."""
        return self._that("changed")

    @property
    def left(self) -> tuple[TrackedNumber, ...]:
        """The numbers that are no longer in view, with their last reading."""
        return self._that("left")

    def annotate(self) -> NDArray[np.uint8]:
        """A copy of `image` with every number framed and labelled, (H, W, 3) uint8 BGR."""
        return draw(self.result, self.overlay)

    def to_dict(self) -> dict[str, Any]:
        """The frame and `numbers` as a dict. The fields are described in docs/schema/frame.json."""
        return frame_fields(self.result, self.numbers, self.time)

    def _that(self, kind: EventKind) -> tuple[TrackedNumber, ...]:
        """The numbers with events of this kind."""
        return tuple(event.tracked for event in self.events if event.kind == kind)
