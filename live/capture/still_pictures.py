"""Pictures one after the other as a source: a folder, or one alone, page by page. Knows no camera, video or window."""

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
    """Pictures, each of them read for itself.

    Paced, each stays for `picture_s` seconds, the last too. `captured_at` is the picture's place in that show,
    `picture_s` apart. One that can't be read is remarked upon and left out; SourceError where none can.
    """

    still = True

    def __init__(
        self, paths: Sequence[Path], name: str, *, picture_s: float, paced: bool, limits: LimitsSettings | None = None
    ) -> None:
        """The first picture is read at once: its size is the source's size."""
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
        """How many are over, given or left out."""
        return self._index

    @property
    def ended(self) -> bool:
        """Whether the last picture has had its time."""
        return self._ended

    def poll(self, wait_s: float = WAKE_EVERY_S) -> Frame | None:
        """The next picture, when the one before has been there for its time."""
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
        """No more pictures."""
        self._ended = True

    def _read_each(self, paths: Sequence[Path]) -> Iterator[Page]:
        """Every page that can be read, under its file's own name; the others are remarked upon."""
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
