"""Summarises a run in one line at its end; knows only counts and names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from live.run.frame_ages import FrameAges


@dataclass(slots=True)
class RunSummary:
    """The totals of a run, updated while it runs."""

    frames: int = 0
    """Frames taken from the sources, and shown if there is a window."""
    seconds: float = 0.0
    numbers: int = 0
    captured: int = 0
    """Intact frames captured by the sources."""
    damaged: int = 0
    """Further frames, skipped because they, or a reference frame of theirs, were damaged."""
    read_anew: int = 0
    """Frames that were read; the others did not differ from the one before."""
    reading_s: float = 0.0
    """Total time of these readings, seconds."""
    ages: FrameAges | None = None
    """The ages of live frames when they were shown; None without a window."""
    interrupted: bool = False
    failed: bool = False
    """Whether a log or one of several sources failed during the run."""
    files: list[Path] = field(default_factory=list)

    @property
    def dropped(self) -> int:
        """The number of captured frames that were never taken, as there was a newer one."""
        return max(0, self.captured - self.frames)

    def line(self) -> str:
        """The summary as one line of text."""
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
