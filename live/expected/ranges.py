"""Ranges of values, such as 0..100, as automata. Knows no number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from live.expected.automata import DIGITS, SYMBOLS, Rule

RANGE = re.compile(r"(?P<low>[+-]?[0-9]+(?:[.,][0-9]+)?)\.\.(?P<high>[+-]?[0-9]+(?:[.,][0-9]+)?)")
LONGEST = 18
"""Most digits of an end of a range; every longer number is a code."""
MARKS = frozenset({SYMBOLS.index("."), SYMBOLS.index(",")})
SIGNS = {SYMBOLS.index("+"): 1, SYMBOLS.index("-"): -1}


class RangeError(Exception):
    """A range can't be used; the message is the end of a sentence, without a full stop."""


@dataclass(frozen=True, slots=True)
class _Form:
    """Numbers of one sign, with so many digits before the decimal mark and behind it, from one to another."""

    sign: int
    whole: int
    decimals: int
    low: str
    high: str
    """Their digits, of one length."""


Place = tuple[int, int, bool, bool, bool]
"""A form, how many digits are read, whether all were those of its low and of its high end, and whether a mark came last."""


def range_rule(text: str) -> Rule[frozenset[Place]]:
    """The rule of a range `LOW..HIGH`: values without leading zeros, with at most as many decimals as the ends have.

    Raises RangeError.
    """
    ends = RANGE.fullmatch(text)
    if ends is None:
        raise RangeError("a range is written as 0..100")
    low, high = (Decimal(ends[name].replace(",", ".")) for name in ("low", "high"))
    if max(len(re.sub(r"[^0-9]", "", ends[name])) for name in ("low", "high")) > LONGEST:
        raise RangeError(f"its ends have at most {LONGEST} digits")
    if low > high:
        raise RangeError(f"it can match nothing: {ends['low']} is more than {ends['high']}")
    most = max(-int(end.as_tuple().exponent) for end in (low, high))
    forms = [*_forms(1, max(low, Decimal(0)), high, most), *_forms(-1, max(-high, Decimal(0)), -low, most)]

    def first(sign: int) -> frozenset[Place]:
        return frozenset((k, 0, True, True, False) for k, form in enumerate(forms) if form.sign == sign)

    def step(state: frozenset[Place], symbol: int) -> frozenset[Place] | None:
        if not state and symbol in SIGNS:  # nothing is read yet
            return first(SIGNS[symbol]) or None
        places = state or first(1)
        after = frozenset(moved for place in places if (moved := _moved(forms[place[0]], place, symbol)) is not None)
        return after or None

    def accepts(state: frozenset[Place]) -> bool:
        return any(read == len(forms[k].low) for k, read, _, _, _ in state)

    return Rule(frozenset(), step, accepts, lambda state: max(len(state), 1))


def _forms(sign: int, low: Decimal, high: Decimal, most: int) -> Iterator[_Form]:
    """The forms of the numbers with one sign; low and high without it, low at least 0."""
    if high < low:
        return
    for decimals in range(most + 1):
        scale = Decimal(10) ** decimals
        first = int((low * scale).to_integral_value(ROUND_CEILING))
        last = int((high * scale).to_integral_value(ROUND_FLOOR))
        if sign < 0:
            first = max(first, 1)  # -0 is none
        for whole in range(1, len(str(int(high))) + 1):
            length = whole + decimals
            fewest = max(first, 10 ** (length - 1) if whole > 1 else 0)
            greatest = min(last, 10**length - 1)
            if fewest <= greatest:
                yield _Form(sign, whole, decimals, f"{fewest:0{length}d}", f"{greatest:0{length}d}")


def _moved(form: _Form, place: Place, symbol: int) -> Place | None:
    """The place after a symbol; None where the form has none so."""
    k, read, at_low, at_high, marked = place
    if symbol in MARKS:
        return (k, read, at_low, at_high, True) if form.decimals and read == form.whole and not marked else None
    if symbol >= DIGITS or read == len(form.low) or (form.decimals and read == form.whole and not marked):
        return None
    low, high = int(form.low[read]), int(form.high[read])
    if (at_low and symbol < low) or (at_high and symbol > high):
        return None
    return k, read + 1, at_low and symbol == low, at_high and symbol == high, False
