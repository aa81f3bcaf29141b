"""A network's answers for pictures of single digits, as plain values and as text for people. Knows no network and no file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from live.core.records import DIGIT_CLASSES
from live.core.terminal import TERMINAL
from models.percent import percent
from scripts.evaluation.single_digit import SingleDigit

IN_FULL = 3
"""Up to this many pictures are shown with a bar for each digit; more of them as a row each."""
BAR_WIDTH = 40
"""Width of the bar of probability 1, in characters."""
REJECTED_FROM = 0.25
"""A picture is no digit from this probability of "not a digit" on. The network is calibrated for pages, where non-digits are
rare; a single picture may show anything, so the limit is below one half."""


@dataclass(frozen=True, eq=False)
class Answer:
    """The network's answer for one picture."""

    path: Path
    image: NDArray[np.uint8]
    """(H, W, 3) uint8 BGR, upright."""
    digit: SingleDigit
    probabilities: NDArray[np.float32]
    """(C,) float32: the ten digits, and "not a digit" where the network has that class."""

    @property
    def label(self) -> int | None:
        """0 to 9; None where the network rejects the picture as no digit."""
        if self.non_digit >= REJECTED_FROM:
            return None
        return int(self.probabilities[:DIGIT_CLASSES].argmax())

    @property
    def non_digit(self) -> float:
        """Probability that it is no digit, 0 to 1."""
        return float(self.probabilities[DIGIT_CLASSES:].sum())

    @property
    def text(self) -> str:
        """The label for people."""
        return "no digit" if self.label is None else str(self.label)

    @property
    def confidence(self) -> float:
        """Probability of the answer, 0 to 1."""
        return self.non_digit if self.label is None else float(self.probabilities[self.label])

    def fields(self) -> dict[str, object]:
        """Plain values, for JSON."""
        box = self.digit.box
        return {
            "source": str(self.path),
            "label": self.label,
            "confidence": round(self.confidence, 4),
            "probabilities": [round(float(p), 4) for p in self.probabilities[:DIGIT_CLASSES]],
            "non_digit": round(self.non_digit, 4),
            "box": [box.x, box.y, box.width, box.height],
            "light_ink": self.digit.is_light,
        }


def show_text(answers: Sequence[Answer]) -> None:
    """Print the answers: up to `IN_FULL` with bars, more as a table."""
    console = TERMINAL.console()
    if len(answers) <= IN_FULL:
        for one in answers:
            console.print(*bars(one, rich_colours=console.is_terminal), sep="\n")
        return
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE, padding=0)
    table.add_column("picture", overflow="fold")
    table.add_column("digit", style="bold", no_wrap=True)
    table.add_column("sure %", justify="right", no_wrap=True)
    for digit in range(DIGIT_CLASSES):
        table.add_column(str(digit), justify="right", no_wrap=True, width=3)
    for one in answers:
        shares = [float(p) for p in one.probabilities[:DIGIT_CLASSES]]
        cells = [percent(share).removesuffix(" %") if share >= 0.01 else "·" for share in shares]
        table.add_row(str(one.path), one.text, percent(one.confidence, 1).removesuffix(" %"), *cells)
    console.print(table)


def bars(one: Answer, *, rich_colours: bool) -> list[object]:
    """One answer as lines: file name and label, and a bar for each of the ten digits."""
    from rich.text import Text

    lines: list[object] = [Text(f"{one.path}: {one.text}, {percent(one.confidence, 1)} sure", "bold")]
    for digit, share in enumerate(one.probabilities[:DIGIT_CLASSES].tolist()):
        eighths = round(8 * BAR_WIDTH * share)
        bar = "█" * (eighths // 8) + (" ▏▎▍▌▋▊▉"[eighths % 8] if eighths % 8 else "")
        style = "green" if rich_colours and digit == one.label else ""
        lines.append(Text(f"  {digit}  {percent(share, 1):>7}  {bar}".rstrip(), style))
    return [*lines, ""]
