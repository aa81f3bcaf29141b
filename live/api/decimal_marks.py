"""Tells each number of a page the page's decimal mark, on which its value depends; reads no picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from live.core.records import Number
from live.core.results import TrackedNumber
from live.core.values import DecimalSetting, decimal_mark


def with_decimal_mark(numbers: Sequence[Number], setting: DecimalSetting) -> tuple[Number, ...]:
    """The numbers of a page, those with signs with its decimal mark. setting: `output.decimal`."""
    mark = decimal_mark((number.shown for number in numbers if number.signs), setting)
    return tuple(_marked(number, mark) for number in numbers)


def tracked_with_decimal_mark(numbers: Sequence[TrackedNumber], setting: DecimalSetting) -> tuple[TrackedNumber, ...]:
    """The same for tracked numbers. Those that are shown tell the mark; a misreading that is gone in the next frame does not."""
    mark = decimal_mark((one.number.shown for one in numbers if one.confirmed and one.number.signs), setting)
    return tuple(
        one if (number := _marked(one.number, mark)) is one.number else replace(one, number=number) for one in numbers
    )


def _marked(number: Number, mark: str) -> Number:
    """The number with that mark; itself where that changes nothing."""
    return replace(number, decimal_mark=mark) if number.signs and number.decimal_mark != mark else number
