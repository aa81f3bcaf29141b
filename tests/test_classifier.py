"""The runtimes: shapes, sums, and model files that are none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.card import card_path, load_card, save_card
from models.classifier import WEIGHTS, load_classifier
from models.errors import ModelError


def test_the_shipped_model_answers_for_any_number_of_digits() -> None:
    classifier = load_classifier(threads=1)
    rng = np.random.default_rng(0)
    for count in (0, 1, 7):
        answers = classifier(rng.random((count, 28, 28, 1), np.float32))
        assert answers.shape == (count, classifier.classes)
        assert answers.dtype == np.float32
        np.testing.assert_allclose(answers.sum(axis=1), 1, atol=1e-5)


def test_a_batch_answers_as_its_rows_do() -> None:
    classifier = load_classifier(threads=1)
    inputs = np.random.default_rng(1).random((5, 28, 28, 1), np.float32)
    alone = np.concatenate([classifier(inputs[k : k + 1]) for k in range(5)])
    np.testing.assert_allclose(classifier(inputs), alone, atol=1e-5)


def test_the_shipped_model_is_small_and_has_its_card() -> None:
    assert WEIGHTS.stat().st_size < 3_000_000
    card = load_card(WEIGHTS)
    assert len(card.classes) == load_classifier().classes
    assert all(0 < share <= 1 for share in card.accuracy.values())
    assert any("MNIST" in line for line in card.as_lines())


def test_files_that_are_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="There is no model"):
        load_classifier(tmp_path / "none.onnx")
    text = tmp_path / "text.onnx"
    text.write_text("hello")
    cut = tmp_path / "cut.onnx"
    cut.write_bytes(WEIGHTS.read_bytes()[:-20_000])
    empty = tmp_path / "empty.onnx"
    empty.write_bytes(b"")
    for path in (text, cut, empty, tmp_path):
        with pytest.raises(ModelError) as caught:
            load_classifier(path)
        assert "\n" not in str(caught.value)
        assert path.name in str(caught.value)


def test_a_network_for_something_else(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="the extra `train` installs it")
    for shape, answer, word in (
        ([None, 3, 8, 8], [None, 3, 8, 8], "takes"),
        ([None, 28, 28, 1], [None, 28, 28, 1], "answers"),
    ):
        graph = onnx.helper.make_graph(
            [onnx.helper.make_node("Identity", ["x"], ["y"])], "g",
            [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shape)],
            [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, answer)],
        )  # fmt: skip
        path = tmp_path / "other.onnx"
        onnx.save(onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 13)]), path)
        with pytest.raises(ModelError, match=f"{word}.*no model for digits"):
            load_classifier(path)


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
