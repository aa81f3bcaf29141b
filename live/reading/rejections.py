"""Which groups were not reported, and by which step. Knows numbers and groups, no rule.

A step gets numbers and returns those it keeps; the groups of all others are recorded under its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from live.core.records import Number
from live.reading.budget import Budget
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

    def of_step(self, step: str, found: list[NumberedGroup]) -> list[NumberedGroup]:
        """The numbers that a step rejected. found: those that it got."""
        gone = set(self.by_step[step])
        return [(index, number) for index, number in found if index in gone]


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


def affordable_numbers(found: list[NumberedGroup], budget: Budget) -> tuple[Number, ...]:
    """The numbers that the budget lasts for, as ordered; the digits of the others are counted as left out.

    Those with the most digits are kept: what is read into a texture mostly has one.
    """
    numbers = numbers_in(found)
    count = budget.pay_numbers(len(numbers))
    if count == len(numbers):
        return numbers
    longest_first = sorted(range(len(numbers)), key=lambda k: -len(numbers[k].digits))
    budget.leave_out(sum(len(numbers[k].digits) for k in longest_first[count:]))
    return tuple(numbers[k] for k in sorted(longest_first[:count]))
