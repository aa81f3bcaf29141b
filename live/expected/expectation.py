"""What numbers are expected to look like, applied to their probabilities. Knows no camera, no command and no page.

A number may be an expected one or another. Where it is expected, its text is one that fits. The likelihood of both, by the
probabilities of its digits and signs, decides: a short list of long numbers is believed over several doubtful digits, a check
digit over one, and neither over digits that are sure. docs/decisions/0032-expected-formats.md
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from live.core.errors import SettingsError
from live.core.records import DIGIT_CLASSES, SIGN_SYMBOLS, Digit, Number, Sign
from live.core.settings import MOST_FORMATS, Settings
from live.expected.automata import DIGITS, NOTHING, SYMBOLS, Automaton
from live.expected.formats import Format, parse_format
from live.expected.paths import Paths, search

Floats = NDArray[np.float64]
EXPECTED = 0.9
"""Probability that a number is an expected one, before it is looked at: one of ten on a form is a page number or a note."""
SURE = 0.995
"""A number that fits and is this sure is left as it is: its confidence would rise by less than the rest."""
FLOOR = 1e-3
"""Share of a digit's probability that is spread over all digits: the network's own for the least likely ones tell nothing."""
MOST_CERTAIN = 0.999
"""The highest probability of a sign."""
NO_SIGN = 0.5
"""Share of a sign's doubt that means that there is no sign; the rest, that it is another one."""


@dataclass(frozen=True, eq=False)
class _Fit:
    """A format's part of the explanation of a number."""

    text: str
    paths: Paths
    odds: float
    """Probability that the number has this format, in units of that of the ink."""


class Expectation:
    """The formats that numbers may have. Immutable but for caches; any thread may use it.

    expectation = Expectation(["6", "luhn:16"])
    number = expectation.settle(number, doubt_below=0.7)
    number.fits, number.format
    """

    def __init__(self, formats: str | Sequence[str]) -> None:
        """formats: one or several, as `--expect` takes them; a number fits where it fits one. Raises SettingsError."""
        texts = (formats,) if isinstance(formats, str) else tuple(formats)
        if not texts:
            raise SettingsError("expect: there is no format in the list.")
        if len(texts) > MOST_FORMATS:
            raise SettingsError(
                f"expect: {len(texts):,} formats are too many, {MOST_FORMATS} at most. Put values into a .csv file."
            )
        self.formats = texts
        """As they were written."""
        parsed = [parse_format(text) for text in texts]
        self.notes: tuple[str, ...] = tuple(one.note for one in parsed if one.note is not None)
        """One line on each format of which a part was left out."""
        self._automata: list[tuple[str, Automaton]] = [pair for one in parsed for pair in _pairs(one)]

    @classmethod
    def of(cls, settings: Settings) -> Expectation | None:
        """That of the settings; None where any number is expected. Raises SettingsError."""
        return cls(settings.formats) if settings.formats else None

    def __repr__(self) -> str:
        """For people: `<Expectation '6', 'luhn:16'>`."""
        return f"<Expectation {', '.join(map(repr, self.formats))}>"

    def format_of(self, text: str) -> str | None:
        """The first format that a text, of digits and signs, fits; None where it fits none."""
        return next((name for name, automaton in self._automata if automaton.fits(text)), None)

    def settle(self, number: Number, doubt_below: float) -> Number:
        """The likeliest number that fits, with `fits` True; where another one is likelier, the number as it is, `fits` False.

        doubt_below: as `grouping.doubt_below`, 0 to 1. Digits and signs of a number that fits have the probabilities that they
        have given the formats, and its confidence is that of all its text. A sign may change or go; none is added.
        """
        if number.confidence >= SURE and not number.doubts:
            name = self.format_of(number.text)
            if name is not None:
                return replace(number, fits=True, format=name)
        places, shape = _places_of(number)
        fits = [fit for name, automaton in self._automata if (fit := _fit(name, automaton, places, shape)) is not None]
        other = 1 - EXPECTED
        whole = other + sum(fit.odds * EXPECTED / len(self._automata) for fit in fits)
        shares = [fit.odds * EXPECTED / len(self._automata) / whole for fit in fits]
        best, sure = None, 0.0
        for candidate in fits:
            log_text = math.log(max(candidate.paths.best, 1e-300)) + candidate.paths.log_total
            alike = [k for k, fit in enumerate(fits) if fit.paths.symbols == candidate.paths.symbols]
            chance = math.exp(log_text) * other / whole + sum(shares[k] * fits[k].paths.best for k in alike)
            if chance > sure:
                best, sure = candidate, chance
        as_read = number.confidence * other / whole
        if best is None or (sure < as_read and self.format_of(number.text) is None):
            return replace(number, fits=False, format="")
        rows = sum((share * fit.paths.shares for share, fit in zip(shares, fits, strict=True)), places * other / whole)
        return _settled(number, best, rows, (min(sure, 1.0), doubt_below))


def _pairs(one: Format) -> list[tuple[str, Automaton]]:
    """Each automaton of a format with the format's text."""
    return [(one.text, automaton) for automaton in one.automata]


def _fit(name: str, automaton: Automaton, places: Floats, shape: str) -> _Fit | None:
    """How well a number fits one automaton; None where it doesn't."""
    prior = automaton.prior(shape)
    paths = search(automaton, places) if prior > 0 else None
    if paths is None:
        return None
    # a format that few texts fit gains most where the number does fit
    return _Fit(name, paths, math.exp(paths.log_total - math.log(prior)))


def _places_of(number: Number) -> tuple[Floats, str]:
    """(n, NOTHING + 1) probabilities of the symbols at each place of a number, and its shape, as for `Automaton.prior`."""
    rows, shape = [], ""
    for kind, k in _order(number):
        row = np.zeros(NOTHING + 1)
        if kind == "d":
            told = number.digits[k].probabilities[:DIGIT_CLASSES].astype(np.float64)
            row[:DIGITS] = (1 - FLOOR) * told + FLOOR * told.sum() / DIGITS
        else:
            sign = number.signs[k]
            sure = min(sign.confidence, MOST_CERTAIN)
            row[DIGITS:NOTHING] = (1 - NO_SIGN) * (1 - sure) / (len(SIGN_SYMBOLS) - 1)
            row[SYMBOLS.index(sign.symbol)] = sure
            row[NOTHING] = NO_SIGN * (1 - sure)
        rows.append(row)
        shape += kind
    return np.stack(rows), shape


def _order(number: Number) -> list[tuple[str, int]]:
    """Digits (`d`) and signs (`s`) from left to right, each with its index."""
    order: list[tuple[str, int]] = []
    for gap in range(len(number.digits) + 1):
        order += [("s", k) for k, sign in enumerate(number.signs) if sign.before == gap]
        order += [("d", gap)] if gap < len(number.digits) else []
    return order


def _settled(number: Number, fit: _Fit, rows: Floats, trust: tuple[float, float]) -> Number:
    """The number with the text of a fit. rows: its symbols' probabilities. trust: its confidence, and `doubt_below`."""
    digits: list[Digit] = []
    signs: list[Sign] = []
    confidence, doubt_below = trust
    for (kind, k), symbol, row in zip(_order(number), fit.paths.symbols, rows, strict=True):
        if kind == "d":
            digits.append(_digit(number.digits[k], symbol, row))
        elif symbol != NOTHING:
            share = float(min(max(row[symbol], 0.0), 1.0))
            signs.append(replace(number.signs[k], symbol=SYMBOLS[symbol], confidence=share))
    doubtful = tuple(k for k, digit in enumerate(digits) if digit.certainty < doubt_below)
    doubtful_signs = tuple(k for k, sign in enumerate(signs) if sign.confidence < doubt_below)
    return replace(
        number, digits=tuple(digits), signs=tuple(signs), doubtful=doubtful, doubtful_signs=doubtful_signs,
        fits=True, format=fit.text, posterior=confidence,
    )  # fmt: skip


def _digit(digit: Digit, label: int, row: Floats) -> Digit:
    """A digit with its probabilities given the formats, and the label of the likeliest text."""
    probabilities = np.zeros(len(digit.probabilities), np.float32)
    probabilities[:DIGIT_CLASSES] = row[:DIGITS]
    rest = max(0.0, 1.0 - float(row[:DIGITS].sum()))
    if len(probabilities) > DIGIT_CLASSES:
        probabilities[DIGIT_CLASSES:] = rest / (len(probabilities) - DIGIT_CLASSES)
    else:
        probabilities /= probabilities.sum()
    return Digit(digit.box, probabilities, label)
