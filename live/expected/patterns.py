"""Patterns over digits and signs, in the common syntax of regular expressions. Knows no number.

A pattern becomes an automaton that is followed state by state. Nothing is tried and taken back, so that no pattern takes long;
one with too many states is rejected.
"""

from __future__ import annotations

from live.expected.automata import DIGITS, SYMBOLS, Rule
from live.expected.nets import Choice, One, Part, Repeated, Row, rule_of

LONGEST = 64
"""Most symbols of a number that a pattern may count to; the longest common code, an IBAN, has 34."""
DEEPEST = 40
"""Deepest nesting of brackets."""
ANY = frozenset(range(len(SYMBOLS)))
ANY_DIGIT = frozenset(range(DIGITS))


class PatternError(Exception):
    """A pattern can't be understood; the message is the end of a sentence, without a full stop."""


def pattern_rule(pattern: str) -> Rule[frozenset[int]]:
    """The rule of a pattern. Raises PatternError and TooLargeError."""
    return rule_of(_Parser(pattern).whole())


class _Parser:
    """Reads a pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern.removeprefix("^")
        if self._text.endswith("$") and not self._text.endswith("\\$"):
            self._text = self._text[:-1]
        self._at = 0
        self._deep = 0

    def whole(self) -> Part:
        """The pattern. Raises PatternError."""
        found = self._choice()
        if self._at < len(self._text):
            raise PatternError("a bracket ) is closed that was not opened")
        return found

    def _peek(self) -> str:
        """The next letter; "" at the end."""
        return self._text[self._at : self._at + 1]

    def _take(self, letter: str) -> bool:
        """Whether this letter comes next; it is passed then."""
        if self._peek() != letter:
            return False
        self._at += 1
        return True

    def _choice(self) -> Part:
        """Rows with | between them."""
        rows = [self._row()]
        while self._take("|"):
            rows.append(self._row())
        return rows[0] if len(rows) == 1 else Choice(tuple(rows))

    def _row(self) -> Part:
        """Parts up to | or ) or the end."""
        parts = []
        while self._peek() not in ("", "|", ")"):
            parts.append(self._repeated(self._one()))
        return Row(tuple(parts))

    def _repeated(self, part: Part) -> Part:
        """A part with what says how many times it stands."""
        counts = {"?": (0, 1), "*": (0, None), "+": (1, None)}
        letter = self._peek()
        if not letter or letter not in "?*+{":
            return part
        self._at += 1
        fewest, most = counts[letter] if letter in counts else self._count()
        following = self._peek()
        if following and following in "?*+{":
            raise PatternError(
                f"{letter} and {following} stand side by side: one count is enough (the sign itself is \\{following})"
            )
        return Repeated(part, fewest, most)

    def _count(self) -> tuple[int, int | None]:
        """What stands in {}: `3`, `2,4`, `2,`."""
        inside, closed, _ = self._text[self._at :].partition("}")
        numbers = inside.split(",")
        if (
            not closed
            or len(numbers) > 2
            or not all(n.isascii() and (n.isdecimal() or not n) for n in numbers)
            or not numbers[0]
        ):
            raise PatternError("{ needs a count behind it, such as {6} or {2,4}")
        self._at += len(inside) + 1
        fewest = _up_to_longest(numbers[0])
        if len(numbers) == 1:
            return fewest, fewest
        most = _up_to_longest(numbers[1]) if numbers[1] else None
        if most is not None and most < fewest:
            raise PatternError(f"{{{inside}}} counts down: the smaller number stands first")
        return fewest, most

    def _one(self) -> Part:
        """A symbol, a set or a bracket."""
        letter = self._peek()
        self._at += 1
        if letter == "(":
            return self._bracket()
        if letter == "[":
            return self._set()
        if letter == "\\":
            return One(self._escaped())
        if letter == ".":
            return One(ANY)
        if letter in ("*", "?", "{", "+"):
            raise PatternError(f"{letter} has nothing before it to repeat (the sign itself is \\{letter})")
        return One(_symbol(letter))

    def _bracket(self) -> Part:
        """What stands in ()."""
        self._deep += 1
        if self._deep > DEEPEST:
            raise PatternError(f"brackets are nested deeper than {DEEPEST}")
        if self._take("?") and not self._take(":"):
            raise PatternError("(? is known only as (?:")
        found = self._choice()
        if not self._take(")"):
            raise PatternError("a bracket ( is not closed")
        self._deep -= 1
        return found

    def _escaped(self) -> frozenset[int]:
        """What a backslash and the next letter mean."""
        letter = self._peek()
        self._at += 1
        if letter == "d":
            return ANY_DIGIT
        if not letter or letter.isalnum():
            raise PatternError(f"\\{letter} is not known, only \\d for a digit and \\ before a sign")
        return _symbol(letter)

    def _set(self) -> Part:
        """What stands in []."""
        without = self._take("^")
        found: set[int] = set()
        last = ""
        while not self._take("]"):
            letter = self._peek()
            self._at += 1
            if not letter:
                raise PatternError("a bracket [ is not closed")
            if letter == "-" and last and self._peek() not in ("]", ""):
                found |= self._span(last)
                last = ""
            elif letter == "\\":
                found |= self._escaped()
                last = ""
            else:
                found |= _symbol(letter)
                last = letter
        return One(ANY - found if without else frozenset(found))

    def _span(self, first: str) -> set[int]:
        """The digits from one to another, as in [1-5]."""
        last = self._peek()
        self._at += 1
        if not (first.isdecimal() and last in SYMBOLS[:DIGITS] and first <= last):
            raise PatternError(f"[{first}-{last}] is no span of digits (the sign itself stands last, or as \\-)")
        return set(range(int(first), int(last) + 1))


def _symbol(letter: str) -> frozenset[int]:
    """The code of a digit or a sign."""
    code = SYMBOLS.find(letter)
    if code < 0:
        raise PatternError(f"{letter} is no digit and no sign ({' '.join(SYMBOLS[DIGITS:])})")
    return frozenset({code})


def _up_to_longest(text: str) -> int:
    """A count. Raises PatternError."""
    count = int(text) if len(text) <= len(str(LONGEST)) else LONGEST + 1
    if count > LONGEST:
        raise PatternError(f"{text[:20]} symbols are more than a number has, {LONGEST} at most")
    return count
