"""Formats of expected numbers: which texts fit, and what is said of those that can't be used."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from live.core.errors import SettingsError
from live.expected.automata import SYMBOLS, build
from live.expected.expectation import Expectation
from live.expected.formats import LONGEST_FORMAT, parse_format
from live.expected.patterns import pattern_rule
from live.expected.ranges import range_rule

FITS = [
    ("6", "123456 000000", "12345 1234567 12.3456"),
    ("4-8", "1234 12345678", "123 123456789"),
    ("0..100", "0 100 +5 37", "101 007 -1 5.5"),
    ("-1.5..1.50", "-1.5 1.50 0,75 1 0", "-1.6 1.51 2 1.500 -0"),
    ("-20..-10", "-20 -10 -15", "15 -9 -21"),
    ("luhn", "4111111111111111 79927398713 4111-1111-1111-1111", "79927398714 0 00 4111--1111 -4111111111111111"),
    ("LUHN:16", "4111111111111111", "79927398713 4111-1111-1111-1111"),
    (r"luhn:7\d+", "79927398713", "4111111111111111"),
    ("ean13", "4006381333931", "4006381333930 400638133393"),
    ("isbn", "978-3-16-148410-0 9783161484100 0306406152 0-306-40615-2", "0306406153 4006381333931"),
    ("isbn10", "0306406152", "9783161484100"),
    ("isbn13", "9783161484100", "0306406152 4006381333931"),
    ("mod97", "3214282912345698765432161182", "3214282912345698765432161183 97 12"),
    (
        "date",
        "24.12.2026 24/12 2026-12-24 24122026 241226 29.2.24 12/24/2026 20261224 24.12.",
        "31.02.2026 32.12.2026 99 24.12/2026",
    ),
    ("time", "17:45 1745 7:05:09 07.30", "25:00 1760 7:5"),
    ("amount", "12.50 1.234,56 1,234.56 3.- 3,-- -3,50 1200 0.50", "1.2345 1.23,4 007"),
    ("phone", "+41791234567 0791234567 079-123-45-67", "12 +"),
    (r"-?\d+[.,]\d{2}", "-3.50 350,00", "350 3.5"),
    (r"^\d{2}/\d{2}/\d{4}$", "24/12/2026", "24122026"),
    ("(2024|2025)", "2024 2025", "2026"),
    ("[1-5]?[^0-9]7", "3.7 /7", "37 6.7"),
    (r"\d{2,}", "12 123456789", "1"),
    (r"(?:12){2}|\+5%", "1212 +5%", "12"),
    (".{3}", "1.2 123", "... 12"),
]


@pytest.mark.parametrize(("text", "good", "bad"), FITS, ids=[one[0] for one in FITS])
def test_what_fits_and_what_does_not(text: str, good: str, bad: str) -> None:
    expectation = Expectation(text)
    assert [one for one in good.split() if expectation.format_of(one) != text] == []
    assert [one for one in bad.split() if expectation.format_of(one) is not None] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "an empty format fits no number"),
        ("x", "there is no format x, only luhn, ean13, "),
        ("10..5", "can match nothing: 10 is more than 5"),
        ("0..1234567890123456789", "at most 18 digits"),
        ("1..x", "a range is written as 0..100"),
        ("[^0-9.,/:+%-]", "can match nothing: no number of digits and signs looks like that"),
        ("[.,]", "can match nothing"),
        ("ean13:6", "can match nothing"),
        (r"\d*1\d{20}", "has too many ways to be matched"),
        (r"(((\d{64}){64}){64})", "has too many ways to be matched"),
        ("2024", "no length, from 1 to 64 digits. For the number itself write (2024)"),
        ("0", "no length"),
        ("8-4", "no length"),
        ("(" * 100, "nested deeper than 40"),
        ("(12", "a bracket ( is not closed"),
        ("12)", "a bracket ) is closed that was not opened"),
        ("[12", "a bracket [ is not closed"),
        (r"1{", "{ needs a count"),
        (r"1{4,2}", "{4,2} counts down"),
        (r"\d{99}", "more than a number has, 64 at most"),
        (r"\d{99999999999999999999}", "more than a number has"),
        ("1**", "stand side by side"),
        ("*", "nothing before it to repeat"),
        ("(?=1)", "(? is known only as (?:"),
        (r"\w+", r"\w is not known"),
        ("[5-1]", "no span of digits"),
        ("12 34", "  is no digit and no sign"),
        ("1" * (LONGEST_FORMAT + 1), "Put a list of values into a .csv file"),
        ("none.csv", "there is no file none.csv. Check its name"),
        ("\x1b[31m1", "is no digit and no sign"),
    ],
)
def test_what_can_not_be_used_is_told_in_one_line(text: str, says: str) -> None:
    with pytest.raises(SettingsError) as error:
        Expectation(text)
    message = str(error.value)
    assert message.startswith("expect: ")
    assert says in message
    assert message.isprintable()
    assert len(message) < 300


def test_the_number_of_formats_is_limited() -> None:
    with pytest.raises(SettingsError, match="65 formats are too many, 64 at most"):
        Expectation(["6"] * 65)
    with pytest.raises(SettingsError, match="there is no format in the list"):
        Expectation([])
    assert repr(Expectation(["6", "luhn"])) == "<Expectation '6', 'luhn'>"
    assert Expectation(["6", r"\d+"]).format_of("123456") == "6"


atoms = st.sampled_from([r"\d", "[1-3]", "[^5-9]", "5", r"\.", "-", "/", ".", r"\+"])
counts = st.sampled_from(["", "", "?", "*", "+", "{2}", "{1,2}", "{2,}"])
patterns = st.recursive(
    st.builds(str.__add__, atoms, counts),
    lambda inner: (
        st.builds("({}){}".format, inner, counts)
        | st.builds("(?:{}|{})".format, inner, inner)
        | st.builds("{}{}".format, inner, inner)
    ),
    max_leaves=5,
)


@settings(max_examples=40)
@given(patterns, st.lists(st.text(SYMBOLS, min_size=1, max_size=6), min_size=1, max_size=20))
def test_a_pattern_means_what_pythons_does(pattern: str, texts: list[str]) -> None:
    automaton = build(pattern_rule(pattern))
    form = re.compile(pattern.replace("[^5-9]", "[01234.,/:+%-]"))
    for text in texts:
        fits = bool(form.fullmatch(text)) and any(letter.isdecimal() for letter in text)
        assert (not automaton.is_empty and automaton.fits(text)) == fits, text


ends = st.tuples(st.integers(-1500, 1500), st.integers(-1500, 1500), st.integers(0, 2))


@settings(max_examples=25)
@given(ends)
def test_a_range_holds_the_values_between_its_ends(drawn: tuple[int, int, int]) -> None:
    (low, high), decimals = sorted(drawn[:2]), drawn[2]
    scale = Decimal(10) ** -decimals
    first, last = low * scale, high * scale
    automaton = build(range_rule(f"{first}..{last}"))
    for value in [*range(low - 12, low + 12), *range(high - 12, high + 12), 0, 5, -5]:
        number = value * scale
        if number == 0 and str(number).startswith("-"):
            continue
        assert automaton.fits(str(number)) == (first <= number <= last), (first, last, number)
        assert not automaton.fits("0" + str(number).lstrip("-"))


def luhn_holds(text: str) -> bool:
    doubled = [int(d) * (2 if k % 2 else 1) for k, d in enumerate(reversed(text))]
    return sum(d // 10 + d % 10 for d in doubled) % 10 == 0


def ean_holds(text: str) -> bool:
    return sum(int(d) * (3 if k % 2 else 1) for k, d in enumerate(text)) % 10 == 0


def isbn10_holds(text: str) -> bool:
    return sum(int(d) * (10 - k) for k, d in enumerate(text)) % 11 == 0


@pytest.mark.parametrize(
    ("name", "length", "holds"),
    [
        ("luhn", 9, luhn_holds),
        ("ean13", 13, ean_holds),
        ("isbn10", 10, isbn10_holds),
        ("mod97", 6, lambda text: int(text) % 97 == 1),
    ],
)
def test_check_digits_are_those_of_the_standards(name: str, length: int, holds: Callable[[str], bool]) -> None:
    numbers = random.Random(3)
    expectation = Expectation(name)
    texts = ["".join(numbers.choices("0123456789", k=length)) for _ in range(500)]
    assert [text for text in texts if (expectation.format_of(text) is not None) != holds(text)] == []
    assert any(map(holds, texts))


def test_a_list_of_values_is_a_text_file_or_a_column_of_a_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("values.txt").write_text("4711\n 12 34 \n\n3,50\n4711\n")
    assert all(Expectation("values.txt").format_of(text) for text in ("4711", "1234", "3,50"))
    assert Expectation("values.txt").format_of("471") is None
    Path("parts.csv").write_text('name;code\n"a;b";007\nbolt;31415926535\nnut;12a\nmore\n', encoding="utf-8-sig")
    for name in ("parts.csv#code", "parts.csv#2"):
        expectation = Expectation(name)
        assert expectation.format_of("007") == name
        assert expectation.format_of("31415926535") == name
        assert expectation.format_of("12") is None
        assert expectation.notes == (f"{name}: 1 line left out, which hold no number.",)
    Path("one.CSV").write_text("12\n34\n")
    assert Expectation("one.CSV").format_of("34") == "one.CSV"


def test_a_long_list_holds_its_values_alone(tmp_path: Path) -> None:
    numbers = random.Random(5)
    values = {"".join(numbers.choices("0123456789-", k=numbers.randint(1, 30))) for _ in range(2_000)}
    values = {value for value in values if any(map(str.isdecimal, value))}
    path = tmp_path / "values.csv"
    path.write_text("\n".join(values))
    found = parse_format(str(path)).automata[0]
    assert all(map(found.fits, values))
    others = {value[:-1] for value in values} | {value + "0" for value in values}
    assert not any(map(found.fits, others - values - {""}))
    long = sum(1 for value in values if len(value) == 3 and value.isdecimal())
    assert found.prior("ddd") == pytest.approx(long / 10**3)


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.csv", "can match nothing: it holds no value"),
        (b"name\nbolt\n", "a.csv", "can match nothing: it holds no value"),
        (b"a,b\n1,2\n", "a.csv#c", "has no column c. It has a, b."),
        (b"1\0" * 20, "a.csv", "is no text"),
        (b"\xff\xfe1\n", "a.txt", "can match nothing"),
        (b"9" * 100, "a.txt", "can match nothing"),
        (b'"' + b"1" * 200_000, "a.csv#1", "is no CSV"),
    ],
)
def test_a_list_that_can_not_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, name: str, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(name.partition("#")[0]).write_bytes(content)
    with pytest.raises(SettingsError) as error:
        Expectation(name)
    assert says in str(error.value)
    assert str(error.value).isprintable()


def test_a_list_that_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("folder.csv").mkdir()
    with pytest.raises(SettingsError, match=r"folder\.csv can't be read: Is a directory"):
        Expectation("folder.csv")
    if hasattr(os, "mkfifo"):
        os.mkfifo("pipe.csv")
        with pytest.raises(SettingsError, match=r"pipe\.csv is no ordinary file"):
            Expectation("pipe.csv")
