"""Nondeterministic automata over symbols, from the parts of a pattern. Knows no syntax and no number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from live.expected.automata import Rule, TooLargeError

MOST_NODES = 2_000
"""Most states before the automaton is made deterministic."""


@dataclass(slots=True)
class Net:
    """A nondeterministic automaton: from each node edges with symbols, and free ones."""

    edges: list[list[tuple[frozenset[int], int]]] = field(default_factory=list)
    free: list[list[int]] = field(default_factory=list)

    def node(self) -> int:
        """A new node. Raises TooLargeError."""
        if len(self.edges) >= MOST_NODES:
            raise TooLargeError
        self.edges.append([])
        self.free.append([])
        return len(self.edges) - 1

    def closed(self, nodes: Iterable[int]) -> frozenset[int]:
        """The nodes and all that free edges lead to."""
        found: set[int] = set()
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if node not in found:
                found.add(node)
                waiting += self.free[node]
        return frozenset(found)


class Part(Protocol):
    """A part of a pattern."""

    def add_to(self, net: Net, start: int) -> int:
        """Add it to a net, from a node on; returns its last node."""


@dataclass(frozen=True, slots=True)
class One:
    """One of some symbols."""

    symbols: frozenset[int]

    def add_to(self, net: Net, start: int) -> int:
        end = net.node()
        net.edges[start].append((self.symbols, end))
        return end


@dataclass(frozen=True, slots=True)
class Row:
    """Parts one after the other."""

    parts: tuple[Part, ...]

    def add_to(self, net: Net, start: int) -> int:
        for part in self.parts:
            start = part.add_to(net, start)
        return start


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several parts."""

    parts: tuple[Part, ...]

    def add_to(self, net: Net, start: int) -> int:
        end = net.node()
        for part in self.parts:
            before = net.node()
            net.free[start].append(before)
            net.free[part.add_to(net, before)].append(end)
        return end


@dataclass(frozen=True, slots=True)
class Repeated:
    """A part several times."""

    part: Part
    fewest: int
    most: int | None

    def add_to(self, net: Net, start: int) -> int:
        for _ in range(self.fewest):
            start = self.part.add_to(net, start)
        if self.most is None:
            before = net.node()
            net.free[start].append(before)
            net.free[self.part.add_to(net, before)].append(before)
            return before
        nodes = [start]
        for _ in range(self.most - self.fewest):
            before = net.node()
            net.free[nodes[-1]].append(before)
            nodes.append(self.part.add_to(net, before))
        end = net.node()
        for node in nodes:
            net.free[node].append(end)
        return end


def rule_of(part: Part) -> Rule[frozenset[int]]:
    """The rule for the texts of a part. Raises TooLargeError."""
    net = Net()
    start = net.node()
    end = part.add_to(net, start)

    def step(nodes: frozenset[int], symbol: int) -> frozenset[int] | None:
        after = {target for node in nodes for symbols, target in net.edges[node] if symbol in symbols}
        return net.closed(after) if after else None

    return Rule(net.closed({start}), step, lambda nodes: end in nodes, len)
