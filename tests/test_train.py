"""Training: every network for a few steps, runs to the end, runs that are killed, interrupted or short of disk, histories."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

pytest.importorskip("tensorflow", reason="TensorFlow trains; the extra `train` installs it")

from live.core.atomic_files import replacing
from models.architectures import NETWORKS
from models.card import load_card
from models.classifier import load_classifier
from scripts import train as train_module
from scripts.train import main, parse, recipe_of
from scripts.training.batches import Batches, BatchPlan
from scripts.training.datasets import DataError
from scripts.training.fitting import fit
from scripts.training.history import History, load_history, plot_history, save_history
from scripts.training.recipes import RECIPES
from scripts.training.runs import RunFiles
from scripts.training.training_set import Examples
from tests.small_mnist import interrupt_after_the_first, shuffled_digits, write_small_mnist

SMALL = ("--network", "cnn-32-64", "--epochs", "4", "--batch-size", "64", "--workers", "1")


pytestmark = pytest.mark.slow  # TensorFlow loads, and learns


@pytest.fixture(scope="module")
def examples() -> Examples:
    """Real handwriting in random order."""
    return shuffled_digits()


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small MNIST with made-up writers beside it."""
    return write_small_mnist(tmp_path_factory.mktemp("data"))


@pytest.mark.parametrize("network", sorted(NETWORKS))
def test_every_network_learns_in_a_few_steps(network: str, examples: Examples, tmp_path: Path) -> None:
    learning = Examples(examples.images[:320], examples.labels[:320])
    held_out = Examples(examples.images[320:400], examples.labels[320:400])
    recipe = replace(RECIPES[network], epochs=3, batch_size=32, learning_rate=2e-3, cosine=False)
    drawn = Examples(examples.images[400:500], np.full(100, 10)) if recipe.has_non_digits else None
    history = History(network=network, seed=1, options={})
    model = fit((learning, drawn, held_out), recipe, history, RunFiles(tmp_path / "m.onnx"))
    assert model.output_shape == (None, 11 if network == "numcam" else 10)
    assert history.epochs_done == 3
    assert history.history["loss"][-1] < 0.7 * history.history["loss"][0]
    assert history.parameters == model.count_params()


def test_every_network_has_a_recipe_and_a_source() -> None:
    assert set(RECIPES) == set(NETWORKS)
    for network in NETWORKS.values():
        assert "Source: " in (network.__doc__ or "") or network.__name__ == "numcam"
    assert parse([]).network == "numcam"
    assert parse(["--network", "lenet-5"]).output == Path("runs/lenet-5.onnx")


def test_batches_follow_from_seed_epoch_and_number(examples: Examples) -> None:
    digits, drawn = (
        Examples(examples.images[:90], examples.labels[:90]),
        Examples(examples.images[90:300], np.full(210, 10)),
    )
    plan = BatchPlan(classes=11, batch_size=32, augment=True, drawn_share=0.4, seed=3)
    first, later = Batches(digits, drawn, plan), Batches(digits, drawn, plan, epoch=1)
    assert len(first) == 5  # 90 digits and 60 drawn pictures
    inputs, targets = first[4]
    assert inputs.shape == (22, 28, 28, 1)
    assert targets.shape == (22, 11)
    before = first[0][0].copy()
    np.testing.assert_array_equal(before, Batches(digits, drawn, plan)[0][0])
    first.on_epoch_end()
    np.testing.assert_array_equal(first[0][0], later[0][0])
    assert (first[0][0] != before).any()
    counts: NDArray[np.float32] = sum(later[k][1].sum(axis=0) for k in range(5))
    assert counts[10] == 60
    np.testing.assert_array_equal(counts[:10], np.bincount(digits.labels, minlength=10))


def test_a_run_to_the_end_writes_model_card_history_and_plot(source: Path, tmp_path: Path) -> None:
    output = tmp_path / "runs" / "small.onnx"
    few = ["--network=cnn-32-64", "--examples=300", "--pages=2", "--epochs=3", "--batch-size=32", "--workers=2"]
    assert main(["--data", str(source), "--output", str(output), *few]) == 0
    names = ("best.weights.h5", "history.json", "history.png", "json", "keras", "onnx")
    assert sorted(path.name for path in output.parent.iterdir()) == sorted(f"small.{name}" for name in names)
    card = load_card(output)
    assert card.accuracy["MNIST, test part"] > 0.5
    assert card.network == "cnn-32-64"
    assert len(card.trained_on) == 3
    assert str(source) not in card.command
    inputs = np.random.default_rng(0).random((4, 28, 28, 1), np.float32)
    answers = [load_classifier(output.with_suffix(ending))(inputs) for ending in (".onnx", ".keras")]
    assert answers[0].shape == (4, 11)
    np.testing.assert_allclose(answers[0], answers[1], atol=1e-5)
    history = json.loads(output.with_suffix(".history.json").read_text())
    assert history["finished"]
    assert all(len(values) == 3 for values in history["history"].values())
    picture = cv2.imread(str(output.with_suffix(".history.png")))
    assert picture is not None
    assert picture.shape[0] > 300


def test_a_killed_run_goes_on_as_if_it_never_had_been(source: Path, tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole.onnx", tmp_path / "killed.onnx"
    # with several threads, sums are rounded in an order that differs from run to run, and training makes it grow
    alone = os.environ | {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "OMP_NUM_THREADS": "1"}
    program = [sys.executable, "-m", "scripts.train", *SMALL, "--augment", "--data", str(source), "--output"]
    subprocess.run([*program, str(whole)], env=alone, stdout=subprocess.DEVNULL, timeout=300, check=True)
    process = subprocess.Popen([*program, str(killed)], env=alone, stdout=subprocess.DEVNULL)
    state = RunFiles(killed).state
    deadline = time.monotonic() + 120
    while not state.is_file() and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    earlier = load_history(RunFiles(killed).history)
    assert earlier is not None
    assert 1 <= earlier.epochs_done < 4
    subprocess.run([*program, str(killed)], env=alone, stdout=subprocess.DEVNULL, timeout=300, check=True)
    histories = [load_history(RunFiles(path).history) for path in (whole, killed)]
    assert histories[0] is not None
    assert histories[1] is not None
    for name, values in histories[0].history.items():
        np.testing.assert_allclose(values, histories[1].history[name], atol=2e-4, err_msg=name)
    assert not state.exists()


def test_a_full_disk_is_told_and_the_last_good_weights_stay(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "m.onnx"
    arguments = [*SMALL, "--data", str(source), "--output", str(output)]
    files = RunFiles(output)
    monkeypatch.setattr("scripts.training.fitting.Checkpoint.on_epoch_begin", interrupt_after_the_first)
    assert main(arguments) == 130
    assert "resumes after the last finished epoch" in capsys.readouterr().err
    good, history = files.best.read_bytes(), files.history.read_bytes()
    monkeypatch.undo()
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # no file may grow beyond it: a disk that fills up
    try:
        assert main(arguments) == 1
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    message = capsys.readouterr().err
    assert "What was trained so far stays there" in message
    assert message.count("\n") == 1
    assert files.best.read_bytes() == good
    assert json.loads(files.history.read_bytes())["history"]["loss"][0] == json.loads(history)["history"]["loss"][0]
    assert not list(tmp_path.glob(".numcam-*"))
    assert main(arguments) == 0


def test_a_run_with_other_options_is_not_mixed_with_an_interrupted_one(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "m.onnx"
    history = History(network="cnn-32-64", seed=1, options={"epochs": 3})
    save_history(history, RunFiles(output).history)
    arguments = ["--network", "ann-128", "--epochs", "1", "--data", str(source), "--output", str(output)]
    assert main(arguments) == 1
    assert "with other options. Give the same options" in capsys.readouterr().err
    assert main([*arguments, "--anew"]) == 0
    RunFiles(output).history.write_text("{")
    assert main(arguments) == 1
    assert "no history of a training run" in capsys.readouterr().err


def test_training_stops_when_nothing_gets_better(examples: Examples, tmp_path: Path) -> None:
    learning = Examples(examples.images[:100], examples.labels[:100])
    wrong = Examples(examples.images[:100], (examples.labels[:100] + 1) % 10)  # the better it learns, the worse it gets
    recipe = replace(RECIPES["ann-128"], epochs=30, patience=2, learning_rate=1e-2)
    history = History(network="ann-128", seed=1, options={})
    fit((learning, None, wrong), recipe, history, RunFiles(tmp_path / "m.onnx"))
    assert history.epochs_done == history.best_epoch + 3 < 30


def test_values_that_make_no_sense_are_refused() -> None:
    for given in (["--validation=1.5"], ["--epochs=0"], ["--learning-rate=-1"], ["--pages=-1"]):
        with pytest.raises(DataError):
            recipe_of(parse(given))
    with pytest.raises(SystemExit):
        parse(["--output=m.h5"])
    recipe = recipe_of(parse(["--no-augment", "--validation=0.2", "--batch-size=7"]))
    assert (recipe.augment, recipe.validation, recipe.batch_size) == (False, 0.2, 7)


def test_bad_data_and_an_unwritable_folder_are_told_in_a_line(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cut = tmp_path / "cut.npz"
    cut.write_bytes(source.read_bytes()[:1000])
    assert main(["--data", str(cut), "--output", str(tmp_path / "m.onnx")]) == 1
    assert "damaged" in capsys.readouterr().err
    (tmp_path / "file").write_text("")
    assert main(["--data", str(source), "--output", str(tmp_path / "file" / "m.onnx")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "m.onnx").exists()


def test_what_is_replaced_is_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "weights.bin"
    replacing(path, lambda new: new.write_bytes(b"good"))

    def half(new: Path) -> None:
        new.write_bytes(b"ba")
        raise OSError(28, os.strerror(28))

    with pytest.raises(OSError, match="No space"):
        replacing(path, half)
    assert path.read_bytes() == b"good"
    assert list(tmp_path.iterdir()) == [path]


def test_the_plot_of_one_epoch_and_a_history_cut_back(tmp_path: Path) -> None:
    history = History(network="ann-128", seed=1, options={})
    assert history.best_epoch == -1
    for loss in (0.5, 0.3, 0.4):
        history.add({"loss": loss, "accuracy": 0.9, "val_loss": loss, "val_accuracy": 0.8}, 1.5)
    assert (history.best_epoch, history.seconds) == (1, 4.5)
    history.cut(1)
    assert (history.best_epoch, history.epochs_done) == (0, 1)
    plot_history(history, tmp_path / "h.png")
    assert cv2.imread(str(tmp_path / "h.png")) is not None


def test_a_damaged_state_says_how_to_start_over(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "m.onnx"
    arguments = [*SMALL, "--data", str(source), "--output", str(output)]
    monkeypatch.setattr("scripts.training.fitting.Checkpoint.on_epoch_begin", interrupt_after_the_first)
    assert main(arguments) == 130
    monkeypatch.undo()
    state = RunFiles(output).state
    state.write_bytes(state.read_bytes()[:-5000])
    capsys.readouterr()
    assert main(arguments) == 1
    assert "--anew starts over" in capsys.readouterr().err
    assert train_module.main([*arguments, "--anew", "--epochs=1"]) == 0
