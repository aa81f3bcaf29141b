"""Draw the scores of a network as PNG files. Knows scores and pictures of digits, no network and no data set.

The colours are those of Okabe and Ito, "Color universal design", 2008, which colour-blind people can distinguish. matplotlib's
Agg backend draws in memory, without a display.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import Rectangle
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from live.core.atomic_files import replacing
from models.percent import percent
from scripts.evaluation.scores import BINS, DIGITS, Scores, Strip, class_names, confidence_interval, counted_share

BLUE, VERMILION, INK, QUIET, FAINT, PALE = "#0072b2", "#d55e00", "#222222", "#6b6b6b", "#ececec", "#b5d5e8"
MISTAKES = LinearSegmentedColormap.from_list("mistakes", ["#ffffff", "#fbd9bd", VERMILION])
SHOWN = 100
"""The montage of misread digits shows at most this many."""
COLUMNS = 10
CELL = 28  # px of one digit


def draw_confusion(scores: Scores, path: Path) -> None:
    """The confusion matrix with recall on its right and precision below. Raises OSError where it can't be written."""
    counts, names = scores.confusion, class_names(scores.probabilities.shape[1])
    figure = Figure(figsize=(1.7 + 0.68 * len(names), 8.4), layout="constrained")
    axes = figure.add_subplot()
    mistakes = counts.astype(float)
    np.fill_diagonal(mistakes, 0)
    # the square root makes one mistake visible beside a hundred
    axes.imshow(np.sqrt(mistakes), cmap=MISTAKES, vmin=0, vmax=max(2.0, float(np.sqrt(mistakes.max()))))
    for (row, column), count in np.ndenumerate(counts):
        is_right = row == column
        if is_right:
            axes.add_patch(_square(row, column))
        if count or is_right:
            weight, size = ("bold", 11) if is_right else ("normal", 11)
            axes.text(column, row, f"{count}", ha="center", va="center", color=INK, weight=weight, size=size)
    for place, (recall, precision) in enumerate(zip(scores.recall, scores.precision, strict=True)):
        axes.text(len(names) - 0.35, place, counted_share(recall, 1), va="center", color=BLUE, size=10)
        axes.text(place, DIGITS - 0.25, counted_share(precision, 1), ha="center", va="center", color=BLUE, size=9)
    axes.text(len(names) - 0.35, -0.75, "recall", va="center", color=BLUE, size=10.5)
    axes.text(-0.65, DIGITS - 0.25, "precision", ha="right", va="center", color=BLUE, size=10.5)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xticks(range(len(names)), [_short(name, "\n") for name in names], size=12)
    axes.set_yticks(range(DIGITS), names[:DIGITS], size=12)
    axes.tick_params(length=0)
    axes.set_xlabel("what it was read as", size=11, color=QUIET, labelpad=8)
    axes.set_ylabel("what it is", size=11, color=QUIET)
    axes.spines[:].set_visible(False)
    _entitle(figure, _accuracy_line(scores), _mix_up_line(scores, names))
    replacing(path, partial(figure.savefig, dpi=120))


def draw_misread(scores: Scores, images: NDArray[np.uint8], path: Path) -> None:
    """The misread digits, the most confident first, each with its label, the answer and the confidence.

    images: (N, 28, 28) uint8, in the order of the scores. Raises OSError where it can't be written.
    """
    rows = scores.wrong[:SHOWN]
    names = class_names(scores.probabilities.shape[1])
    lines = max(1, -(-len(rows) // COLUMNS))
    step = np.array([CELL + 20, CELL + 10])  # px from one digit to the next, down and to the right
    paper = np.zeros((lines * step[0], COLUMNS * step[1]), np.uint8)
    figure = Figure(figsize=(11, 1.1 + lines * 1.35), layout="constrained")
    axes = figure.add_subplot()
    for place, row in enumerate(rows):
        top, left = (np.array(divmod(place, COLUMNS)) * step).tolist()
        paper[top : top + CELL, left + 5 : left + 5 + CELL] = images[row]
        read = _short(names[scores.predictions[row]])
        middle = left + 5 + CELL / 2
        axes.text(
            middle, top + CELL + 4, f"{scores.labels[row]} → {read}", ha="center", va="center", size=10.5, color=INK
        )
        sure = percent(float(scores.confidence[row]))
        axes.text(middle, top + CELL + 11, sure, ha="center", va="center", size=9, color=VERMILION)
    axes.imshow(paper, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    axes.set_axis_off()
    shown = f", the {len(rows)} surest of them here" if len(rows) < len(scores.wrong) else ""
    title = f"{len(scores.wrong):,} of {len(scores.labels):,} digits are misread{shown}"
    subtitle = "What it is → what it was read as; below, how sure the network was. The surest mistakes come first."
    if not len(rows):
        title, subtitle = f"None of {len(scores.labels):,} digits is misread", "There is nothing to show."
    _entitle(figure, title, subtitle)
    replacing(path, partial(figure.savefig, dpi=120))


def draw_calibration(scores: Scores, path: Path) -> None:
    """The reliability diagram above the counts of digits. Raises OSError where it can't be written.

    Source: Guo et al., "On calibration of modern neural networks", 2017.
    """
    bins = scores.bins()
    figure = Figure(figsize=(7.6, 8.6), layout="constrained")
    upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    upper.plot([0, 1], [0, 1], color=QUIET, linestyle=(0, (4, 4)), linewidth=1.2)
    upper.text(
        0.02, 0.035, "as sure as right", rotation=45, rotation_mode="anchor", transform_rotates_text=True, color=QUIET
    )
    for b in bins:
        upper.plot(
            [b.confidence] * 2,
            confidence_interval(round(b.accuracy * b.count), b.count),
            color=BLUE,
            alpha=0.4,
            linewidth=3,
        )
    upper.plot([b.confidence for b in bins], [b.accuracy for b in bins], "o", color=BLUE, markersize=8, clip_on=False)
    upper.set(xlim=(0, 1), ylim=(-0.02, 1.02))
    upper.set_ylabel("share that was read right", size=11)
    lower.bar([b.low for b in bins], [b.count for b in bins], 1 / BINS, align="edge", color=BLUE, edgecolor="white")
    for b in bins:
        lower.text((b.low + b.high) / 2, b.count * 1.15, f"{b.count:,}", ha="center", size=8.5, color=INK)
    lower.set_yscale("log")
    lower.yaxis.set_major_formatter("{x:,.0f}")
    lower.set_ylim(0.7, 4 * max(b.count for b in bins))
    lower.set_ylabel("digits", size=11)
    lower.set_xlabel("how sure the network was", size=11)
    for axes in (upper, lower):
        axes.grid(color=FAINT)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    upper.yaxis.set_major_formatter(PercentFormatter(1, 0, " %"))
    lower.xaxis.set_major_formatter(PercentFormatter(1, 0, " %"))
    error, sure = counted_share(scores.calibration_error), percent(float(scores.confidence.mean()), 2)
    means = f"Expected calibration error {error}: it says {sure} on average, and {counted_share(scores.accuracy)} are right."
    ranges = "Dots: the digits of one range of confidence. Bars: where their true share lies with 95 %."
    _entitle(figure, _calibration_line(scores), f"{means}\n{ranges}")
    replacing(path, partial(figure.savefig, dpi=120))


def draw_corruptions(strips: Sequence[Strip], path: Path) -> None:
    """The same digits under each corruption, with the accuracy over all test digits. Raises OSError where it can't be written.

    strips: two corruptions or more, after the digits as they are.
    """
    gap = 6
    rows = [np.hstack([np.pad(image, ((0, gap), (0, gap))) for image in strip.images]) for strip in strips]
    middles = [CELL / 2 + (CELL + gap) * k for k in range(len(rows))]
    figure = Figure(figsize=(14, 1.2 + 0.62 * len(rows)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=[rows[0].shape[1], 170])
    left.imshow(np.vstack(rows), cmap="gray_r", vmin=0, vmax=255, interpolation="nearest", aspect="auto")
    left.set_yticks(middles, [""] * len(rows))
    for middle, strip in zip(middles, strips, strict=True):
        left.text(-8, middle - 1, strip.name, ha="right", va="bottom", size=12, color=INK, weight="bold")
        left.text(-8, middle + 2, strip.what, ha="right", va="top", size=9, color=QUIET)
    accuracies = [strip.scores.accuracy for strip in strips]
    right.barh(middles, accuracies, CELL * 0.6, color=[QUIET] + [BLUE] * (len(rows) - 1))
    right.barh(middles, [s.scores.rejected for s in strips], CELL * 0.6, accuracies, color=PALE)
    for middle, accuracy in zip(middles, accuracies, strict=True):
        right.text(1.02, middle, counted_share(accuracy, 1), va="center", size=11, color=INK)
    right.set(xlim=(0, 1.25), xticks=[])
    for axes in (left, right):
        axes.set_xticks([])
        axes.tick_params(length=0)
        axes.spines[:].set_visible(False)
    mean = counted_share(float(np.mean(accuracies[1:])), 1)
    first, second, *_ = sorted(strips[1:], key=lambda strip: strip.scores.accuracy)
    pale = ", pale: taken for no digit" if any(strip.scores.rejected for strip in strips) else ""
    subtitle = f"Hardest: {first.name}, then {second.name}. Bars are of all test digits; dark: read right{pale}."
    _entitle(figure, f"Spoilt in {len(rows) - 1} ways, {mean} of the digits are still read right", subtitle)
    replacing(path, partial(figure.savefig, dpi=100))


def _entitle(figure: Figure, title: str, subtitle: str) -> None:
    """Write a title above the picture, with a subtitle below it."""
    width, height = figure.get_size_inches()
    head = 0.66 + 0.19 * (1 + subtitle.count("\n"))  # inches
    figure.text(0.2 / width, 1 - 0.18 / height, title, size=15, weight="bold", color=INK, va="top")
    figure.text(0.2 / width, 1 - 0.52 / height, subtitle, size=10.5, color=QUIET, va="top")
    engine = figure.get_layout_engine()
    if isinstance(engine, ConstrainedLayoutEngine):
        margin = 0.1
        rect = margin / width, margin / height, 1 - 2 * margin / width, 1 - (head + margin) / height
        engine.set(rect=rect)


def _short(name: str, gap: str = " ") -> str:
    """The short form of a class name."""
    return name.replace("not a digit", f"no{gap}digit")


def _square(row: int, column: int) -> Rectangle:
    """The background of a diagonal cell, since the colours are for mistakes only."""
    return Rectangle((column - 0.5, row - 0.5), 1, 1, color=FAINT, linewidth=0)


def _accuracy_line(scores: Scores) -> str:
    """How many are right."""
    return f"{counted_share(scores.accuracy)} of {len(scores.labels):,} digits are read right"


def _mix_up_line(scores: Scores, names: Sequence[str]) -> str:
    """The most frequent mistakes."""
    often = [f"{label} as {_short(names[read])} ({count})" for label, read, count in scores.confused_pairs()[:3]]
    return f"Most often misread: {', '.join(often)}." if often else "None is misread."


def _calibration_line(scores: Scores) -> str:
    """Whether the network is over- or underconfident."""
    gap = float(scores.confidence.mean()) - scores.accuracy
    if scores.calibration_error < 0.01:
        return "The network is well calibrated"
    return "The network is overconfident" if gap > 0 else "The network is underconfident"
