"""The verifier's training: groups found on drawn pictures and what they are, batches, a small run to its end, a resumed run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from live.core.records import Box, Digit
from live.reading.decoding import Candidate
from live.reading.grouping import Group
from models.verifier import Kind
from models.verifier_format import FEATURES, TALL_PX, WIDE_PX
from scripts.training.sheets import kinds
from scripts.training.verifier_examples import EMPTY, Groups, kind_of


def group(left: float, right: float) -> Group:
    """One digit of this extent."""
    return Group([Candidate(Digit(Box(0, 0, 9, 9), np.full(11, 1 / 11, np.float32)), left, 100, right, 140)])


def groups_of(count: int, seed: int = 0) -> Groups:
    """Noise; numbers are darker."""
    rng = np.random.default_rng(seed)
    told = rng.integers(0, 3, count)
    windows = rng.integers(0, 60, (count, TALL_PX, WIDE_PX)) + 90 * told[:, None, None]
    return Groups(
        windows.astype(np.uint8), rng.integers(10, 100, count).astype(np.uint8),
        rng.normal(0, 1, (count, FEATURES)).astype(np.float32), told.astype(np.int64),
    )  # fmt: skip


def test_a_group_is_what_stands_in_most_of_it() -> None:
    known = np.zeros((100, 200), np.uint8)
    known[50:70, 50:100] = kinds.Kind.NUMBER
    known[50:70, 100:150] = kinds.Kind.FIGURES
    assert kind_of(group(110, 190), known) is Kind.NUMBER
    assert kind_of(group(210, 290), known) is Kind.PRINTED
    assert kind_of(group(310, 390), known) is Kind.OTHER
    assert kind_of(group(20, 140), known) is None, "a third of it is a number"


def test_batches_follow_from_seed_and_epoch_and_hold_everything_once() -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow trains; the extra `train` installs it")
    from scripts.training.verifier_fitting import BATCH, Batches

    groups = groups_of(BATCH + 10)
    first, again = Batches(groups, 1), Batches(groups, 1)
    assert len(first) == 2
    for index in range(2):
        (windows, features), told = first[index]
        (same, _), _ = again[index]
        np.testing.assert_array_equal(windows, same)
        assert windows.shape[1:] == (TALL_PX, WIDE_PX, 2)
        assert 0 <= windows.min() <= windows.max() <= 1
        assert len(features) == len(told)
    before = first[0][1]
    first.on_epoch_end()
    assert (first[0][1] != before).any()
    np.testing.assert_array_equal(first[0][1], Batches(groups, 1, epoch=1)[0][1])
    plain = Batches(groups, 1, vary=False)
    np.testing.assert_array_equal(np.concatenate([plain[k][1] for k in range(2)]), groups.kinds)
    assert len(Groups.joined([EMPTY, groups, EMPTY]).kinds) == BATCH + 10


@pytest.mark.slow
def test_a_small_run_is_interrupted_goes_on_to_its_end_and_its_network_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("tensorflow", reason="TensorFlow trains; the extra `train` installs it")
    from models.card import load_card
    from models.verifier import Verifier
    from scripts.train_verifier import main, parse
    from scripts.training.verifier_examples import examples
    from tests.small_mnist import interrupt_after_the_first, write_small_mnist

    output = tmp_path / "verifier.onnx"
    options = ["--data", str(write_small_mnist(tmp_path)), "--pages", "8", "--workers", "1", "--output", str(output)]
    given = [*options, "--epochs", "2"]
    learning, held_out = examples(parse(given), tmp_path / "verifier.pictures.npz")
    assert len(learning.kinds) > 20
    assert len(held_out.kinds) > 0
    assert len(set(learning.kinds.tolist())) > 1
    with monkeypatch.context() as patched:
        patched.setattr("scripts.training.fitting.Checkpoint.on_epoch_begin", interrupt_after_the_first)
        assert main(given) == 130
    assert main([*options, "--epochs", "1"]) == 1, "an interrupted run had other options"
    assert "Give the same" in capsys.readouterr().err
    assert main(given) == 0
    printed = capsys.readouterr().out
    assert "Resuming after epoch 1 of 2" in printed
    assert "numcam-verifier" in printed
    card = load_card(output)
    assert card.parameters == 60_983
    assert "mnist.npz" in card.command
    assert str(tmp_path) not in card.command.partition("--output")[0]
    answers = Verifier(output)(np.zeros((2, TALL_PX, WIDE_PX, 2), np.float32), np.zeros((2, FEATURES), np.float32))
    np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-4)
    history = json.loads((tmp_path / "verifier.history.json").read_text())
    assert history["finished"]
    assert not (tmp_path / "verifier.pictures.npz").exists()
    assert not (tmp_path / "verifier.training.keras").exists()
