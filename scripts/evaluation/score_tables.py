"""Show the scores of a network as tables in a terminal. Knows scores and single pictures, no file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from statistics import fmean

import numpy as np
from numpy.typing import NDArray
from rich import box
from rich.align import Align
from rich.console import (
    Console,  # noqa: TID251 - a type
    Group,
    RenderableType,
)
from rich.table import Table
from rich.text import Text

from models.percent import percent
from scripts.evaluation.corruptions import CORRUPTIONS
from scripts.evaluation.scores import DIGITS, Scores, class_names, confidence_interval, counted_share
from scripts.evaluation.writer_numbers import NumberScore

SHADES, PLAIN_SHADES = " ░▒▓█", " .:*#"
BAR = 16
"""Width of the bar of probability 1, in characters. With a digit of 20 px it fills a line of 80."""


def show_scores(console: Console, scores: Scores, augmented: Scores) -> None:
    """Print accuracy, precision and recall by class, and confusion. augmented: scores with test-time augmentation."""
    right, count = int(scores.is_right.sum()), len(scores.labels)
    low, high = confidence_interval(right, count)
    console.print(f"{right:,} of {count:,} digits are read right: accuracy {counted_share(scores.accuracy)}")
    console.print(f"  with 95 % between {counted_share(low)} and {counted_share(high)}, by the number of digits")
    error, sure = counted_share(scores.calibration_error), percent(float(scores.confidence.mean()), 2)
    console.print(f"  expected calibration error {error}; mean confidence {sure}")
    right, error = int(augmented.is_right.sum()), counted_share(augmented.calibration_error)
    console.print(
        f"  doubtful ones asked about in several ways, as on a page: {right:,} right, {counted_share(augmented.accuracy)}; "
        f"calibration error {error}\n"
    )
    console.print(class_table(scores))
    console.print(confusion_table(scores))


def class_table(scores: Scores) -> Group:
    """Precision and recall of each digit."""
    table = _table("digit", "tested", "right", "precision", "recall")
    tested = scores.confusion.sum(axis=1)
    for digit in range(DIGITS):
        right = scores.confusion[digit, digit]
        figures = counted_share(scores.precision[digit]), counted_share(scores.recall[digit])
        table.add_row(str(digit), f"{tested[digit]:,}", f"{right:,}", *figures)
    meaning = "Precision: the right ones among those read so. Recall: the ones found among those that are."
    return _titled("Digit by digit", meaning, table)


def confusion_table(scores: Scores) -> Group:
    """The confusion matrix: labels are rows, answers are columns."""
    names = class_names(scores.probabilities.shape[1])
    table = _table("is", *(name.replace("not a digit", "none") for name in names))
    for digit, counts in enumerate(scores.confusion):
        table.add_row(Text(str(digit), "bold"), *(_cell(int(n), column == digit) for column, n in enumerate(counts)))
    return _titled("Which digit is read as which", "Rows: what it is. Columns: what it was read as.", table)


def corruption_table(corrupted: Mapping[str, Scores], clean: Scores) -> Group:
    """Accuracy under each corruption, and the mean of all."""
    table = _table("corruption", "how much", "accuracy", "no digit", left=2)
    table.add_row("none", "as they are", counted_share(clean.accuracy), counted_share(clean.rejected), end_section=True)
    for corruption in CORRUPTIONS:
        scores = corrupted[corruption.name]
        table.add_row(corruption.name, corruption.what, counted_share(scores.accuracy), counted_share(scores.rejected))
    table.add_section()
    table.add_row("mean of all", "", counted_share(mean_accuracy(corrupted.values())), style="bold")
    caption = "The same test digits, with each kind of damage by itself; no digit: taken for none."
    return _titled("Digits corrupted on purpose", caption, table)


def number_table(numbers: Mapping[str, NumberScore]) -> Group:
    """The share of one writer's numbers that have a wrong digit, by kind."""
    table = _table("kind", "numbers", "digits", "writers", "any digit wrong", "range", left=1)
    for kind, score in numbers.items():
        low, high = score.wrong_95
        counts = f"{score.numbers:,}", f"{score.digits:.1f}", f"{score.writers}"
        table.add_row(kind, *counts, f"{score.wrong:.4f}", f"{low:.4f} to {high:.4f}")
    caption = "Each number is of digits that one person wrote. Range: with 95 %, had other people written them."
    return _titled("Numbers in one hand", caption, table)


def sample_view(
    image: NDArray[np.uint8], probabilities: NDArray[np.float32], label: int, plain: bool
) -> RenderableType:
    """One digit as text, beside the network's answer.

    image: (28, 28) uint8, ink is 255. probabilities: (C,) float32. plain: whether only ASCII may be used.
    """
    names, read = class_names(len(probabilities)), int(probabilities.argmax())
    bars = Table.grid(padding=(0, 1))
    bars.add_column(justify="right")
    for number, (name, probability) in enumerate(zip(names, probabilities.tolist(), strict=True)):
        style = ("green" if read == label else "red") if number == read else "dim"
        bar = ("#" if plain else "█") * round(BAR * probability)
        bars.add_row(Text(name, style), Text(percent(probability, 2), style), Text(bar, style))
    right = "right" if read == label else "wrong"
    verdict = Text(
        f"It is {label}. Read as {names[read]}, {percent(float(probabilities[read]), 2)} sure: {right}.", "bold"
    )
    side_by_side = Table.grid(padding=(0, 2))
    side_by_side.add_row(text_art(image, plain), Align(bars, vertical="middle"))
    return Group(side_by_side, "", verdict)


def text_art(image: NDArray[np.uint8], plain: bool) -> Text:
    """(28, 28) uint8 as text without its empty edges. A pixel takes two characters, which are twice as high as wide."""
    shades = PLAIN_SHADES if plain else SHADES
    levels = np.minimum(image.astype(int) * len(shades) // 256, len(shades) - 1)
    rows, columns = (np.flatnonzero(levels.any(axis=axis)) for axis in (1, 0))
    if len(rows):
        levels = levels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    lines = ("".join(2 * shades[level] for level in row) for row in levels)
    return Text("\n".join(lines), no_wrap=True, overflow="crop")


def mean_accuracy(scores: Iterable[Scores]) -> float:
    """The mean of their accuracies, 0 to 1."""
    return fmean(one.accuracy for one in scores)


def _table(*columns: str, left: int = 0) -> Table:
    """An empty table in the common style, with its first `left` columns left-aligned."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for place, name in enumerate(columns):
        table.add_column(name, justify="left" if place < left else "right")
    return table


def _titled(title: str, caption: str, table: Table) -> Group:
    """A table below its title and caption. rich would wrap a title at the table's width."""
    return Group(Text(title, "bold"), Text(caption, "dim"), table)


def _cell(count: int, is_diagonal: bool) -> Text:
    """A count: dim on the diagonal, coloured elsewhere, a dot for 0."""
    if is_diagonal:
        return Text(f"{count}", "bold")
    return Text(f"{count}", "red") if count else Text("·", "dim")
