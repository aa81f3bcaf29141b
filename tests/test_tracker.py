"""The tracker's life as stories, frame by frame."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.core.records import SIGN_SYMBOLS, Box, Digit, Number, Sign
from live.core.results import TrackedNumber
from live.core.settings import TrackingSettings
from live.tracking.evidence import combined, evidence_of
from live.tracking.tracker import NumberTracker

FRAME_S = 1 / 30
DIGIT_WIDTH, DIGIT_HEIGHT, STEP = 20, 40, 28
SETTINGS = TrackingSettings()


def number(text: str, x: float = 100, y: float = 100, *, sure: float = 0.97, slope: float = 0.0) -> Number:
    """A number with its top left corner at (x, y), px, each digit and sign as sure as told; its line falls by `slope` radians."""
    along = np.array([np.cos(slope), np.sin(slope)])
    down = np.array([-np.sin(slope), np.cos(slope)])
    digits: list[Digit] = []
    signs: list[Sign] = []
    for place, character in enumerate(text):
        left, top = np.array([x, y]) + place * STEP * along
        box = Box(round(left), round(top), DIGIT_WIDTH, DIGIT_HEIGHT)
        if character in SIGN_SYMBOLS:
            signs.append(Sign(character, len(digits), sure, box))
            continue
        probabilities = np.full(11, (1 - sure) / 10, np.float32)
        probabilities[int(character)] = sure
        digits.append(Digit(box, probabilities))
    width = STEP * (len(text) - 1) + DIGIT_WIDTH
    corners = [0 * along, width * along, width * along + DIGIT_HEIGHT * down, DIGIT_HEIGHT * down]
    quad = (np.array([x, y]) + np.array(corners)).astype(np.float32)
    return Number(tuple(digits), quad, signs=tuple(signs))


def misread(text: str, place: int, as_digit: int, sure: float = 0.9) -> Number:
    """The number with one digit taken for another, surely."""
    wrong = text[:place] + str(as_digit) + text[place + 1 :]
    return number(wrong, sure=sure)


class Story:
    """Frames at 30 a second, and what the tracker makes of them."""

    def __init__(self, settings: TrackingSettings = SETTINGS) -> None:
        self.tracker = NumberTracker(settings)
        self.now = 10.0
        self.seen: tuple[TrackedNumber, ...] = ()

    def frame(self, *numbers: Number, times: int = 1) -> tuple[TrackedNumber, ...]:
        """The same numbers read in so many frames; returns all tracks after the last."""
        for _ in range(times):
            self.now += FRAME_S
            self.seen = self.tracker.update(numbers, self.now)
        return self.seen

    @property
    def shown(self) -> list[str]:
        """The texts of the confirmed numbers."""
        return [tracked.number.text for tracked in self.seen if tracked.confirmed]


def test_an_empty_page_is_ordinary() -> None:
    story = Story()
    assert story.frame() == ()
    assert story.frame(times=3) == ()


def test_the_life_of_a_number_as_a_story() -> None:
    story = Story()
    (first,) = story.frame(number("4711"))
    assert (first.hits, first.confirmed) == (1, False), "one reading is not enough to be shown"
    assert first.first_seen == first.last_seen == story.now
    (third,) = story.frame(number("4711"), times=2)
    assert story.shown == ["4711"]
    assert third.track_id == first.track_id
    assert third.first_seen == first.first_seen
    story.frame(times=5)  # a hand in front of it
    assert story.shown == ["4711"], "held while it is hidden for a moment"
    assert story.seen[0].last_seen == third.last_seen
    (again,) = story.frame(number("4711"))
    assert (again.track_id, again.hits) == (first.track_id, 4)
    story.frame(times=round(SETTINGS.forget_after_s / FRAME_S) + 2)
    assert story.seen == (), "gone for good"
    (other,) = story.frame(number("4711"))
    assert other.track_id != first.track_id


def test_what_is_read_once_leaves_no_trace() -> None:
    story = Story()
    story.frame(number("8", x=400))
    assert story.frame() == ()


def test_a_doubtful_number_waits_until_it_is_surer() -> None:
    story = Story()
    story.frame(number("4711", sure=0.7), times=10)
    assert story.shown == [], "0.7 four times is no 0.5"
    story.frame(number("4711", sure=0.99), times=25)
    assert story.shown == ["4711"]


def test_a_page_that_lies_still_is_found_again_after_wrong_readings_that_raced() -> None:
    story = Story()
    for step in (0, 100, 280, 460):  # edges of a sheet that is brought in, taken for numbers
        story.frame(number("11", x=100 + step, y=300))
    page = [number("4711", x=x, y=y) for x in (200, 460, 720, 980) for y in (100, 300, 500)]
    story.frame(*page, times=15)
    assert story.shown == ["4711"] * len(page)


def test_flicker_does_not_reach_the_screen() -> None:
    story = Story()
    story.frame(number("4711"), times=5)
    texts = set()
    for wrong in (1, 9, 1, 3):
        story.frame(misread("4711", 1, wrong))
        texts.update(story.shown)
        story.frame(number("4711"), times=3)
        texts.update(story.shown)
    assert texts == {"4711"}
    assert len(story.seen) == 1


def test_one_bad_frame_of_three_is_outvoted_however_sure_it_is() -> None:
    story = Story()
    story.frame(number("7", sure=0.9), times=2)
    story.frame(number("1", sure=0.9999))
    assert [tracked.number.text for tracked in story.seen] == ["7"]


def test_a_few_frames_that_are_all_misread_alike_change_nothing_on_the_screen() -> None:
    story = Story()
    story.frame(number("90825"), times=12)
    for _ in range(6):
        story.frame(misread("90825", 2, 5))
        assert story.shown == ["90825"]


def test_a_digit_that_is_written_over_is_believed_after_a_moment() -> None:
    story = Story()
    story.frame(number("4711"), times=30)
    frames = 0
    while story.shown != ["4811"]:
        story.frame(number("4811"))
        frames += 1
        assert frames * FRAME_S < SETTINGS.memory_s
    assert frames > 3


def test_a_split_that_lasts_a_moment_is_not_shown() -> None:
    story = Story()
    whole, left, right = number("4711"), number("47"), number("11", x=100 + 2 * STEP)
    story.frame(whole, times=10)
    quad = story.seen[0].number.quad
    for _ in range(3):
        story.frame(left, right)
        assert story.shown == ["4711"]
        assert len(story.seen) == 1
        np.testing.assert_allclose(story.seen[0].number.quad, quad, atol=1)


def test_a_split_that_lasts_is_believed_in_the_end() -> None:
    story = Story()
    story.frame(number("4711"), times=10)
    story.frame(number("47"), number("11", x=100 + 2 * STEP), times=30)
    assert sorted(story.shown) == ["11", "47"]


def test_two_numbers_that_become_one_are_shown_once() -> None:
    story = Story()
    story.frame(number("47"), number("11", x=100 + 2 * STEP), times=10)
    assert sorted(story.shown) == ["11", "47"]
    story.frame(number("4711"), times=2)
    assert sorted(story.shown) == ["11", "47"]
    story.frame(number("4711"), times=30)
    assert story.shown == ["4711"]
    np.testing.assert_allclose(story.seen[0].number.quad, number("4711").quad, atol=1)


def test_numbers_on_a_moving_page_keep_their_ids() -> None:
    story = Story()
    layout = {"12": (100, 100), "345": (100, 160), "6": (300, 100), "78": (300, 220)}
    ids: dict[str, int] = {}
    for step in range(40):
        x, y = 24 * step, 15 * np.sin(step / 3) - 9 * step  # 24 px a frame: more than a digit is wide
        story.frame(*(number(text, left + x, top + y) for text, (left, top) in layout.items()))
        for tracked in story.seen:
            assert ids.setdefault(tracked.number.text, tracked.track_id) == tracked.track_id
    assert sorted(story.shown) == sorted(layout)
    assert len(ids) == 4


def test_a_number_that_is_hidden_moves_along_with_its_page() -> None:
    story = Story()
    for step in range(10):
        story.frame(number("12", x=100 + 6 * step), number("99", y=200, x=100 + 6 * step))
    for step in range(10, 18):
        story.frame(number("12", x=100 + 6 * step))
    hidden = next(tracked for tracked in story.seen if tracked.number.text == "99")
    expected = number("99", y=200, x=100 + 6 * 17)
    np.testing.assert_allclose(hidden.number.quad, expected.quad, atol=2)
    assert [digit.box.x for digit in hidden.number.digits] == pytest.approx([d.box.x for d in expected.digits], abs=2)


def test_a_page_goes_on_as_it_moved_while_it_cannot_be_read() -> None:
    story = Story()
    for frame in range(20):
        story.frame(number("12", 100 + 10 * frame, 100), number("345", 150 + 10 * frame, 200))
    story.frame(times=4)
    places = {tracked.number.text: tracked.number.quad[0, 0] for tracked in story.seen if tracked.confirmed}
    assert places == {"12": pytest.approx(100 + 10 * 23, abs=3), "345": pytest.approx(150 + 10 * 23, abs=3)}
    (again, *_) = story.frame(number("12", 100 + 10 * 24, 100))
    assert again.hits == 21, "met again where it was expected"


@pytest.mark.parametrize(("others_seen", "frames"), [(True, 8), (False, 4)])
def test_a_number_is_carried_twice_as_far_where_others_tell_of_the_way(others_seen: bool, frames: int) -> None:
    story = Story()
    for frame in range(20):
        story.frame(number("12", 100 + 10 * frame, 100), number("345", 150 + 10 * frame, 200))
    carried = 0
    while "345" in story.shown:
        carried += 1
        seen = [number("12", 100 + 10 * (19 + carried), 100)] if others_seen else []
        story.frame(*seen)
    assert carried == frames + 1, "10 px a frame, of 40 px and of twice as much"


@pytest.mark.parametrize("text", ["345", "60"])
def test_one_number_alone_moves_the_page_only_where_it_is_the_same(text: str) -> None:
    story = Story()
    page = [number("12", 100, 100), number("345", 100, 200), number("678", 100, 300), number("90", 300, 100)]
    story.frame(*page, times=15)
    story.frame(number(text, 100, 250))  # 50 px below one of them: more than a height
    places = {tracked.number.text: tracked.number.quad[0, 1] for tracked in story.seen if tracked.confirmed}
    moved = 50 if text == "345" else 0
    assert places == {n.text: pytest.approx(n.quad[0, 1] + moved, abs=2) for n in page}


def test_a_page_that_is_carried_off_unread_takes_its_numbers_off_the_screen() -> None:
    story = Story()
    x = 100.0
    for frame in range(20):
        x += 12 * max(0, frame - 8)  # faster from frame to frame: by the end three times a number's height
        story.frame(number("12", x, 100), number("345", x + 50, 200))
    assert sorted(story.shown) == ["12", "345"]
    story.frame()
    assert story.shown == [], "where they are by now, nobody knows"


def test_a_number_with_a_question_mark_waits_for_more_and_is_shown_all_the_same() -> None:
    frames = []
    for sure in (0.97, 0.6):
        story, doubtful = Story(), number("7", 300, 100, sure=sure)
        while not story.shown:
            pair = number("47")
            digits = (*pair.digits, *doubtful.digits)
            story.frame(Number(digits, pair.quad, () if sure > 0.7 else (2,)))
            frames.append(sure)
        assert [tracked.number.shown for tracked in story.seen] == ["477" if sure > 0.7 else "47?"]
    assert 0 < 2 * frames.count(0.97) <= frames.count(0.6) < 15


def test_a_reading_counts_less_while_the_page_flies() -> None:
    counts = []
    for step in (0, 110):
        story = Story()
        frames = 0
        while not story.shown:
            frames += 1
            story.frame(number("4711", 100 + step * frames, 100), number("88", 100 + step * frames, 200))
        counts.append(frames)
    assert counts[0] < counts[1]


def test_a_number_that_comes_in_is_not_shown_by_its_first_digits() -> None:
    tracker = NumberTracker(SETTINGS)
    shown = []
    for frame in range(20):  # from the right edge, 20 px a frame
        left = 640 - 20 * (frame + 2)
        visible = [k for k in range(6) if left + STEP * k + DIGIT_WIDTH <= 640]
        read = [number("966730"[: len(visible)], left)] if visible else []
        beside = number("12", left - 300, 200)
        tracks = tracker.update([*read, beside], frame / 30, (640, 480))
        shown += [track.number.text for track in tracks if track.confirmed and track.number.text != "12"]
    assert set(shown) == {"966730"}


def test_a_number_that_lies_at_the_edge_is_shown_all_the_same() -> None:
    tracker = NumberTracker(SETTINGS)
    for frame in range(5):
        tracks = tracker.update([number("4711", x=2)], frame / 30, (640, 480))
    assert [track.confirmed for track in tracks] == [True]


def test_a_page_that_lies_still_stays_where_it_is_while_it_is_hidden() -> None:
    story = Story()
    for step in range(10):
        story.frame(number("12", x=100 + 20 * step))
    story.frame(number("12", x=280), times=3)
    story.frame(times=10)
    assert story.seen[0].number.quad[0, 0] == pytest.approx(280, abs=1)


def test_quads_follow_a_steady_motion_without_lag_and_shake_less_than_what_is_read() -> None:
    rng = np.random.default_rng(1)
    story = Story()
    wrong: list[np.ndarray] = []
    shaking: list[np.ndarray] = []
    for step in range(60):
        jitter = rng.normal(0, 2, (3, 2))
        places = [(100 + 5 * step + dx, 100 + 60 * row + dy) for row, (dx, dy) in enumerate(jitter)]
        story.frame(*(number(text, x, y) for text, (x, y) in zip(("12", "34", "56"), places, strict=True)))
        for row, tracked in enumerate(story.seen):
            wrong.append(tracked.number.quad[0] - (100 + 5 * step, 100 + 60 * row))
        shaking.extend(jitter)
    assert np.abs(np.mean(wrong, axis=0)).max() < 0.5, "no lag"
    assert np.std(wrong) < np.std(shaking)


def test_neighbours_on_a_steep_page_are_not_taken_for_each_other() -> None:
    slope = np.radians(38)
    down = np.array([-np.sin(slope), np.cos(slope)]) * 1.25 * DIGIT_HEIGHT
    lines = [number(text, *(300 + k * down), slope=slope) for k, text in enumerate(("123456", "234567", "345678"))]
    story = Story()
    story.frame(*lines, times=5)
    assert sorted(story.shown) == ["123456", "234567", "345678"]


def test_a_paused_second_forgets_what_is_gone_and_keeps_what_is_there() -> None:
    story = Story()
    story.frame(number("12"), number("34", y=200), times=5)
    (first, _) = story.seen
    story.now += 1.0
    story.frame(number("12"))
    assert story.shown == ["12"]
    assert story.seen[0].track_id == first.track_id


def test_half_the_frames_take_as_long_to_be_forgotten() -> None:
    for every in (1, 2, 5):
        story = Story()
        for _ in range(5):
            story.now += FRAME_S * (every - 1)
            story.frame(number("12"))
        left_at = story.now
        while story.seen:
            story.now += FRAME_S * (every - 1)
            story.frame()
        assert story.now - left_at == pytest.approx(SETTINGS.forget_after_s + FRAME_S * every, abs=FRAME_S * every)


def test_reset_forgets_everything_but_never_uses_an_id_twice() -> None:
    story = Story()
    (before, *_) = story.frame(number("12"), times=5)
    story.tracker.reset()
    story.now = 0.0  # the clip begins again
    (after,) = story.frame(number("12"))
    assert after.track_id > before.track_id
    assert after.hits == 1


def test_time_that_goes_back_is_refused() -> None:
    story = Story()
    story.frame(number("12"))
    with pytest.raises(ValueError, match="goes back"):
        story.tracker.update([], story.now - 1)


def test_two_trackers_share_nothing() -> None:
    first, second = Story(), Story()
    first.frame(number("12"), times=3)
    assert [tracked.track_id for tracked in second.frame(number("34"))] == [1]


def test_another_number_in_the_same_place_of_the_frame_is_another_track() -> None:
    story = Story()
    story.frame(number("12"), times=5)
    story.frame(number("34", x=600, y=400), times=5)
    assert sorted(story.shown) == ["12", "34"]
    assert len({tracked.track_id for tracked in story.seen}) == 2


def torn(text: str, place: int, other: int, sure: float) -> Number:
    """The number with one digit of which the network says so much for what it is, and the rest for another."""
    whole = number(text)
    probabilities = np.zeros(11, np.float32)
    probabilities[[int(text[place]), other]] = sure, 1 - sure
    digits = list(whole.digits)
    digits[place] = Digit(digits[place].box, probabilities)
    return Number(tuple(digits), whole.quad)


def seen_as(story: Story) -> list[str]:
    """What a person sees of the confirmed numbers."""
    return [tracked.number.shown for tracked in story.seen if tracked.confirmed]


def test_a_digit_that_could_be_another_is_a_question_mark_until_evidence_comes() -> None:
    story = Story()
    story.frame(torn("1284", 2, 3, sure=0.6), times=10)
    assert (story.shown, seen_as(story)) == (["1284"], ["12?4"])
    story.frame(torn("1284", 2, 3, sure=0.97), times=30)
    assert seen_as(story) == ["1284"]


def test_what_trembles_about_the_limit_does_not_flicker() -> None:
    story = Story()
    story.frame(torn("1284", 2, 3, sure=0.6), times=10)
    seen = set()
    for sure in [0.72, 0.65] * 40:
        story.frame(torn("1284", 2, 3, sure=sure))
        seen.update(seen_as(story))
    assert seen == {"12?4"}
    story.frame(torn("1284", 2, 3, sure=0.95), times=30)
    for sure in [0.72, 0.65] * 20:
        story.frame(torn("1284", 2, 3, sure=sure))
    assert seen_as(story) == ["1284"]


def test_readings_that_contradict_each_other_leave_a_question_mark() -> None:
    story = Story()
    for _ in range(15):
        story.frame(torn("1284", 2, 3, sure=0.9))
        story.frame(torn("1234", 2, 8, sure=0.9))
    assert seen_as(story) == ["12?4"], "the text that stands is held, but half of what was read says another"


def test_question_marks_go_with_the_page() -> None:
    story = Story()
    story.frame(torn("1284", 2, 3, sure=0.6), times=10)
    story.frame(times=3)
    assert seen_as(story) == ["12?4"]
    story.frame(number("12"), times=40)
    assert seen_as(story) == ["12"], "another number of digits begins anew"


def test_question_marks_alone_are_never_shown() -> None:
    story = Story()
    probabilities = np.zeros(11, np.float32)
    probabilities[[3, 8, 10]] = 0.55, 0.35, 0.1
    two = number("33")
    unknown = Number(tuple(Digit(digit.box, probabilities) for digit in two.digits), two.quad)
    story.frame(unknown, times=60)
    assert seen_as(story) == []


def test_without_a_limit_nothing_is_doubtful() -> None:
    story = Story()
    story.tracker = NumberTracker(SETTINGS, 0.0)
    story.frame(torn("1284", 2, 3, sure=0.55), times=10)
    assert seen_as(story) == ["1284"]


def test_readings_that_say_the_same_come_out_as_they_went_in() -> None:
    digits = number("407", sure=0.8).digits
    out = combined([evidence_of(digits)] * 5, [0.9, 0.1, 0.5, 0.9, 0.2])
    np.testing.assert_allclose(out, [digit.probabilities for digit in digits], atol=1e-4)


distributions = st.lists(st.floats(0, 1), min_size=11, max_size=11).filter(lambda row: sum(row) > 0.01)


@given(st.lists(distributions, min_size=1, max_size=8))
def test_combined_evidence_is_always_a_distribution(rows: list[list[float]]) -> None:
    readings = []
    for row in rows:
        probabilities = (np.array(row) / sum(row)).astype(np.float32)
        readings.append(evidence_of([Digit(Box(0, 0, 5, 5), probabilities)]))
    (out,) = combined(readings, [0.5] * len(readings))
    assert out.shape == (11,)
    assert np.isfinite(out).all() and (out >= 0).all()
    assert out.sum() == pytest.approx(1, abs=1e-4)


texts = st.text("0123456789", min_size=1, max_size=5)
pages = st.lists(st.tuples(texts, st.integers(0, 900), st.integers(0, 500)), max_size=6)


@given(st.lists(pages, min_size=1, max_size=8))
def test_whatever_is_read_tracks_are_sound(frames: Sequence[Sequence[tuple[str, int, int]]]) -> None:
    story = Story()
    known = 0
    for page in frames:
        tracks = story.frame(*(number(text, x, y) for text, x, y in page))
        ids = [tracked.track_id for tracked in tracks]
        assert ids == sorted(set(ids))
        assert all(tracked.first_seen <= tracked.last_seen <= story.now for tracked in tracks)
        assert all(tracked.confirmed or tracked.last_seen == story.now for tracked in tracks)
        assert all(tracked.hits >= 2 for tracked in tracks if tracked.confirmed), "one reading is never enough"
        known = max(known, *ids) if ids else known
    assert known <= sum(len(page) for page in frames)
