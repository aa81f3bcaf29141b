"""Which groups were not reported, and by which step. Knows numbers and groups, no rule.

A step gets numbers and returns those it keeps; the groups of all others are recorded under its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from live.core.records import Number
from live.reading.grouping import Group

NumberedGroup = tuple[int, Number]
"""The index of a group, and the number that it is."""


@dataclass(eq=False)
class Rejections:
    """Groups that are not reported, by the step that rejected them."""

    by_step: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def keep(self, step: str, found: list[NumberedGroup], left: tuple[Number, ...]) -> list[NumberedGroup]:
        """The numbers that a step left; the groups of all others are recorded under its name."""
        kept = set(left)
        self.by_step[step] = tuple(index for index, number in found if number not in kept)
        return [(index, number) for index, number in found if number in kept]


def numbers_in(found: list[NumberedGroup]) -> tuple[Number, ...]:
    """The numbers without their groups."""
    return tuple(number for _, number in found)


def owners_of(groups: list[Group], found: list[NumberedGroup]) -> list[int]:
    """The index in `found` of the number that each candidate of the groups is a digit of; -1 for none."""
    number_of = {index: k for k, (index, _) in enumerate(found)}
    return [
        number_of.get(index, -1) if piece.digit is not None else -1
        for index, group in enumerate(groups)
        for piece in group.pieces
    ]
