"""One frame of a stream, in the forms it is wanted in: numbers, what happened to them, a picture, plain values. Reads nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from live.core.fields import frame_fields
from live.core.records import FrameResult, TrackedNumber
from live.core.settings import OverlaySettings
from live.drawing.overlay import draw
from live.outputs.events import Event, EventKind


@dataclass(frozen=True, eq=False)
class StreamFrame:
    """One frame with the numbers in view, and what happened to them since the frame before.

    Nothing of it changes afterwards, so that it may be kept and used from any thread.
    """

    result: FrameResult
    """Everything that is known of the frame."""
    time: float
    """Seconds since the first frame; of a video file, on the clock of the file."""
    events: tuple[Event, ...] = ()
    """What happened in it, as the program's `--log` writes it."""
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
        """The picture, (H, W, 3) uint8 BGR. Not to be drawn on."""
        return self.result.frame.image

    @property
    def index(self) -> int:
        """Counts the frames of the source from 0; frames that were skipped are counted too."""
        return self.result.frame.index

    @property
    def source(self) -> str:
        """What a person would call the source: `camera 0`, a file's name, an address without its password."""
        return self.result.frame.source

    @property
    def numbers(self) -> tuple[TrackedNumber, ...]:
        """Confirmed numbers in view, by their ids: each has `track_id`, `text`, `shown`, `confidence`, `quad` and `digits`."""
        return self.result.shown

    @property
    def new(self) -> tuple[TrackedNumber, ...]:
        """The numbers that are confirmed for the first time in this frame."""
        return self._that("appeared")

    @property
    def changed(self) -> tuple[TrackedNumber, ...]:
        """The numbers that were confirmed before and are read otherwise now."""
        return self._that("changed")

    @property
    def left(self) -> tuple[TrackedNumber, ...]:
        """The numbers that were in the frame before and are gone, as they were read last."""
        return self._that("left")

    def annotate(self) -> NDArray[np.uint8]:
        """A copy of `image` with every number framed and labelled, (H, W, 3) uint8 BGR."""
        return draw(self.result, self.overlay)

    def to_dict(self) -> dict[str, Any]:
        """Plain values of the frame and of `numbers`: docs/schema/frame.json describes each field."""
        return frame_fields(self.result, self.numbers, self.time)

    def _that(self, kind: EventKind) -> tuple[TrackedNumber, ...]:
        """The numbers that this happened to."""
        return tuple(event.tracked for event in self.events if event.kind == kind)
