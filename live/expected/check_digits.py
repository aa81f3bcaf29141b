"""Numbers whose last digits check the others: Luhn, EAN-13, ISBN, mod 97. Knows automata, no number.

A hyphen may stand between two digits, as in ISBN 978-3-16-148410-0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from live.expected.automata import DIGITS, SYMBOLS, Rule

HYPHEN = SYMBOLS.index("-")
EAN_LENGTH = 13
BOOK_PREFIXES = ("978", "979")
"""An ISBN of 13 digits is an EAN-13 that begins with one of these (ISO 2108)."""
ISBN10_LENGTH = 10
FEWEST = 3
"""The fewest digits of a number with check digits of its own: mod 97 has two of them."""

Start = Any
AddDigit = Callable[[Any, int], Any]


def _hyphened(start: Any, add: AddDigit, accepts: Callable[[Any], bool]) -> Rule[tuple[Any, bool]]:
    """The rule of a check over digits, with hyphens between them. add: the state after a digit, None where it can't go on."""

    def step(state: tuple[Any, bool], symbol: int) -> tuple[Any, bool] | None:
        inner, after_digit = state
        if symbol < DIGITS:
            after = add(inner, symbol)
            return None if after is None else (after, True)
        return (inner, False) if symbol == HYPHEN and after_digit else None

    return Rule((start, False), step, lambda state: state[1] and accepts(state[0]))


def luhn() -> Rule[Any]:
    """Numbers with a Luhn check digit (ISO/IEC 7812-1), of any length: cards, IMEI."""

    def add(state: tuple[int, int, int], digit: int) -> tuple[int, int, int]:
        # the sums if the newest digit counts once, and if it counts twice: where the number ends isn't known yet
        once, twice, count = state
        return (twice + digit) % 10, (once + sum(divmod(2 * digit, 10))) % 10, min(count + 1, FEWEST)

    return _hyphened((0, 0, 0), add, lambda state: state[0] == 0 and state[2] == FEWEST)


def mod97() -> Rule[Any]:
    """Numbers that leave 1 when they are divided by 97 (ISO/IEC 7064), as an IBAN's digits do."""

    def add(state: tuple[int, int], digit: int) -> tuple[int, int]:
        return (10 * state[0] + digit) % 97, min(state[1] + 1, FEWEST)

    return _hyphened((0, 0), add, lambda state: state == (1, FEWEST))


def ean13(prefixes: tuple[str, ...] = ("",)) -> Rule[Any]:
    """EAN-13 and GTIN-13 (GS1): 13 digits, every second one counts three times. prefixes: what they begin with."""

    def add(state: tuple[int, int, str], digit: int) -> tuple[int, int, str] | None:
        count, total, begun = state
        longest = max(map(len, prefixes))
        if count < longest:
            begun += str(digit)
            if not any(prefix.startswith(begun) for prefix in prefixes):
                return None
        begun = "" if count + 1 >= longest else begun
        return None if count == EAN_LENGTH else (count + 1, (total + digit * (3 if count % 2 else 1)) % 10, begun)

    return _hyphened((0, 0, ""), add, lambda state: state[:2] == (EAN_LENGTH, 0))


def isbn13() -> Rule[Any]:
    """ISBN of 13 digits."""
    return ean13(BOOK_PREFIXES)


def isbn10() -> Rule[Any]:
    """ISBN of ten digits. Those that end in X are left out: the reader knows digits and signs alone."""

    def add(state: tuple[int, int], digit: int) -> tuple[int, int] | None:
        count, total = state
        return None if count == ISBN10_LENGTH else (count + 1, (total + (ISBN10_LENGTH - count) * digit) % 11)

    return _hyphened((0, 0), add, lambda state: state == (ISBN10_LENGTH, 0))


CHECKS: dict[str, tuple[Callable[[], Rule[Any]], ...]] = {
    "luhn": (luhn,),
    "ean13": (ean13,),
    "isbn10": (isbn10,),
    "isbn13": (isbn13,),
    "isbn": (isbn10, isbn13),
    "mod97": (mod97,),
}
"""The checks by name; of several, one has to hold."""
