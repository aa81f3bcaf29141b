"""A text's probability is the sum over all the ways to say it, column by column."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.ctc import log_probabilities, merge_blanks, say

BLANK = 3


def logs_of(columns: int, seed: int) -> np.ndarray:
    """Random answers for three signs and the blank."""
    return np.log(np.random.default_rng(seed).dirichlet(np.ones(BLANK + 1), columns)).astype(np.float32)


def said_by(path: tuple[int, ...]) -> tuple[int, ...]:
    """What a path says: repeats drawn together, blanks taken out."""
    drawn = [sign for sign, before in zip(path, (None, *path), strict=False) if sign != before]
    return tuple(sign for sign in drawn if sign != BLANK)


@given(st.integers(1, 5), st.integers(0, 1000))
def test_a_texts_probability_is_that_of_all_its_paths(columns: int, seed: int) -> None:
    logs = logs_of(columns, seed)
    by_text: dict[tuple[int, ...], float] = defaultdict(float)
    for path in product(range(BLANK + 1), repeat=columns):
        by_text[said_by(path)] += float(np.exp(logs[range(columns), path].sum()))
    for length in range(1, columns + 1):
        texts = list(product(range(BLANK), repeat=length))
        chances = np.exp(log_probabilities(logs, np.array(texts), BLANK))
        assert chances == pytest.approx([by_text[text] for text in texts], abs=1e-6)


def test_two_of_a_kind_need_a_column_between_them() -> None:
    sure = np.log(np.array([[0.97, 0.01, 0.01, 0.01]] * 2, np.float32))
    assert np.exp(log_probabilities(sure, np.array([[0, 0]]), BLANK)[0]) < 1e-6
    parted = np.insert(sure, 1, np.log([0.01, 0.01, 0.01, 0.97]), axis=0)
    assert np.exp(log_probabilities(parted, np.array([[0, 0]]), BLANK)[0]) > 0.9
    assert say(parted, BLANK).signs == (0, 0)


def test_a_pause_of_many_columns_is_as_good_as_one_of_one() -> None:
    said = [BLANK, BLANK, BLANK, 1, BLANK, BLANK, 1, 1, 2, BLANK, BLANK]
    sure = np.eye(BLANK + 1)[said] * 0.9996 + 0.0001
    sure[3], sure[8] = (0.3, 0.5, 0.1, 0.1), (0.1, 0.1, 0.6, 0.2)
    logs = np.log(sure).astype(np.float32)
    texts = np.array(list(product(range(BLANK), repeat=3)))
    short = merge_blanks(logs, BLANK)
    assert len(short) == 7
    chances, shorter = (np.exp(log_probabilities(each, texts, BLANK)) for each in (logs, short))
    assert shorter == pytest.approx(chances, abs=0.002)
    assert len(merge_blanks(logs_of(5, 1), BLANK)) == 5, "nothing is sure there"


def test_what_is_said_stands_in_the_middle_of_its_columns() -> None:
    best = [BLANK, 1, 1, 1, BLANK, BLANK, 2, 0]
    said = say(np.log(np.eye(BLANK + 1, dtype=np.float32)[best] + 0.01), BLANK)
    assert said.signs == (1, 2, 0)
    assert said.columns == (2.0, 6.0, 7.0)


def test_nothing_may_be_said() -> None:
    assert say(np.log(np.eye(BLANK + 1, dtype=np.float32)[[BLANK, BLANK]] + 0.01), BLANK).signs == ()
