"""Tests of api/model_trial.py: model files that never load, never answer, want all memory or crash are given up in one line."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from live.api.model_trial import try_model
from models.classifier import WEIGHTS
from models.errors import ModelError
from tests.test_terminal import page, posix_only, shell

onnx = pytest.importorskip("onnx", reason="the extra `train` has it")
__all__ = ["page"]

WITHIN_S = 6.0
"""Long enough for a machine that is busy to load ONNX Runtime, and to see that a file is none."""


def scores() -> list[Any]:
    """Nodes that answer `flat`, (N, 784), with equal shares."""
    make = onnx.helper.make_node
    return [make("MatMul", ["flat", "weights"], ["logits"]), make("Softmax", ["logits"], ["answer"], axis=1)]


def model_of(path: Path, before: list[Any], constants: dict[str, Any], classes: int = 11) -> Path:
    """A model file for digits in which `before` works out `extra`, one number, which is added to the answer's logits."""
    import numpy as np

    make, kind = onnx.helper.make_node, onnx.TensorProto.FLOAT
    weights = onnx.numpy_helper.from_array(np.zeros((784, classes), np.float32), "weights")
    shape = onnx.numpy_helper.from_array(np.array([-1, 784], np.int64), "shape")
    nodes = [
        make("Reshape", ["input", "shape"], ["plain"]),
        *before,
        make("Add", ["plain", "extra"], ["flat"]) if before else make("Identity", ["plain"], ["flat"]),
        *scores(),
    ]
    graph = onnx.helper.make_graph(
        nodes, "digits",
        [onnx.helper.make_tensor_value_info("input", kind, ["N", 28, 28, 1])],
        [onnx.helper.make_tensor_value_info("answer", kind, ["N", classes])],
        [weights, shape, *(onnx.numpy_helper.from_array(value, name) for name, value in constants.items())],
    )  # fmt: skip
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def never_loads(path: Path) -> Path:
    """Constants that the runtime multiplies while it loads: a small file, and hours of work."""
    import numpy as np

    make = onnx.helper.make_node
    rows = [make("ConstantOfShape", ["size"], ["m0"], value=onnx.numpy_helper.from_array(np.array([1e-4], np.float32)))]
    rows += [make("MatMul", [f"m{k}", f"m{k}"], [f"m{k + 1}"]) for k in range(4000)]
    rows += [make("ReduceMean", ["m4000"], ["extra"], keepdims=0)]
    return model_of(path, rows, {"size": np.array([4000, 4000], np.int64)})


def never_answers(path: Path) -> Path:
    """A loop of 2^62 rounds over what it is asked."""
    import numpy as np

    make, kinds = onnx.helper.make_node, onnx.TensorProto
    body = onnx.helper.make_graph(
        [make("Add", ["sum", "sum"], ["next"]), make("Identity", ["going"], ["goes"])],
        "round",
        [
            onnx.helper.make_tensor_value_info("round", kinds.INT64, []),
            onnx.helper.make_tensor_value_info("going", kinds.BOOL, []),
            onnx.helper.make_tensor_value_info("sum", kinds.FLOAT, []),
        ],
        [
            onnx.helper.make_tensor_value_info("goes", kinds.BOOL, []),
            onnx.helper.make_tensor_value_info("next", kinds.FLOAT, []),
        ],
    )
    rows = [
        make("ReduceMean", ["plain"], ["first"], keepdims=0),
        make("Loop", ["rounds", "go", "first"], ["extra"], body=body),
    ]
    return model_of(path, rows, {"rounds": np.array(2**62, np.int64), "go": np.array(True)})


def wants_all_memory(path: Path) -> Path:
    """Numbers of 40 TB, made when it is asked."""
    import numpy as np

    make = onnx.helper.make_node
    rows = [
        make("ReduceMax", ["plain"], ["most"], keepdims=0),
        make("Expand", ["most", "size"], ["huge"]),
        make("ReduceMean", ["huge"], ["extra"], keepdims=0),
    ]
    return model_of(path, rows, {"size": np.array([10_000, 1_000_000_000], np.int64)})


@pytest.mark.parametrize("make", [never_loads, never_answers])
def test_a_model_without_end_is_given_up(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path / "m.onnx")
    assert path.stat().st_size < 300_000
    began, before = time.monotonic(), children_of_this_process()
    with pytest.raises(ModelError, match=r"was given up: it was not ready within 6 s \(limits.model_load_s\)"):
        try_model(path, within_s=WITHIN_S)
    assert time.monotonic() - began >= WITHIN_S
    assert children_of_this_process() <= before


def children_of_this_process() -> set[int]:
    """Programs that were started here and still run."""
    psutil = pytest.importorskip("psutil")
    return {child.pid for child in psutil.Process().children() if child.status() != psutil.STATUS_ZOMBIE}


def test_a_model_that_wants_all_memory_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"m\.onnx (is no ONNX model that can be run|can't be used)"):
        try_model(wants_all_memory(tmp_path / "m.onnx"), within_s=120.0)


def test_a_model_that_is_fine_passes_and_others_are_told_as_ever(tmp_path: Path) -> None:
    try_model(WEIGHTS, within_s=120.0)
    path = tmp_path / "a\x1bb.onnx"
    path.write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"b\.onnx is no ONNX model that can be run"):
        try_model(path, within_s=120.0)
    with pytest.raises(ModelError, match="There is no model"):
        try_model(tmp_path / "none.onnx", within_s=120.0)


def test_a_model_that_crashes_the_runtime_takes_only_the_other_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("live.api.model_trial.SCRIPT", "import os; os.abort()")
    with pytest.raises(ModelError, match="ended by signal 6" if os.name != "nt" else "exit code"):
        try_model(WEIGHTS, within_s=60.0)


@posix_only
@pytest.mark.slow
def test_every_command_gives_it_up_with_a_line_and_1(page: Path, tmp_path: Path) -> None:
    model = never_loads(tmp_path / "m.onnx")
    options = f"--set model.path={model} --set limits.model_load_s=5"
    for command in ("read page.png", "--source page.png --headless"):
        done = shell(page, f"NUMCAM {options} {command}")
        assert done.returncode == 1
        (line,) = done.stderr.splitlines()
        assert "was given up: it was not ready within 5 s" in line
    done = shell(page, f"NUMCAM {options} doctor")
    assert done.returncode == 0
    assert "was given up" in done.stdout


@posix_only
@pytest.mark.slow
def test_a_model_that_knows_no_not_a_digit_says_so(page: Path, tmp_path: Path) -> None:
    told = 'knows the ten digits and no "not a digit"'
    for classes in (10, 11):
        model = model_of(tmp_path / f"{classes}.onnx", [], {}, classes)
        for command in ("read page.png --json", "--source page.png --headless"):
            done = shell(page, f"NUMCAM --set model.path={model} {command}")
            assert done.returncode == 0, done.stderr
            assert [told in line for line in done.stderr.splitlines()].count(True) == (classes == 10)
        assert (told in shell(page, f"NUMCAM --set model.path={model} doctor").stdout) == (classes == 10)
