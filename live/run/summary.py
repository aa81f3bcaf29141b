"""What a run did, for a person to read at its end. Knows counts and names, nothing of how they came about."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from live.run.frame_ages import FrameAges


@dataclass(slots=True)
class RunSummary:
    """Kept up to date while a run goes on."""

    frames: int = 0
    """Taken from the sources, and so shown where there is a window."""
    seconds: float = 0.0
    numbers: int = 0
    captured: int = 0
    """Whole frames that the sources had."""
    damaged: int = 0
    """Frames besides, that were damaged or built on damaged ones, and so left out."""
    read_anew: int = 0
    """Frames that were read: the others looked like the one before."""
    reading_s: float = 0.0
    """Seconds that reading them took."""
    ages: FrameAges | None = None
    """How old live frames were when they were shown; None without a window."""
    interrupted: bool = False
    failed: bool = False
    """Whether a log or one of several sources had to be given up on the way."""
    files: list[Path] = field(default_factory=list)

    @property
    def dropped(self) -> int:
        """Frames that the sources had and that were never taken: there was a newer one."""
        return max(0, self.captured - self.frames)

    def line(self) -> str:
        """One line for people."""
        rate = self.frames / self.seconds if self.seconds > 0 else 0.0
        shown = [] if self.ages is None else [f"{self.frames} shown"]
        damaged = [f"{self.damaged} damaged and left out"] if self.damaged else []
        counts = [
            f"{self.captured} captured",
            f"{self.read_anew} read anew",
            *shown,
            f"{self.dropped} dropped",
            *damaged,
        ]
        parts = [
            f"{_counted(self.frames, 'frame')} in {self.seconds:.1f} s ({rate:.1f} a second): {', '.join(counts)}",
        ]
        if self.ages is not None and len(self.ages):
            median, most = self.ages.quantile_ms(0.5), self.ages.quantile_ms(0.95)
            parts.append(f"shown {median} ms after they were captured (95 %: {most} ms)")
        parts.append(f"{_counted(self.numbers, 'number')} read")
        if self.files:
            parts.append("written: " + ", ".join(str(path) for path in self.files))
        return "; ".join(parts) + "."


def _counted(number: int, word: str) -> str:
    """`1 frame`, `2 frames`."""
    return f"{number} {word}{'' if number == 1 else 's'}"
