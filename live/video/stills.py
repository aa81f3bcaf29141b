"""Pictures one after the other as a source: a folder, or one alone. Knows no camera, video or window."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from live.records import Frame
from live.video.frame_source import WAKE_EVERY_S, Source
from live.video.pace import Pace
from live.video.pictures import read_picture


class StillPictures(Source):
    """Pictures, each of them read for itself.

    Paced, each stays for `picture_s` seconds, the last too. `captured_at` is the picture's place in that show,
    `picture_s` apart. Raises SourceError for a picture that can't be read.
    """

    still = True

    def __init__(self, paths: Sequence[Path], name: str, *, picture_s: float, paced: bool) -> None:
        """The first picture is read at once: its size is the source's size."""
        super().__init__(name)
        self.fps: float | None = None
        self._paths = paths
        self._picture_s = picture_s
        self._pace = Pace(paced)
        self._ended = False
        self._index = 0
        self._first = read_picture(paths[0])
        self.height, self.width = self._first.shape[:2]

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
        self._ended = is_due and index == len(self._paths)
        if not is_due or self._ended:
            self._pace.leave()
            return None
        path = self._paths[index]
        image = self._first if index == 0 else read_picture(path)
        self._index += 1
        self._pace.leave()
        return Frame(image=image, index=index, captured_at=captured_at, source=path.name)

    def close(self) -> None:
        """No more pictures."""
        self._ended = True
