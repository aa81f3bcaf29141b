"""The runtimes: one suite for all of them, shapes, sums, agreement, and model files that are none."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from models import classifier
from models.card import card_path, load_card, save_card
from models.classifier import RUNTIMES, SUFFIXES, WEIGHTS, find_model, load_classifier
from models.errors import ModelError
from tests.small_models import CLASSES, FILES, small_network

ROOT = Path(__file__).parents[1]
EXACT = [name for name in FILES if ".int8" not in name]
LIBRARIES = {"onnx": "onnxruntime", "tflite": "ai_edge_litert.interpreter", "keras": "keras"}


def fields(count: int, seed: int = 0) -> NDArray[np.float32]:
    """Noise in the format of digits."""
    return np.random.default_rng(seed).random((count, 28, 28, 1), np.float32)


def message_of(path: Path, runtime: str = "auto") -> str:
    """What is said of a file that is no model; always one line that names it."""
    with pytest.raises(ModelError) as caught:
        load_classifier(path, 1, runtime)
    message = str(caught.value)
    assert "\n" not in message
    assert path.name in message
    assert message.endswith(".")
    return message


@pytest.mark.parametrize("name", FILES)
def test_a_model_answers_for_any_number_of_digits(small_models: Path, name: str) -> None:
    model = load_classifier(small_models / name, threads=1)
    assert model.classes == CLASSES
    for count in (0, 1, 7, 7, 0, 2, 40):
        inputs = fields(count)
        kept = inputs.copy()
        answers = model(inputs)
        assert answers.shape == (count, CLASSES)
        assert answers.dtype == np.float32
        assert (answers >= 0).all()
        np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)
        np.testing.assert_array_equal(inputs, kept)


@pytest.mark.parametrize("name", FILES)
def test_a_batch_answers_as_its_rows_do(small_models: Path, name: str) -> None:
    model = load_classifier(small_models / name, threads=1)
    inputs = fields(5, seed=1)
    together = model(inputs)
    alone = np.concatenate([model(inputs[k : k + 1]) for k in range(5)])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    model(fields(5, seed=2))
    np.testing.assert_allclose(together, alone, atol=1e-5)  # answers are the caller's: the next batch leaves them alone


@pytest.mark.parametrize("name", EXACT)
def test_the_runtimes_agree(small_models: Path, name: str) -> None:
    inputs = fields(20, seed=3)
    expected = load_classifier(small_models / "digits.onnx")(inputs)
    np.testing.assert_allclose(load_classifier(small_models / name, threads=2)(inputs), expected, atol=1e-5)


def test_the_shipped_model_answers_is_small_and_has_its_card() -> None:
    assert WEIGHTS.stat().st_size < 3_000_000
    model = load_classifier(threads=1)
    assert model(fields(3)).shape == (3, model.classes)
    card = load_card(WEIGHTS)
    assert len(card.classes) == model.classes
    assert all(0 < share <= 1 for share in card.accuracy.values())
    assert any("MNIST" in line for line in card.as_lines())


def test_the_runtime_goes_by_the_files_ending_unless_it_is_named(tmp_path: Path) -> None:
    for suffix, runtime in SUFFIXES.items():
        path = tmp_path / f"model{suffix.upper()}"
        path.write_bytes(b"x")
        assert find_model(path) == (path, runtime)
    odd = tmp_path / "model.bin"
    odd.write_bytes(b"x")
    assert find_model(odd, "tflite") == (odd, "tflite")
    with pytest.raises(ModelError, match=r"model\.bin should end in \.onnx"):
        find_model(odd)
    with pytest.raises(ModelError, match=r"no runtime torch\. Choose one of auto, onnx, tflite, keras"):
        find_model(odd, "torch")


def test_without_a_path_it_is_the_shipped_file_of_that_runtime(
    small_models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert find_model() == (WEIGHTS, "onnx")
    monkeypatch.setattr(classifier, "WEIGHTS", small_models / "digits.onnx")
    for runtime in RUNTIMES:
        assert find_model(None, runtime) == (small_models / f"digits.{runtime}", runtime)
    monkeypatch.setattr(classifier, "WEIGHTS", tmp_path / "digits.onnx")
    with pytest.raises(ModelError, match=r"There is no model .*digits\.tflite\. Leave model\.runtime at auto"):
        load_classifier(runtime="tflite")


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_an_absent_library_is_told_with_what_to_install(
    small_models: Path, runtime: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, LIBRARIES[runtime], None)
    with pytest.raises(ModelError, match=f"The runtime {runtime} needs .*pip install") as caught:
        load_classifier(small_models / f"digits.{runtime}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_files_that_are_no_model(small_models: Path, tmp_path: Path, suffix: str) -> None:
    assert "There is no model" in message_of(tmp_path / f"none{suffix}")
    whole = (small_models / f"digits{suffix}").read_bytes()
    for name, content in (("text", b"hello"), ("cut", whole[:-2_000]), ("half", whole[: len(whole) // 2])):
        path = tmp_path / (name + suffix)
        path.write_bytes(content)
        assert " is no " in message_of(path)
    empty = tmp_path / f"empty{suffix}"
    empty.touch()
    assert "is empty" in message_of(empty)
    folder = tmp_path / f"folder{suffix}"
    folder.mkdir()
    assert "There is no model" in message_of(folder)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_model_of_another_kind(small_models: Path, runtime: str) -> None:
    for other in RUNTIMES:
        if other != runtime:
            assert " is no " in message_of(small_models / f"digits.{other}", runtime)


def test_an_onnx_network_for_something_else(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="the extra `train` installs it")
    for shape, answer, word in (
        ([None, 3, 8, 8], [None, 3, 8, 8], "takes.*no model for digits"),
        ([None, 28, 28, 1], [None, 28, 28, 1], "answers.*no model for digits"),
    ):
        graph = onnx.helper.make_graph(
            [onnx.helper.make_node("Identity", ["x"], ["y"])], "g",
            [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shape)],
            [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, answer)],
        )  # fmt: skip
        path = tmp_path / "other.onnx"
        onnx.save(onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 13)]), path)
        with pytest.raises(ModelError, match=word):
            load_classifier(path)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_network_of_another_shape_or_without_a_softmax(small_models: Path, tmp_path: Path, runtime: str) -> None:
    from scripts.training.exporting import FORMATS

    assert small_models.is_dir()  # TensorFlow is there
    for network, words in (
        (small_network(field=(32, 32, 3)), "takes (N, 32, 32, 3), not (N, 28, 28, 1)"),
        (small_network(classes=4), "answers with (N, 4), not (N, 10 or more)"),
        (small_network(activation="linear"), "does not answer with probabilities"),
    ):
        path = tmp_path / f"other.{runtime}"
        FORMATS[runtime].write(network, path, fields(0))
        assert words in message_of(path)


def test_the_loop_runs_without_a_training_framework() -> None:
    """import-linter lets models.classifier name Keras; here is what the loop really loads."""
    code = (
        "import sys; from live.__main__ import main; code = main(['--source', 'demo', '--headless', '--max-frames', '2']); "
        "loaded = [name for name in ('tensorflow', 'keras', 'ai_edge_litert', 'onnx', 'mlxtend') if name in sys.modules]; "
        "sys.exit(f'loaded {loaded}' if loaded else code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(find_spec("ai_edge_litert") is None, reason="the extra `tflite` installs it")
def test_litert_says_nothing_on_the_terminal(small_models: Path, capfd: pytest.CaptureFixture[str]) -> None:
    load_classifier(small_models / "digits.tflite", 2)(fields(3))
    assert capfd.readouterr() == ("", "")


def test_cards_that_are_none(tmp_path: Path) -> None:
    model = tmp_path / "m.onnx"
    with pytest.raises(ModelError, match="has no card"):
        load_card(model)
    card_path(model).write_text('{"name": 3}')
    with pytest.raises(ModelError, match="no model card"):
        load_card(model)
    card = load_card(WEIGHTS)
    save_card(card, model)
    assert load_card(model) == card
    assert load_card(tmp_path / "m.int8.tflite") == card
