"""Provides pictures, one or a folder, page by page as a source; knows no camera, video or window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from live.capture.frame_source import WAKE_EVERY_S, Remark, Source
from live.capture.pace import Pace
from live.capture.pictures.pages import Page, read_pages
from live.core.errors import SourceError
from live.core.records import Frame
from live.core.settings import LimitsSettings


class StillPictures(Source):
    """Independent pictures.

    If paced, each picture is shown for `picture_s` seconds, including the last. `captured_at` is the picture's index times
    `picture_s`. A picture that can't be read is skipped with a remark; SourceError if none can.
    """

    still = True

    def __init__(
        self, paths: Sequence[Path], name: str, *, picture_s: float, paced: bool, limits: LimitsSettings | None = None
    ) -> None:
        """Read the first picture, whose size becomes the source's size."""
        super().__init__(name)
        self.fps: float | None = None
        self._limits = limits or LimitsSettings()
        self._picture_s = picture_s
        self._pace = Pace(paced)
        self._ended = False
        self._index = 0
        self._pages = self._read_each(paths)
        self._ahead = next(self._pages, None)
        if self._ahead is None or self._ahead.image is None:
            reasons = [remark.text for remark in self.take_remarks() if remark.is_failure]
            raise SourceError(reasons[0] if len(reasons) == 1 else f"None of the pictures of {name} can be read.")
        self.height, self.width = self._ahead.image.shape[:2]

    @property
    def captured(self) -> int:
        """The number of pictures returned."""
        return self._index

    @property
    def ended(self) -> bool:
        """Whether the time of the last picture is over."""
        return self._ended

    def poll(self, wait_s: float = WAKE_EVERY_S) -> Frame | None:
        """The next picture, if the time of the previous one is over."""
        if self._ended:
            return None
        index, captured_at = self._index, self._index * self._picture_s
        self._pace.arrive(captured_at)
        is_due = self._pace.is_due(captured_at, wait_s)
        frame = None
        if is_due:
            page, self._ahead = self._ahead or next(self._pages, None), None
            if page is None or page.image is None:
                self._ended = True
            else:
                self._index += 1
                frame = Frame(image=page.image, index=index, captured_at=captured_at, source=page.name)
        self._pace.leave()
        return frame

    def close(self) -> None:
        """End the source."""
        self._ended = True

    def _read_each(self, paths: Sequence[Path]) -> Iterator[Page]:
        """Every page that can be read, named by its file; adds a remark for the others."""
        for path in paths:
            try:
                for page in read_pages(path, self._limits, name=path.name):
                    for text, is_failure in ((page.problem, True), (page.note, False)):
                        if text is not None:
                            self.remark(Remark(text, is_failure=is_failure))
                    if page.image is not None:
                        yield page
            except SourceError as error:
                self.remark(Remark(str(error), is_failure=True))
