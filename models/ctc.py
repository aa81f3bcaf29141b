"""Decode connectionist temporal classification (CTC). Knows log-probabilities, no picture and no network.

Each column says one sign or nothing (the blank). A text is what remains when repeats are merged and blanks removed; its
probability is the sum over all alignments. Source: Graves, Fernández, Gomez and Schmidhuber, "Connectionist temporal
classification", ICML 2006.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Logs = NDArray[np.float32]
NEVER = 1e-300
"""Floor of probabilities before a logarithm."""
LEAST = 1e-30
"""Least divisor when probabilities are rescaled."""
RESCALED = 8
"""Columns between two rescalings."""
SILENT = math.log(0.999)
"""Log-probability of the blank from which a column after another such column is dropped."""


@dataclass(frozen=True, slots=True)
class Said:
    """The text of the likeliest alignment."""

    signs: tuple[int, ...]
    columns: tuple[float, ...]
    """Position of each sign: the middle of its columns."""


def say(logs: Logs, blank: int) -> Said:
    """Greedy decoding: the likeliest sign of each column. logs: (T, C) log-probabilities; blank: index of the blank."""
    best = logs.argmax(axis=1)
    starts = np.flatnonzero(np.diff(best, prepend=-1))
    stops = np.append(starts[1:], len(best))
    said = [
        (int(best[start]), (start + stop - 1) / 2)
        for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)
        if best[start] != blank
    ]
    return Said(tuple(sign for sign, _ in said), tuple(column for _, column in said))


def merge_blanks(logs: Logs, blank: int) -> Logs:
    """(T', C), T' <= T: merge successive columns that surely are blank; probabilities change by less than 0.001 each."""
    silent = logs[:, blank] > SILENT
    return logs[~silent | ~np.concatenate([[False], silent[:-1]])]


def log_probabilities(logs: Logs, texts: NDArray[np.int64], blank: int) -> NDArray[np.float64]:
    """Log-probability of each text over all alignments.

    logs: (T, C); texts: (V, n) classes, all of one length, n >= 1. Returns (V,) float64.
    """
    count, length = texts.shape
    signs = np.full((count, 2 * length + 1), blank)
    signs[:, 1::2] = texts
    # the blank between two signs may be skipped, unless the signs are equal
    skips = np.zeros(signs.shape)
    skips[:, 3::2] = texts[:, 1:] != texts[:, :-1]
    columns = np.exp(logs, dtype=np.float64)[:, signs]  # (T, V, 2n + 1)
    alpha = np.zeros(signs.shape)
    alpha[:, :2] = columns[0, :, :2]
    scale = 0.0
    for index, column in enumerate(columns[1:]):
        arrived = alpha.copy()
        arrived[:, 1:] += alpha[:, :-1]
        arrived[:, 2:] += alpha[:, :-2] * skips[:, 2:]
        alpha = arrived * column
        if index % RESCALED == 0:  # products of many columns would underflow
            most = max(float(alpha.max()), NEVER)
            alpha /= most
            scale += math.log(most)
    ends: NDArray[np.float64] = np.log(np.maximum(alpha[:, -1] + alpha[:, -2], NEVER)) + scale
    return ends


def substitutions(logs: Logs, signs: Sequence[int], blank: int, classes: int) -> NDArray[np.float64]:
    """(n, classes) logarithm of the probability of a text with each of its n signs, n >= 1, replaced by each class.

    As `log_probabilities` of all these texts, in time linear in their length instead of cubic: the forward and backward
    probabilities around the replaced sign are the same for all of them.
    """
    text = np.array(signs)
    before, after, scale = _forward_backward(logs, text, blank)
    spoken = np.exp(logs[:, :classes], dtype=np.float64) / scale[:, None]
    other = text[:, None] != np.arange(classes)
    always = np.ones((1, classes), bool)
    # a path enters a sign from the blank before it, or from the previous sign if that differs; it leaves the same way
    earlier = np.pad(before[:-1, 1:-2:2], ((0, 0), (1, 0)))
    arriving = before[:-1, 0:-1:2, None] + earlier[:, :, None] * np.concatenate([always, other[:-1]])
    later = np.pad(after[1:, 3::2], ((0, 0), (0, 1)))
    leaving = after[1:, 2::2, None] + later[:, :, None] * np.concatenate([other[1:], always])
    here, total = np.zeros((2, len(text), classes))
    for came, said, goes in zip(arriving, spoken, leaving, strict=True):
        here = (here + came) * said
        total += here * goes
    return np.asarray(np.log(np.maximum(total, NEVER)) + np.log(scale).sum())


def _forward_backward(logs: Logs, text: NDArray[np.int64], blank: int) -> tuple[NDArray[np.float64], ...]:
    """Forward and backward probabilities of a text for each state (blank, sign, blank, ...).

    Returns (T + 1, S), the first row before all columns; (T + 1, S), the last row after all of them; and (T,), the divisor of
    each column's probabilities in both.
    """
    states = np.full(2 * len(text) + 1, blank)
    states[1::2] = text
    skips = np.zeros(len(states))
    skips[3::2] = text[1:] != text[:-1]
    spoken = np.exp(logs, dtype=np.float64)[:, states]
    before, after = np.zeros((2, len(logs) + 1, len(states)))
    scale = np.ones(len(logs))
    before[0, 0] = after[-1, -1] = 1.0
    for column, said in enumerate(spoken):
        arrived = before[column].copy()
        arrived[1:] += before[column, :-1]
        arrived[2:] += before[column, :-2] * skips[2:]
        arrived *= said
        scale[column] = max(float(arrived.sum()), LEAST)
        before[column + 1] = arrived / scale[column]
    for column in range(len(logs) - 1, -1, -1):
        coming = after[column + 1].copy()
        coming[:-1] += after[column + 1, 1:]
        coming[:-2] += after[column + 1, 2:] * skips[2:]
        after[column] = coming * spoken[column] / scale[column]
    return before, after, scale
