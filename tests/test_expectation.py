"""What is expected constrains what is read: against a search of all texts, for digits, signs and several formats."""

from __future__ import annotations

import math
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from live.core.records import SIGN_SYMBOLS
from live.expected import expectation as rules
from live.expected.automata import DIGITS, NOTHING, SYMBOLS, build
from live.expected.expectation import Expectation
from live.expected.paths import search
from live.expected.patterns import pattern_rule
from tests.doubtful_numbers import doubtful_number

BELOW = 0.7
PATTERNS = (r"[1-4]\d", r"\d\d|7", r"(12|34|56)", r"\d+[.,]\d", r"\d(0|5)", r"-?\d+")


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1), st.sampled_from(PATTERNS), st.booleans())
def test_the_search_is_that_of_all_texts(seed: int, pattern: str, has_sign: bool) -> None:
    random = np.random.default_rng(seed)
    places = np.zeros((3 if has_sign else 2, NOTHING + 1))
    for place, row in enumerate(places):
        if has_sign and place == 1:
            row[DIGITS:] = random.dirichlet(np.full(NOTHING + 1 - DIGITS, 0.3))
        else:
            row[:DIGITS] = random.dirichlet(np.full(DIGITS, 0.3))
    total, best, shares = 0.0, 0.0, np.zeros_like(places)
    chosen: tuple[int, ...] = ()
    for path in product(*(np.flatnonzero(row).tolist() for row in places)):
        text = "".join("" if symbol == NOTHING else SYMBOLS[symbol] for symbol in path)
        if not re.fullmatch(pattern, text):
            continue
        chance = math.prod(row[symbol] for row, symbol in zip(places, path, strict=True))
        total += chance
        shares[np.arange(len(path)), path] += chance
        if chance > best:
            best, chosen = chance, path
    found = search(build(pattern_rule(pattern)), places)
    if total == 0:
        assert found is None
        return
    assert found is not None
    assert math.exp(found.log_total) == pytest.approx(total, rel=1e-4)
    assert found.symbols == chosen
    assert found.best == pytest.approx(best / total, rel=1e-4)
    assert np.allclose(found.shares, shares / total, atol=1e-5)


@pytest.mark.parametrize("pattern", [r"\d{3}", r"[1-4]\d{2}", r"1\d*", r"\d\d[.,]?\d"])
def test_the_prior_is_the_share_of_random_numbers_that_fit(pattern: str) -> None:
    automaton = build(pattern_rule(pattern))
    texts = ("".join(digits) for digits in product("0123456789", repeat=3))
    assert automaton.prior("ddd") == pytest.approx(sum(1 for text in texts if re.fullmatch(pattern, text)) / 1000)
    signed = sum(1 for text in _with_sign() if re.fullmatch(pattern, text))
    assert automaton.prior("ddsd") == pytest.approx(signed / 1000 / (len(SIGN_SYMBOLS) + 1))


def _with_sign() -> list[str]:
    marks = ["", *SIGN_SYMBOLS]
    return ["".join(parts) for parts in product("0123456789", "0123456789", marks, "0123456789")]


def test_a_digit_that_the_format_settles_is_no_longer_doubtful() -> None:
    number = doubtful_number(["4", "7", {"1": 0.55, "7": 0.44}, "1"])
    assert number.shown == "47?1"
    found = Expectation("4770..4779").settle(number, BELOW)
    assert (found.fits, found.format) == (True, "4770..4779")
    assert found.text == found.shown == "4771"
    assert found.confidence > 0.95
    assert found.digits[2].label == 7
    assert found.digits[2].certainty > BELOW
    assert sum(found.digits[2].probabilities.tolist()) == pytest.approx(1)


def test_a_format_that_settles_nothing_leaves_the_doubt() -> None:
    number = doubtful_number(["4", "7", {"1": 0.55, "7": 0.44}, "1"])
    found = Expectation("4").settle(number, BELOW)
    assert found.fits
    assert found.shown == "47?1"
    assert found.confidence == pytest.approx(number.confidence, abs=0.02)


def test_a_check_digit_decides_over_a_doubtful_digit_and_not_over_sure_ones() -> None:
    expectation = Expectation("luhn")
    doubt = doubtful_number([*"7992739871", {"8": 0.6, "3": 0.39}])
    assert expectation.settle(doubt, BELOW).text == "79927398713"
    sure = doubtful_number(list("79927398718"))
    found = expectation.settle(sure, BELOW)
    assert (found.fits, found.format, found.text) == (False, "", "79927398718")
    assert found.confidence == sure.confidence


def test_a_short_list_decides_over_several_doubtful_digits(tmp_path: Path) -> None:
    path = tmp_path / "parts.csv"
    path.write_text("code\n31415926\n27182818\n16180339\n")
    number = doubtful_number(
        [{"8": 0.7, "3": 0.2}, "1", {"9": 0.8, "4": 0.1}, "1", "5", "9", {"3": 0.6, "2": 0.3}, "6"]
    )
    found = Expectation(str(path)).settle(number, BELOW)
    assert found.shown == "31415926"
    assert found.confidence > 0.95


def test_of_several_formats_the_likelier_one_is_taken() -> None:
    expectation = Expectation(["1..31", "2000..2100"])
    assert expectation.settle(doubtful_number(["3", {"7": 0.6, "1": 0.39}]), BELOW).text == "31"
    year = expectation.settle(doubtful_number([{"7": 0.6, "2": 0.39}, "0", "2", "6"]), BELOW)
    assert (year.text, year.format) == ("2026", "2000..2100")
    assert expectation.settle(doubtful_number(["9", "9", "9"]), BELOW).fits is False


def test_signs_are_settled_as_digits_are() -> None:
    dotted = doubtful_number(list("1250"), {2: (",", 0.5)})
    assert dotted.shown == "12?50"
    assert Expectation(r"\d+\.\d{2}").settle(dotted, BELOW).shown == "12.50"
    assert Expectation(r"\d{4}").settle(dotted, BELOW).shown == "1250"
    comma = Expectation(r"\d+[.,]\d{2}").settle(dotted, BELOW)
    assert comma.text == "12,50"
    assert comma.signs[0].confidence > 0.8
    sure = doubtful_number(list("1250"), {2: (",", 0.998)})
    assert Expectation("4").settle(sure, BELOW).fits is False
    assert Expectation(r"\d+[.,]\d{2}").settle(doubtful_number(list("1250")), BELOW).fits is False, "no sign is made up"


def test_a_number_with_another_length_fits_nothing() -> None:
    number = doubtful_number(list("12345"))
    found = Expectation("6").settle(number, BELOW)
    assert found.fits is False
    assert found.text == number.text


def test_a_model_without_not_a_digit() -> None:
    number = doubtful_number(["4", {"1": 0.55, "7": 0.44}])
    ten = tuple(
        type(digit)(digit.box, digit.probabilities[:10] / digit.probabilities[:10].sum()) for digit in number.digits
    )
    found = Expectation("45..49").settle(type(number)(ten, number.quad), BELOW)
    assert found.text == "47"
    assert all(sum(digit.probabilities.tolist()) == pytest.approx(1) for digit in found.digits)


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["luhn", "3-7", "100..5000", "mod97", "date", r"[13579]+"]))
def test_any_number_is_settled_or_left(seed: int, text: str) -> None:
    random = np.random.default_rng(seed)
    rows = random.dirichlet(np.full(10, 10.0 ** random.uniform(-3, 0.5)), int(random.integers(1, 9)))
    number = doubtful_number([{str(k): float(share) for k, share in enumerate(row)} for row in rows])
    expectation = Expectation(text)
    found = expectation.settle(number, BELOW)
    assert 0 <= found.confidence <= 1
    if found.fits:
        assert expectation.format_of(found.text) == text
        assert all(0 <= digit.confidence <= 1 for digit in found.digits)
    else:
        assert found.text == number.text
        assert expectation.format_of(number.text) is None


def test_confidence_given_a_format_is_how_often_it_is_right() -> None:
    """Digits are drawn by their own probabilities; half of the numbers hold a check digit."""
    random = np.random.default_rng(11)
    expectation = Expectation("luhn:4")
    told: list[float] = []
    right: list[bool] = []
    while len(told) < 800:
        rows = random.dirichlet(np.full(10, 0.08), 4).clip(1e-4)
        rows /= rows.sum(axis=1, keepdims=True)
        truth = "".join(str(random.choice(10, p=row)) for row in rows)
        fits = expectation.format_of(truth) is not None
        # as many numbers that fit as the expectation takes for granted
        if random.random() > (1.0 if fits else (1 - rules.EXPECTED) / rules.EXPECTED / 9):
            continue
        number = doubtful_number([{str(k): float(share) for k, share in enumerate(row)} for row in rows])
        found = expectation.settle(number, BELOW)
        if found.fits:
            told.append(found.confidence)
            right.append(found.text == truth)
    for low, high in ((0.3, 0.6), (0.6, 0.9), (0.9, 1.01)):
        of = [k for k, sure in enumerate(told) if low <= sure < high]
        assert len(of) > 50
        assert np.mean([right[k] for k in of]) == pytest.approx(np.mean([told[k] for k in of]), abs=0.1)
