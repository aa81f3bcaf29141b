"""The window and its keys. Knows pictures and keys, nothing of numbers; check `display_check.why_no_display` before."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from live.core.keys import Key, key_for
from live.window import painted
from live.window.display_check import use_x11

LARGEST = (1280, 720)  # px; a larger frame opens in a window that fits a small laptop, and can be resized

# seconds and looks for keys after which a window that is still black is reopened: on a machine with 30 processes for its two
# cores one is painted by the first few looks
UNPAINTED_S, UNPAINTED_POLLS = 2.0, 15
MOST_REOPENED = 3  # times at most: where memory can't be shared, nothing shows whether it is painted


class Window:
    """One window. Use as a context manager."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._sized = False
        self._picture: NDArray[np.uint8] | None = None
        self._unpainted_since: float | None = None
        self._shared_before = self._reopened = self._polls = 0
        self.closed = False

    def __enter__(self) -> Self:
        """Open the window. Where no display can be used OpenCV ends the process: look with `DisplayCheck` before."""
        use_x11()
        self._open()
        return self

    def _open(self) -> None:
        """Open the window, and begin to watch whether it is painted."""
        if painted.can_tell():
            self._shared_before, self._unpainted_since, self._polls = painted.shared_memories(), time.monotonic(), 0
        cv2.namedWindow(self._title, cv2.WINDOW_NORMAL | cv2.WINDOW_KEEPRATIO | cv2.WINDOW_GUI_NORMAL)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the window."""
        cv2.destroyAllWindows()
        cv2.waitKeyEx(1)  # the window goes when events are handled

    def show(self, picture: NDArray[np.uint8]) -> None:
        """Show a (H, W, 3) uint8 BGR picture; the first one gives the window its size."""
        if self.closed:
            return
        height, width = picture.shape[:2]
        if not self._sized:
            scale = min(1.0, LARGEST[0] / width, LARGEST[1] / height)
            # a picture of a few px would open a window too small to find
            scale = max(scale, 160 / max(width, height))
            cv2.resizeWindow(self._title, max(1, round(width * scale)), max(1, round(height * scale)))
            self._sized = True
        cv2.imshow(self._title, picture)
        self._picture = picture

    def fit_again(self) -> None:
        """Let the next picture give the window its size."""
        self._sized = False

    def poll_key(self, wait_ms: int = 1) -> Key | None:
        """The key pressed since the last call, waiting for one up to `wait_ms`; handles the window's events.

        A window that the user closed sets `closed`, and counts as QUIT.
        """
        key = key_for(cv2.waitKeyEx(max(1, wait_ms)))
        if self._sized and not self._is_visible():
            self.closed = True
            return Key.QUIT
        if self._unpainted_since is not None and self._picture is not None:
            self._look_after_paint(self._picture, self._unpainted_since)
        return key

    def _look_after_paint(self, picture: NDArray[np.uint8], since: float) -> None:
        """Reopen the window where it stays black (see `painted`)."""
        self._polls += 1
        if painted.shared_memories() > self._shared_before or self._reopened == MOST_REOPENED:
            self._unpainted_since = None
        elif time.monotonic() - since > UNPAINTED_S and self._polls > UNPAINTED_POLLS:
            self._reopened += 1
            cv2.destroyWindow(self._title)
            cv2.waitKeyEx(1)
            self._open()
            self._sized = False
            self.show(picture)

    def _is_visible(self) -> bool:
        """Whether the window is still there."""
        try:
            return bool(cv2.getWindowProperty(self._title, cv2.WND_PROP_VISIBLE) >= 1)
        except cv2.error:  # raised once the last window is gone
            return False
