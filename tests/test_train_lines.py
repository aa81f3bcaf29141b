"""The line network's training: groups of ink on drawn pages, batches, a small run to its end, a resumed run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from live.reading.decoding import Candidate
from live.reading.grouping import Group
from models.line_classifier import NO_NUMBER
from models.line_format import FIELD_TALL_PX, MOST_WIDE_PX
from scripts.pages.drawn_page import DrawnNumber, DrawnPage
from scripts.training.harvest_lines import LineExample, text_of
from scripts.training.line_batches import PADDING, LineBatches, bent, side_by_side, signs_of
from scripts.training.line_pictures import packed, unpacked

Picture = NDArray[np.uint8]


def boxed(left: float, top: float, right: float, bottom: float) -> NDArray[np.float32]:
    """Corners of a box."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def page_with(*numbers: tuple[str, float], cut: bool = False) -> DrawnPage:
    """Numbers of digits 20 px wide and 30 tall, 25 px apart, each beginning at a place along one line."""
    drawn = []
    for text, left in numbers:
        quads = np.stack([boxed(left + 25 * k, 100, left + 25 * k + 20, 130) for k in range(len(text))])
        drawn.append(DrawnNumber(text, boxed(left, 100, left + 25 * len(text) - 5, 130), quads, cut))
    return DrawnPage(np.zeros((200, 400, 3), np.uint8), tuple(drawn))


def run_over(left: float, right: float, top: float = 100, bottom: float = 130) -> Group:
    """One piece of ink."""
    return Group([Candidate(None, left, top, right, bottom)])


def picture(wide: int, seed: int = 0) -> Picture:
    """Some ink in the middle of a field."""
    field = np.zeros((FIELD_TALL_PX, wide), np.uint8)
    field[8:24, 4 : wide - 4] = np.random.default_rng(seed).integers(100, 255, (16, wide - 8))
    return field


def test_a_run_is_labelled_by_what_it_covers() -> None:
    page = page_with(("123", 50.0), ("45", 250.0))
    assert text_of(run_over(50, 120), page) == "123"
    assert text_of(run_over(50, 95), page) == "12", "a number in two parts: each is its own digits"
    assert text_of(run_over(50, 110), page) is None, "half a digit"
    assert text_of(run_over(50, 300), page) is None, "two numbers"
    assert text_of(run_over(50, 160), page) is None, "more than the number"
    assert text_of(run_over(50, 120, top=60), page) is None
    assert text_of(run_over(150, 240), page) == "", "none"
    assert text_of(run_over(50, 120), page_with(("123", 50.0), cut=True)) is None, "it is cut by the frame's edge"


def test_signs_are_digits_or_the_sign_for_none() -> None:
    assert signs_of(["407", "", "5"]).tolist() == [
        [4, 0, 7],
        [NO_NUMBER, PADDING, PADDING],
        [5, PADDING, PADDING],
    ]
    assert signs_of([""]).tolist() == [[NO_NUMBER]]


def test_two_numbers_stand_beside_each_other_and_may_touch() -> None:
    left, right = picture(40), picture(30, 1)
    for between in (-5, 0, 4):
        both = side_by_side(left, right, between)
        assert both.shape == (FIELD_TALL_PX, 40 + 30 - 8 + between)
        assert (both[:, :31] == left[:, :31]).all()
        assert (both[:, -21:] == right[:, -21:]).all()


def test_a_bent_picture_keeps_its_height_and_most_of_its_ink() -> None:
    rng = np.random.default_rng(3)
    for wide in (8, 60, MOST_WIDE_PX):
        before = picture(wide) if wide > 8 else np.full((FIELD_TALL_PX, 8), 200, np.uint8)
        after = bent(before, rng)
        assert after.shape[0] == FIELD_TALL_PX
        assert abs(np.log(after.shape[1] / wide)) < 0.3
        assert after.mean() > 0.3 * before.mean()


def test_batches_follow_from_seed_and_epoch_and_hold_everything_once() -> None:
    examples = [LineExample(picture(20 + 3 * k, k), str(k % 10) * (k % 3), "#") for k in range(150)]
    first, again, other = LineBatches(examples, 1), LineBatches(examples, 1), LineBatches(examples, 2)
    assert len(first) == 3
    for (ours, signs), (theirs, same) in zip(list(first), list(again), strict=True):
        assert (ours == theirs).all()
        assert (signs == same).all()
        assert ours.shape[1:] == (FIELD_TALL_PX, ours.shape[2], 1)
        assert 0 <= ours.min() <= ours.max() <= 1
    second, others = list(first), list(other)
    assert any(a.shape != b.shape or (a != b).any() for (a, _), (b, _) in zip(second, others, strict=True))
    going_on = LineBatches(examples, 1, epoch=1)
    assert all((a == b).all() for (a, _), (b, _) in zip(second, going_on, strict=True))
    plain = LineBatches(examples, 1, bend=False)
    assert sum(len(pixels) for pixels, _ in plain) == len(examples)
    assert max(int((signs >= 0).sum(axis=1).max()) for _, signs in plain) == 2, "nothing is joined"


def test_examples_come_back_from_a_file_as_they_were(tmp_path: Path) -> None:
    examples = [LineExample(picture(20), "007", "0#7"), LineExample(picture(33), "", "#")]
    np.savez(tmp_path / "kept.npz", **packed(examples, "held_out"))
    with np.load(tmp_path / "kept.npz") as arrays:
        back = unpacked(arrays, "held_out")
    assert [(e.text, e.read_as) for e in back] == [("007", "0#7"), ("", "#")]
    assert all((a.picture == b.picture).all() for a, b in zip(examples, back, strict=True))


@pytest.mark.slow
def test_a_small_run_is_interrupted_goes_on_to_its_end_and_its_network_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow trains; the extra `train` installs it")
    from models.card import load_card
    from models.line_classifier import LineClassifier
    from scripts.train_lines import main, parse
    from scripts.training.line_pictures import pictures
    from tests.small_mnist import interrupt_after_the_first, write_small_mnist

    options = ["--data", str(write_small_mnist(tmp_path)), "--pages", "3", "--workers", "1"]
    output = tmp_path / "lines.onnx"
    given = [*options, "--epochs", "2", "--output", str(output)]
    learning, held_out = pictures(parse(given), tmp_path / "lines.pictures.npz")
    assert len(learning) > 20
    assert any(example.text for example in held_out)
    with monkeypatch.context() as patched:
        patched.setattr("scripts.training.fitting.Checkpoint.on_epoch_begin", interrupt_after_the_first)
        assert main(given) == 130
    assert main([*options, "--epochs", "1", "--output", str(output)]) == 1, "an interrupted run had other options"
    assert "Give the same" in capsys.readouterr().err
    assert main(given) == 0
    printed = capsys.readouterr().out
    assert "Resuming after epoch 1 of 2" in printed
    assert "numcam-line" in printed
    card = load_card(output)
    assert card.parameters == 227_204
    assert "mnist.npz" in card.command
    assert str(tmp_path) not in card.command.partition("--output")[0]
    assert len(LineClassifier(output)([picture(40)])[0]) == 20
    history = json.loads((tmp_path / "lines.history.json").read_text())
    assert history["finished"]
    assert history["history"]["loss"][1] < history["history"]["loss"][0]
    assert not (tmp_path / "lines.pictures.npz").exists()
    assert not (tmp_path / "lines.training.keras").exists()
