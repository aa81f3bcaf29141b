"""Count the weights of an ONNX network, and its multiply-adds per digit. Reads the graph and runs nothing.

A multiply-add is one product that is added to a sum, as in convolutions and dense layers. Activations, pooling and normalisation
are not counted: they are a few hundredths of the total.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from models.errors import ModelError

Shapes = dict[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class NetworkCost:
    """The cost of one network."""

    parameters: int
    """Weights in the file; constants of fewer than two dimensions count as biases."""
    multiply_adds: int
    """For one digit."""


def measure_cost(path: Path) -> NetworkCost:
    """The cost of an ONNX file. Raises ModelError where it can't be read, or its shapes can't be worked out."""
    import onnx  # part of the extra `train`

    try:
        model = onnx.load(str(path))
        for value in (*model.graph.input, *model.graph.output):
            value.type.tensor_type.shape.dim[0].dim_value = 1
        model = onnx.shape_inference.infer_shapes(model, strict_mode=True, data_prop=True)
    except Exception as error:  # the exceptions of protobuf and ONNX have no other common base
        raise ModelError(f"{path} is no ONNX model that can be counted: {str(error).splitlines()[0]}") from error
    graph = model.graph
    weights: Shapes = {tensor.name: tuple(tensor.dims) for tensor in graph.initializer}
    shapes = dict(weights)
    for value in (*graph.input, *graph.value_info, *graph.output):
        shapes[value.name] = tuple(size.dim_value for size in value.type.tensor_type.shape.dim)
    floats = {tensor.name for tensor in graph.initializer if tensor.data_type == onnx.TensorProto.FLOAT}
    parameters = sum(prod(shape) for name, shape in weights.items() if name in floats)
    return NetworkCost(parameters, sum(_multiply_adds(node, shapes, path) for node in graph.node))


def _multiply_adds(node: Any, shapes: Shapes, path: Path) -> int:
    """Multiply-adds of one node; 0 for other nodes than convolutions and dense layers. Raises ModelError."""
    if node.op_type not in ("Conv", "Gemm", "MatMul"):
        return 0
    first, second, result = (shapes.get(name, ()) for name in (*node.input[:2], node.output[0]))
    if not first or not second or not result or not all((*first, *second, *result)):
        raise ModelError(f"The shapes of {node.name or node.op_type} in {path} can't be worked out.")
    if node.op_type == "Conv":
        return prod(result) * prod(second[1:])  # a weight is (out, in / groups, height, width)
    turned = any(attribute.name == "transA" and attribute.i for attribute in node.attribute)
    return prod(result) * (first[-2] if turned else first[-1])
