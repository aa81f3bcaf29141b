"""Networks side by side: the table, what is counted, and what is missing."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from models.card import card_path
from models.classifier import WEIGHTS
from models.errors import ModelError
from scripts.compare import COLUMNS, as_markdown, duration, main, short, time_in_turn
from scripts.evaluation.network_cost import measure_cost
from scripts.pages.drawn_page import DigitShapes
from scripts.training.history import History, save_history


def tiny_network(path: Path) -> Path:
    """A network in ONNX: 3x3 convolution of stride 2 to four channels, full layer to ten classes."""
    rng = np.random.default_rng(0)
    weights = {
        "kernel": rng.normal(size=(4, 1, 3, 3)),
        "bias": np.zeros(4),
        "full": rng.normal(size=(4 * 13 * 13, 10)) / 30,
    }
    nodes = [
        helper.make_node("Transpose", ["pixels"], ["planes"], perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["planes", "kernel", "bias"], ["seen"], strides=[2, 2]),
        helper.make_node("Flatten", ["seen"], ["flat"]),
        helper.make_node("MatMul", ["flat", "full"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"]),
    ]
    inputs = [helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["N", 28, 28, 1])]
    outputs = [helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["N", 10])]
    tensors = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, tensors)
    opsets = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), str(path))
    return path


@pytest.fixture
def data(tmp_path: Path, digit_shapes: DigitShapes) -> Path:
    """Fifty digits as MNIST comes in."""
    images, labels = digit_shapes.images[::100], digit_shapes.labels[::100]
    path = tmp_path / "mnist.npz"
    np.savez(path, x_train=images, y_train=labels, x_test=images, y_test=labels)
    return path


def test_multiply_adds_by_hand(tmp_path: Path) -> None:
    cost = measure_cost(tiny_network(tmp_path / "tiny.onnx"))
    assert cost.multiply_adds == 13 * 13 * 4 * 9 + 4 * 13 * 13 * 10
    assert cost.parameters == 4 * 9 + 4 + 4 * 13 * 13 * 10


def test_what_can_not_be_counted(tmp_path: Path) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"not a network")
    with pytest.raises(ModelError, match="can be counted") as caught:
        measure_cost(tmp_path / "bad.onnx")
    assert "\n" not in str(caught.value)


def test_the_table(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tiny = tiny_network(tmp_path / "tiny.onnx")
    known = tmp_path / "known.onnx"
    shutil.copy(WEIGHTS, known)
    shutil.copy(card_path(WEIGHTS), card_path(known))
    history = History(network="numcam", seed=3, options={}, seconds=600, history={"val_loss": [0.2, 0.1]})
    save_history(history, tmp_path / "known.history.json")
    assert main([str(known), str(tiny), "--data", str(data), "--threads", "1", "--rounds", "5"]) == 0
    header, _, first, second = capsys.readouterr().out.splitlines()
    assert header.split(" | ") == list(COLUMNS)
    cells = first.split(" | ")
    assert cells[0] == "known"
    assert float(cells[1].split()[0]) > 90
    assert cells[2].replace(",", "").isdigit()
    assert cells[6:] == ["2", "3", "10 min"]
    cells = second.split(" | ")
    assert cells[0] == "tiny"
    assert cells[2:5] == ["6,800", "13 k", f"{short(tiny.stat().st_size)}B"]
    assert cells[6:] == ["–", "–", "–"]


def test_other_files_of_a_network_take_its_cost_from_the_one_beside(tmp_path: Path) -> None:
    from scripts.compare import cost_of

    tiny_network(tmp_path / "tiny.onnx")
    assert cost_of(tmp_path / "tiny.int8.tflite") == cost_of(tmp_path / "tiny.onnx")
    assert cost_of(tmp_path / "alone.keras") is None


def test_messages_are_one_line(tmp_path: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.onnx"), "--data", str(data)]) == 1
    assert "There is no model" in capsys.readouterr().err
    tiny = tiny_network(tmp_path / "tiny.onnx")
    (tmp_path / "tiny.history.json").write_text("{")
    assert main([str(tiny), "--data", str(data)]) == 1
    told = capsys.readouterr()
    assert "tiny.history.json" in told.err
    assert told.err.count("\n") == 1
    assert told.out == ""


def test_every_network_is_asked_in_turn() -> None:
    asked: list[int] = []

    class Sleeper:
        classes = 10

        def __init__(self, number: int, seconds: float) -> None:
            self.number, self.seconds = number, seconds

        def __call__(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
            asked.append(self.number)
            time.sleep(self.seconds)
            return np.zeros((len(inputs), 10), np.float32)

    slow, quick = time_in_turn([Sleeper(0, 0.004), Sleeper(1, 0.0)], np.zeros((20, 28, 28, 1), np.float32), 5)
    assert slow > 3.9
    assert quick < slow
    assert asked[:6] == [0, 1, 1, 0, 0, 1]


def test_sizes_and_times_for_people() -> None:
    assert (short(528_781), short(9_189_536)) == ("529 k", "9.2 M")
    assert (duration(0), duration(45), duration(600)) == ("–", "45 s", "10 min")
    assert as_markdown([]).count("\n") == 1
