"""Which digits the reader looks at more closely, and what becomes of them. How answers are pooled: test_variation.py."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from live.core.records import Box, Digit
from live.reading.augmentation import MOST, augment_doubtful
from live.reading.decoding import Candidate
from live.reading.grouping import Group
from models.test_time_augmentation import TRANSFORMS


class SaysNine:
    """A classifier that sees a 9 in everything, and counts what it was asked."""

    classes = 11
    asked = 0

    def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        self.asked += len(inputs)
        return np.eye(11, dtype=np.float32)[[9] * len(inputs)]


def candidate(label: int, sure: float, row: int) -> Candidate:
    """A digit that was the answer to one of the questions; the rest of its probability says 9."""
    probabilities = np.zeros(11, np.float32)
    probabilities[label] = sure
    probabilities[9] += 1 - sure
    return Candidate(Digit(Box(30 * row, 0, 20, 30), probabilities), 30.0 * row, 0, 30.0 * row + 20, 30, row=row)


def fields(count: int) -> NDArray[np.float32]:
    """As many questions."""
    return np.random.default_rng(0).random((count, 28, 28, 1)).astype(np.float32)


def texts(groups: list[Group]) -> list[str]:
    """What the digits of each group say."""
    return ["".join(str(digit.label) for digit in group.digits) for group in groups]


def test_a_doubtful_digit_of_a_number_is_asked_about_again_and_no_other() -> None:
    groups, classifier = (
        [Group([candidate(5, 0.6, 2), candidate(1, 0.999, 0)]), Group([candidate(7, 0.99, 1)])],
        SaysNine(),
    )
    closer = augment_doubtful(groups, fields(3), classifier)
    assert classifier.asked == len(TRANSFORMS)
    assert texts(groups) == ["51", "7"]
    assert texts(closer) == ["91", "7"]
    assert closer[0].members[1] is groups[0].members[1]


def test_words_and_what_holds_no_digit_are_not_asked_about() -> None:
    letter = Candidate(None, 100, 0, 130, 30)
    groups, classifier = [Group([candidate(5, 0.6, 0), letter]), Group([letter])], SaysNine()
    assert augment_doubtful(groups, fields(1), classifier) is groups
    assert classifier.asked == 0


def test_a_page_full_of_doubt_is_blurred_or_no_writing() -> None:
    classifier = SaysNine()
    for count, asked in ((MOST, MOST * len(TRANSFORMS)), (MOST + 1, MOST * len(TRANSFORMS))):
        augment_doubtful([Group([candidate(5, 0.6, row) for row in range(count)])], fields(count), classifier)
        assert classifier.asked == asked
