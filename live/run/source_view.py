"""Draws one source: its newest frame, annotated, or a stale one with the reason; reads nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live.api.source_session import SourceSession
from live.core.results import FrameResult
from live.core.settings import OverlaySettings
from live.drawing.labels import LabelMemory
from live.drawing.overlay import draw
from live.drawing.stale_frame import blank, stale


class SourceView:
    """The picture of one source. Pass each result to `show`; `picture` draws it on the first call and caches it."""

    def __init__(self, session: SourceSession, overlay: OverlaySettings) -> None:
        self.session = session
        """The source and its state."""
        self.result: FrameResult | None = None
        """The newest result; None before the first frame."""
        self._overlay = overlay
        self._drawn: dict[bool, NDArray[np.uint8]] = {}  # key: whether it is mirrored
        self._labels = {False: LabelMemory(), True: LabelMemory()}  # labels have other positions in a mirrored picture

    def show(self, result: FrameResult) -> None:
        """Set the newest result."""
        self.result = result
        self._drawn.clear()

    @property
    def is_current(self) -> bool:
        """Whether it shows a frame of a connected live source."""
        return self.session.live and self.result is not None and self.session.trouble is None

    def picture(self, *, mirrored: bool = False) -> NDArray[np.uint8]:
        """The newest frame, annotated, (H, W, 3) uint8 BGR; blank before the first frame, stale if the source is lost.

        Read-only.
        """
        if self.result is None:
            return blank(self.session.size)
        if mirrored not in self._drawn:
            memory = self._labels[mirrored]
            self._drawn[mirrored] = draw(self.result, self._overlay, mirrored=mirrored, memory=memory)
        trouble = self.session.trouble
        return self._drawn[mirrored] if trouble is None else stale(self._drawn[mirrored], trouble)
