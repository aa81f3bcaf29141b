"""Signs of tracked numbers, as stories: what flickers stays calm, what is in doubt is a ?, digits stay as they are."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.core.records import Number
from live.tracking.evidence import hit_of
from live.tracking.sign_votes import SignVotes
from live.tracking.tracker import NumberTracker
from tests.test_tracker import STEP, Story, number, seen_as

STILL = np.zeros(2, np.float32)


def votes_of(*numbers: Number, every_s: float = 0.03, below: float = 0.7) -> tuple[str, str]:
    """Text and shown of the first number, with the signs that these readings agree on."""
    votes = SignVotes(2.8)
    for k, one in enumerate(numbers):
        votes.add(hit_of(one, k * every_s, STILL, 1.0))
    settled = votes.settled(below, None)
    doubtful = tuple(k for k, one in enumerate(settled) if one.doubtful)
    whole = replace(numbers[0], signs=tuple(one.sign for one in settled), doubtful_signs=doubtful)
    return whole.text, whole.shown


@pytest.mark.parametrize("text", ["3.000", "24/12", "-42", "50%", "3.-", "-1.234,56", "17:45", "+8", "1.2.3", "42"])
def test_signs_are_shown_as_they_are_read(text: str) -> None:
    story = Story()
    story.frame(number(text), times=10)
    (seen,) = story.seen
    assert (seen.text, seen.shown, seen.digit_text) == (text, text, "".join(filter(str.isdigit, text)))
    assert seen.confidence == pytest.approx(0.97 ** len(text), abs=0.01), "the same readings come out as they went in"
    assert [sign.box for sign in seen.signs] == [sign.box for sign in number(text).signs]


def test_a_sign_that_is_lost_now_and_then_stays_and_nothing_else_changes() -> None:
    story, rng = Story(), random.Random(5)
    story.frame(number("12.5"), times=10)
    (first,) = story.seen
    shown = []
    for _ in range(300):
        story.frame(number("12.5") if rng.random() < 0.85 else replace(number("12.5"), signs=()))
        (seen,) = story.seen
        assert (seen.track_id, seen.digit_text, seen.confirmed) == (first.track_id, "125", True)
        assert [digit.confidence for digit in seen.digits] == pytest.approx([0.97] * 3, abs=0.01)
        shown.append(seen.shown)
    assert shown == ["12.5"] * 300


def test_a_blot_that_is_a_sign_now_and_then_is_none() -> None:
    story, rng = Story(), random.Random(5)
    for _ in range(300):
        story.frame(number("125") if rng.random() < 0.85 else replace(number("12.5"), quad=number("125").quad))
    assert seen_as(story) == ["125"]


def test_a_sign_that_half_of_the_readings_have_is_a_question_mark_and_no_event_each_frame() -> None:
    story, rng = Story(), random.Random(7)
    shown: list[str] = []
    for _ in range(600):
        story.frame(number("12.5") if rng.random() < 0.5 else replace(number("12.5"), signs=()))
        shown += seen_as(story)
    assert len(story.seen) == 1
    assert set(shown[60:]) == {"12?5"}
    assert sum(a != b for a, b in pairwise(shown)) <= 2


def test_readings_that_disagree_which_sign_it_is_leave_a_question_mark() -> None:
    story = Story()
    for _ in range(30):
        story.frame(number("12.5"))
        story.frame(number("12,5"))
    assert seen_as(story) == ["12?5"]
    (seen,) = story.seen
    assert seen.text in ("12.5", "12,5")
    assert seen.confidence < 0.6


def test_a_sign_that_is_written_later_is_a_question_mark_first() -> None:
    story = Story()
    shown: list[str] = []
    for text, times in (("125", 30), ("12.5", 240)):
        for _ in range(times):
            story.frame(number(text) if text == "12.5" else replace(number("12.5"), signs=()))
            shown += [text for text in seen_as(story) if shown[-1:] != [text]]
    assert shown == ["125", "12?5", "12.5"]


def test_a_number_with_a_sign_in_doubt_waits_for_more_and_is_shown_all_the_same() -> None:
    frames = {}
    for sure in (0.6, 0.97):
        story = Story()
        one = number("12.5")
        one = replace(one, signs=(replace(one.signs[0], confidence=sure),))
        frames[sure] = next(k for k in range(100) if story.frame(one)[0].confirmed)
        assert seen_as(story) == [one.text if sure > 0.9 else "12?5"]
    assert frames[0.97] < frames[0.6] < 20


def test_an_unsure_sign_takes_nothing_from_the_digits() -> None:
    frames = []
    for signs in ((), (replace(number("12.5").signs[0], confidence=0.75),)):
        story = Story()
        one = replace(number("12.5"), signs=signs)
        frames.append(next(k for k in range(100) if story.frame(one)[0].confirmed))
    assert frames[0] == frames[1]


def test_another_digit_keeps_the_signs_and_another_count_of_digits_begins_anew() -> None:
    story = Story()
    story.frame(number("12.5"), times=60)
    story.frame(number("12.7"), times=60)
    assert seen_as(story) == ["12.7"]
    story.frame(number("12/75"), times=60)
    assert seen_as(story) == ["12/75"]
    story.frame(number("127"), times=90)
    assert seen_as(story) == ["127"], "the sign of the number before is not remembered"


def test_a_frame_does_not_jump_where_a_sign_at_its_end_is_lost() -> None:
    story = Story()
    others = [number("4711", 100, 300), number("250", 400, 300)]  # they tell that the page lies still
    story.frame(number("-42"), *others, times=30)
    whole = story.seen[0].quad
    for _ in range(20):
        story.frame(number("42", 100 + STEP), *others)
        assert np.abs(story.seen[0].quad - whole).max() < 1
        story.frame(number("-42"), *others, times=4)
    story.frame(number("42", 100 + STEP), *others, times=200)
    assert np.abs(story.seen[0].quad - number("42", 100 + STEP).quad).max() < 1
    assert story.seen[0].shown == "42"


def test_signs_go_with_the_page() -> None:
    story = Story()
    for k in range(20):
        story.frame(*(number(text, 100 + 3 * k, y) for text, y in (("12.5", 100), ("4711", 200))))
    for k in range(20, 24):  # the sign is lost on the way
        lost = replace(number("12.5", 100 + 3 * k, 100), signs=())
        story.frame(lost, number("4711", 100 + 3 * k, 200))
    assert story.seen[0].shown == "12.5"
    assert story.seen[0].signs[0].box == number("12.5", 100 + 3 * 23, 100).signs[0].box


def test_without_a_limit_no_sign_is_doubtful_and_most_readings_decide() -> None:
    with_sign, without = number("12.5"), replace(number("12.5"), signs=())
    assert votes_of(with_sign, with_sign, without, below=0.0) == ("12.5", "12.5")
    assert votes_of(with_sign, without, without, below=0.0) == ("125", "125")
    assert votes_of(with_sign, without, without) == ("12.5", "12?5")


def test_what_the_reader_doubts_stays_in_doubt() -> None:
    one = replace(number("12.5"), doubtful_signs=(0,))
    assert votes_of(one, one, one) == ("12.5", "12?5")
    tracker = NumberTracker(Story().tracker._settings)
    assert tracker.update([one], 1.0)[0].shown == "12?5"


def test_each_sign_of_a_gap_is_in_doubt_by_itself() -> None:
    assert votes_of(*[number("3.-")] * 3, *[replace(number("3.-"), signs=number("3.-").signs[1:])] * 2) == (
        "3.-",
        "3?-",
    )


@given(
    st.lists(
        st.text("12.,-%", min_size=1, max_size=6).filter(lambda text: "1" in text or "2" in text),
        min_size=1,
        max_size=12,
    )
)
def test_whatever_is_read_signs_are_sound(texts: list[str]) -> None:
    story = Story()
    for text in texts:
        for seen in story.frame(number(text, sure=0.8)):
            assert all(0 <= sign.confidence <= 1 for sign in seen.signs)
            assert len(seen.shown) == len(seen.text) == len(seen.digits) + len(seen.signs)
            assert not math.isnan(float(seen.quad.sum()))
