"""Make model files for the fuzz command: damaged shipped models, networks of wrong shapes, invalid cards. Runs none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import cv2
import numpy as np

from models.classifier import WEIGHTS
from scripts.fuzzing.case import Case, Limits
from scripts.fuzzing.damage import BOUNDARY_VALUES, damaged
from scripts.fuzzing.pictures import by_opencv, page

SMALL = (640, 360)
SIZES = (0, 1, 2, 3, 10, 11, 27, 28, 29, 784, 65_536)
MOST_S, MOST_MB = 12.0, 1500.0
"""Limits of a model file in seconds and millions of bytes. A model may need much work; only one that doesn't end is a fault."""
CARD_TRAPS = (
    b"", b"null", b"[]", b"{}", b'"x"', b"[" * 100_000, b"{" * 5000, b'{"name": 1}', b"9" * 5000, b"\xff\xfe",
    b'{"name": "\\u001b[2J"}',
)  # fmt: skip


@cache
def shipped() -> dict[str, bytes]:
    """The files of the shipped network."""
    return {suffix: WEIGHTS.with_suffix(suffix).read_bytes() for suffix in (".onnx", ".tflite", ".json")}


def wrong_network(rng: np.random.Generator) -> tuple[str, bytes]:
    """A valid ONNX file whose shapes, types or answers don't fit digits: its description, and its bytes."""
    from onnx import TensorProto, helper

    sizes = [int(rng.choice(SIZES)) for _ in range(int(rng.integers(0, 6)))]
    right = rng.random() < 0.5
    shape: list[int | str] = ["n", 28, 28, 1] if right else list(sizes)
    kind = TensorProto.FLOAT if rng.random() < 0.8 else int(rng.choice((1, 2, 3, 5, 6, 7, 8, 9, 10, 11)))
    classes = int(rng.choice((9, 10, 11, 12, 1000, 100_000)))
    fill = float(rng.choice((0.0, 1.0, -1.0, np.nan, np.inf, 1 / classes, 1e-30, 3e38)))
    nodes = [
        helper.make_node("Shape", ["x"], ["s"], end=1), helper.make_node("Concat", ["s", "c"], ["all"], axis=0),
        helper.make_node("ConstantOfShape", ["all"], ["y"], value=helper.make_tensor("v", TensorProto.FLOAT, [1], [fill])),
    ]  # fmt: skip
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", classes])],
        [helper.make_tensor("c", TensorProto.INT64, [1], [classes])],
    )  # fmt: skip
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", int(rng.choice((1, 13, 17, 99))))])
    model.ir_version = int(rng.choice((3, 8, 10, 99)))
    return f"takes {shape}, answers {classes} times {fill:g}", bytes(model.SerializeToString())


def with_false_sizes(data: bytes, rng: np.random.Generator) -> bytes:
    """Falsify sizes anywhere in the file."""
    changed = bytearray(data)
    for _ in range(int(rng.integers(1, 6))):
        place = int(rng.integers(0, len(changed) - 4))
        changed[place : place + 4] = int(rng.choice(BOUNDARY_VALUES)).to_bytes(4, "little")
    return bytes(changed)


def model_case(name: str, rng: np.random.Generator, _more: Sequence[tuple[str, bytes]] = ()) -> Case:
    """A model file with its card, and a page to read."""
    files = shipped()
    card, suffix, way = files[".json"], ".onnx", rng.random()
    if way < 0.3:
        about, data = "onnx, damaged", damaged(files[".onnx"], rng)
    elif way < 0.45:
        about, data = wrong_network(rng)
    elif way < 0.75:
        suffix, data = ".tflite", files[".tflite"]
        about, data = "tflite, damaged", (damaged if rng.random() < 0.5 else with_false_sizes)(data, rng)
    elif way < 0.85:
        about, data = "onnx, sizes changed", with_false_sizes(files[".onnx"], rng)
    else:
        about, data = "a card, damaged", files[".onnx"]
        card = damaged(card, rng) if rng.random() < 0.6 else CARD_TRAPS[int(rng.integers(len(CARD_TRAPS)))]
    small = np.asarray(cv2.resize(page(), SMALL, interpolation=cv2.INTER_AREA), np.uint8)
    contents = {f"digits{suffix}": data, "digits.json": card, "page.jpg": by_opencv(".jpg", small)}
    command = ("doctor",) if way >= 0.85 else ("read", "--json", "page.jpg")
    limits = Limits(MOST_S, MOST_MB, complaints=2)  # a network without "not a digit" also causes a warning
    return Case("models", name, about, contents, (*command, "--set", f"model.path=digits{suffix}"), limits)
