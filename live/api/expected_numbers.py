"""Applies what is expected to the numbers of a page or a frame; reads no picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from live.core.records import Number
from live.core.results import TrackedNumber
from live.core.settings import Settings
from live.expected.expectation import Expectation

Expected = str | Sequence[str] | Expectation
"""Formats as `--expect` takes them, or an `Expectation` that several readers share."""


def expectation_of(expect: Expected | None, settings: Settings) -> Expectation | None:
    """The expectation of a reader; None: that of the settings, or none. Raises SettingsError."""
    if expect is None:
        return Expectation.of(settings)
    return expect if isinstance(expect, Expectation) else Expectation(expect)


def settled(numbers: Sequence[Number], expectation: Expectation | None, settings: Settings) -> tuple[Number, ...]:
    """The numbers of a page as they are expected; those that fit nothing are left out where the settings say so."""
    if expectation is None:
        return tuple(numbers)
    found = (expectation.settle(number, settings.grouping.doubt_below) for number in numbers)
    return tuple(number for number in found if number.fits or not settings.only_expected)


def tracked_as_expected(numbers: Sequence[TrackedNumber], settings: Settings) -> tuple[TrackedNumber, ...]:
    """The numbers of a frame, which the tracker has settled: those that fit nothing are not shown where the settings say so."""
    if not settings.only_expected:
        return tuple(numbers)
    return tuple(replace(one, confirmed=False) if one.number.fits is False else one for one in numbers)
