"""Finite automata over digits and signs, built from a rule state by state. Knows no format and no number.

An automaton is stored as compressed rows: the edges of state s are those from `first[s]` to `first[s + 1]`. Every state leads to
an accepted one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from live.core.records import SIGN_SYMBOLS

SYMBOLS = "0123456789" + SIGN_SYMBOLS
"""All that a number may hold; its place is a symbol's code."""
DIGITS = 10
"""Codes below this are digits."""
NOTHING = len(SYMBOLS)
"""The code of a sign that is not there."""
MOST_STATES = 5_000
"""Most states of an automaton: a range or a check digit has up to 400, a pattern for people to read fewer."""
MOST_STEPS = 1_000_000
"""Most steps in which an automaton is built, about a second."""
DIGIT_PRIOR = 1 / DIGITS
SIGN_PRIOR = 1 / (len(SIGN_SYMBOLS) + 1)
"""Before a look at the ink, any sign and none are alike."""

State = TypeVar("State", bound=Hashable)


class TooLargeError(Exception):
    """An automaton would have too many states, or take too long to build."""


@dataclass(frozen=True, slots=True)
class Rule(Generic[State]):
    """A deterministic automaton as functions, with any kind of state."""

    start: State
    step: Callable[[State, int], State | None]
    """The state after a symbol, by its code; None where no text goes on so."""
    accepts: Callable[[State], bool]
    effort: Callable[[State], int] = lambda _: 1
    """What a step from a state costs, in the unit of `MOST_STEPS`."""


@dataclass(frozen=True, eq=False)
class Automaton:
    """The texts of a format, as states and edges; state 0 is the start."""

    first: NDArray[np.int64]
    """(S + 1,) the first edge of each state."""
    symbol: NDArray[np.uint8]
    """(E,) code of each edge's symbol."""
    target: NDArray[np.signedinteger]
    """(E,) state that each edge leads to."""
    accepted: NDArray[np.bool_]
    """(S,) whether a text may end there."""
    _priors: dict[str, float] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no text fits."""
        return not self.accepted.any()

    @cached_property
    def _source(self) -> NDArray[np.int64]:
        """(E,) state that each edge leaves."""
        return np.repeat(np.arange(len(self.accepted)), np.diff(self.first))

    def fits(self, text: str) -> bool:
        """Whether a text, of digits and signs, is one of the format's."""
        state = 0
        for letter in text:
            code = SYMBOLS.find(letter)
            start, stop = int(self.first[state]), int(self.first[state + 1])
            edge = start + int(np.searchsorted(self.symbol[start:stop], max(code, 0)))
            if code < 0 or edge >= stop or self.symbol[edge] != code:
                return False
            state = int(self.target[edge])
        return bool(self.accepted[state])

    def prior(self, shape: str) -> float:
        """Probability that a number of random digits and signs fits, 0 to 1.

        shape: `d` for each digit and `s` for each place of a sign, left to right.
        """
        if shape not in self._priors:
            self._priors[shape] = self._prior(shape)
        return self._priors[shape]

    def _prior(self, shape: str) -> float:
        """As `prior`, computed."""
        share = np.zeros(len(self.accepted))
        share[0] = 1.0
        is_digit = self.symbol < DIGITS
        for place in shape:
            weights = np.where(is_digit, DIGIT_PRIOR, 0.0) if place == "d" else np.where(is_digit, 0.0, SIGN_PRIOR)
            stay = 0.0 if place == "d" else SIGN_PRIOR
            moved = np.bincount(self.target, share[self._source] * weights, len(share))
            share = moved + stay * share
        return float(share[self.accepted].sum())


def with_digit(rule: Rule[Any]) -> Rule[tuple[Any, bool]]:
    """The same rule for texts with at least one digit, as every number has."""

    def step(state: tuple[Any, bool], symbol: int) -> tuple[Any, bool] | None:
        after = rule.step(state[0], symbol)
        return None if after is None else (after, state[1] or symbol < DIGITS)

    return Rule(
        (rule.start, False),
        step,
        lambda state: state[1] and rule.accepts(state[0]),
        lambda state: rule.effort(state[0]),
    )


def both(one: Rule[Any], other: Rule[Any]) -> Rule[tuple[Any, Any]]:
    """The rule for texts that fit two rules."""

    def step(state: tuple[Any, Any], symbol: int) -> tuple[Any, Any] | None:
        first = one.step(state[0], symbol)
        second = None if first is None else other.step(state[1], symbol)
        return None if second is None else (first, second)

    return Rule(
        (one.start, other.start),
        step,
        lambda state: one.accepts(state[0]) and other.accepts(state[1]),
        lambda state: one.effort(state[0]) + other.effort(state[1]),
    )


def build(rule: Rule[Any]) -> Automaton:
    """The automaton of a rule; one without a text is empty. Raises TooLargeError."""
    rule = with_digit(rule)
    place: dict[Any, int] = {rule.start: 0}
    edges: list[tuple[int, int, int]] = []
    waiting, steps = [rule.start], 0
    for state in waiting:  # it grows meanwhile
        steps += len(SYMBOLS) * rule.effort(state)
        if steps > MOST_STEPS or len(place) > MOST_STATES:
            raise TooLargeError
        for symbol in range(len(SYMBOLS)):
            after = rule.step(state, symbol)
            if after is None:
                continue
            if after not in place:
                place[after] = len(place)
                waiting.append(after)
            edges.append((place[state], symbol, place[after]))
    accepted = np.array([rule.accepts(state) for state in waiting])
    return _trimmed(np.array(edges, np.int64).reshape(-1, 3), accepted)


def _trimmed(edges: NDArray[np.int64], accepted: NDArray[np.bool_]) -> Automaton:
    """The automaton of these edges (source, symbol, target), without states that lead to no accepted one."""
    useful, count = accepted.copy(), -1
    while count != (count := int(useful.sum())):
        useful[edges[useful[edges[:, 2]], 0]] = True
    useful[0] = True
    number = np.cumsum(useful) - 1
    edges = edges[useful[edges[:, 0]] & useful[edges[:, 2]]]
    source, target = number[edges[:, 0]], number[edges[:, 2]]
    order = np.lexsort((edges[:, 1], source))
    first = np.searchsorted(source[order], np.arange(int(useful.sum()) + 1))
    return Automaton(first, edges[order, 1].astype(np.uint8), target[order], accepted[useful])
