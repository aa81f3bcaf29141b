"""Numbers whose digits touch: laid level for the line network, read at once, believed or not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from live.core.records import Box, Digit
from live.core.settings import Settings
from live.reading.decoding import Candidate
from live.reading.grouping import Group, numbers_of_groups, quad_of
from live.reading.ink import find_ink
from live.reading.line_picture import line_picture
from live.reading.line_reader import boxes_of, digits_of, read_lines, with_lines
from models.errors import ModelError
from models.line_classifier import BLANK, LINE_WEIGHTS, NO_NUMBER, SIGNS, LineClassifier
from models.line_format import FIELD_TALL_PX, columns_of, stack_lines

Picture = np.ndarray
SETTINGS = Settings()
QUAD = quad_of((10, 20, 110, 44), 0.0)
CLASSES = 11  # of the network that reads digit by digit


def answers(text: Sequence[int], sure: float = 0.97, columns: int = 40) -> np.ndarray:
    """What the network says where it is sure of a text: each sign in one column, far from the next."""
    signs = np.full(columns, BLANK)
    signs[np.linspace(4, columns - 5, len(text)).astype(int)] = text
    chances = np.full((columns, SIGNS), (1 - sure) / (SIGNS - 1), np.float32)
    chances[np.arange(columns), signs] = sure
    return np.log(chances)


def digit(label: int, confidence: float = 0.99) -> Digit:
    """A digit read by itself."""
    row = np.full(11, (1 - confidence) / 10, np.float32)
    row[label] = confidence
    return Digit(Box(10, 20, 20, 24), row)


def torn_group() -> Group:
    """`3`, ink that is no digit, `5`."""
    return Group([
        Candidate(digit(3), 10, 20, 30, 44),
        Candidate(None, 34, 20, 80, 44),
        Candidate(digit(5), 84, 20, 110, 44),
    ])  # fmt: skip


def page_with_ink() -> Picture:
    """A white page with dark strokes where the group is."""
    page = np.full((80, 160, 3), 235, np.uint8)
    for x in (12, 24, 40, 56, 72, 90, 104):
        page[20:44, x : x + 4] = 30
    return page


def test_what_is_sure_is_told_with_its_confidence() -> None:
    digits = digits_of(answers([1, 0, 7], sure=0.999), 80, QUAD)
    assert [d.label for d in digits] == [1, 0, 7]
    assert all(d.confidence > 0.95 for d in digits)
    assert all(d.probabilities.sum() == pytest.approx(1, abs=1e-5) for d in digits)


def test_a_digit_in_doubt_is_in_doubt_and_its_neighbours_are_not() -> None:
    logs = answers([4, 1, 8], sure=0.999)
    column = int(np.flatnonzero(logs.argmax(axis=1) == 1)[0])
    logs[column] = np.log(1e-3)
    logs[column, [1, 7]] = np.log([0.6, 0.39])
    digits = digits_of(logs, 80, QUAD)
    assert [d.label for d in digits] == [4, 1, 8]
    assert digits[1].certainty == pytest.approx(0.6 / 0.99, abs=0.02)
    assert digits[0].certainty > 0.99


def test_the_product_of_the_confidences_is_the_texts_probability() -> None:
    logs = answers([2, 2], sure=0.9, columns=12)
    digits = digits_of(logs, 24, QUAD)
    own = np.prod([d.confidence for d in digits])
    assert 0.1 < own < 0.9
    assert own == pytest.approx(np.prod([d.probabilities[:10].sum() * d.certainty for d in digits]), rel=1e-4)


@pytest.mark.parametrize("text", [[], [NO_NUMBER], [3, NO_NUMBER, 5]])
def test_what_is_no_number_has_no_digits(text: list[int]) -> None:
    assert digits_of(answers(text), 80, QUAD) == []


@given(st.integers(1, 9), st.floats(-0.7, 0.7))
def test_boxes_follow_each_other_along_the_line(count: int, angle: float) -> None:
    quad = quad_of((200, 100, 400, 140), angle)
    boxes = boxes_of(np.linspace(3, 96, count).tolist(), 200, quad)
    assert len(boxes) == count
    low, high = quad.min(axis=0) - 1, quad.max(axis=0) + 1
    for box in boxes:
        assert box.x >= low[0]
        assert box.y >= low[1]
        assert box.right <= high[0] + 1
        assert box.bottom <= high[1] + 1
    middles = [box.center[0] * np.cos(angle) + box.center[1] * np.sin(angle) for box in boxes]
    assert middles == sorted(middles)


def test_a_torn_number_is_asked_about_and_read_whole() -> None:
    ink = find_ink(page_with_ink(), SETTINGS.ink)
    asked: list[Picture] = []

    def ask(pictures: Sequence[Picture]) -> list[np.ndarray]:
        asked.extend(pictures)
        return [answers([3, 4, 5], 0.999, columns_of(picture)) for picture in pictures]

    groups = [torn_group(), Group([Candidate(digit(7), 120, 20, 134, 44)])]
    lines = read_lines(groups, ink, (ask, CLASSES))
    assert len(asked) == 1, "what is surely a digit is not asked about"
    assert asked[0].shape[0] == FIELD_TALL_PX
    assert asked[0].max() > 200
    numbers = [number for _, number in numbers_of_groups(with_lines(groups, lines), 0.0, SETTINGS.grouping)]
    assert [number.text for number in numbers] == ["345", "7"]
    assert numbers[0].quad == pytest.approx(quad_of((10, 20, 110, 44), 0.0))


@pytest.mark.parametrize("told", [answers([NO_NUMBER]), answers([3, 4, 5], sure=0.6), answers([])])
def test_what_is_not_believed_stays_silent(told: np.ndarray) -> None:
    ink = find_ink(page_with_ink(), SETTINGS.ink)
    groups = [torn_group()]
    lines = read_lines(groups, ink, (lambda _: [told], CLASSES))
    assert len(lines) == 1
    assert numbers_of_groups(with_lines(groups, lines), 0.0, SETTINGS.grouping) == []


def test_a_number_with_one_digit_in_doubt_is_shown_with_a_question_mark() -> None:
    ink = find_ink(page_with_ink(), SETTINGS.ink)
    told = answers([3, 4, 5], 0.9999)
    column = int(np.flatnonzero(told.argmax(axis=1) == 4)[0])
    told[column] = np.log(1e-4)
    told[column, [4, 9, 1]] = np.log([0.45, 0.35, 0.19])
    groups = [torn_group()]
    lines = read_lines(groups, ink, (lambda _: [told], CLASSES))
    ((_, number),) = numbers_of_groups(with_lines(groups, lines), 0.0, SETTINGS.grouping)
    assert (number.shown, number.text) == ("3?5", "345")
    assert number.confidence == pytest.approx(0.45, abs=0.05)


def blob(left: float = 10, wide: float = 40) -> Group:
    """Ink 24 px tall in which no digit could be told."""
    return Group([Candidate(None, left, 20, left + wide, 44)])


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (answers([4, 7], 0.9995), ["47"]),
        (answers([4, 7], 0.95), []),
        (answers([4], 0.9995), []),  # one digit is the other network's business
        (answers([NO_NUMBER]), []),
        (answers([]), []),
    ],
)
def test_of_ink_without_any_digit_only_what_is_surely_a_number_is_told(told: np.ndarray, shown: list[str]) -> None:
    ink = find_ink(page_with_ink(), SETTINGS.ink)
    lines = read_lines([blob()], ink, (lambda _: [told], CLASSES))
    assert len(lines) == 1
    assert lines[0].accepted == bool(shown)
    assert [n.text for _, n in numbers_of_groups(with_lines([lines[0].group], lines), 0.0, SETTINGS.grouping)] == shown


def asked_about(groups: list[Group]) -> int:
    """How many of the groups the line network is asked about."""
    ink = find_ink(page_with_ink(), SETTINGS.ink)
    return len(read_lines(groups, ink, (lambda pictures: [answers([NO_NUMBER]) for _ in pictures], CLASSES)))


def test_of_ink_without_any_digit_only_what_is_wide_is_asked_about() -> None:
    assert asked_about([blob(wide=40)]) == 1
    assert asked_about([blob(wide=24)]) == 0


def test_on_a_page_of_words_nothing_is_asked_about_ink_without_any_digit() -> None:
    words = [blob() for _ in range(60)]
    sure = Group([Candidate(digit(7), 80, 20, 110, 44)])
    assert asked_about(words) == 0
    assert asked_about([sure] * 40 + words) == 0
    assert asked_about([sure] * 60 + words) == 60


@pytest.mark.parametrize(("other", "shown"), [(NO_NUMBER, ["7"]), (8, ["35", "7"])])
def test_what_may_be_no_digits_and_is_no_number_at_once_is_passed_over(other: int, shown: list[str]) -> None:
    ink = find_ink(page_with_ink(), SETTINGS.ink)
    three = np.zeros(11, np.float32)
    three[[3, 9]] = 0.7, 0.1  # in doubt, or else nobody asks
    three[other] = 0.2
    first = Candidate(Digit(Box(10, 20, 20, 24), three), 10, 20, 30, 44)
    doubtful = Group([first, Candidate(digit(5, 0.99), 34, 20, 60, 44)])
    sure = Group([Candidate(digit(7), 80, 20, 110, 44)])
    lines = read_lines([doubtful, sure], ink, (lambda pictures: [answers([NO_NUMBER]) for _ in pictures], CLASSES))
    assert len(lines) == 1
    assert [n.text for _, n in numbers_of_groups(with_lines([doubtful, sure], lines), 0.0, SETTINGS.grouping)] == shown


@pytest.mark.parametrize(
    ("said", "sure", "shown"),
    [
        ([3, 1, 5], 0.998, "315"),  # a digit was missed
        ([3, 1, 5], 0.98, "35"),
        ([3, 6], 0.99, "35"),  # another digit in the place of one that was sure
        ([3], 0.99, "35"),
    ],
)
def test_more_digits_are_believed_sooner_than_others(said: list[int], sure: float, shown: str) -> None:
    ink = find_ink(page_with_ink(), SETTINGS.ink)
    group = Group([Candidate(digit(3, 0.9), 10, 20, 30, 44), Candidate(digit(5, 0.99), 34, 20, 60, 44)])
    lines = read_lines([group], ink, (lambda _: [answers(said, sure)], CLASSES))
    assert [n.text for _, n in numbers_of_groups(with_lines([group], lines), 0.0, SETTINGS.grouping)] == [shown]


def test_what_both_read_the_same_is_believed_more_than_by_the_one_that_doubts_it() -> None:
    ink = find_ink(page_with_ink(), SETTINGS.ink)
    group = Group([Candidate(digit(3, 0.6), 10, 20, 30, 44), Candidate(digit(5, 0.99), 34, 20, 60, 44)])
    lines = read_lines([group], ink, (lambda _: [answers([3, 5], 0.999)], CLASSES))
    assert lines[0].accepted
    ((_, number),) = numbers_of_groups(with_lines([group], lines), 0.0, SETTINGS.grouping)
    assert 0.8 < number.digits[0].confidence < lines[0].digits[0].confidence
    assert number.shown == "35"
    assert numbers_of_groups([group], 0.0, SETTINGS.grouping)[0][1].shown == "?5"


@pytest.mark.parametrize(("tall", "text"), [(24, "36"), (60, "35")])
def test_of_small_writing_a_doubtful_digit_is_what_both_say_together(tall: float, text: str) -> None:
    ink = find_ink(page_with_ink(), SETTINGS.ink)
    group = Group([Candidate(digit(3), 10, 10, 30, 10 + tall), Candidate(digit(5, 0.5), 34, 10, 60, 10 + tall)])
    lines = read_lines([group], ink, (lambda _: [answers([3, 6], 0.999)], CLASSES))
    assert [n.text for _, n in numbers_of_groups(with_lines([group], lines), 0.0, SETTINGS.grouping)] == [text]


@pytest.mark.parametrize("said", [[3, 5], [3, 1, 5]])
def test_beside_a_network_of_ten_classes_all_digits_have_ten(said: list[int]) -> None:
    ink = find_ink(page_with_ink(), SETTINGS.ink)
    ten = [Digit(one.box, one.probabilities[:10] / one.probabilities[:10].sum()) for one in (digit(3, 0.6), digit(5))]
    group = Group([Candidate(ten[0], 10, 20, 30, 44), Candidate(ten[1], 34, 20, 60, 44)])
    lines = read_lines([group], ink, (lambda _: [answers(said, 0.999)], 10))
    ((_, number),) = numbers_of_groups(with_lines([group], lines), 0.0, SETTINGS.grouping)
    assert number.text == "".join(map(str, said))
    assert all(d.probabilities.shape == (10,) for d in number.digits)
    assert all(d.probabilities.sum() == pytest.approx(1, abs=1e-5) for d in number.digits)


def test_a_line_comes_level_and_as_tall_as_the_network_wants_it() -> None:
    page = np.full((240, 320, 3), 240, np.uint8)
    angle = 0.5
    for offset in range(0, 120, 12):
        x, y = 80 + offset * np.cos(angle), 60 + offset * np.sin(angle)
        for step in np.linspace(0, 40, 160):
            at_x, at_y = round(x - step * np.sin(angle)), round(y + step * np.cos(angle))
            page[at_y - 1 : at_y + 2, at_x - 1 : at_x + 2] = 20
    ink = find_ink(page, SETTINGS.ink)
    cos, sin = np.cos(angle), np.sin(angle)
    left, top = 80 * cos + 60 * sin, -80 * sin + 60 * cos
    picture = line_picture(ink, (left - 2, top, left + 112, top + 40), angle)
    assert picture is not None
    rows = np.flatnonzero((picture > 100).any(axis=1))
    assert 3 <= rows[0] <= 5
    assert 26 <= rows[-1] <= 29
    columns = (picture > 100).sum(axis=0)
    assert ((columns > 18) | (columns < 6)).mean() > 0.8, "upright strokes stand upright"


def test_pictures_of_all_widths_make_one_batch() -> None:
    batch = stack_lines([np.full((FIELD_TALL_PX, wide), 255, np.uint8) for wide in (9, 40)])
    assert batch.shape == (2, FIELD_TALL_PX, 48, 1)
    assert batch[0, 0, :, 0].sum() == 9
    assert stack_lines([]).shape[0] == 0


def test_the_network_that_comes_with_numcam_answers_with_probabilities() -> None:
    network = LineClassifier(threads=1)
    pictures = [np.zeros((FIELD_TALL_PX, 9), np.uint8), np.full((FIELD_TALL_PX, 60), 255, np.uint8)]
    logs = network(pictures)
    assert [len(rows) for rows in logs] == [5, 30]
    assert all(np.exp(rows).sum(axis=1) == pytest.approx(1, abs=1e-4) for rows in logs)
    assert network([]) == []


def test_another_networks_file_is_refused() -> None:
    with pytest.raises(ModelError, match="reads no lines"):
        LineClassifier(LINE_WEIGHTS.with_name("digits.onnx"))
    with pytest.raises(ModelError, match="There is no model"):
        LineClassifier(LINE_WEIGHTS.with_name("nowhere.onnx"))


def test_a_network_with_several_classes_of_no_digit_is_pooled_too() -> None:
    from live.reading.line_reader import in_classes, together

    row = np.array([0.05] * 10 + [0.5], np.float32)
    assert in_classes(row, 12).tolist() == pytest.approx([0.05] * 10 + [0.25, 0.25])
    assert in_classes(row, 11) is row
    one = Digit(Box(0, 0, 9, 9), np.full(12, 1 / 12, np.float32))
    both = together(one, Digit(Box(0, 0, 9, 9), row))
    assert both.probabilities.shape == (12,)
    assert both.probabilities.sum() == pytest.approx(1, abs=1e-5)
