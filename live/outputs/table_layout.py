"""Lay out numbers in rows and columns. Knows quads and texts, never ink, digits or files.

Rows first: numbers are chained from left to right by how they overlap, what all chains have in common (a slope that is left,
a bend, lines that fan out under perspective) is taken off, and then what overlaps across the lines is one row. Columns are
found in the same way along the lines; how far they lean is tried out. Two numbers side by side are never in one column, two
above one another never in one row: so a long number that reaches into the next column does not make one column of two.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from live.core.geometry import Boxes, Quad, boxes_along, page_slope

Spans = NDArray[np.float32]
"""(N, 2) float32: where each number begins and ends along one axis, in heights of the page's digits."""

CHAINED = 0.4
"""Least vertical overlap with the number to the left, as a share of the lower height, for a number to continue its chain."""
FAR = 0.01
"""Additional overlap that a chain needs for each digit height of distance."""
ONE_ROW = 0.25
"""Least mean vertical overlap of the numbers of one row, as a share of the lower height."""
ONE_COLUMN = 0.0
"""Least mean horizontal overlap of the numbers of one column, as a share of the narrower width."""
ASKEW = 0.05
"""Overlap lost for each digit height between the nearest of two spans' beginnings, middles and ends."""
BESIDE = 0.3
"""Two numbers that overlap by more than this along one axis, in digit heights, are in different cells along the other."""
STIFF = 0.3
"""Ridge on the bend and the fan of the lines: higher values need more evidence for lines that aren't straight and parallel."""
MOST_PAIRS = 20_000
"""The most pairs of numbers from which the lean is estimated: all pairs of a page with 200 numbers."""
LEANS = np.tan(np.radians(np.linspace(-14, 14, 57)))
"""The leans of columns that are tried, px to the right for each px down."""
ALIGNED = 0.25
"""The largest distance of edges or middles that count as aligned, digit heights."""
UPRIGHT = 0.02
"""Share of aligned numbers that a lean must gain for each step away from vertical."""


def lay_out(quads: Sequence[Quad], texts: Sequence[str]) -> list[list[str]]:
    """The texts as rows from top to bottom, all of one length, an empty text where a cell is empty.

    quads: (4, 2) px each, clockwise from the top left of its own line; texts: one a quad. No numbers are no rows.
    """
    if not quads:
        return []
    row_of, column_of = cells_of(quads)
    table = [[""] * (max(column_of) + 1) for _ in range(max(row_of) + 1)]
    for row, column, text in zip(row_of, column_of, texts, strict=True):
        table[row][column] = text
    return table


def cells_of(quads: Sequence[Quad]) -> tuple[list[int], list[int]]:
    """The row and the column of each number, from 0. quads: (4, 2) px each, at least one."""
    boxes = boxes_along(quads, page_slope(quads))
    boxes = boxes / max(float(np.median(boxes[:, 3] - boxes[:, 1])), 1e-3)
    boxes = boxes - boxes.mean(axis=0)[[0, 1, 0, 1]]
    across, down = boxes[:, 0::2], boxes[:, 1::2]
    down = down - _common_bend(boxes)[:, None]
    row_of = group(down, ONE_ROW, _shared(across) > BESIDE)
    across = across - _lean(across, down, row_of) * down.mean(axis=1, keepdims=True)
    column_of = group(across, ONE_COLUMN, row_of[:, None] == row_of)
    return row_of.tolist(), column_of.tolist()


def group(spans: Spans, least: float, apart: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Which group each span is in, (N,), counted from 0 in the order of the groups' middles.

    The two groups whose spans overlap most, on average and as a share of the shorter span, become one, again and again, until
    none overlap by `least`. apart: (N, N) pairs that must not be in one group.
    """
    count = len(spans)
    length = np.maximum(spans[:, 1] - spans[:, 0], 1e-3)
    shared = _shared(spans)
    overlap = np.where(shared > 0, shared / np.minimum(length[:, None], length), np.maximum(shared, -2.0))
    places = np.concatenate([spans, spans.mean(axis=1, keepdims=True)], axis=1)
    askew = np.abs(places[:, None] - places).min(axis=2)  # of two columns that a long number covers, it tells its own
    overlap = np.where(apart, -np.inf, overlap - ASKEW * np.minimum(askew, 4)).astype(np.float64)
    np.fill_diagonal(overlap, -np.inf)
    group_of = np.arange(count)
    sizes = np.ones(count)
    best = overlap.max(
        axis=1, initial=-np.inf
    )  # of each row: to look through all pairs again for each group takes a second
    while count > 1:
        first = int(best.argmax())
        if best[first] <= least:
            break
        second = int(overlap[first].argmax())
        mean = (sizes[first] * overlap[first] + sizes[second] * overlap[second]) / (sizes[first] + sizes[second])
        held = np.maximum(overlap[first], overlap[second])
        overlap[first], overlap[:, first] = mean, mean
        overlap[second], overlap[:, second] = -np.inf, -np.inf
        overlap[first, first] = -np.inf
        # another row's best can only have been lost where one of the two held it
        lost = np.flatnonzero(held == best)
        best = np.maximum(best, overlap[first])
        best[lost] = overlap[lost].max(axis=1)
        best[[first, second]] = overlap[first].max(), -np.inf
        sizes[first] += sizes[second]
        group_of[group_of == second] = first
    names = np.unique(group_of)
    middles = [float(np.median(spans[group_of == name].mean(axis=1))) for name in names]
    rank = {int(names[k]): place for place, k in enumerate(np.argsort(middles, kind="stable"))}
    return np.array([rank[int(name)] for name in group_of], np.intp)


def _shared(spans: Spans) -> NDArray[np.float32]:
    """(N, N) what each two spans have in common; below 0 it is the gap between them."""
    low = np.maximum(spans[:, None, 0], spans[None, :, 0])
    high = np.minimum(spans[:, None, 1], spans[None, :, 1])
    return np.asarray(high - low, np.float32)


def _chains(boxes: Boxes) -> NDArray[np.intp]:
    """Which chain each number is in, (N,): from left to right, each goes on the chain whose last number it overlaps most."""
    chain_of = np.zeros(len(boxes), np.intp)
    ends: list[int] = []
    for index in np.argsort(boxes[:, 0], kind="stable"):
        best, chain = CHAINED, len(ends)
        for number, end in enumerate(ends):
            gap = float(boxes[index, 0] - boxes[end, 2])
            shared = min(boxes[index, 3], boxes[end, 3]) - max(boxes[index, 1], boxes[end, 1])
            lower = min(boxes[index, 3] - boxes[index, 1], boxes[end, 3] - boxes[end, 1])
            score = float(shared / max(lower, 1e-3)) - FAR * max(gap, 0.0)
            if gap > -BESIDE and score > best:
                best, chain = score, number
        if chain == len(ends):
            ends.append(int(index))
        ends[chain], chain_of[index] = int(index), chain
    return chain_of


def _common_bend(boxes: Boxes) -> NDArray[np.float32]:
    """(N,) offset of each number below its line's middle, from what all chains have in common; boxes around (0, 0)."""
    middle = np.stack([boxes[:, 0::2].mean(axis=1), boxes[:, 1::2].mean(axis=1)], axis=1)
    reach = np.maximum(np.abs(middle).max(axis=0), 1e-3)
    x, y = (middle / reach).T
    causes = np.stack([x, x**2, x * y], axis=1)  # a slope, a bend, a fan
    seen, wanted = causes.copy(), middle[:, 1].copy()
    chain_of = _chains(boxes)
    for chain in np.unique(chain_of):
        of = chain_of == chain
        seen[of] -= seen[of].mean(axis=0)
        wanted[of] -= wanted[of].mean()
    # a slope is believed at once; a bend or a fan only where several numbers agree
    weights = np.linalg.solve(seen.T @ seen + np.diag([0.02, STIFF, STIFF]), seen.T @ wanted)
    return np.asarray(causes @ weights, np.float32)


def _lean(across: Spans, down: Spans, row_of: NDArray[np.intp]) -> float:
    """How far columns lean: heights to the right for each height down. The lean under which most edges stand aligned."""
    first, second = np.nonzero(np.triu(row_of[:, None] != row_of, 1))
    if len(first) == 0:
        return 0.0
    some = slice(None, None, 1 + len(first) // MOST_PAIRS)
    first, second = first[some], second[some]
    middle = down.mean(axis=1)
    places = np.concatenate([across, across.mean(axis=1, keepdims=True)], axis=1)
    away, below = places[second] - places[first], (middle[second] - middle[first])[:, None]
    aligned = [float(np.exp(-((np.abs(away - lean * below).min(axis=1) / ALIGNED) ** 2)).sum()) for lean in LEANS]
    steps = np.abs(np.arange(len(LEANS)) - len(LEANS) // 2)
    return float(LEANS[int(np.argmax(np.array(aligned) - UPRIGHT * steps * max(aligned)))])
