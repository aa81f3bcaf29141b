"""Whether a window's picture has ever reached the X server, by the memory that the two share. Knows no window and draws nothing.

Qt 5.15, which OpenCV brings for Linux, sometimes misses the server's MapNotify event on a busy machine (measured: 14 of 560
windows, with 16 to 20 processes on two cores). Such a window stays black until it is closed, but still receives keys. A
reopened window is drawn.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

MAPS = Path("/proc/self/maps")


def can_tell() -> bool:
    """Whether the display shares memory with its programs, and this system shows it: Linux, and a display of this machine."""
    return sys.platform == "linux" and os.environ.get("DISPLAY", "").startswith((":", "unix:")) and MAPS.is_file()


def shared_memories() -> int:
    """How many pieces of memory this process shares by a file that has no name; Qt's picture of a window is in one of them."""
    lines = MAPS.read_text(encoding="utf-8", errors="replace").splitlines()
    return sum(line.endswith("(deleted)") and line.split(maxsplit=2)[1].endswith("s") for line in lines)
