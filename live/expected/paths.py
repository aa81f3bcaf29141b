"""Search an automaton for the likeliest text of a number, and sum over all texts that fit. Knows probabilities, no format.

Each place of a number has a probability for every symbol, and for a sign also that there is none. The search follows all
beginnings that fit at once, from left to right, and joins those in the same state (Rabiner, "A tutorial on hidden Markov models",
1989: forward, backward and Viterbi).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from live.expected.automata import NOTHING, Automaton

Floats = NDArray[np.float64]
FORGOTTEN = 1e-9
"""A beginning with less than this share of the probability of all of them is forgotten: it would change no fourth decimal."""
MOST_BEGINNINGS = 4_000
"""Most beginnings that are followed, the likeliest of a long list; they take about 1 ms a place."""


@dataclass(frozen=True, eq=False)
class Paths:
    """The texts that fit: the likeliest, and all together."""

    symbols: tuple[int, ...]
    """The code of the likeliest text at each place; NOTHING for a sign that is left out."""
    best: float
    """Its probability, as a share of all texts that fit, 0 to 1."""
    log_total: float
    """Natural logarithm of the probability of all texts that fit."""
    shares: Floats
    """(places, NOTHING + 1) probability of each symbol at each place given that the text fits; rows sum to 1."""


@dataclass(frozen=True, eq=False)
class _Layer:
    """The edges that are followed at one place."""

    source: NDArray[np.intp]
    """Row of the beginning, among those before this place."""
    target: NDArray[np.intp]
    """Row among those behind it."""
    symbol: NDArray[np.intp]
    weight: Floats
    before: Floats
    """Probability of each beginning before this place, scaled."""
    chosen: NDArray[np.intp]
    """For each beginning behind this place, the edge of its likeliest text."""


def search(automaton: Automaton, places: Floats) -> Paths | None:
    """The texts that fit; None where there is none. places: (n, NOTHING + 1) probabilities of the symbols at each place."""
    states = np.zeros(1, np.int64)
    total, best = np.ones(1), np.ones(1)
    layers: list[_Layer] = []
    log_scale = 0.0
    for row in places:
        edges, states = _edges(automaton, states, row, total)
        if not len(states):
            return None
        source, target, symbol = edges
        weight = row[symbol]
        scores = best[source] * weight
        order = np.lexsort((scores, target))
        chosen = order[np.searchsorted(target[order], np.arange(len(states)), side="right") - 1]
        layers.append(_Layer(source, target, symbol, weight, total, chosen))
        total = np.bincount(target, total[source] * weight, len(states)).astype(np.float64)
        scale = float(total.sum())
        total, best = total / scale, scores[chosen] / scale
        log_scale += float(np.log(scale))
    ends = automaton.accepted[states]
    if not ends.any():
        return None
    fitting = float(total[ends].sum())
    last = int(np.where(ends, best, -1.0).argmax())
    symbols = _trace(layers, last)
    shares = _shares(layers, ends.astype(np.float64))
    return Paths(symbols, float(best[last]) / fitting, log_scale + float(np.log(fitting)), shares)


def _edges(
    automaton: Automaton, states: NDArray[np.int64], row: Floats, total: Floats
) -> tuple[tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]], NDArray[np.int64]]:
    """The edges from some states at one place, as source row, target row and symbol; and the states behind them."""
    first, stop = automaton.first[states], automaton.first[states + 1]
    counts = stop - first
    source = np.repeat(np.arange(len(states)), counts)
    edges = np.arange(len(source)) + np.repeat(first - np.cumsum(counts) + counts, counts)
    symbol = automaton.symbol[edges].astype(np.intp)
    target = automaton.target[edges]
    if row[NOTHING] > 0:
        source = np.concatenate([source, np.arange(len(states))])
        symbol = np.concatenate([symbol, np.full(len(states), NOTHING)])
        target = np.concatenate([target, states])
    share = total[source] * row[symbol]
    kept = share > FORGOTTEN * share.max(initial=0.0)
    if np.count_nonzero(kept) > MOST_BEGINNINGS:
        kept = np.zeros(len(share), np.bool_)
        kept[np.argpartition(share, -MOST_BEGINNINGS)[-MOST_BEGINNINGS:]] = True
    states, rows = np.unique(target[kept], return_inverse=True)
    return (source[kept], rows, symbol[kept]), states


def _trace(layers: list[_Layer], row: int) -> tuple[int, ...]:
    """The symbols of the likeliest text that ends in a row of the last layer."""
    symbols = []
    for layer in reversed(layers):
        edge = int(layer.chosen[row])
        symbols.append(int(layer.symbol[edge]))
        row = int(layer.source[edge])
    return tuple(reversed(symbols))


def _shares(layers: list[_Layer], after: Floats) -> Floats:
    """(places, NOTHING + 1) probability of each symbol given that the text fits. after: 1 for each end that is accepted."""
    shares = np.zeros((len(layers), NOTHING + 1))
    for place in range(len(layers) - 1, -1, -1):
        layer = layers[place]
        through = layer.weight * after[layer.target]
        shares[place] = np.bincount(layer.symbol, layer.before[layer.source] * through, NOTHING + 1)
        after = np.bincount(layer.source, through, len(layer.before)).astype(np.float64)
        after /= max(float(after.max(initial=0.0)), 1e-300)
    return shares / shares.sum(axis=1, keepdims=True)
