"""What a person sees of one source: its newest frame, annotated, or a stale one with a line that tells why. Reads nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live.api.source_session import SourceSession
from live.core.records import FrameResult
from live.core.settings import OverlaySettings
from live.drawing.labels import LabelMemory
from live.drawing.overlay import draw
from live.drawing.stale_frame import blank, stale


class SourceView:
    """The picture of one source. `show` it each result; `picture` is drawn when it is asked for, and once for each result."""

    def __init__(self, session: SourceSession, overlay: OverlaySettings) -> None:
        self.session = session
        """Tells how the source is doing."""
        self.result: FrameResult | None = None
        """What is known of the newest frame; None before the first."""
        self._overlay = overlay
        self._drawn: dict[bool, NDArray[np.uint8]] = {}  # by whether it is mirrored
        self._labels = {False: LabelMemory(), True: LabelMemory()}  # labels have other places in the mirror

    def show(self, result: FrameResult) -> None:
        """This is the newest frame from here on."""
        self.result = result
        self._drawn.clear()

    @property
    def is_current(self) -> bool:
        """Whether it shows a frame of a live source that is well."""
        return self.session.live and self.result is not None and self.session.trouble is None

    def picture(self, *, mirrored: bool = False) -> NDArray[np.uint8]:
        """The newest frame, annotated, (H, W, 3) uint8 BGR; blank before the first, stale once its source is gone.

        Not to be drawn on.
        """
        if self.result is None:
            return blank(self.session.size)
        if mirrored not in self._drawn:
            memory = self._labels[mirrored]
            self._drawn[mirrored] = draw(self.result, self._overlay, mirrored=mirrored, memory=memory)
        trouble = self.session.trouble
        return self._drawn[mirrored] if trouble is None else stale(self._drawn[mirrored], trouble)
