"""Which groups were not reported, and by which step. Knows numbers and groups, no rule.

A step gets numbers and returns those it keeps; the groups of all others are recorded under its name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from live.core.records import Number
from live.reading.budget import Budget

NumberedGroup = tuple[int, Number]
"""The index of a group, and the number that it is."""


@dataclass(eq=False)
class Rejections:
    """Groups that are not reported, by the step that rejected them."""

    by_step: dict[str, tuple[int, ...]] = field(default_factory=dict)
    chances: dict[int, float] = field(default_factory=dict)
    """By the verifier, for the groups that it was asked about: the probability that they are numbers."""

    def keep(self, step: str, found: list[NumberedGroup], left: tuple[Number, ...]) -> list[NumberedGroup]:
        """The numbers that a step left; the groups of all others are recorded under its name."""
        kept = set(left)
        self.by_step[step] = tuple(index for index, number in found if number not in kept)
        return [(index, number) for index, number in found if number in kept]


def numbers_in(found: list[NumberedGroup]) -> tuple[Number, ...]:
    """The numbers without their groups."""
    return tuple(number for _, number in found)


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
