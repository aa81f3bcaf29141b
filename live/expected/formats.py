"""What a person writes as a format, and the automata that it means. Knows no number.

6, 4-8                      so many digits
0..100, -1.5..1.5           a value from one to another
luhn, ean13, isbn, mod97    a check digit holds; luhn:16, mod97:DE... both must hold
date, time, amount, phone   a kind of number
parts.csv, parts.csv#code   one of the values in a file
\\d{2}/\\d{2}                 a pattern, of digits and signs
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from live.core.errors import SettingsError
from live.core.plain_text import printable
from live.expected.automata import Automaton, Rule, TooLargeError, both, build
from live.expected.check_digits import CHECKS
from live.expected.kinds import KINDS
from live.expected.patterns import LONGEST, PatternError, pattern_rule
from live.expected.ranges import RangeError, range_rule
from live.expected.value_lists import ListError, read_values

LENGTH = re.compile(r"(?P<low>[0-9]+)(?:-(?P<high>[0-9]+))?")
LIST_SUFFIXES = (".csv", ".tsv", ".txt")
LONGEST_FORMAT = 2_000
"""The longest format, in characters; a longer one is a list, which belongs in a file."""
LONGEST_SHOWN = 60


@dataclass(frozen=True, eq=False)
class Format:
    """One format that numbers may have."""

    text: str
    """As it was written."""
    automata: tuple[Automaton, ...]
    """A number fits where it fits one of these."""
    note: str | None = None
    """One line on what was left out of it."""


def parse_format(text: str) -> Format:
    """The format that a text means. Raises SettingsError."""
    shown = printable(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}...")
    if not text.strip():
        raise SettingsError(
            "expect: an empty format fits no number. Write one such as 6, 0..100, date or \\d{2}/\\d{2}."
        )
    if len(text) > LONGEST_FORMAT:
        raise SettingsError(
            f"expect: {shown} is longer than {LONGEST_FORMAT:,} letters. Put a list of values into a .csv file."
        )
    try:
        path, _, column = text.partition("#")
        if Path(path).suffix.lower() in LIST_SUFFIXES:
            found = read_values(Path(path), column)
            lines = "line" if found.left_out == 1 else "lines"
            note = f"{shown}: {found.left_out:,} {lines} left out, which hold no number." if found.left_out else None
            return Format(text, (found.values,), note)
        automata = tuple(map(build, _rules(text.strip())))
    except ListError as error:
        raise SettingsError(f"expect: {error}") from error
    except (PatternError, RangeError) as error:
        raise SettingsError(f"expect: {shown} can't be used: {printable(error)}.") from error
    except TooLargeError:
        raise SettingsError(
            f"expect: {shown} has too many ways to be matched. Write it with fewer counts in {{}}, or list the values in a "
            ".csv file."
        ) from None
    automata = tuple(automaton for automaton in automata if not automaton.is_empty)
    if not automata:
        raise SettingsError(f"expect: {shown} can match nothing: no number of digits and signs looks like that.")
    return Format(text, automata)


def _rules(text: str) -> list[Rule[Any]]:
    """The rules of a format that is no list; a number fits where it fits one. Raises SettingsError and those of the parts."""
    name, colon, rest = text.partition(":")
    if name.lower() in CHECKS and (not colon or rest):
        checks = [make() for make in CHECKS[name.lower()]]
        return [both(check, inner) for check in checks for inner in _rules(rest)] if colon else checks
    if text.lower() in KINDS:
        return [pattern_rule(KINDS[text.lower()])]
    if ".." in text and not text.startswith("."):
        return [range_rule(text)]
    length = LENGTH.fullmatch(text)
    if length is not None:
        low, high = length["low"], length["high"] or length["low"]
        if max(len(low), len(high)) > len(str(LONGEST)) or not 0 < int(low) <= int(high) <= LONGEST:
            raise SettingsError(
                f"expect: {printable(text[:LONGEST_SHOWN])} is no length, from 1 to {LONGEST} digits. "
                f"For the number itself write ({printable(text[:LONGEST_SHOWN])})."
            )
        return [pattern_rule(f"[0-9]{{{low},{high}}}")]
    if text.isalpha():
        named = ", ".join([*CHECKS, *KINDS])
        raise SettingsError(
            f"expect: there is no format {printable(text[:LONGEST_SHOWN])}, only {named}; or a pattern, such as \\d{{6}}."
        )
    return [pattern_rule(text)]
